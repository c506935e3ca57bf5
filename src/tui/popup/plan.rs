//! What the changes of the schema that wait come to, and the question whether to put them in force.

use super::frame;
use crate::contract::configure::{Changed, Deed, Plan};
use crate::contract::error::Error;
use crate::domain::lang::Lang;
use crate::domain::record::Titles;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::form::KEY;
use crate::schema::model::Object;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::input::KeyCode;
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The preview, then the change itself.
pub struct PlanLayer {
    slot: Slot,
    waiting: Option<Ticket>,
    plan: Option<Result<Plan, Error>>,
    doing: Option<Ticket>,
    /// That something is lost was pointed out.
    warned: bool,
    /// It was asked whether to give up all that waits.
    asked: bool,
    top: usize,
}

impl PlanLayer {
    /// Asks what would change.
    pub fn new(cx: &mut Context<'_>) -> PlanLayer {
        let slot = cx.slot();
        let waiting = Some(cx.ask(slot, Request::SchemaPlan));
        PlanLayer { slot, waiting, plan: None, doing: None, warned: false, asked: false, top: 0 }
    }

    /// Puts it in force; a loss takes an explicit yes.
    fn apply(&mut self, said_yes: bool, cx: &mut Context<'_>) {
        let Some(plan) = &self.plan else { return };
        match plan {
            Ok(plan) if self.doing.is_none() && plan.differs => {
                if plan.loses() && !(said_yes && self.warned) {
                    self.warned = true;
                    return cx.warn(msg!("plan-loses"));
                }
                self.doing = Some(cx.ask(self.slot, Request::ApplyChanges(plan.loses())));
            }
            _ if self.doing.is_none() => cx.close(Closed::Cancelled),
            _ => {}
        }
    }

    /// Gives up all that waits, when it is said twice.
    fn discard(&mut self, cx: &mut Context<'_>) {
        let (differs, number) = match &self.plan {
            Some(Ok(plan)) => (plan.differs, plan.changes.len()),
            _ => (true, 0),
        };
        if self.doing.is_none() && differs && !self.asked {
            self.asked = true;
            return cx.warn(msg!("plan-discard-sure", number = number.max(1)));
        }
        if self.doing.is_none() {
            self.doing = Some(cx.ask(self.slot, Request::Configure(Deed::Discard)));
        }
    }

    fn take(&mut self, reply: Reply, cx: &mut Context<'_>) {
        match reply {
            Reply::SchemaPlan(answer) => {
                self.waiting = None;
                self.plan = Some(answer);
            }
            Reply::Applied(Ok(applied)) => {
                match applied.backup {
                    Some(path) => cx.info(msg!("plan-applied-backup", path = path.display())),
                    None => cx.info(msg!("plan-applied")),
                }
                cx.close(Closed::Answered(0));
            }
            Reply::Configured(Ok(())) => {
                cx.info(msg!("plan-discarded"));
                cx.close(Closed::Answered(1));
            }
            Reply::Applied(Err(error)) | Reply::Configured(Err(error)) => {
                self.doing = None;
                cx.fail(&error, None);
            }
            _ => {}
        }
    }

    fn lines(&self, shared: &Shared) -> Vec<(String, Role)> {
        let plan = match &self.plan {
            None => return vec![(shared.text("list-loading"), Role::Dim)],
            Some(Err(error)) => return vec![(shared.error(error, None), Role::Error)],
            Some(Ok(plan)) => plan,
        };
        if plan.changes.is_empty() && plan.losses.is_empty() {
            let text = if plan.differs { "plan-remarks" } else { "plan-nothing" };
            return vec![(shared.text(text), Role::Dim)];
        }
        let mut lines: Vec<(String, Role)> = plan.changes.iter().flat_map(|change| told(change, shared)).collect();
        lines.extend(plan.losses.iter().map(|loss| (shared.message(loss), Role::Error)));
        lines
    }

    fn question(&self, shared: &Shared) -> String {
        match &self.plan {
            _ if self.doing.is_some() => shared.text("plan-doing"),
            Some(Ok(plan)) if plan.loses() && self.warned => shared.text("plan-ask-loss"),
            Some(Ok(plan)) if plan.differs => shared.text("plan-ask"),
            _ => shared.text("sweep-close"),
        }
    }
}

/// An entry that changes: what becomes of it, value by value, and what that touches.
fn told(change: &Changed, shared: &Shared) -> Vec<(String, Role)> {
    let form = shared.object(&change.place.form());
    let kind = form.map_or("", |form| form.label.get(shared.lang));
    let (sign, role) = match (&change.before, &change.after) {
        (None, _) => ("+", Role::Success),
        (_, None) => ("-", Role::Error),
        _ => ("~", Role::Title),
    };
    let said = |name: &str| {
        let fields = change.after.as_ref().or(change.before.as_ref())?;
        fields.get(name).and_then(Value::as_str).map(str::to_owned)
    };
    let label = match shared.lang {
        Lang::Zh => said("zh").or_else(|| said("en")),
        Lang::En => said("en").or_else(|| said("zh")),
    };
    let head = [Some(kind.to_owned()), label, Some(change.place.text())];
    let head: Vec<String> = head.into_iter().flatten().collect();
    let mut lines = vec![(format!("{sign} {}", head.join("  ")), role)];
    if let (Some(form), Some(after)) = (form, &change.after) {
        let show = |value: Option<&Value>, object: &Object, field: &str| {
            let field = object.field(field)?;
            let text = shared.format(&field.kind, value?, &Titles::new()).replace('\n', "; ");
            Some(text).filter(|text| !text.is_empty())
        };
        for field in form.fields.iter().filter(|f| !f.is_system() && f.name != KEY) {
            let before = change.before.as_ref().and_then(|before| before.get(&field.name));
            let now = after.get(&field.name);
            if before == now || change.before.is_none() && is_usual(field.default.as_deref(), now) {
                continue;
            }
            let (was, is) = (show(before, form, &field.name), show(now, form, &field.name));
            let label = field.label.get(shared.lang);
            let nothing = || shared.text("plan-empty");
            let text = match (&change.before, was) {
                (None, _) => is.unwrap_or_default(),
                (Some(_), was) => {
                    format!("{} {} {}", was.unwrap_or_else(nothing), shared.glyphs.right, is.unwrap_or_else(nothing))
                }
            };
            lines.push((format!("    {}", shared.labelled(label, &text)), Role::Text));
        }
    }
    let role = if change.loses { Role::Error } else { Role::Warning };
    lines.extend(change.touches.iter().map(|touch| (format!("    {}", shared.message(touch)), role)));
    lines
}

/// A new entry's value that goes without saying.
fn is_usual(default: Option<&str>, value: Option<&Value>) -> bool {
    match value {
        Some(Value::Boolean(yes)) => default == Some(if *yes { "true" } else { "false" }),
        Some(Value::Choice(key)) => default == Some(key.as_str()),
        _ => false,
    }
}

impl Layer for PlanLayer {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Dialog]
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-setup-plan")
    }

    /// Its keys stand in the box.
    fn hints(&self) -> Vec<Action> {
        Vec::new()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        let last = self.lines(cx.shared).len().saturating_sub(1);
        match event {
            Event::Action(Action::Yes) => self.apply(true, cx),
            Event::Key(key) if key.code == KeyCode::Enter => self.apply(false, cx),
            Event::Key(key) if key.code == KeyCode::Char('D') => self.discard(cx),
            Event::Action(Action::No | Action::Back | Action::Quit) => cx.close(Closed::Cancelled),
            Event::Key(key) if key.code == KeyCode::Esc => cx.close(Closed::Cancelled),
            Event::Action(Action::DialogNext) => self.top = (self.top + 1).min(last),
            Event::Action(Action::DialogPrevious) => self.top = self.top.saturating_sub(1),
            Event::Reply(ticket, reply) if self.waiting == Some(ticket) || self.doing == Some(ticket) => {
                self.take(reply, cx)
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let (title, lines) = (self.title(shared), self.lines(shared));
        frame::asking(area, (76, &title), (&lines, self.top), &self.question(shared), buf, shared);
        None
    }
}
