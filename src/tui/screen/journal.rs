//! The log of the store: all changes and events, newest first, by a filter; Enter opens the record of one.

use crate::contract::log::LogFilter;
use crate::domain::message::Message;
use crate::domain::record::RecordKey;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::pane::history::HistoryPane;
use crate::tui::widget::filter_line::{self, FilterLine, Typed};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The log as a screen.
pub struct JournalScreen {
    history: HistoryPane,
    filter: String,
    typing: Option<FilterLine>,
    /// Why the filter as it stands can't be read: the rows are those of the last one that could.
    unread: Option<Message>,
}

impl JournalScreen {
    /// The log by a filter, from its newest row.
    pub fn new(filter: &str, cx: &mut Context<'_>) -> JournalScreen {
        let history = HistoryPane::all(LogFilter::default(), cx);
        let mut screen = JournalScreen { history, filter: String::new(), typing: None, unread: None };
        screen.measure(cx.shared);
        screen.set_filter(filter, cx);
        screen
    }

    fn measure(&mut self, shared: &Shared) {
        self.history.set_height(shared.size.height.saturating_sub(2) as usize);
    }

    fn set_filter(&mut self, filter: &str, cx: &mut Context<'_>) {
        filter.clone_into(&mut self.filter);
        match LogFilter::parse(filter, &cx.shared.schema, &cx.shared.now) {
            Ok(filter) => {
                self.unread = None;
                self.history.set_filter(filter, cx);
            }
            Err(message) => self.unread = Some(message),
        }
    }

    fn type_filter(&mut self, event: &Event, cx: &mut Context<'_>) -> Flow {
        match self.typing.as_mut().map_or(Typed::Ignored, |line| line.update(event)) {
            Typed::Ignored => return Flow::Ignored,
            Typed::Nothing => {}
            Typed::Changed(filter) => self.set_filter(&filter, cx),
            Typed::Moved(delta) => self.history.move_by(delta, cx),
            Typed::Kept => self.typing = None,
            Typed::Left(before) => {
                self.typing = None;
                self.set_filter(&before, cx);
            }
        }
        Flow::Used
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            Action::Open => {
                if let Some(key) = self.history.current() {
                    cx.goto(Goto::Record(key));
                }
            }
            Action::Filter => self.typing = Some(FilterLine::new(&self.filter).with_help("log-filter-help")),
            Action::ClearFilter => self.set_filter("", cx),
            Action::Back => cx.close(Closed::Cancelled),
            other => return self.history.update(&Event::Action(other), cx),
        }
        Flow::Used
    }
}

impl Layer for JournalScreen {
    fn scopes(&self) -> Vec<Scope> {
        if self.typing.is_some() { Vec::new() } else { vec![Scope::List, Scope::Move, Scope::Global] }
    }

    fn takes_text(&self) -> bool {
        self.typing.is_some()
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-history")
    }

    fn current(&self) -> Option<RecordKey> {
        self.history.current()
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::Open, Action::Filter, Action::ClearFilter, Action::Back]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Key(_) | Event::Paste(_) => return self.type_filter(&event, cx),
            Event::Action(action) => return self.act(action, cx),
            Event::Changed => self.history.load(cx),
            Event::Resized => self.measure(cx.shared),
            other => return self.history.update(&other, cx),
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let line = u16::from(self.typing.is_some() || !self.filter.is_empty()).min(area.height);
        let rows = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: area.height - line, ..area };
        self.history.draw(rows, buf, shared, true);
        if line == 0 {
            return None;
        }
        let place = Rect { y: area.bottom() - 1, height: 1, ..area };
        let note = self.unread.as_ref().map(|message| shared.message(message)).unwrap_or_default();
        filter_line::draw(self.typing.as_ref(), &self.filter, &note, place, buf, shared)
    }
}
