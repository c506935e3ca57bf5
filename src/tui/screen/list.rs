//! The list of an object, with the record under the cursor beside it where there is room.

use super::queue::QueueOf;
use super::record_actions::RecordActions;
use super::views::{self, ListState};
use crate::domain::record::RecordKey;
use crate::msg;
use crate::schema::model::{SortKey, UseCase};
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::input::{Button, Mouse, MouseAction};
use crate::tui::layer::{Awaits, Closed, Event, Flow, Layer};
use crate::tui::pane::detail::DetailPane;
use crate::tui::pane::list::ListPane;
use crate::tui::popup::columns::{self, ColumnsLayer};
use crate::tui::popup::picker::{Item, PickerLayer};
use crate::tui::popup::prompt::PromptLayer;
use crate::tui::request::Reply;
use crate::tui::theme::Role;
use crate::tui::widget::filter_line::{self, FilterLine, Typed};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

/// From this width on the record under the cursor is shown beside the list.
const SIDE_BY_SIDE: u16 = 110;

/// Which popup's result is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Child {
    Sort,
    Columns,
    Views,
    SaveView,
}

/// A list as a screen.
pub struct ListScreen {
    list: ListPane,
    side: Option<DetailPane>,
    in_side: bool,
    zoomed: bool,
    /// The filter line while it is being typed.
    typing: Option<FilterLine>,
    /// The filter that it came with from the place that it leads back to: Esc takes back what was typed since.
    came_with: String,
    actions: RecordActions,
    child: Option<Child>,
    clicked: Option<u16>,
}

impl ListScreen {
    /// Opens the list of an object as the user left it, or with a filter; `None` if there is no such object.
    pub fn open(object: &str, filter: &str, cx: &mut Context<'_>) -> Option<ListScreen> {
        let schema = cx.shared.schema.clone();
        let object = schema.object(object)?;
        let mut list = ListPane::new(object, String::new(), cx);
        if let Some(state) = views::remembered(&object.name, cx.shared) {
            list.columns = state.columns(object);
            list.sort = state.sort(object);
        }
        list.filter = filter.to_owned();
        let actions = RecordActions::new(cx);
        let mut screen = ListScreen {
            list,
            side: None,
            in_side: false,
            zoomed: false,
            typing: None,
            came_with: String::new(),
            actions,
            child: None,
            clicked: None,
        };
        screen.resize(cx.shared.size);
        screen.list.load(cx);
        Some(screen)
    }

    /// A list that leads back to where it was opened, with the filter that it has.
    #[must_use]
    pub fn leading_back(self) -> ListScreen {
        ListScreen { came_with: self.list.filter.clone(), ..self }
    }

    fn has_side(&self, size: Size) -> bool {
        size.width >= SIDE_BY_SIDE && !self.zoomed
    }

    /// Where list, side and filter line stand in the layer's area.
    fn places(&self, area: Rect) -> (Rect, Option<Rect>, Rect) {
        let filter = u16::from(self.typing.is_some() || !self.list.filter.is_empty() || !self.list.marks.is_empty());
        let line = Rect { y: area.bottom().saturating_sub(filter), height: filter, ..area };
        let body = Rect { height: area.height.saturating_sub(filter), ..area };
        if !self.has_side(Size { width: area.width, height: area.height }) {
            return (body, None, line);
        }
        let left = area.width * 11 / 20;
        let side = Rect { x: area.x + left + 2, width: area.width - left - 3, ..body };
        // A free column keeps the last value from the rule.
        (Rect { width: left.saturating_sub(1), ..body }, Some(side), line)
    }

    fn resize(&mut self, size: Size) {
        let area = Rect { x: 0, y: 1, width: size.width, height: size.height.saturating_sub(2) };
        let (list, side, _) = self.places(area);
        self.list.set_height(list.height.saturating_sub(1) as usize);
        if let (Some(pane), Some(side)) = (&mut self.side, side) {
            pane.set_height(side.height as usize);
        }
    }

    /// Lets the side show the record under the cursor.
    fn follow(&mut self, cx: &mut Context<'_>) {
        self.resize(cx.shared.size);
        if !self.has_side(cx.shared.size) {
            self.side = None;
            self.in_side = false;
            return;
        }
        let Some(key) = self.list.current_key() else {
            self.side = None;
            self.in_side = false;
            return;
        };
        match &mut self.side {
            Some(side) => side.show(key, cx),
            None => {
                let mut side = DetailPane::new(key, cx).beside();
                side.load(cx);
                self.side = Some(side);
                self.resize(cx.shared.size);
            }
        }
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            Action::NextPane | Action::PreviousPane if self.side.is_some() => self.in_side = !self.in_side,
            Action::Back if self.in_side => self.in_side = false,
            Action::Back => return self.back(cx),
            Action::Zoom => {
                self.zoomed = !self.zoomed;
                self.follow(cx);
            }
            Action::NextRecord | Action::PreviousRecord => {
                let delta = if action == Action::NextRecord { 1 } else { -1 };
                self.list.move_by(delta, cx);
            }
            Action::DetailOut if self.in_side && !self.side.as_ref().is_some_and(|s| s.in_tab()) => {
                self.in_side = false
            }
            _ if self.in_side => return self.act_in_side(action, cx),
            Action::ListIn if self.side.is_some() => self.in_side = true,
            Action::ListOut => return self.act(Action::Back, cx),
            Action::Open | Action::ListIn => {
                if let Some(key) = self.list.current_key() {
                    cx.goto(Goto::Record(key));
                }
            }
            Action::Add => cx.goto(Goto::Add(self.list.object.clone(), Default::default())),
            Action::Filter => {
                self.typing = Some(FilterLine::new(&self.list.filter));
                self.list.begin_filter();
            }
            Action::ClearFilter => self.list.set_filter("", cx),
            Action::Sort => self.choose_sort(cx),
            Action::Columns => self.choose_columns(cx),
            Action::ColumnNarrower | Action::ColumnWider => {
                let delta = if action == Action::ColumnWider { 2 } else { -2 };
                self.resize_first_column(delta, cx);
            }
            Action::CallQueue => self.call_through(cx),
            Action::Views => self.choose_view(cx),
            Action::SaveView => {
                let title = cx.shared.text("action-list-save-view");
                cx.push(Box::new(PromptLayer::new(title, "", cx.shared.text("view-name-help"))));
                self.child = Some(Child::SaveView);
            }
            _ => match views::number_of(action) {
                Some(number) => self.open_view(number, cx),
                None => return self.act_on_list(action, cx),
            },
        }
        Flow::Used
    }

    fn act_on_list(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        if self.list.update(&Event::Action(action), cx) == Flow::Used {
            return Flow::Used;
        }
        let known = self.list.current().map(|row| &row.record);
        self.actions.begin(action, self.list.meant(action), None, known, cx)
    }

    fn act_in_side(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        let Some(side) = &mut self.side else { return Flow::Ignored };
        match action {
            Action::DetailIn => {
                let inward = side.inward();
                return self.act_in_side(inward, cx);
            }
            Action::DetailOut => return self.act_in_side(Action::PreviousTab, cx),
            Action::DetailOpen => match side.target(cx) {
                Some(key) => cx.goto(Goto::Record(key)),
                None => {
                    let key = side.key.clone();
                    self.actions.begin(Action::Edit, vec![key], None, None, cx);
                }
            },
            Action::DetailAdd => match side.addition(cx) {
                Some((object, given)) => cx.goto(Goto::Add(object, given)),
                None => cx.info(msg!("add-in-tab")),
            },
            _ => {
                if side.update(&Event::Action(action), cx) == Flow::Used {
                    return Flow::Used;
                }
                let keys = vec![side.current()];
                return self.actions.begin(action, keys, None, side.current_record(), cx);
            }
        }
        Flow::Used
    }

    /// Opens the call queue of the marked records, else of the whole list.
    fn call_through(&mut self, cx: &mut Context<'_>) {
        let Some(object) = cx.shared.object(&self.list.object) else { return };
        if !object.actions.iter().any(|a| a.does == UseCase::Call) {
            cx.info(msg!("queue-none", object = object.label.get(cx.shared.lang)));
            return;
        }
        let (object, filter) = (self.list.object.clone(), self.list.whole_filter());
        let (sort, marks) = (self.list.sort.clone(), self.list.marks.iter().copied().collect());
        cx.goto(Goto::Queue(QueueOf { object, filter, sort, marks }));
    }

    /// Esc gives up marks, then the filter, then the screen where there is one below.
    fn back(&mut self, cx: &mut Context<'_>) -> Flow {
        if self.list.unmark() {
            return Flow::Used;
        }
        if self.list.filter.is_empty() || self.list.filter == self.came_with {
            return Flow::Ignored;
        }
        self.list.set_filter(&self.came_with, cx);
        Flow::Used
    }

    fn choose_sort(&mut self, cx: &mut Context<'_>) {
        let shared = cx.shared;
        let Some(object) = shared.object(&self.list.object) else { return };
        let current = self.list.sort.first();
        let items = object.fields.iter().filter(|f| !f.retired).map(|f| {
            let here = current.filter(|s| s.field == f.name);
            let arrow = match here {
                Some(s) if s.descending => shared.glyphs.descending,
                Some(_) => shared.glyphs.ascending,
                None => "",
            };
            Item {
                dim: false,
                key: f.name.clone(),
                text: f.label.get(shared.lang).to_owned(),
                also: format!("{} {} {}", f.name, f.label.zh, f.label.en),
                detail: arrow.to_owned(),
                group: String::new(),
                chosen: here.is_some(),
            }
        });
        cx.push(Box::new(PickerLayer::new(shared.text("sort-title"), items.collect())));
        self.child = Some(Child::Sort);
    }

    fn choose_columns(&mut self, cx: &mut Context<'_>) {
        let Some(object) = cx.shared.object(&self.list.object) else { return };
        cx.push(Box::new(ColumnsLayer::new(object, &self.list.columns, cx.shared)));
        self.child = Some(Child::Columns);
    }

    fn choose_view(&mut self, cx: &mut Context<'_>) {
        let views = views::all(&self.list.object, cx.shared);
        if views.is_empty() {
            cx.info(msg!("views-none", key = cx.shared.keymap.first_key(Action::SaveView)));
            return;
        }
        let items = views.iter().enumerate().map(|(i, (name, state))| Item {
            dim: false,
            key: name.clone(),
            text: name.clone(),
            also: state.filter.clone(),
            detail: format!("{}  ' {}", state.filter, i + 1),
            group: String::new(),
            chosen: false,
        });
        cx.push(Box::new(PickerLayer::new(cx.shared.text("action-list-views"), items.collect())));
        self.child = Some(Child::Views);
    }

    fn open_view(&mut self, number: usize, cx: &mut Context<'_>) {
        match views::all(&self.list.object, cx.shared).into_iter().nth(number) {
            Some((name, state)) => self.apply(&name, &state, cx),
            None => cx.info(msg!("view-number-none", number = number + 1)),
        }
    }

    fn apply(&mut self, name: &str, state: &ListState, cx: &mut Context<'_>) {
        let Some(object) = cx.shared.object(&self.list.object) else { return };
        self.list.columns = state.columns(object);
        self.list.filter = state.filter.clone();
        let sort = state.sort(object);
        self.list.set_sort(sort, cx);
        cx.info(msg!("view-opened", name = name));
    }

    fn closed(&mut self, child: Child, result: Closed, cx: &mut Context<'_>) {
        match (child, result) {
            (Child::Sort, Closed::Picked(keys)) => {
                if let Some(field) = keys.into_iter().next() {
                    self.sort_by(field, cx);
                }
            }
            (Child::Columns, Closed::Picked(keys)) => {
                self.list.columns = keys.iter().map(|k| columns::parse(k)).collect();
                self.remember(cx);
                self.list.reload(None, cx);
            }
            (Child::Views, Closed::Picked(keys)) => {
                let views = views::all(&self.list.object, cx.shared);
                if let Some((name, state)) = keys.first().and_then(|k| views.into_iter().find(|(n, _)| n == k)) {
                    self.apply(&name, &state, cx);
                }
            }
            (Child::SaveView, Closed::Entered(name)) => {
                let state = ListState::of(&self.list);
                cx.put_setting(views::key(&self.list.object, name.trim()), Some(state.to_text()));
                let number = views::place_of(&self.list.object, name.trim(), cx.shared) + 1;
                cx.info(msg!("view-saved", name = name.trim(), number = number));
            }
            _ => {}
        }
    }

    /// Sorts by a field; the same field again turns the order round.
    fn sort_by(&mut self, field: String, cx: &mut Context<'_>) {
        let descending = self.list.sort.first().is_some_and(|s| s.field == field && !s.descending);
        self.list.set_sort(vec![SortKey { field, descending }], cx);
        self.remember(cx);
    }

    fn resize_first_column(&mut self, delta: i16, cx: &mut Context<'_>) {
        let title = cx.shared.object(&self.list.object).map(|o| o.title.clone()).unwrap_or_default();
        if let Some(column) = self.list.columns.iter_mut().find(|c| c.field == title) {
            column.width = Some(column.width.unwrap_or(30).saturating_add_signed(delta).clamp(4, 80));
        }
        self.remember(cx);
    }

    /// Keeps columns and order for the next time.
    fn remember(&self, cx: &mut Context<'_>) {
        let mut state = ListState::of(&self.list);
        state.filter.clear();
        cx.put_setting(views::remembered_key(&self.list.object), Some(state.to_text()));
    }

    /// What is typed into the filter line.
    fn type_filter(&mut self, event: &Event, cx: &mut Context<'_>) -> Flow {
        match self.typing.as_mut().map_or(Typed::Ignored, |line| line.update(event)) {
            Typed::Ignored => return Flow::Ignored,
            Typed::Nothing => {}
            Typed::Changed(filter) => self.list.set_filter(&filter, cx),
            Typed::Moved(delta) => self.list.move_by(delta, cx),
            Typed::Kept => {
                self.typing = None;
                self.list.settle_filter(cx);
            }
            Typed::Left(before) => {
                self.typing = None;
                self.list.settle_filter(cx);
                self.list.set_filter(&before, cx);
            }
        }
        Flow::Used
    }

    fn mouse(&mut self, mouse: Mouse, cx: &mut Context<'_>) -> Flow {
        let area = Rect { x: 0, y: 1, width: cx.shared.size.width, height: cx.shared.size.height.saturating_sub(2) };
        let (list, side, _) = self.places(area);
        let at = Position { x: mouse.x, y: mouse.y };
        if side.is_some_and(|s| s.contains(at)) {
            self.in_side = true;
            if mouse.action == MouseAction::Press(Button::Left)
                && let (Some(pane), Some(place)) = (&mut self.side, side)
                && mouse.y == place.y + 2
                && let Some(tab) = pane.tab_at(mouse.x - place.x, place.width, cx.shared)
            {
                pane.open_tab(tab, cx);
                return Flow::Used;
            }
            return Flow::Ignored;
        }
        self.in_side = false;
        if mouse.action != MouseAction::Press(Button::Left) || !list.contains(at) {
            return Flow::Ignored;
        }
        if mouse.y == list.y {
            if let Some(field) = self.list.column_at(list, cx.shared, mouse.x) {
                self.sort_by(field, cx);
            }
            return Flow::Used;
        }
        let again = self.clicked.replace(mouse.y) == Some(mouse.y);
        let before = self.list.current_key();
        self.list.click((mouse.y - list.y - 1) as usize, cx);
        if again && before == self.list.current_key() {
            return self.act(Action::Open, cx);
        }
        Flow::Used
    }
}

impl Layer for ListScreen {
    fn scopes(&self) -> Vec<Scope> {
        if self.typing.is_some() {
            return Vec::new();
        }
        let first = if self.in_side { Scope::Detail } else { Scope::List };
        vec![first, Scope::Record, Scope::Move, Scope::Global]
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
        self.list.is_loaded()
    }

    fn title(&self, shared: &Shared) -> String {
        shared.object(&self.list.object).map(|o| o.plural_label(shared.lang).to_owned()).unwrap_or_default()
    }

    fn status(&self, _shared: &Shared) -> String {
        let count = match self.list.count() {
            Some(count) if count.capped => format!("{}+", count.value),
            Some(count) => count.value.to_string(),
            None => String::new(),
        };
        match self.list.position() {
            Some(place) if !self.list.is_empty() => format!("{place}/{count}"),
            _ => count,
        }
    }

    fn current(&self) -> Option<RecordKey> {
        self.list.current_key()
    }

    fn hints(&self) -> Vec<Action> {
        if self.typing.is_some() {
            return Vec::new();
        }
        if self.in_side {
            return vec![Action::Edit, Action::Log, Action::NextTab, Action::NextPane, Action::Back];
        }
        let mut hints = vec![Action::Open, Action::Add, Action::Edit, Action::Log, Action::Filter, Action::Find];
        if self.list.is_empty() {
            hints.retain(|a| matches!(a, Action::Add | Action::Filter | Action::Find));
        }
        if self.side.is_some() {
            hints.push(Action::NextPane);
        }
        hints.extend([Action::Sort, Action::Columns]);
        hints
    }

    fn can_step(&self) -> bool {
        true
    }

    fn step(&mut self, delta: isize, cx: &mut Context<'_>) -> Option<RecordKey> {
        let key = self.list.step(delta, cx);
        self.follow(cx);
        key
    }

    fn awaits(&self) -> Option<Awaits> {
        self.actions.awaits()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        if self.actions.update(&event, None, cx) == Flow::Used {
            if let Event::Reply(_, Reply::Deleted(Ok(_))) = &event {
                self.list.unmark();
            }
            return Flow::Used;
        }
        let flow = match event {
            Event::Key(_) | Event::Paste(_) => self.type_filter(&event, cx),
            Event::Action(action) => self.act(action, cx),
            Event::Mouse(mouse) => self.mouse(mouse, cx),
            Event::Closed(result) => {
                match (self.child.take(), result) {
                    (Some(child), result) => self.closed(child, result, cx),
                    (None, Closed::Saved(id)) if self.in_side => {
                        if let Some(side) = &mut self.side {
                            side.seek(id, cx);
                        }
                    }
                    (None, Closed::Saved(id)) => self.list.reload(Some(id), cx),
                    _ => {}
                }
                Flow::Used
            }
            other => {
                let mut flow = self.list.update(&other, cx);
                if flow == Flow::Ignored
                    && let Some(side) = &mut self.side
                {
                    flow = side.update(&other, cx);
                }
                flow
            }
        };
        self.follow(cx);
        flow
    }

    fn draw(&self, area: Rect, buf: &mut Buffer, shared: &Shared) -> Option<Position> {
        let (list, side, line) = self.places(area);
        self.list.draw(list, buf, shared, !self.in_side);
        if let Some(side) = side {
            let style = shared.theme.style(if self.in_side { Role::FocusBorder } else { Role::Border });
            for y in side.top()..side.bottom() {
                shared.glyphs.measure.draw(buf, side.x - 2, y, shared.glyphs.vertical, 1, style);
            }
            if let Some(pane) = &self.side {
                pane.draw(side, buf, shared, self.in_side);
            }
        }
        if line.height == 0 {
            return None;
        }
        let marks = match self.list.marks.len() {
            0 => String::new(),
            count => shared.message(&msg!("marks-count", count = count)),
        };
        filter_line::draw(self.typing.as_ref(), &self.list.filter, &marks, line, buf, shared)
    }
}
