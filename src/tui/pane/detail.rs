//! The 360° view of one record: header, attributes in groups, a tab for each related object, history.

mod attributes;
mod draw;

use crate::contract::error::Error;
use crate::contract::request::{Count, View};
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record, RecordKey, system};
use crate::domain::value::Value;
use crate::schema::model::{Field, Object};
use crate::tui::action::Action;
use crate::tui::context::Context;
use crate::tui::layer::{Event, Flow};
use crate::tui::pane::history::HistoryPane;
use crate::tui::pane::list::ListPane;
use crate::tui::request::{Reply, Request, Slot, Ticket};
use attributes::Attributes;

/// What a tab shows.
enum Tab {
    Attributes,
    /// Records of another object that refer to this one, by their place in the object's `related`.
    Related(usize, Box<ListPane>),
    History(Box<HistoryPane>),
}

/// A record from all sides.
pub struct DetailPane {
    /// The record shown.
    pub key: RecordKey,
    view: Option<View>,
    error: Option<Error>,
    tabs: Vec<Tab>,
    /// One of them has the lines of a document.
    has_lines: bool,
    tab: usize,
    attributes: Attributes,
    slot: Slot,
    waiting: Option<Ticket>,
    count_slot: Slot,
    /// The tabs whose numbers were asked for.
    counting: Option<(Ticket, Vec<usize>)>,
    height: usize,
}

impl DetailPane {
    /// The view of a record; call [`DetailPane::load`] to fill it.
    pub fn new(key: RecordKey, cx: &mut Context<'_>) -> DetailPane {
        let mut pane = DetailPane {
            key,
            view: None,
            error: None,
            tabs: Vec::new(),
            has_lines: false,
            tab: 0,
            attributes: Attributes::default(),
            slot: cx.slot(),
            waiting: None,
            count_slot: cx.slot(),
            counting: None,
            height: 20,
        };
        pane.make_tabs(cx);
        pane
    }

    /// The same for a place beside a list, where less is shown.
    pub fn beside(mut self) -> DetailPane {
        self.attributes.brief = true;
        self
    }

    fn make_tabs(&mut self, cx: &mut Context<'_>) {
        let mut tabs = vec![Tab::Attributes];
        if let Some(object) = cx.shared.schema.clone().object(&self.key.object) {
            for (place, related) in object.related.iter().enumerate() {
                if let Some(other) = cx.shared.schema.clone().object(&related.object) {
                    let base = format!("{}:{}", related.field, self.key.id);
                    let mut list = ListPane::new(other, base, cx);
                    // The record itself needs no column of its own among its relations.
                    list.columns.retain(|c| c.field != related.field);
                    // Lines have an order; what else is entered one after the other has none.
                    self.has_lines |= related.repeat && other.field("position").is_some();
                    tabs.push(Tab::Related(place, Box::new(list)));
                }
            }
        }
        tabs.push(Tab::History(Box::new(HistoryPane::new(self.key.clone(), cx))));
        self.tabs = tabs;
    }

    /// Whether it is a document with lines.
    pub fn has_lines(&self) -> bool {
        self.has_lines
    }

    /// Asks for the record and for what the open tab shows.
    pub fn load(&mut self, cx: &mut Context<'_>) {
        self.waiting = Some(cx.ask(self.slot, Request::Get(self.key.clone())));
        self.load_tab(cx);
    }

    fn load_tab(&mut self, cx: &mut Context<'_>) {
        match self.tabs.get_mut(self.tab) {
            Some(Tab::Related(_, list)) if !list.is_loaded() => list.load(cx),
            Some(Tab::History(history)) if !history.is_loaded() => history.load(cx),
            _ => {}
        }
    }

    /// Counts what is in the tabs that are not open yet: their labels say how much there is.
    fn count_tabs(&mut self, cx: &mut Context<'_>) {
        let unread = self.tabs.iter().enumerate().filter_map(|(place, tab)| match tab {
            Tab::Related(_, list) if !list.is_loaded() => Some((place, list.count_ahead(cx.shared))),
            _ => None,
        });
        let (places, requests): (Vec<_>, Vec<_>) = unread.unzip();
        if !requests.is_empty() {
            self.counting = Some((cx.ask(self.count_slot, Request::Counts(requests)), places));
        }
    }

    /// Writes the numbers beside the tabs, but for those whose lists were opened meanwhile.
    fn take_counts(&mut self, places: &[usize], counts: &[Option<Count>]) {
        for (place, count) in places.iter().zip(counts) {
            if let (Some(Tab::Related(_, list)), Some(count)) = (self.tabs.get_mut(*place), count)
                && !list.is_loaded()
            {
                list.set_count(*count);
            }
        }
    }

    /// Shows another record in the same tab; what is on the screen stays until the new one is there.
    pub fn show(&mut self, key: RecordKey, cx: &mut Context<'_>) {
        if key == self.key {
            return;
        }
        let same_object = key.object == self.key.object;
        self.key = key;
        self.error = None;
        self.counting = None;
        self.make_tabs(cx);
        if !same_object {
            self.view = None;
            self.tab = 0;
            self.attributes = Attributes::new(self.attributes.brief);
        }
        self.load(cx);
    }

    /// The record, once it is there.
    pub fn view(&self) -> Option<&View> {
        self.view.as_ref().filter(|v| v.record.id == self.key.id)
    }

    /// The field under the cursor of the attributes.
    pub fn field<'a>(&self, object: &'a Object) -> Option<&'a Field> {
        let view = self.view.as_ref()?;
        let name = self.attributes.current(object, view)?;
        object.field(&name)
    }

    /// The open tab's list, if it is one.
    pub fn list(&self) -> Option<&ListPane> {
        match self.tabs.get(self.tab) {
            Some(Tab::Related(_, list)) => Some(list),
            _ => None,
        }
    }

    fn list_mut(&mut self) -> Option<&mut ListPane> {
        match self.tabs.get_mut(self.tab) {
            Some(Tab::Related(_, list)) => Some(list),
            _ => None,
        }
    }

    /// The record that the actions of scope Record work on: the tab's row, else the record itself.
    pub fn current(&self) -> RecordKey {
        self.list().and_then(ListPane::current_key).unwrap_or_else(|| self.key.clone())
    }

    /// What is on the screen of that record.
    pub fn current_record(&self) -> Option<&Record> {
        match self.list().and_then(ListPane::current) {
            Some(row) => Some(&row.record),
            None => self.view().map(|view| &view.record),
        }
    }

    /// What is opened by Enter: the row of a tab, or what the field under the cursor refers to.
    pub fn target(&self, cx: &Context<'_>) -> Option<RecordKey> {
        if let Some(list) = self.list() {
            return list.current_key();
        }
        let object = cx.shared.object(&self.key.object)?;
        let field = self.field(object)?;
        let target = field.kind.target()?;
        let id = match self.view.as_ref()?.record.get(&field.name) {
            Value::Ref(id) => *id,
            Value::Refs(ids) => *ids.first()?,
            _ => return None,
        };
        Some(RecordKey { object: target.to_owned(), id })
    }

    /// The object of a new record in the open tab, and the fields it starts with.
    pub fn addition(&self, cx: &Context<'_>) -> Option<(String, Fields)> {
        let Some(Tab::Related(place, _)) = self.tabs.get(self.tab) else { return None };
        let related = cx.shared.object(&self.key.object)?.related.get(*place)?;
        let mut fields = Fields::new();
        if let Some(view) = self.view() {
            for (theirs, ours) in &related.fill {
                let value = if ours == system::ID { Value::Ref(self.key.id) } else { view.record.get(ours).clone() };
                if !value.is_empty() {
                    fields.insert(theirs.clone(), value);
                }
            }
        }
        fields.insert(related.field.clone(), Value::Ref(self.key.id));
        Some((related.object.clone(), fields))
    }

    /// Whether records of the open tab are entered one after the other.
    pub fn repeats(&self, cx: &Context<'_>) -> bool {
        let Some(Tab::Related(place, _)) = self.tabs.get(self.tab) else { return false };
        let related = cx.shared.object(&self.key.object).and_then(|o| o.related.get(*place));
        related.is_some_and(|r| r.repeat)
    }

    /// The steps of the list in the open tab, for stepping through it from a record opened there.
    pub fn step(&mut self, delta: isize, cx: &mut Context<'_>) -> Option<RecordKey> {
        self.list_mut()?.step(delta, cx)
    }

    /// Whether the open tab is a list or history rather than the attributes.
    pub fn in_tab(&self) -> bool {
        self.tab > 0
    }

    /// What going further in means here: the row of a tab is opened, from the attributes the next tab.
    pub fn inward(&self) -> Action {
        let has_row = self.list().is_some_and(|list| list.current().is_some());
        if has_row { Action::DetailOpen } else { Action::NextTab }
    }

    /// Puts the cursor of the open tab on a record that was just saved.
    pub fn seek(&mut self, id: Id, cx: &mut Context<'_>) {
        if let Some(list) = self.list_mut() {
            list.reload(Some(id), cx);
        }
    }

    /// Opens a tab by its number.
    pub fn open_tab(&mut self, tab: usize, cx: &mut Context<'_>) {
        if tab < self.tabs.len() {
            self.tab = tab;
            self.set_height(self.height);
            self.load_tab(cx);
        }
    }

    /// Tells how many lines the pane has in all.
    pub fn set_height(&mut self, height: usize) {
        self.height = height;
        let body = height.saturating_sub(draw::HEAD);
        match self.tabs.get_mut(self.tab) {
            Some(Tab::Related(_, list)) => list.set_height(body.saturating_sub(1)),
            Some(Tab::History(history)) => history.set_height(body),
            _ => {}
        }
    }

    /// Takes moves, tab switches and answers.
    pub fn update(&mut self, event: &Event, cx: &mut Context<'_>) -> Flow {
        match event {
            Event::Reply(ticket, reply) => return self.take(*ticket, reply, cx),
            Event::Changed => {
                self.waiting = Some(cx.ask(self.slot, Request::Get(self.key.clone())));
                for tab in &mut self.tabs {
                    match tab {
                        Tab::Related(_, list) if list.is_loaded() => list.reload(None, cx),
                        Tab::History(history) if history.is_loaded() => history.load(cx),
                        _ => {}
                    }
                }
                return Flow::Ignored;
            }
            Event::Action(Action::NextTab) => self.open_tab((self.tab + 1) % self.tabs.len().max(1), cx),
            Event::Action(Action::PreviousTab) => {
                let count = self.tabs.len().max(1);
                self.open_tab((self.tab + count - 1) % count, cx);
            }
            Event::Action(Action::EmptyFields) => self.attributes.toggle_empty(),
            _ => return self.update_tab(event, cx),
        }
        Flow::Used
    }

    fn update_tab(&mut self, event: &Event, cx: &mut Context<'_>) -> Flow {
        let body = self.height.saturating_sub(draw::HEAD);
        match self.tabs.get_mut(self.tab) {
            Some(Tab::Related(_, list)) => list.update(event, cx),
            Some(Tab::History(history)) => history.update(event, cx),
            _ => match (event, cx.shared.object(&self.key.object), &self.view) {
                (Event::Action(action), Some(object), Some(view)) => self.attributes.act(*action, object, view, body),
                _ => Flow::Ignored,
            },
        }
    }

    fn take(&mut self, ticket: Ticket, reply: &Reply, cx: &mut Context<'_>) -> Flow {
        if self.waiting == Some(ticket) {
            self.waiting = None;
            match reply {
                Reply::View(Ok(view)) => {
                    self.attributes.take(view, cx.shared);
                    self.view = Some(view.clone());
                    self.error = None;
                    self.count_tabs(cx);
                }
                Reply::View(Err(Error::Cancelled)) => {}
                Reply::View(Err(error)) => self.error = Some(error.clone()),
                _ => {}
            }
            return Flow::Used;
        }
        if let Some((_, places)) = self.counting.take_if(|(asked, _)| *asked == ticket) {
            if let Reply::Counts(Ok(counts)) = reply {
                self.take_counts(&places, counts);
            }
            return Flow::Used;
        }
        for tab in &mut self.tabs {
            let event = Event::Reply(ticket, reply.clone());
            let flow = match tab {
                Tab::Related(_, list) => list.update(&event, cx),
                Tab::History(history) => history.update(&event, cx),
                Tab::Attributes => Flow::Ignored,
            };
            if flow == Flow::Used {
                return flow;
            }
        }
        Flow::Ignored
    }
}
