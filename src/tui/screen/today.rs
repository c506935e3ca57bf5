//! Today: what is due, my pipeline, my month against plan, deals without a next step, recent customers. Every line
//! opens what is behind it.

use crate::contract::agenda::{Agenda, AgendaRequest, PlanRequest, PlanRow, Whose};
use crate::contract::error::Error;
use crate::contract::request::{Aggregate, AggregateRequest, Group, Page, Query};
use crate::domain::record::{RecordKey, Titles};
use crate::domain::value::{Money, Value};
use crate::msg;
use crate::schema::model::{Kind, Object, SortKey};
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::layer::{Event, Flow, Layer};
use crate::tui::pane::lines::{Line, LinesPane, Part, bar};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use jiff::ToSpan;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// Lines of what is due.
const DUE: usize = 8;
/// Lines of deals and of recent customers.
const FEW: usize = 5;
/// Cells of a bar.
const BAR: usize = 20;
/// The same of plans, which have more to say.
const PLAN_BAR: usize = 12;

/// The home screen.
pub struct TodayScreen {
    pane: LinesPane,
    slots: Vec<Slot>,
    waiting: Vec<Option<Ticket>>,
    due: Option<Result<Agenda, Error>>,
    pipeline: Option<Result<Aggregate, Error>>,
    plan: Option<Result<Vec<PlanRow>, Error>>,
    stuck: Option<Result<Page, Error>>,
    recent: Option<Result<Page, Error>>,
}

impl TodayScreen {
    /// Today, as it stands now.
    pub fn open(cx: &mut Context<'_>) -> TodayScreen {
        let slots: Vec<Slot> = (0..5).map(|_| cx.slot()).collect();
        let mut screen = TodayScreen {
            pane: LinesPane::default(),
            waiting: vec![None; slots.len()],
            slots,
            due: None,
            pipeline: None,
            plan: None,
            stuck: None,
            recent: None,
        };
        screen.load(cx);
        screen.lay_out(cx.shared);
        screen
    }

    fn load(&mut self, cx: &mut Context<'_>) {
        let now = &cx.shared.now;
        let to = now.date().saturating_add(1.day());
        let agenda = AgendaRequest { from: None, to, of: Whose::Me, done: false, limit: DUE * 4 };
        let pipeline = cx.shared.object("opportunity").map(|object| AggregateRequest {
            object: object.name.clone(),
            filter: open_deals(object, cx.shared),
            group: vec![Group::Field("stage".to_owned())],
            sums: vec!["amount".to_owned()],
        });
        let person = cx.shared.me.as_ref().map(|me| me.id);
        let plan = PlanRequest { year: now.year(), by: None, person, month: Some(now.month()) };
        let list = |object: &str, filter: String, field: &str, descending: bool| Query {
            object: object.to_owned(),
            filter,
            sort: vec![SortKey { field: field.to_owned(), descending }],
            limit: FEW,
            ..Query::default()
        };
        let stuck = cx
            .shared
            .object("opportunity")
            .filter(|o| o.field("next_step").is_some())
            .map(|object| list("opportunity", stuck_deals(object, cx.shared), "updated_at", true));
        let recent = cx.shared.object("customer").map(|_| list("customer", own(cx.shared), "updated_at", true));
        let requests = [
            Some(Request::Agenda(agenda)),
            pipeline.map(Request::Aggregate),
            Some(Request::Plan(plan)),
            stuck.map(Request::Query),
            recent.map(Request::Query),
        ];
        for ((waiting, slot), request) in self.waiting.iter_mut().zip(&self.slots).zip(requests) {
            *waiting = request.map(|request| cx.ask(*slot, request));
        }
    }

    fn take(&mut self, ticket: Ticket, reply: &Reply, shared: &Shared) -> Flow {
        let Some(place) = self.waiting.iter().position(|asked| *asked == Some(ticket)) else { return Flow::Ignored };
        if let Some(asked) = self.waiting.get_mut(place) {
            *asked = None;
        }
        match (place, reply) {
            (0, Reply::Agenda(answer)) => put(&mut self.due, answer),
            (1, Reply::Aggregated(answer)) => put(&mut self.pipeline, answer),
            (2, Reply::Plan(answer)) => put(&mut self.plan, answer),
            (3, Reply::Page(answer)) => put(&mut self.stuck, answer),
            (4, Reply::Page(answer)) => put(&mut self.recent, answer),
            _ => return Flow::Ignored,
        }
        self.lay_out(shared);
        Flow::Used
    }

    /// Makes the lines of what is known.
    fn lay_out(&mut self, shared: &Shared) {
        let mut lines = Vec::new();
        section(&mut lines, &self.due, shared, "today-due", |agenda, lines| due_lines(agenda, shared, lines));
        section(&mut lines, &self.pipeline, shared, "today-pipeline", |found, lines| {
            pipeline_lines(found, shared, lines);
        });
        section(&mut lines, &self.plan, shared, "today-plan", |rows, lines| {
            for row in rows {
                lines.push(plan_line(row, shared));
            }
            if rows.is_empty() {
                lines.push(Line::note(shared.text("today-no-plan")));
            }
        });
        section(&mut lines, &self.stuck, shared, "today-stuck", |page, lines| {
            record_lines(page, "opportunity", &["amount", "stage", "customer"], shared, lines);
        });
        section(&mut lines, &self.recent, shared, "today-recent", |page, lines| {
            record_lines(page, "customer", &["level", "last_contact", "phone"], shared, lines);
        });
        self.pane.set(lines);
    }
}

fn put<T: Clone>(place: &mut Option<Result<T, Error>>, answer: &Result<T, Error>) {
    if !matches!(answer, Err(Error::Cancelled)) {
        *place = Some(answer.clone());
    }
}

fn section<T>(
    lines: &mut Vec<Line>,
    answer: &Option<Result<T, Error>>,
    shared: &Shared,
    title: &str,
    make: impl FnOnce(&T, &mut Vec<Line>),
) {
    if !lines.is_empty() {
        lines.push(Line::empty());
    }
    lines.push(Line::head(shared.text(title)));
    match answer {
        None => lines.push(Line::note(shared.text("list-loading"))),
        Some(Err(error)) => lines.push(Line::failure(shared.error(error, None))),
        Some(Ok(answer)) => make(answer, lines),
    }
}

fn due_lines(agenda: &Agenda, shared: &Shared, lines: &mut Vec<Line>) {
    let zone = shared.now.time_zone();
    let today = shared.now.date();
    // What fell due last comes first; what is for today before that.
    let (now, late): (Vec<_>, Vec<_>) = agenda.items.iter().partition(|item| item.due.day(zone) == today);
    let shown = now.into_iter().chain(late.into_iter().rev());
    for item in shown.take(DUE) {
        let day = item.due.day(zone);
        let (at, role) = match item.due {
            _ if day < today => (super::agenda::draw::past_day(day, today), Role::Overdue),
            crate::contract::agenda::Due::Day(_) => (shared.text("agenda-today"), Role::Due),
            crate::contract::agenda::Due::At(at) => {
                let late = at < shared.now.timestamp();
                let text = at.to_zoned(zone.clone()).strftime("%H:%M").to_string();
                (text, if late { Role::Overdue } else { Role::Due })
            }
        };
        let label = item.label.get(shared.lang);
        let text = if label.is_empty() {
            item.text.get(shared.lang).to_owned()
        } else {
            format!("{label} {} {}", shared.glyphs.separator, item.text.get(shared.lang))
        };
        let mut parts = vec![Part::of(format!(" {at}"), 7).role(role), Part::rest(text)];
        if !item.about.is_empty() {
            parts.push(Part::of(item.about.clone(), 24).role(Role::Dim));
        }
        lines.push(Line::to(Goto::Record(item.record.clone()), parts));
    }
    let number = agenda.items.len();
    if number == 0 {
        lines.push(Line::note(shared.text("today-nothing-due")));
    } else if number > DUE || agenda.more {
        let count = format!("{}{}", number - DUE.min(number), if agenda.more { "+" } else { "" });
        let text = shared.message(&msg!("today-more", count = count));
        lines.push(Line::to(Goto::Agenda, vec![Part::rest(format!(" {text}")).role(Role::Link)]));
    }
}

fn pipeline_lines(found: &Aggregate, shared: &Shared, lines: &mut Vec<Line>) {
    let Some(object) = shared.object("opportunity") else { return };
    let Some(stage) = object.field("stage") else { return };
    let filter = open_deals(object, shared);
    let most = found.rows.iter().map(|row| row.count).max().unwrap_or(0).max(1);
    for row in &found.rows {
        let Some(key) = row.keys.first() else { continue };
        let label = match key {
            Value::Empty => shared.text("today-no-stage"),
            key => shared.format(&stage.kind, key, &found.titles),
        };
        let sum = row.sums.first().map(|sum| amounts(&sum.parts)).unwrap_or_default();
        let test = match key {
            Value::Choice(key) => format!("stage={key}"),
            _ => "stage=empty".to_owned(),
        };
        let share = row.count as f64 / most as f64;
        let parts = vec![
            Part::of(format!(" {label}"), 16),
            Part::of(row.count.to_string(), 5).right(),
            Part::of(sum, 22).right(),
            Part::rest(bar(share, BAR, shared).trim_end_matches(shared.glyphs.bar_empty)).role(Role::StageOpen),
        ];
        lines.push(Line::to(shared.list_of("opportunity", &format!("{filter} {test}")), parts));
    }
    if found.rows.is_empty() {
        lines.push(Line::note(shared.text("today-no-deals")));
    }
}

/// Amounts of several currencies one after the other.
fn amounts(parts: &[Money]) -> String {
    let one = |money: &Money| {
        crate::schema::kind::format(
            &Kind::Money { min: None },
            &Value::Money(money.clone()),
            &crate::schema::kind::FormatContext {
                lang: crate::domain::lang::Lang::En,
                zone: &jiff::tz::TimeZone::UTC,
                titles: &Titles::new(),
                schema: crate::schema::builtin(),
            },
        )
    };
    parts.iter().map(one).collect::<Vec<_>>().join(" + ")
}

/// A plan with its bar.
pub(super) fn plan_line(row: &PlanRow, shared: &Shared) -> Line {
    let percent = row.percent();
    let share = percent.and_then(|p| p.to_string().parse::<f64>().ok()).unwrap_or(0.0) / 100.0;
    let name = row.of.as_ref().map_or_else(|| shared.text("plan-all"), |(_, name)| name.clone());
    let period = match row.month {
        Some(month) => shared.message(&msg!("plan-month", month = month)),
        None => shared.text("plan-year"),
    };
    let measure = shared.schema.dictionary("plan_measure").and_then(|d| d.item(&row.measure));
    let measure = measure.map(|item| item.label.get(shared.lang)).unwrap_or_default();
    let (reached, target) = (amounts(std::slice::from_ref(&row.reached)), amounts(std::slice::from_ref(&row.target)));
    let figures = format!("{measure} {reached} / {target}");
    let role = if share >= 1.0 { Role::Success } else { Role::StageOpen };
    let parts = vec![
        Part::of(format!(" {period}"), 6).role(Role::Label),
        Part::of(name, 14),
        Part::of(bar(share, PLAN_BAR, shared), PLAN_BAR as u16).role(role),
        Part::of(percent.map(|p| format!("{p}%")).unwrap_or_default(), 7).right(),
        Part::rest(figures).role(Role::Dim),
    ];
    let (object, filter) = &row.behind;
    match (object.is_empty(), &row.plan) {
        (false, _) => Line::to(shared.list_of(object, filter), parts),
        (true, Some(plan)) => Line::to(Goto::Record(plan.clone()), parts),
        _ => Line { parts, target: None },
    }
}

fn record_lines(page: &Page, object: &str, fields: &[&str], shared: &Shared, lines: &mut Vec<Line>) {
    let Some(of) = shared.object(object) else { return };
    let shown = |row: &crate::contract::request::Row, name: &str| {
        let field = of.field(name)?;
        Some(shared.format(&field.kind, row.record.get(name), &page.titles))
    };
    for row in &page.rows {
        let title = shown(row, &of.title).unwrap_or_default();
        let mut parts = vec![Part::rest(format!(" {title}"))];
        parts.extend(fields.iter().map(|name| Part::of(shown(row, name).unwrap_or_default(), 17).role(Role::Dim)));
        let key = RecordKey { object: object.to_owned(), id: row.record.id };
        lines.push(Line::to(Goto::Record(key), parts));
    }
    if page.rows.is_empty() {
        lines.push(Line::note(shared.text("today-none")));
    }
}

/// The filter for one's own; empty in a store without users.
fn own(shared: &Shared) -> String {
    if shared.me.is_some() { "owner:me".to_owned() } else { String::new() }
}

/// The filter for one's own open deals.
fn open_deals(object: &Object, shared: &Shared) -> String {
    let open = if object.field("status").is_some() { "status:open" } else { "-stage:won -stage:lost" };
    format!("{} {open}", own(shared)).trim().to_owned()
}

fn stuck_deals(object: &Object, shared: &Shared) -> String {
    format!("{} next_step:empty", open_deals(object, shared))
}

impl Layer for TodayScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::List, Scope::Move, Scope::Global]
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn is_root(&self) -> bool {
        true
    }

    fn is_ready(&self) -> bool {
        self.due.is_some()
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-today")
    }

    fn current(&self) -> Option<RecordKey> {
        match self.pane.target() {
            Some(Goto::Record(key)) => Some(key.clone()),
            _ => None,
        }
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::Open, Action::Agenda, Action::Customers, Action::Opportunities]
    }

    fn status(&self, shared: &Shared) -> String {
        let weekday = shared.text(&format!("form-weekday-{}", shared.now.weekday().to_monday_one_offset()));
        format!("{} {weekday}", shared.now.date())
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(Action::Open | Action::ListIn) => {
                if let Some(target) = self.pane.target() {
                    cx.goto(target.clone());
                }
            }
            Event::Action(Action::Refresh) | Event::Changed => self.load(cx),
            Event::Action(action) if self.pane.act(action) => {}
            Event::Reply(ticket, reply) => return self.take(ticket, &reply, cx.shared),
            Event::Resized => self.lay_out(cx.shared),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        self.pane.draw(Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area }, buf, shared);
        None
    }
}
