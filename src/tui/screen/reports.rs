//! The reports: which there are on the left, the figures of one on the right, over a span of days. Every figure opens
//! the records behind it.

mod figures;

use crate::backend::report;
use crate::contract::error::Error;
use crate::contract::report::{Report, ReportEntry};
use crate::domain::when::{DateRange, parse_range};
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Shared};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::pane::lines::{Line, LinesPane, Part, draw_line};
use crate::tui::popup::frame;
use crate::tui::popup::picker::{Item, PickerLayer};
use crate::tui::popup::prompt::PromptLayer;
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use crate::tui::widget::filter_line::{self, FilterLine, Typed};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::cell::Cell;

/// The spans of days on offer, as they could be typed; the empty one is without bounds.
const SPANS: [&str; 8] =
    ["this-week", "this-month", "last-month", "this-quarter", "last-quarter", "this-year", "last-year", ""];
/// The span that a visit begins with.
const FIRST_SPAN: &str = "this-year";
/// What stands for a span that is to be typed.
const OTHER: &str = "other";
/// Where both parts fit beside each other.
const BOTH: u16 = 60;
/// Cells of the list of reports at most.
const LIST: u16 = 26;

/// The reports as a screen.
pub struct ReportsScreen {
    entries: Vec<ReportEntry>,
    at: usize,
    top: Cell<usize>,
    /// The keys move among the figures, not among the reports.
    in_figures: bool,
    /// The span of days as it was chosen or typed; empty for all.
    span: String,
    filter: String,
    typing: Option<FilterLine>,
    pane: LinesPane,
    slot: Slot,
    waiting: Option<Ticket>,
    answer: Option<Result<Box<Report>, Error>>,
}

impl ReportsScreen {
    /// The first report over this year.
    pub fn open(cx: &mut Context<'_>) -> ReportsScreen {
        let mut screen = ReportsScreen {
            entries: report::reports(&cx.shared.schema, cx.shared.lang),
            at: 0,
            top: Cell::new(0),
            in_figures: false,
            span: FIRST_SPAN.to_owned(),
            filter: String::new(),
            typing: None,
            pane: LinesPane::default(),
            slot: cx.slot(),
            waiting: None,
            answer: None,
        };
        screen.load(cx);
        screen
    }

    /// Asks for the report under the cursor; what is shown stays until the answer, where it is of the same report.
    fn load(&mut self, cx: &mut Context<'_>) {
        let Some(entry) = self.entries.get(self.at) else { return };
        let days = self.days(cx.shared);
        let request = Request::Report {
            name: entry.name.clone(),
            from: days.map(|days| days.from),
            to: days.and_then(|days| days.to.yesterday().ok()),
            filter: self.filter.clone(),
            lang: cx.shared.lang,
        };
        if !matches!(&self.answer, Some(Ok(shown)) if shown.report.name == entry.name) {
            self.answer = None;
        }
        self.waiting = Some(cx.ask(self.slot, request));
        self.lay_out(cx.shared);
    }

    fn days(&self, shared: &Shared) -> Option<DateRange> {
        parse_range(&self.span, shared.now.date()).ok()
    }

    fn lay_out(&mut self, shared: &Shared) {
        let Some(entry) = self.entries.get(self.at) else { return self.pane.set(Vec::new()) };
        let days = self.days(shared).map(days_text);
        let days = days.unwrap_or_else(|| span_label(&self.span, shared));
        let mut lines = vec![Line::head(format!("{} {} {days}", entry.title, shared.glyphs.separator)), Line::empty()];
        match &self.answer {
            None => lines.push(Line::note(shared.text("list-loading"))),
            Some(Err(error)) => {
                let object = shared.object(&entry.object);
                lines.push(Line::failure(shared.error(error, object)));
            }
            Some(Ok(report)) => lines.extend(figures::lines(report, self.width(shared), shared)),
        }
        self.pane.set(lines);
    }

    /// Cells of the list of reports, and those of the figures.
    fn widths(&self, whole: u16, shared: &Shared) -> (u16, u16) {
        let longest = self.entries.iter().map(|entry| shared.glyphs.measure.width(&entry.title)).max();
        let list = u16::try_from(longest.unwrap_or(0) + 2).unwrap_or(LIST).min(LIST);
        match (whole >= BOTH, self.in_figures) {
            (true, _) => (list, whole.saturating_sub(list + 3)),
            (false, false) => (whole, 0),
            (false, true) => (0, whole),
        }
    }

    fn width(&self, shared: &Shared) -> u16 {
        let (_, width) = self.widths(shared.size.width.saturating_sub(2), shared);
        if width == 0 { shared.size.width.saturating_sub(2) } else { width }
    }

    fn choose_report(&mut self, action: Action, cx: &mut Context<'_>) -> bool {
        let last = self.entries.len().saturating_sub(1);
        let at = match action {
            Action::Down => self.at.saturating_add(1).min(last),
            Action::Up => self.at.saturating_sub(1),
            Action::Top | Action::PageUp | Action::HalfPageUp => 0,
            Action::Bottom | Action::PageDown | Action::HalfPageDown => last,
            _ => return false,
        };
        if at != self.at {
            self.at = at;
            self.pane = LinesPane::default();
            self.load(cx);
        }
        true
    }

    fn choose_days(&self, cx: &mut Context<'_>) {
        let item = |key: &str| Item {
            key: key.to_owned(),
            text: span_label(key, cx.shared),
            also: key.to_owned(),
            detail: parse_range(key, cx.shared.now.date()).map(days_text).unwrap_or_default(),
            chosen: key == self.span,
            ..Item::default()
        };
        let items = SPANS.into_iter().chain([OTHER]).map(item).collect();
        cx.push(Box::new(PickerLayer::new(cx.shared.text("report-days"), items)));
    }

    fn take_days(&mut self, span: &str, cx: &mut Context<'_>) {
        if span == OTHER {
            let prompt = PromptLayer::new(cx.shared.text("report-days"), "", cx.shared.text("report-days-help"));
            cx.push(Box::new(prompt.preview(preview)));
            return;
        }
        match parse_range(span, cx.shared.now.date()) {
            Err(error) if !span.is_empty() => cx.warn(error.message()),
            _ => {
                span.clone_into(&mut self.span);
                self.load(cx);
            }
        }
    }

    fn type_filter(&mut self, event: &Event, cx: &mut Context<'_>) -> Flow {
        match self.typing.as_mut().map_or(Typed::Ignored, |line| line.update(event)) {
            Typed::Ignored => return Flow::Ignored,
            Typed::Nothing | Typed::Moved(_) => {}
            Typed::Kept => self.typing = None,
            Typed::Changed(filter) => self.set_filter(filter, cx),
            Typed::Left(before) => {
                self.typing = None;
                self.set_filter(before, cx);
            }
        }
        Flow::Used
    }

    fn set_filter(&mut self, filter: String, cx: &mut Context<'_>) {
        self.filter = filter;
        self.load(cx);
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            Action::ReportOpen if !self.in_figures => self.enter(true, cx),
            Action::ReportOpen => {
                if let Some(target) = self.pane.target() {
                    cx.goto(target.clone());
                }
            }
            Action::ReportOut | Action::Back if self.in_figures => self.enter(false, cx),
            Action::NextPane | Action::PreviousPane => self.enter(!self.in_figures, cx),
            Action::ReportDays => self.choose_days(cx),
            Action::ReportFilter => self.typing = Some(FilterLine::new(&self.filter)),
            Action::ReportClearFilter => self.set_filter(String::new(), cx),
            Action::Refresh => self.load(cx),
            action if self.in_figures && self.pane.act(action) => {}
            action if !self.in_figures && self.choose_report(action, cx) => {}
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn enter(&mut self, figures: bool, cx: &Context<'_>) {
        // Where there is nothing to go to, the keys stay among the reports.
        self.in_figures = figures && self.pane.target().is_some();
        self.lay_out(cx.shared);
    }

    fn draw_list(&self, area: Rect, buf: &mut Buffer, shared: &Shared) {
        self.top.set(frame::scroll(self.top.get(), self.at, area.height.into()));
        let shown = self.entries.iter().enumerate().skip(self.top.get());
        for (y, (at, entry)) in (area.top()..area.bottom()).zip(shown) {
            let role = if at == self.at { Role::Title } else { Role::Text };
            let line = Line { parts: vec![Part::rest(format!(" {}", entry.title)).role(role)], target: None };
            draw_line(&line, at == self.at && !self.in_figures, Rect { y, height: 1, ..area }, buf, shared);
        }
    }
}

/// What a span is called: one of those on offer, or as it was typed.
fn span_label(span: &str, shared: &Shared) -> String {
    match span {
        "" => shared.text("report-days-all"),
        span if span == OTHER || SPANS.contains(&span) => shared.text(&format!("report-days-{span}")),
        span => span.to_owned(),
    }
}

/// The first and the last day.
fn days_text(days: DateRange) -> String {
    let last = days.to.yesterday().unwrap_or(days.to);
    if last == days.from { days.from.to_string() } else { format!("{}..{last}", days.from) }
}

fn preview(text: &str, shared: &Shared) -> Vec<String> {
    vec![match parse_range(text, shared.now.date()) {
        Ok(days) => days_text(days),
        Err(error) => shared.message(&error.message()),
    }]
}

impl Layer for ReportsScreen {
    fn scopes(&self) -> Vec<Scope> {
        if self.typing.is_some() { Vec::new() } else { vec![Scope::Report, Scope::Move, Scope::Global] }
    }

    fn takes_text(&self) -> bool {
        self.typing.is_some()
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

    fn is_ready(&self) -> bool {
        self.answer.is_some() || self.entries.is_empty()
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-reports")
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::ReportOpen, Action::ReportDays, Action::ReportFilter]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Key(_) | Event::Paste(_) => return self.type_filter(&event, cx),
            Event::Action(action) => return self.act(action, cx),
            Event::Reply(ticket, Reply::Report(answer)) if self.waiting == Some(ticket) => {
                self.waiting = None;
                if !matches!(answer, Err(Error::Cancelled)) {
                    self.answer = Some(answer);
                }
                self.lay_out(cx.shared);
            }
            Event::Closed(Closed::Picked(keys)) => {
                if let [span] = keys.as_slice() {
                    self.take_days(span, cx);
                }
            }
            Event::Closed(Closed::Entered(text)) => self.take_days(text.trim(), cx),
            Event::Closed(_) => {}
            Event::Changed => {
                self.entries = report::reports(&cx.shared.schema, cx.shared.lang);
                self.at = self.at.min(self.entries.len().saturating_sub(1));
                self.load(cx);
            }
            Event::Resized => {
                self.entries = report::reports(&cx.shared.schema, cx.shared.lang);
                self.lay_out(cx.shared);
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let line = u16::from(self.typing.is_some() || !self.filter.is_empty()).min(area.height);
        let rows = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: area.height - line, ..area };
        let (list, figures) = self.widths(rows.width, shared);
        if list > 0 {
            self.draw_list(Rect { width: list, ..rows }, buf, shared);
        }
        if figures > 0 {
            let place = Rect { x: rows.right().saturating_sub(figures), width: figures, ..rows };
            if list > 0 {
                let style = shared.theme.style(if self.in_figures { Role::FocusBorder } else { Role::Border });
                for y in place.top()..place.bottom() {
                    shared.glyphs.measure.draw(buf, place.x.saturating_sub(2), y, shared.glyphs.vertical, 1, style);
                }
            }
            self.pane.draw_as(self.in_figures, place, buf, shared);
        }
        if line == 0 {
            return None;
        }
        let place = Rect { y: area.bottom() - 1, height: 1, ..area };
        filter_line::draw(self.typing.as_ref(), &self.filter, "", place, buf, shared)
    }
}
