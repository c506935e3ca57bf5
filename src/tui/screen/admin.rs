//! What an administrator looks after, as one menu: the organisation, rights and rules, logs, and the store itself.

use crate::contract::error::Error;
use crate::contract::request::{From, Query};
use crate::domain::message::Message;
use crate::domain::record::{Fields, RecordKey};
use crate::msg;
use crate::schema::edit::is_form;
use crate::schema::model::Object;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::pane::lines::{Line, LinesPane, Part};
use crate::tui::popup::picker::{Item, PickerLayer};
use crate::tui::popup::told::ToldLayer;
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::screen::departments::DepartmentsScreen;
use crate::tui::screen::setup::SetupScreen;
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The headings and the objects below them; those that the schema doesn't have are left out.
const OBJECTS: [(&str, &[&str]); 3] = [
    ("admin-organisation", &[COMPANY, "department", "user", "team"]),
    ("admin-rights", &["role", "right", "field_right", "share"]),
    ("admin-rules", &["pool", "approval_flow", "approval", "price_list", "exchange_rate"]),
];
const COMPANY: &str = "own_company";
/// They are a tree.
const DEPARTMENTS: &str = "department";
/// What the schema is made of: the forms of its entries.
const SETUP: [&str; 9] = [
    "schema/dictionary",
    "schema/object",
    "schema/menu",
    "schema/number",
    "schema/flow",
    "schema/pipeline",
    "schema/reminder_rule",
    "schema/rate",
    "schema/settings",
];
/// Lines that lead to no list. No object is called so.
const JOURNAL: &str = ":journal";
const ONLINE: &str = ":online";
const RENUMBER: &str = ":renumber";
const DOCTOR: &str = ":doctor";
const BACKUP: &str = ":backup";
/// The column of names.
const NAME: u16 = 24;

/// The administrator's screen.
pub struct AdminScreen {
    pane: LinesPane,
    slot: Slot,
    waiting: Option<Ticket>,
    /// What is wrong with the store, once it was looked at.
    findings: Option<Result<Vec<Message>, Error>>,
}

impl AdminScreen {
    /// The menu.
    pub fn open(cx: &mut Context<'_>) -> AdminScreen {
        let mut screen = AdminScreen { pane: LinesPane::default(), slot: cx.slot(), waiting: None, findings: None };
        screen.lay_out(cx.shared);
        screen
    }

    fn lay_out(&mut self, shared: &Shared) {
        let mut lines = Vec::new();
        for (heading, objects) in OBJECTS {
            let known = objects.iter().filter_map(|name| shared.object(name));
            let name = |o: &Object| match o.name.as_str() {
                COMPANY => o.label.get(shared.lang).to_owned(),
                _ => o.plural_label(shared.lang).to_owned(),
            };
            let known: Vec<Line> =
                known.map(|o| line(&o.name, name(o), &format!("admin-{}", o.name), shared)).collect();
            if !known.is_empty() {
                lines.push(Line::head(shared.text(heading)));
                lines.extend(known);
                lines.push(Line::empty());
            }
        }
        lines.push(Line::head(shared.text("admin-setup")));
        let forms = SETUP.iter().filter_map(|name| shared.object(name));
        lines.extend(forms.map(|form| {
            let about = format!("admin-{}", form.name.replace('/', "-"));
            line(&form.name, form.plural_label(shared.lang).to_owned(), &about, shared)
        }));
        lines.push(Line::empty());
        lines.push(Line::head(shared.text("admin-store")));
        for (target, name, about) in [
            (JOURNAL, "action-app-history", "admin-journal-about"),
            (ONLINE, "admin-online", "admin-online-about"),
            (RENUMBER, "admin-renumber", "admin-renumber-about"),
            (BACKUP, "admin-backup", "admin-backup-about"),
            (DOCTOR, "admin-doctor", "admin-doctor-about"),
        ] {
            lines.push(line(target, shared.text(name), about, shared));
        }
        lines.extend(self.found(shared));
        self.pane.set(lines);
    }

    /// What the check of the store came to.
    fn found(&self, shared: &Shared) -> Vec<Line> {
        let told = |text: String, role| Line { parts: vec![Part::rest(format!("  {text}")).role(role)], target: None };
        match &self.findings {
            None => Vec::new(),
            Some(Err(error)) => vec![told(shared.error(error, None), Role::Error)],
            Some(Ok(findings)) if findings.is_empty() => vec![told(shared.text("admin-sound"), Role::Success)],
            Some(Ok(findings)) => findings.iter().map(|f| told(shared.message(f), Role::Warning)).collect(),
        }
    }

    fn enter(&mut self, cx: &mut Context<'_>) {
        let Some(target) = self.pane.target().cloned() else { return };
        let Goto::List(name, _) = &target else { return };
        let request = match name.as_str() {
            COMPANY => Request::Query(Query { limit: 1, from: From::Start, ..query(COMPANY) }),
            DOCTOR => Request::Findings,
            BACKUP => Request::Backup,
            JOURNAL => return cx.act(Action::History),
            ONLINE => {
                let layer = ToldLayer::seats(cx);
                return cx.push(Box::new(layer));
            }
            RENUMBER => return cx.push(Box::new(numbered(cx.shared))),
            DEPARTMENTS => {
                let screen = DepartmentsScreen::new(cx);
                return cx.push(Box::new(screen));
            }
            name if is_form(name) => {
                let screen = SetupScreen::new(name, cx);
                return cx.push(Box::new(screen));
            }
            _ => return cx.goto(target),
        };
        if matches!(name.as_str(), DOCTOR | BACKUP) {
            cx.info(msg!("admin-working"));
        }
        self.waiting = Some(cx.ask(self.slot, request));
    }

    fn take(&mut self, reply: Reply, cx: &mut Context<'_>) {
        self.waiting = None;
        match reply {
            Reply::Page(Ok(page)) => cx.goto(match page.rows.first() {
                Some(row) => Goto::Record(RecordKey { object: COMPANY.to_owned(), id: row.record.id }),
                None => Goto::Add(COMPANY.to_owned(), Fields::new()),
            }),
            Reply::Findings(found) => {
                match &found {
                    Ok(findings) if findings.is_empty() => cx.info(msg!("admin-sound")),
                    Ok(findings) => cx.warn(msg!("admin-findings", count = findings.len())),
                    Err(error) => cx.fail(error, None),
                }
                self.findings = Some(found);
                self.lay_out(cx.shared);
            }
            Reply::BackedUp(Ok(path)) => cx.info(msg!("admin-backed-up", path = path.display())),
            Reply::Page(Err(error)) | Reply::BackedUp(Err(error)) => cx.fail(&error, None),
            _ => {}
        }
    }
}

fn query(object: &str) -> Query {
    Query { object: object.to_owned(), ..Query::default() }
}

fn line(target: &str, name: String, about: &str, shared: &Shared) -> Line {
    let about = crate::i18n::optional(shared.lang, about).unwrap_or_default();
    let parts = vec![Part::of(format!("  {name}"), NAME), Part::rest(about).role(Role::Dim)];
    Line::to(Goto::List(target.to_owned(), String::new()), parts)
}

/// The objects whose records are numbered.
fn numbered(shared: &Shared) -> PickerLayer {
    let rule = |o: &Object| o.fields.iter().find_map(|f| f.kind.rule().map(str::to_owned));
    let item = |o: &Object| {
        let (key, detail) = (o.name.clone(), rule(o)?);
        Some(Item {
            key,
            text: o.plural_label(shared.lang).to_owned(),
            also: o.name.clone(),
            detail,
            ..Item::default()
        })
    };
    PickerLayer::new(
        shared.text("admin-renumber"),
        shared.schema.objects.iter().filter(|o| !is_form(&o.name)).filter_map(item).collect(),
    )
}

impl Layer for AdminScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::List, Scope::Move, Scope::Global]
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn is_root(&self) -> bool {
        true
    }

    fn keeps_below(&self) -> bool {
        true
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-admin")
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::Open]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(Action::Open | Action::ListIn) => self.enter(cx),
            Event::Action(action) if self.pane.act(action) => {}
            Event::Closed(Closed::Picked(keys)) => {
                // What was picked is an object's name: a dictionary is only looked up.
                if let Some(object) = keys.first().filter(|name| cx.shared.object(name).is_some()) {
                    let layer = ToldLayer::numbers(object.clone(), cx);
                    cx.push(Box::new(layer));
                }
            }
            Event::Reply(ticket, reply) if self.waiting == Some(ticket) => self.take(reply, cx),
            Event::Changed | Event::Resized => self.lay_out(cx.shared),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        self.pane.draw(Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }, buf, shared);
        None
    }
}
