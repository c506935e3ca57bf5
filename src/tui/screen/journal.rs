//! All changes of the store, newest first; Enter opens the record of one.

use crate::domain::record::RecordKey;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::pane::history::HistoryPane;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The journal as a screen.
pub struct JournalScreen {
    history: HistoryPane,
}

impl JournalScreen {
    /// The journal, from its newest entry.
    pub fn new(cx: &mut Context<'_>) -> JournalScreen {
        let mut history = HistoryPane::new(None, cx);
        history.set_height(cx.shared.size.height.saturating_sub(2) as usize);
        history.load(cx);
        JournalScreen { history }
    }
}

impl Layer for JournalScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::List, Scope::Move, Scope::Global]
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
        vec![Action::Open, Action::Back]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(Action::Open) => {
                if let Some(key) = self.history.current() {
                    cx.goto(Goto::Record(key));
                }
            }
            Event::Action(Action::Back) => cx.close(Closed::Cancelled),
            Event::Changed => self.history.load(cx),
            Event::Resized => self.history.set_height(cx.shared.size.height.saturating_sub(2) as usize),
            other => return self.history.update(&other, cx),
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        self.history.draw(area, buf, shared, true);
        None
    }
}
