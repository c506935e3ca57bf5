//! The departments as a tree, each with its head and how many people belong to it.

use super::record_actions::RecordActions;
use crate::contract::error::Error;
use crate::contract::request::{Aggregate, AggregateRequest, Group, Page, Query, Row};
use crate::domain::id::Id;
use crate::domain::record::RecordKey;
use crate::domain::value::Value;
use crate::msg;
use crate::tui::action::{Action, Scope};
use crate::tui::context::{Context, Goto, Shared};
use crate::tui::layer::{Closed, Event, Flow, Layer};
use crate::tui::pane::lines::{Line, LinesPane, Part};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use crate::tui::theme::Role;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::collections::HashSet;

const DEPARTMENT: &str = "department";
/// So many departments are shown as a tree; beyond them there is the list.
const MOST: usize = 1_000;
/// The columns of names, heads and numbers of people.
const COLUMNS: (u16, u16, u16) = (40, 16, 8);

/// The tree of departments.
pub struct DepartmentsScreen {
    pane: LinesPane,
    slots: [Slot; 2],
    waiting: [Option<Ticket>; 2],
    page: Option<Result<Page, Error>>,
    people: Option<Aggregate>,
    actions: RecordActions,
}

impl DepartmentsScreen {
    /// All departments.
    pub fn new(cx: &mut Context<'_>) -> DepartmentsScreen {
        let mut screen = DepartmentsScreen {
            pane: LinesPane::default(),
            slots: [cx.slot(), cx.slot()],
            waiting: [None, None],
            page: None,
            people: None,
            actions: RecordActions::new(cx),
        };
        screen.load(cx);
        screen
    }

    fn load(&mut self, cx: &mut Context<'_>) {
        let query = Query { object: DEPARTMENT.to_owned(), limit: MOST, ..Query::default() };
        let people = AggregateRequest {
            object: "user".to_owned(),
            filter: "active:true".to_owned(),
            group: vec![Group::Field(DEPARTMENT.to_owned())],
            sums: Vec::new(),
        };
        let [departments, counted] = self.slots;
        self.waiting =
            [Some(cx.ask(departments, Request::Query(query))), Some(cx.ask(counted, Request::Aggregate(people)))];
        self.lay_out(cx.shared);
    }

    fn lay_out(&mut self, shared: &Shared) {
        let mut lines = Vec::new();
        match &self.page {
            None => lines.push(Line::note(shared.text("list-loading"))),
            Some(Err(error)) => {
                lines.push(Line::failure(shared.error(error, None)));
            }
            Some(Ok(page)) => {
                lines.push(self.heading(shared));
                if page.more_after {
                    let key = shared.keymap.first_key(Action::Filter);
                    lines.push(Line::note(shared.message(&msg!("departments-more", number = MOST, key = key))));
                }
                let rows = in_order(&page.rows);
                lines.extend(rows.into_iter().map(|(depth, row)| self.line(depth, row, page, shared)));
                if page.rows.is_empty() {
                    let key = shared.keymap.first_key(Action::Add);
                    lines.push(Line::note(shared.message(&msg!("list-empty-tab", key = key))));
                }
            }
        }
        self.pane.set(lines);
    }

    fn heading(&self, shared: &Shared) -> Line {
        let object = shared.object(DEPARTMENT);
        let label = |name: &str| object.and_then(|o| o.field(name)).map_or("", |f| f.label.get(shared.lang)).to_owned();
        let people = shared.object("user").map_or("", |o| o.plural_label(shared.lang)).to_owned();
        let parts = vec![
            Part::of(label("name"), COLUMNS.0).role(Role::Header),
            Part::of(label("head"), COLUMNS.1).role(Role::Header),
            Part::of(people, COLUMNS.2).right().role(Role::Header),
        ];
        Line { parts, target: None }
    }

    fn line(&self, depth: usize, row: &Row, page: &Page, shared: &Shared) -> Line {
        let record = &row.record;
        let show = |name: &str| {
            let field = shared.object(DEPARTMENT)?.field(name)?;
            Some(shared.format(&field.kind, record.get(name), &page.titles))
        };
        let parts = vec![
            Part::of(format!("{}{}", "  ".repeat(depth), show("name").unwrap_or_default()), COLUMNS.0),
            Part::of(show("head").unwrap_or_default(), COLUMNS.1).role(Role::Dim),
            Part::of(self.people(record.id), COLUMNS.2).right().role(Role::Dim),
        ];
        Line::to(Goto::Record(RecordKey { object: DEPARTMENT.to_owned(), id: record.id }), parts)
    }

    /// How many people belong to a department itself.
    fn people(&self, department: Id) -> String {
        let Some(people) = &self.people else { return String::new() };
        let own = people.rows.iter().find(|row| row.keys.first() == Some(&Value::Ref(department)));
        own.map(|row| row.count.to_string()).unwrap_or_default()
    }

    fn key(&self) -> Option<RecordKey> {
        match self.pane.target() {
            Some(Goto::Record(key)) => Some(key.clone()),
            _ => None,
        }
    }

    fn act(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        match action {
            Action::Open | Action::ListIn => {
                if let Some(target) = self.pane.target() {
                    cx.goto(target.clone());
                }
            }
            // Below the one under the cursor.
            Action::Add => {
                let parent = self.key().map(|key| ("parent".to_owned(), Value::Ref(key.id)));
                cx.goto(Goto::Add(DEPARTMENT.to_owned(), parent.into_iter().collect()));
            }
            Action::Filter => cx.goto(Goto::List(DEPARTMENT.to_owned(), String::new())),
            Action::Back | Action::ListOut => cx.close(Closed::Cancelled),
            Action::Refresh => self.load(cx),
            action if self.pane.act(action) => {}
            action => return self.actions.begin(action, self.key().into_iter().collect(), None, None, cx),
        }
        Flow::Used
    }
}

/// The departments below their parents, with their depths. Whose parent isn't there stands at the top, and so does
/// one of a ring, which no check lets in.
fn in_order(rows: &[Row]) -> Vec<(usize, &Row)> {
    let known: HashSet<Id> = rows.iter().map(|row| row.record.id).collect();
    let parent = |row: &Row| row.record.get("parent").as_ref_id().filter(|id| known.contains(id));
    let mut seen = HashSet::new();
    let mut ordered = Vec::with_capacity(rows.len());
    let roots = rows.iter().filter(|row| parent(row).is_none()).chain(rows);
    for root in roots {
        let mut stack = vec![(0, root)];
        while let Some((depth, row)) = stack.pop() {
            if !seen.insert(row.record.id) {
                continue;
            }
            ordered.push((depth, row));
            let below = rows.iter().filter(|other| parent(other) == Some(row.record.id)).rev();
            stack.extend(below.map(|other| (depth + 1, other)));
        }
    }
    ordered
}

impl Layer for DepartmentsScreen {
    fn scopes(&self) -> Vec<Scope> {
        vec![Scope::List, Scope::Record, Scope::Move, Scope::Global]
    }

    fn is_popup(&self) -> bool {
        false
    }

    fn title(&self, shared: &Shared) -> String {
        shared.object(DEPARTMENT).map_or("", |o| o.plural_label(shared.lang)).to_owned()
    }

    fn hints(&self) -> Vec<Action> {
        vec![Action::Open, Action::Add, Action::Edit, Action::Delete, Action::Filter, Action::Back]
    }

    fn current(&self) -> Option<RecordKey> {
        self.key()
    }

    fn is_ready(&self) -> bool {
        self.page.is_some()
    }

    fn update(&mut self, event: Event, cx: &mut Context<'_>) -> Flow {
        if self.actions.update(&event, None, cx) == Flow::Used {
            return Flow::Used;
        }
        match event {
            Event::Action(action) => return self.act(action, cx),
            Event::Changed | Event::Closed(_) => self.load(cx),
            Event::Reply(ticket, Reply::Page(answer)) if self.waiting[0] == Some(ticket) => {
                if !matches!(answer, Err(Error::Cancelled)) {
                    self.page = Some(answer);
                }
                self.lay_out(cx.shared);
            }
            Event::Reply(ticket, Reply::Aggregated(answer)) if self.waiting[1] == Some(ticket) => {
                // Without the right to count people there are none to be told.
                self.people = answer.ok().or(self.people.take());
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
