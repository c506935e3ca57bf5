//! Reports: which there are on the left, the chosen one's groups with their bars on the right.

use crate::backend::error::Error;
use crate::backend::report::{self, Report, ReportEntry};
use crate::backend::request::{AggregateRow, Group, Sum};
use crate::domain::value::{Money, Value};
use crate::schema::model::Kind;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::pane::lines::{Line, LinesPane, Part, bar};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use rust_decimal::prelude::ToPrimitive;

/// Cells of the list of reports, and from how many on both stand side by side.
const LIST: u16 = 26;
const BESIDE: u16 = 60;
/// Cells of a bar, of a group's name, and of a number.
const BAR: u16 = 14;
const NAME: u16 = 14;
const COUNT: u16 = 7;

/// The reports as a screen.
pub struct ReportsScreen {
    all: Vec<ReportEntry>,
    at: usize,
    /// The groups have the cursor, not the list.
    inside: bool,
    pane: LinesPane,
    slot: Slot,
    waiting: Option<Ticket>,
    answer: Option<Result<Box<Report>, Error>>,
}

impl ReportsScreen {
    /// The reports, with the first one.
    pub fn new(cx: &mut Context<'_>) -> ReportsScreen {
        let mut screen = ReportsScreen {
            all: report::reports(&cx.shared.schema, cx.shared.lang),
            at: 0,
            inside: false,
            pane: LinesPane::default(),
            slot: cx.slot(),
            waiting: None,
            answer: None,
        };
        screen.load(cx);
        screen
    }

    fn load(&mut self, cx: &mut Context<'_>) {
        if let Some(entry) = self.all.get(self.at) {
            let (name, lang) = (entry.name.clone(), cx.shared.lang);
            self.waiting = Some(cx.ask(self.slot, Request::Report { name, lang }));
        }
        self.lay_out(cx.shared);
    }

    fn choose(&mut self, at: usize, cx: &mut Context<'_>) {
        let at = at.min(self.all.len().saturating_sub(1));
        if at != self.at {
            (self.at, self.answer) = (at, None);
            self.pane = LinesPane::default();
            self.load(cx);
        }
    }

    fn lay_out(&mut self, shared: &Shared) {
        let mut lines: Vec<Line> = self.all.get(self.at).map(|entry| Line::head(&entry.title)).into_iter().collect();
        lines.push(Line::empty());
        match &self.answer {
            None => lines.push(Line::note(shared.text("list-loading"))),
            Some(Err(error)) => {
                let parts = vec![Part::rest(shared.error(error, None)).role(Role::Error)];
                lines.push(Line { parts, target: None });
            }
            Some(Ok(report)) if report.groups.rows.is_empty() => lines.push(Line::note(shared.text("report-none"))),
            Some(Ok(report)) => lines.extend(group_lines(report, shared)),
        }
        self.pane.set(lines);
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            Action::Open if self.inside => {
                if let Some(target) = self.pane.target() {
                    cx.goto(target.clone());
                }
            }
            Action::Open | Action::ListIn | Action::NextPane | Action::PreviousPane if !self.inside => {
                self.inside = self.pane.target().is_some();
            }
            Action::ListOut | Action::NextPane | Action::PreviousPane => self.inside = false,
            Action::Back if self.inside => self.inside = false,
            Action::Back => cx.close(Closed::Cancelled),
            Action::Refresh => self.load(cx),
            action if self.inside && self.pane.act(action) => {}
            Action::Down => self.choose(self.at.saturating_add(1), cx),
            Action::Up => self.choose(self.at.saturating_sub(1), cx),
            Action::Top | Action::PageUp | Action::HalfPageUp => self.choose(0, cx),
            Action::Bottom | Action::PageDown | Action::HalfPageDown => self.choose(usize::MAX, cx),
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw_list(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        let top = self.at.saturating_sub(usize::from(area.height).saturating_sub(1));
        for (y, (at, entry)) in (area.top()..area.bottom()).zip(self.all.iter().enumerate().skip(top)) {
            let role = if at == self.at { Role::Title } else { Role::Text };
            let line = Line { parts: vec![Part::rest(format!(" {}", entry.title)).role(role)], target: None };
            let here = at == self.at && !self.inside;
            crate::tui::pane::lines::draw_line(&line, here, Rect { y, height: 1, ..area }, buf, shared);
        }
    }
}

/// A line for each group: its name, its bar beside the greatest, its number and sums. Enter shows its records.
fn group_lines(report: &Report, shared: &Shared) -> Vec<Line> {
    let look = shared.format_context(&report.groups.titles);
    let entry = &report.report;
    let measure = |row: &AggregateRow| match row.sums.first() {
        Some(sum) => sum.total.and_then(|total| total.to_f64()).unwrap_or_default(),
        None => row.count as f64,
    };
    let most = report.groups.rows.iter().map(measure).fold(0.0, f64::max);
    let line = |row: &AggregateRow| {
        let keys = row.keys.iter().zip(&entry.group);
        let names: Vec<String> =
            keys.map(|(key, group)| report::key_text(&shared.schema, entry, group, key, &look)).collect();
        let share = if most > 0.0 { measure(row) / most } else { 0.0 };
        let sums: Vec<String> = row.sums.iter().map(|sum| sum_text(sum, shared)).collect();
        let parts = vec![
            Part::of(format!(" {}", names.join(" ")), NAME),
            Part::of(bar(share, BAR.into(), shared), BAR).role(Role::StageOpen),
            Part::of(row.count.to_string(), COUNT).right(),
            Part::rest(sums.first().cloned().unwrap_or_default()).right().role(Role::Dim),
        ];
        Line::to(records_of(report, row, shared), parts)
    };
    report.groups.rows.iter().map(line).collect()
}

/// The records of a group. Where no filter says a group (texts, people), those of the whole report.
fn records_of(report: &Report, row: &AggregateRow, shared: &Shared) -> Goto {
    let mut filter = report.filter.clone();
    for (group, key) in report.report.group.iter().zip(&row.keys) {
        let field = group.field();
        let part = match (group, key) {
            (_, Value::Empty) => format!("{field}:empty"),
            (Group::Field(_), Value::Choice(item)) => format!("{field}:{item}"),
            (Group::Period(..), Value::Date(day)) => format!("{field}:{}", day.strftime("%Y-%m")),
            _ => continue,
        };
        filter = format!("{filter} {part}");
    }
    shared.list_of(&report.report.object, filter.trim())
}

/// A sum with its currency; where currencies have no rate, each with its own.
fn sum_text(sum: &Sum, shared: &Shared) -> String {
    let titles = crate::domain::record::Titles::new();
    let money = |money: &Money| shared.format(&Kind::Money { min: None }, &Value::Money(money.clone()), &titles);
    match (sum.total, &sum.currency) {
        (Some(amount), Some(currency)) => money(&Money { amount, currency: currency.clone() }),
        (Some(amount), None) => amount.to_string(),
        (None, _) => sum.parts.iter().map(money).collect::<Vec<_>>().join(" + "),
    }
}

impl Layer for ReportsScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::List, Scope::Move, Scope::Global]
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-reports")
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::Open, Action::NextPane, Action::Refresh, Action::Back]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(action) => return self.act(action, cx),
            Event::Reply(ticket, Reply::Report(answer)) if self.waiting == Some(ticket) => {
                self.waiting = None;
                if !matches!(answer, Err(Error::Cancelled)) {
                    self.answer = Some(answer);
                }
                self.lay_out(cx.shared);
                self.inside &= self.pane.target().is_some();
            }
            Event::Changed => self.load(cx),
            Event::Resized => {
                self.all = report::reports(&cx.shared.schema, cx.shared.lang);
                self.lay_out(cx.shared);
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        if area.width < BESIDE {
            match self.inside {
                true => self.pane.draw(area, buf, shared),
                false => self.draw_list(area, buf, shared),
            }
            return None;
        }
        self.draw_list(Rect { width: LIST, ..area }, buf, shared);
        let right = Rect { x: area.x + LIST + 1, width: area.width - LIST - 1, ..area };
        self.pane.draw(right, buf, shared);
        None
    }
}
