//! The board of a pipeline: a column for each stage with its cards, which are moved from stage to stage.
//!
//! Cards come by column and page, the sums of all in one question. A move is shown at once; where the rules
//! refuse it the card goes back and the reason is told, and where only fields are missing the move asks for them.

mod column;
mod draw;
mod moving;
mod place;
mod totals;

use super::record_actions::RecordActions;
use crate::domain::id::Id;
use crate::domain::record::{Fields, RecordKey, Titles};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{PIPELINED, Pipeline};
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::input::{Button, Mouse, MouseAction};
use crate::tui::layer::{Awaits, Closed, Event, Flow, Layer};
use crate::tui::popup::picker::{Item, PickerLayer};
use crate::tui::request::{Reply, Slot, Ticket};
use crate::tui::widget::filter_line::{FilterLine, Typed};
use column::{Ask, Column, Totals};
use moving::{Grab, Move};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The setting that keeps how the board was left.
const SETTING: &str = "board";

/// Whose result is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Child {
    Pipeline,
    /// A form that a move asked for, with the column that it goes to.
    Move(usize),
}

/// How the user left the board.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
struct State {
    pipeline: String,
    by_owner: bool,
    /// Keys of the folded stages, empty for those that the pipeline doesn't have.
    folded: BTreeSet<String>,
}

/// Opportunities on their way through a pipeline, as a screen.
pub struct BoardScreen {
    state: State,
    filter: String,
    /// The filter line while it is being typed.
    typing: Option<FilterLine>,
    columns: Vec<Column>,
    /// The column under the cursor, and the first on the screen.
    at: usize,
    first: usize,
    titles: Titles,
    /// Number and sum of each owner's cards by column, where they are grouped.
    owners: BTreeMap<(usize, Option<Id>), Totals>,
    totals_slot: Slot,
    totals: Option<Ticket>,
    owners_slot: Slot,
    owned: Option<Ticket>,
    grabbed: Option<Grab>,
    moves: Vec<Move>,
    /// Something changed while cards were on their way.
    stale: bool,
    actions: RecordActions,
    child: Option<Child>,
    clicked: Option<Id>,
}

impl BoardScreen {
    /// Opens the board of a pipeline, or of the one that was open last; `None` if there are no pipelines.
    pub fn open(pipeline: Option<&str>, cx: &mut Context<'_>) -> Option<BoardScreen> {
        let shared = cx.shared;
        let kept = shared.settings.get(SETTING).and_then(|text| serde_json::from_str(text).ok());
        let mut state: State = kept.unwrap_or_default();
        let known = |name: &str| shared.schema.pipeline(name).map(|p| p.name.clone());
        let asked = pipeline.and_then(|text| shared.schema.find_pipeline(text)).map(|p| p.name.clone());
        let default = || shared.schema.default_pipeline(None).map(|p| p.name.clone());
        state.pipeline = asked.or_else(|| known(&state.pipeline)).or_else(default)?;
        let mut board = BoardScreen {
            state,
            filter: String::new(),
            typing: None,
            columns: Vec::new(),
            at: 0,
            first: 0,
            titles: Titles::new(),
            owners: BTreeMap::new(),
            totals_slot: cx.slot(),
            totals: None,
            owners_slot: cx.slot(),
            owned: None,
            grabbed: None,
            moves: Vec::new(),
            stale: false,
            actions: RecordActions::new(cx),
            child: None,
            clicked: None,
        };
        board.make_columns(cx);
        Some(board)
    }

    fn pipeline<'s>(&self, shared: &'s Shared) -> Option<&'s Pipeline> {
        shared.schema.pipeline(&self.state.pipeline)
    }

    /// A column for each stage; one for what stands elsewhere comes when there is any.
    fn make_columns(&mut self, cx: &mut Context<'_>) {
        let stages = self.pipeline(cx.shared).map(|p| p.stages.clone()).unwrap_or_default();
        self.columns = stages.into_iter().map(|stage| Column::new(Some(stage), cx)).collect();
        (self.at, self.first) = (0, 0);
        // Cards first: the sums take longer.
        self.load_all(None, cx);
    }

    /// The filter of everything on the board.
    fn whole_filter(&self) -> String {
        let base = format!("pipeline:\"{}\"", self.state.pipeline);
        match self.filter.trim() {
            "" => base,
            filter => format!("{base} ({filter})"),
        }
    }

    fn ask_of<'a>(&self, column: usize, fields: &'a [String]) -> Ask<'a> {
        let stages = match self.columns.get(column).and_then(Column::key) {
            Some(key) => format!("stage:\"{key}\""),
            None => {
                let known = self.columns.iter().filter_map(Column::key);
                known.map(|key| format!("-stage:\"{key}\"")).collect::<Vec<_>>().join(" ")
            }
        };
        let filter = format!("{stages} {}", self.whole_filter());
        Ask { filter, by_owner: self.state.by_owner, columns: fields }
    }

    /// Loads the columns on the screen, and the sums of all.
    fn load_all(&mut self, focus: Option<Id>, cx: &mut Context<'_>) {
        self.stale = false;
        let shown = self.shown(cx.shared);
        for column in 0..self.columns.len() {
            if shown.contains(&column) || self.columns.get(column).is_some_and(|c| c.loaded) {
                self.load(column, focus.filter(|_| column == self.at), cx);
            }
        }
        self.ask_totals(cx);
    }

    fn load(&mut self, column: usize, focus: Option<Id>, cx: &mut Context<'_>) {
        let (fields, height) = (self.card_fields(cx.shared), self.cards_high(cx.shared));
        let ask = self.ask_of(column, &fields);
        if let Some(column) = self.columns.get_mut(column) {
            column.load(&ask, height, focus, cx);
        }
    }

    /// Loads what has come onto the screen, and more where a cursor nears the end.
    fn fill(&mut self, cx: &mut Context<'_>) {
        self.keep_in_view(cx.shared);
        let (fields, height) = (self.card_fields(cx.shared), self.cards_high(cx.shared));
        for at in self.shown(cx.shared) {
            let ask = self.ask_of(at, &fields);
            let Some(column) = self.columns.get_mut(at) else { continue };
            if column.loaded {
                column.fill(&ask, height, cx);
            } else if !column.is_waiting() {
                column.load(&ask, height, None, cx);
            }
        }
    }

    fn column(&self) -> Option<&Column> {
        self.columns.get(self.at)
    }

    fn current_key(&self) -> Option<RecordKey> {
        let id = match &self.grabbed {
            Some(grab) => grab.row.record.id,
            None => self.column()?.current()?.record.id,
        };
        Some(RecordKey { object: PIPELINED.to_owned(), id })
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        if self.grabbed.is_some() {
            return self.act_grabbed(action, cx);
        }
        let height = self.cards_high(cx.shared);
        match action {
            Action::BoardLeft => self.go_to(self.at.saturating_sub(1), cx),
            Action::BoardRight => self.go_to(self.at + 1, cx),
            Action::BoardMoveLeft => self.shift(-1, cx),
            Action::BoardMoveRight => self.shift(1, cx),
            Action::BoardGrab => self.grab(cx),
            Action::BoardOpen => match self.current_key() {
                Some(key) => cx.goto(Goto::Record(key)),
                None => cx.info(msg!("no-record")),
            },
            Action::BoardAdd => self.add(cx),
            Action::BoardFilter => self.typing = Some(FilterLine::new(&self.filter)),
            Action::BoardClearFilter => self.set_filter("", cx),
            Action::BoardPipeline => self.choose_pipeline(cx),
            Action::NextPane => self.step_pipeline(1, cx),
            Action::PreviousPane => self.step_pipeline(-1, cx),
            Action::BoardGroup => {
                self.state.by_owner = !self.state.by_owner;
                self.remember(cx);
                self.columns.iter_mut().for_each(Column::forget);
                self.load_all(None, cx);
            }
            Action::BoardFold => self.fold(cx),
            Action::BoardList => cx.goto(cx.shared.list_of(PIPELINED, &self.whole_filter())),
            Action::Back if !self.filter.is_empty() => self.set_filter("", cx),
            Action::Down | Action::NextRecord => self.move_by(1, cx),
            Action::Up | Action::PreviousRecord => self.move_by(-1, cx),
            Action::HalfPageDown => self.move_by((height as isize / 2).max(1), cx),
            Action::HalfPageUp => self.move_by(-(height as isize / 2).max(1), cx),
            Action::PageDown => self.move_by(height.max(1) as isize, cx),
            Action::PageUp => self.move_by(-(height.max(1) as isize), cx),
            Action::Top => self.move_by(isize::MIN / 2, cx),
            Action::Bottom => self.move_by(isize::MAX / 2, cx),
            Action::Refresh => {
                self.load_all(None, cx);
                return Flow::Ignored;
            }
            _ => {
                let keys: Vec<RecordKey> = self.current_key().into_iter().collect();
                return self.actions.begin(action, keys, None, None, cx);
            }
        }
        Flow::Used
    }

    fn move_by(&mut self, delta: isize, cx: &mut Context<'_>) {
        let height = self.cards_high(cx.shared);
        if let Some(column) = self.columns.get_mut(self.at) {
            column.move_by(delta, height);
        }
        self.fill(cx);
    }

    fn go_to(&mut self, column: usize, cx: &mut Context<'_>) {
        self.at = column.min(self.columns.len().saturating_sub(1));
        self.fill(cx);
    }

    fn add(&mut self, cx: &mut Context<'_>) {
        let mut given = Fields::from([("pipeline".to_owned(), Value::Choice(self.state.pipeline.clone()))]);
        if let Some(key) = self.column().and_then(Column::key) {
            given.insert("stage".to_owned(), Value::Choice(key.to_owned()));
        }
        cx.goto(Goto::Add(PIPELINED.to_owned(), given));
    }

    fn fold(&mut self, cx: &mut Context<'_>) {
        let Some(key) = self.column().map(|c| c.key().unwrap_or_default().to_owned()) else { return };
        if !self.state.folded.remove(&key) {
            self.state.folded.insert(key);
        }
        self.remember(cx);
        self.fill(cx);
    }

    fn set_filter(&mut self, filter: &str, cx: &mut Context<'_>) {
        if self.filter == filter {
            return;
        }
        self.filter = filter.to_owned();
        for column in &mut self.columns {
            (column.cursor, column.top) = (0, 0);
        }
        self.load_all(None, cx);
    }

    fn choose_pipeline(&mut self, cx: &mut Context<'_>) {
        let shared = cx.shared;
        let item = |p: &Pipeline| Item {
            dim: false,
            group: String::new(),
            key: p.name.clone(),
            text: p.label.get(shared.lang).to_owned(),
            also: format!("{} {} {}", p.name, p.label.zh, p.label.en),
            detail: p.name.clone(),
            chosen: p.name == self.state.pipeline,
        };
        let items = shared.schema.pipelines.iter().map(item).collect();
        cx.push(Box::new(PickerLayer::new(shared.text("action-board-pipeline"), items)));
        self.child = Some(Child::Pipeline);
    }

    fn step_pipeline(&mut self, delta: isize, cx: &mut Context<'_>) {
        let names: Vec<&str> = cx.shared.schema.pipelines.iter().map(|p| p.name.as_str()).collect();
        let here = names.iter().position(|n| *n == self.state.pipeline).unwrap_or(0);
        let next = (here as isize + delta).rem_euclid(names.len().max(1) as isize) as usize;
        if let Some(name) = names.get(next).map(|n| (*n).to_owned()) {
            self.switch(name, cx);
        }
    }

    fn switch(&mut self, pipeline: String, cx: &mut Context<'_>) {
        if pipeline == self.state.pipeline {
            return;
        }
        self.state.pipeline = pipeline;
        self.remember(cx);
        self.make_columns(cx);
        if let Some(pipeline) = self.pipeline(cx.shared) {
            cx.info(msg!("board-pipeline", name = pipeline.label.get(cx.shared.lang)));
        }
    }

    /// Keeps pipeline, grouping and folds for the next time.
    fn remember(&self, cx: &mut Context<'_>) {
        cx.put_setting(SETTING.to_owned(), serde_json::to_string(&self.state).ok());
    }

    fn closed(&mut self, child: Child, result: Closed, cx: &mut Context<'_>) {
        match (child, result) {
            (Child::Pipeline, Closed::Picked(keys)) => {
                if let Some(name) = keys.into_iter().next() {
                    self.switch(name, cx);
                }
            }
            (Child::Move(to), Closed::Saved(id)) => {
                self.at = to.min(self.columns.len().saturating_sub(1));
                self.load_all(Some(id), cx);
                self.fill(cx);
            }
            (Child::Move(_), _) => cx.info(msg!("board-not-moved")),
            _ => {}
        }
    }

    /// What is typed into the filter line.
    fn type_filter(&mut self, event: &Event, cx: &mut Context<'_>) -> Flow {
        match self.typing.as_mut().map_or(Typed::Ignored, |line| line.update(event)) {
            Typed::Ignored => return Flow::Ignored,
            Typed::Nothing => {}
            Typed::Changed(filter) => self.set_filter(&filter, cx),
            Typed::Moved(delta) => self.move_by(delta, cx),
            Typed::Kept => self.typing = None,
            Typed::Left(before) => {
                self.typing = None;
                self.set_filter(&before, cx);
            }
        }
        Flow::Used
    }

    fn mouse(&mut self, mouse: Mouse, cx: &mut Context<'_>) -> Flow {
        if mouse.action != MouseAction::Press(Button::Left) || self.grabbed.is_some() {
            return Flow::Ignored;
        }
        let Some((column, card)) = self.hit(Position { x: mouse.x, y: mouse.y }, cx.shared) else {
            return Flow::Ignored;
        };
        self.go_to(column, cx);
        let height = self.cards_high(cx.shared);
        if let (Some(card), Some(column)) = (card, self.columns.get_mut(column)) {
            column.move_by(card as isize - column.cursor as isize, height);
        }
        let id = self.current_key().map(|key| key.id).filter(|_| card.is_some());
        if id.is_some() && self.clicked == id {
            return self.act(Action::BoardOpen, cx);
        }
        self.clicked = id;
        Flow::Used
    }

    fn take_reply(&mut self, ticket: Ticket, reply: &Reply, cx: &mut Context<'_>) -> Flow {
        if self.totals == Some(ticket) {
            self.totals = None;
            match reply {
                Reply::Aggregated(Ok(found)) => self.take_totals(found, cx),
                _ => self.columns.iter_mut().for_each(|c| c.totals = None),
            }
            return Flow::Used;
        }
        if self.owned == Some(ticket) {
            self.owned = None;
            if let Reply::Aggregated(Ok(found)) = reply {
                self.take_owners(found);
            }
            return Flow::Used;
        }
        if let Reply::Saved(result) = reply
            && let Some(at) = self.moves.iter().position(|m| m.ticket == ticket)
        {
            let moved = self.moves.remove(at);
            self.take_moved(moved, result, cx);
            return Flow::Used;
        }
        let Reply::Page(result) = reply else { return Flow::Ignored };
        let height = self.cards_high(cx.shared);
        let away = self.away();
        if !self.columns.iter_mut().any(|column| column.take(ticket, result, &away, height)) {
            return Flow::Ignored;
        }
        if let Ok(page) = result {
            self.titles.extend(page.titles.iter().map(|(id, title)| (*id, title.clone())));
        }
        self.fill(cx);
        Flow::Used
    }

    fn changed(&mut self, cx: &mut Context<'_>) {
        // Cards that are on their way must not come back in between.
        if self.grabbed.is_some() || !self.moves.is_empty() {
            self.stale = true;
        } else {
            self.load_all(None, cx);
        }
    }
}

impl Layer for BoardScreen {
    fn scopes(&self) -> Vec<Scope> {
        if self.typing.is_some() {
            return Vec::new();
        }
        vec![Scope::Board, Scope::Record, Scope::Move, Scope::Global]
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

    fn is_ready(&self) -> bool {
        self.column().is_none_or(|c| c.loaded)
    }

    fn title(&self, shared: &Shared) -> String {
        let name = self.pipeline(shared).map_or(self.state.pipeline.as_str(), |p| p.label.get(shared.lang));
        shared.message(&msg!("board-title", pipeline = name))
    }

    fn status(&self, shared: &Shared) -> String {
        let Some(column) = self.column() else { return String::new() };
        let count = column.totals.as_ref().map_or_else(String::new, |t| t.count.to_string());
        let stage = self.stage_label(column, shared);
        match column.cards.is_empty() {
            true => format!("{stage} {count}"),
            false => format!("{stage} {}/{count}", column.cursor + 1),
        }
    }

    fn current(&self) -> Option<RecordKey> {
        self.current_key()
    }

    fn hints(&self) -> Vec<Action> {
        if self.typing.is_some() {
            return Vec::new();
        }
        if self.grabbed.is_some() {
            return vec![Action::BoardLeft, Action::BoardRight, Action::BoardOpen, Action::Back];
        }
        vec![
            Action::BoardOpen,
            Action::BoardMoveLeft,
            Action::BoardMoveRight,
            Action::BoardGrab,
            Action::BoardAdd,
            Action::BoardFilter,
            Action::BoardPipeline,
            Action::BoardGroup,
            Action::BoardFold,
        ]
    }

    fn can_step(&self) -> bool {
        true
    }

    fn step(&mut self, delta: isize, cx: &mut Context<'_>) -> Option<RecordKey> {
        let before = self.current_key();
        self.move_by(delta, cx);
        self.current_key().filter(|key| Some(key) != before.as_ref())
    }

    fn awaits(&self) -> Option<Awaits> {
        self.actions.awaits()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        if self.actions.update(&event, None, cx) == Flow::Used {
            return Flow::Used;
        }
        match event {
            Event::Key(_) | Event::Paste(_) => self.type_filter(&event, cx),
            Event::Action(action) => self.act(action, cx),
            Event::Mouse(mouse) => self.mouse(mouse, cx),
            Event::Reply(ticket, reply) => self.take_reply(ticket, &reply, cx),
            Event::Closed(result) => {
                match (self.child.take(), result) {
                    (Some(child), result) => self.closed(child, result, cx),
                    (None, Closed::Saved(id)) => self.load_all(Some(id), cx),
                    _ => {}
                }
                Flow::Used
            }
            Event::Changed => {
                self.changed(cx);
                Flow::Ignored
            }
            Event::Resized => {
                self.fill(cx);
                Flow::Ignored
            }
            Event::Edited(_) | Event::Stepped(_) => Flow::Ignored,
        }
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        self.draw_board(area, buf, shared)
    }
}
