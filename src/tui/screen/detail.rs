//! The 360° view of a record over the whole screen.

use super::record_actions::RecordActions;
use crate::domain::record::RecordKey;
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::form::grid::GridLayer;
use crate::tui::input::{Button, MouseAction};
use crate::tui::layer::{Awaits, Closed, Event, Flow, Layer};
use crate::tui::pane::detail::DetailPane;
use crate::tui::request::Reply;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// A record from all sides, as a screen.
pub struct DetailScreen {
    pane: DetailPane,
    actions: RecordActions,
    /// The record of the view itself is being deleted.
    deleting: bool,
    /// Records are entered one after the other in the open tab.
    entering: bool,
}

impl DetailScreen {
    /// Opens a record.
    pub fn open(key: RecordKey, cx: &mut Context<'_>) -> DetailScreen {
        let mut pane = DetailPane::new(key, cx);
        pane.set_height(cx.shared.size.height.saturating_sub(2) as usize);
        pane.load(cx);
        DetailScreen { pane, actions: RecordActions::new(cx), deleting: false, entering: false }
    }

    /// Opens a form for a new record of the open tab.
    fn add(&mut self, cx: &mut Context<'_>) {
        match self.pane.addition(cx) {
            Some((object, given)) => {
                self.entering = self.pane.repeats(cx);
                cx.goto(Goto::Add(object, given));
            }
            None => cx.info(msg!("add-in-tab")),
        }
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            Action::DetailIn => return self.act(self.pane.inward(), cx),
            Action::DetailOut if self.pane.in_tab() => return self.act(Action::PreviousTab, cx),
            Action::Back | Action::DetailOut => cx.close(Closed::Cancelled),
            Action::NextRecord => cx.step(1),
            Action::PreviousRecord => cx.step(-1),
            Action::DetailOpen => match self.pane.target(cx) {
                Some(key) => cx.goto(Goto::Record(key)),
                None => self.begin(Action::Edit, cx),
            },
            Action::DetailAdd => self.add(cx),
            Action::DetailLines => match GridLayer::open(self.pane.key.clone(), cx) {
                Some(grid) => cx.push(Box::new(grid)),
                None => cx.info(msg!("lines-not-here")),
            },
            _ => {
                if self.pane.update(&Event::Action(action), cx) == Flow::Used {
                    return Flow::Used;
                }
                let (keys, field) = (self.meant(action), self.field(cx));
                self.deleting = action == Action::Delete && keys.contains(&self.pane.key);
                return self.actions.begin(action, keys, field.as_deref(), self.pane.current_record(), cx);
            }
        }
        Flow::Used
    }

    fn begin(&mut self, action: Action, cx: &mut Context<'_>) {
        let (keys, field) = (self.meant(action), self.field(cx));
        self.actions.begin(action, keys, field.as_deref(), self.pane.current_record(), cx);
    }

    /// The records that an action is meant for: those of the open tab, else the record of the view.
    fn meant(&self, action: Action) -> Vec<RecordKey> {
        let rows = self.pane.list().map(|list| list.meant(action)).unwrap_or_default();
        if rows.is_empty() { vec![self.pane.key.clone()] } else { rows }
    }

    /// The field under the cursor of the attributes.
    fn field(&self, cx: &Context<'_>) -> Option<String> {
        if self.pane.in_tab() {
            return None;
        }
        let object = cx.shared.object(&self.pane.key.object)?;
        self.pane.field(object).map(|f| f.name.clone())
    }
}

impl Layer for DetailScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Detail, Scope::Record, Scope::Move, Scope::Global]
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn title(&self, shared: &Shared) -> String {
        let object = shared.object(&self.pane.key.object);
        let title = self.pane.view().zip(object).and_then(|(v, o)| {
            let field = o.field(&o.title)?;
            Some(shared.format(&field.kind, v.record.get(&o.title), &v.titles))
        });
        title.unwrap_or_else(|| object.map(|o| o.label.get(shared.lang).to_owned()).unwrap_or_default())
    }

    fn current(&self) -> Option<RecordKey> {
        Some(self.pane.current())
    }

    fn hints(&self) -> Vec<Action> {
        use Action::*;
        let mut hints = vec![Edit, Actions, Log, NextTab, AddTask, NextRecord];
        if self.pane.has_lines() {
            hints = vec![Edit, DetailLines, Actions, NextTab, Print, Log, AddTask, NextRecord];
        }
        if self.pane.list().is_some() {
            hints.insert(0, Action::DetailAdd);
            hints.insert(0, Action::DetailOpen);
        }
        hints.push(Action::Back);
        hints
    }

    fn can_step(&self) -> bool {
        self.pane.list().is_some()
    }

    fn step(&mut self, delta: isize, cx: &mut Context<'_>) -> Option<RecordKey> {
        self.pane.step(delta, cx)
    }

    fn awaits(&self) -> Option<Awaits> {
        self.actions.awaits()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        let field = self.field(cx);
        if self.actions.update(&event, field.as_deref(), cx) == Flow::Used {
            if let Event::Reply(_, Reply::Deleted(Ok(_))) = &event
                && self.deleting
            {
                cx.close(Closed::Cancelled);
            }
            return Flow::Used;
        }
        match event {
            Event::Action(action) => return self.act(action, cx),
            Event::Stepped(key) => self.pane.show(key, cx),
            Event::Closed(Closed::Saved(id)) => {
                self.pane.seek(id, cx);
                if std::mem::take(&mut self.entering) {
                    self.add(cx);
                }
            }
            Event::Closed(_) => self.entering = false,
            Event::Resized => self.pane.set_height(cx.shared.size.height.saturating_sub(2) as usize),
            Event::Mouse(mouse) if mouse.action == MouseAction::Press(Button::Left) && mouse.y == 3 => {
                if let Some(tab) =
                    self.pane.tab_at(mouse.x.saturating_sub(1), cx.shared.size.width.saturating_sub(2), cx.shared)
                {
                    self.pane.open_tab(tab, cx);
                }
            }
            other => return self.pane.update(&other, cx),
        }
        Flow::Used
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let area = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        self.pane.draw(area, buf, shared, true);
        None
    }
}
