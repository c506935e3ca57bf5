//! The sales plans of a year with their bars: plan by plan, or added up by person, department or product.

use super::today::plan_line;
use crate::contract::agenda::{PlanBy, PlanRequest, PlanRow};
use crate::contract::error::Error;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::pane::lines::{Line, LinesPane};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The plans as a screen.
pub struct PlansScreen {
    year: i16,
    by: Option<PlanBy>,
    pane: LinesPane,
    slot: Slot,
    waiting: Option<Ticket>,
    answer: Option<Result<Vec<PlanRow>, Error>>,
}

impl PlansScreen {
    /// The plans of this year, by person.
    pub fn new(cx: &mut Context<'_>) -> PlansScreen {
        let mut screen = PlansScreen {
            year: cx.shared.now.year(),
            by: Some(PlanBy::Person),
            pane: LinesPane::default(),
            slot: cx.slot(),
            waiting: None,
            answer: None,
        };
        screen.load(cx);
        screen
    }

    fn load(&mut self, cx: &mut Context<'_>) {
        let request = PlanRequest { year: self.year, by: self.by, person: None, month: None };
        self.waiting = Some(cx.ask(self.slot, Request::Plan(request)));
        self.lay_out(cx.shared);
    }

    fn lay_out(&mut self, shared: &Shared) {
        let by = match self.by {
            None => "plan-by-plan",
            Some(PlanBy::Person) => "plan-by-person",
            Some(PlanBy::Department) => "plan-by-department",
            Some(PlanBy::Product) => "plan-by-product",
        };
        let mut lines = vec![Line::head(format!("{}  {}", self.year, shared.text(by))), Line::empty()];
        match &self.answer {
            None => lines.push(Line::note(shared.text("list-loading"))),
            Some(Err(error)) => {
                lines.push(Line::failure(shared.error(error, None)));
            }
            Some(Ok(rows)) if rows.is_empty() => lines.push(Line::note(shared.text("plan-none"))),
            Some(Ok(rows)) => lines.extend(rows.iter().map(|row| plan_line(row, shared))),
        }
        self.pane.set(lines);
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            Action::PlanOpen => {
                if let Some(target) = self.pane.target() {
                    cx.goto(target.clone());
                }
            }
            Action::PlanAdd => {
                let year = ("year".to_owned(), Value::Integer(self.year.into()));
                cx.goto(Goto::Add("sales_plan".to_owned(), Fields::from([year])));
            }
            Action::PlanNextYear | Action::PlanPreviousYear => {
                self.year = self.year.saturating_add(if action == Action::PlanNextYear { 1 } else { -1 });
                self.load(cx);
            }
            Action::PlanGroup => {
                self.by = match self.by {
                    None => Some(PlanBy::Person),
                    Some(PlanBy::Person) => Some(PlanBy::Department),
                    Some(PlanBy::Department) => Some(PlanBy::Product),
                    Some(PlanBy::Product) => None,
                };
                self.load(cx);
            }
            Action::Back => cx.close(Closed::Cancelled),
            Action::Refresh => self.load(cx),
            action if self.pane.act(action) => {}
            _ => return Flow::Ignored,
        }
        Flow::Used
    }
}

impl Layer for PlansScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::Plan, Scope::Move, Scope::Global]
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-plans")
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::PlanOpen, Action::PlanAdd, Action::PlanGroup, Action::PlanNextYear, Action::Back]
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(action) => return self.act(action, cx),
            Event::Reply(ticket, Reply::Plan(answer)) if self.waiting == Some(ticket) => {
                self.waiting = None;
                if answer != Err(Error::Cancelled) {
                    self.answer = Some(answer);
                }
                self.lay_out(cx.shared);
            }
            Event::Changed => self.load(cx),
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
