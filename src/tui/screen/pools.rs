//! The pools with what lies in them and what one may still take.

use crate::contract::error::Error;
use crate::contract::pool::PoolStanding;
use crate::domain::record::{Fields, RecordKey};
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::pane::lines::{Line, LinesPane, Part};
use crate::tui::popup::sweep::SweepLayer;
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

/// The pools as a screen.
pub struct PoolsScreen {
    pane: LinesPane,
    slot: Slot,
    waiting: Option<Ticket>,
    answer: Option<Result<Vec<PoolStanding>, Error>>,
}

impl PoolsScreen {
    /// The active pools, as they are for the user.
    pub fn new(cx: &mut Context<'_>) -> PoolsScreen {
        let mut screen = PoolsScreen { pane: LinesPane::default(), slot: cx.slot(), waiting: None, answer: None };
        screen.load(cx);
        screen
    }

    fn load(&mut self, cx: &mut Context<'_>) {
        self.waiting = Some(cx.ask(self.slot, Request::Pools));
        self.lay_out(cx.shared);
    }

    fn lay_out(&mut self, shared: &Shared) {
        let mut lines = Vec::new();
        match &self.answer {
            None => lines.push(Line::note(shared.text("list-loading"))),
            Some(Err(error)) => {
                lines.push(Line::failure(shared.error(error, None)));
            }
            Some(Ok(pools)) if pools.is_empty() => lines.push(Line::note(shared.text("pools-none"))),
            Some(Ok(pools)) => pools.iter().for_each(|pool| of(pool, shared, &mut lines)),
        }
        self.pane.set(lines);
    }

    /// The pool's own record under the cursor.
    fn rules(&self) -> Option<RecordKey> {
        let Some(Ok(pools)) = &self.answer else { return None };
        let pool = pools.iter().find(|p| Some(&target(p)) == self.pane.target())?;
        Some(RecordKey { object: "pool".to_owned(), id: pool.id })
    }
}

fn target(pool: &PoolStanding) -> Goto {
    match pool.problem {
        None => Goto::List(pool.object.clone(), pool.filter.clone()),
        Some(_) => Goto::Record(RecordKey { object: "pool".to_owned(), id: pool.id }),
    }
}

fn of(pool: &PoolStanding, shared: &Shared, lines: &mut Vec<Line>) {
    let object = shared.object(&pool.object).map_or(pool.object.as_str(), |o| o.plural.get(shared.lang));
    let free = shared.message(&msg!("pools-free", number = pool.free));
    let parts = vec![
        Part::of(format!(" {}", pool.name), 24).role(Role::Title),
        Part::of(object, 12),
        Part::rest(free).role(Role::StageOpen),
    ];
    lines.push(Line::to(target(pool), parts));
    let mut say = |text: String, role| {
        lines.push(Line { parts: vec![Part::rest(format!("   {text}")).role(role)], target: None });
    };
    if let Some(problem) = &pool.problem {
        say(shared.message(problem), Role::Error);
    }
    let limited = |used: u64, most: Option<u64>| most.map_or(used.to_string(), |most| format!("{used}/{most}"));
    let full = |used: u64, most: Option<u64>| most.is_some_and(|most| used >= most);
    if !pool.member && shared.me.is_some() {
        say(shared.message(&msg!("pool-member", pool = &pool.name)), Role::Dim);
    } else if shared.me.is_some() {
        let (mine, today) = (limited(pool.mine, pool.capacity), limited(pool.claimed, pool.per_day));
        let spent = full(pool.mine, pool.capacity) || full(pool.claimed, pool.per_day);
        let role = if spent && !pool.administrator { Role::Warning } else { Role::Text };
        say(shared.message(&msg!("pools-mine", mine = mine, today = today)), role);
    }
    let mut rules = Vec::new();
    if pool.wait_days > 0 {
        rules.push(shared.message(&msg!("pools-wait", days = pool.wait_days)));
    }
    rules.push(shared.text(if pool.recycles { "pools-recycles" } else { "pools-keeps" }));
    if pool.administrator && shared.me.is_some() {
        rules.push(shared.text("pools-administrator"));
    }
    say(rules.join("  "), Role::Dim);
    lines.push(Line::empty());
}

impl Layer for PoolsScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::List, Scope::Record, Scope::Move, Scope::Global]
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn title(&self, shared: &Shared) -> String {
        shared.text("action-app-pools")
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::Open, Action::Edit, Action::Add, Action::Sweep, Action::Back]
    }

    fn current(&self) -> Option<RecordKey> {
        self.rules()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Action(Action::Open) => {
                if let Some(target) = self.pane.target() {
                    cx.goto(target.clone());
                }
            }
            Event::Action(Action::Edit) => {
                if let Some(key) = self.rules() {
                    cx.goto(Goto::Record(key));
                }
            }
            Event::Action(Action::Add) => cx.goto(Goto::Add("pool".to_owned(), Fields::new())),
            Event::Action(Action::Sweep) => {
                let layer = SweepLayer::new(cx);
                cx.push(Box::new(layer));
            }
            Event::Action(Action::Back) => cx.close(Closed::Cancelled),
            Event::Action(Action::Refresh) | Event::Changed | Event::Closed(_) => self.load(cx),
            Event::Action(action) if self.pane.act(action) => {}
            Event::Reply(ticket, Reply::Pools(answer)) if self.waiting == Some(ticket) => {
                self.waiting = None;
                if answer != Err(Error::Cancelled) {
                    self.answer = Some(answer);
                }
                self.lay_out(cx.shared);
            }
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
