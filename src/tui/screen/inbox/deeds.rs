//! Deciding from the inbox: one approval at once, several after a preview; each tells what became of it.

use super::InboxScreen;
use crate::contract::approvals::{InboxRow, Tray};
use crate::contract::request::{ActRequest, DoRequest, EachRequest, Saved};
use crate::domain::id::Id;
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::Value;
use crate::msg;
use crate::tui::action::Action;
use crate::tui::context::{Context, Shared};
use crate::tui::form::FormLayer;
use crate::tui::layer::{Closed, Event, Flow};
use crate::tui::popup::confirm::ConfirmLayer;
use crate::tui::popup::prompt::PromptLayer;
use crate::tui::request::{Reply, Request, Ticket};

/// How many rows a preview names.
const NAMED: usize = 6;
const APPROVE: &str = "approve";
const RETURN: &str = "return";

/// What a decision that was begun waits for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// The user's yes to several.
    Confirm(Vec<RecordKey>),
    /// Why it is sent back.
    Comment(Vec<RecordKey>),
    /// The write.
    Write(Ticket, &'static str),
}

impl InboxScreen {
    pub(super) fn deed(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        let keys = self.meant();
        match action {
            Action::InboxApprove | Action::InboxReturn | Action::Actions if keys.is_empty() => {
                cx.info(msg!("inbox-nothing"));
            }
            Action::InboxApprove | Action::InboxReturn if self.tray != Tray::Pending => {
                cx.warn(msg!("inbox-only-pending"));
            }
            Action::InboxApprove if keys.len() > 1 => self.preview(keys, cx),
            Action::InboxApprove => self.decide(keys, APPROVE, Fields::new(), cx),
            Action::InboxReturn => self.ask_why(keys, "", cx),
            Action::Actions => return self.actions.begin(action, keys, None, None, cx),
            Action::Delete => cx.warn(msg!("inbox-no-delete")),
            Action::Edit if self.correct(cx) => {}
            action => {
                let about = self.row().map(|row| row.about.clone()).into_iter().collect();
                return self.actions.begin(action, about, None, None, cx);
            }
        }
        Flow::Used
    }

    /// Opens what was sent back or withdrawn with its values filled in, to be corrected and submitted again. False where
    /// there is nothing to fill in: a new record is edited itself.
    fn correct(&self, cx: &mut Context<'_>) -> bool {
        let (Some(row), Some((id, Ok(review)))) = (self.row(), &self.review) else { return false };
        let is_back = *id == row.approval.id && matches!(row.state.as_str(), "returned" | "withdrawn");
        if self.tray != Tray::Mine || !is_back {
            return false;
        }
        let (action, typed) = match (row.kind.as_str(), &review.action) {
            ("change", _) => {
                (None, review.differences.iter().map(|d| (d.field.clone(), d.after.clone())).collect::<Fields>())
            }
            (_, Some((action, arguments))) => (Some(action.as_str()), arguments.clone()),
            _ => return false,
        };
        let form = FormLayer::correct((row.about.clone(), action), typed, review.titles.clone(), cx);
        cx.push(form);
        cx.info(msg!("inbox-correct"));
        true
    }

    /// The marked approvals in the order of the list, else the one under the cursor.
    fn meant(&self) -> Vec<RecordKey> {
        if self.marks.is_empty() {
            return self.row().map(|row| row.approval.clone()).into_iter().collect();
        }
        let marked = self.rows.iter().filter(|row| self.marks.contains(&row.approval.id));
        marked.map(|row| row.approval.clone()).collect()
    }

    fn of(&self, id: Id) -> Option<&InboxRow> {
        self.rows.iter().find(|row| row.approval.id == id)
    }

    /// What would be approved, before it is.
    fn preview(&mut self, keys: Vec<RecordKey>, cx: &mut Context<'_>) {
        let shared = cx.shared;
        let line = |row: &InboxRow| format!("{}  {}  {}", row.flow.get(shared.lang), row.title, row.by);
        let mut lines: Vec<String> = keys.iter().take(NAMED).filter_map(|key| self.of(key.id)).map(line).collect();
        if keys.len() > NAMED {
            lines.push(shared.message(&msg!("inbox-and-more", count = keys.len() - NAMED)));
        }
        let title = shared.message(&msg!("inbox-approve-all", count = keys.len()));
        let buttons = vec![shared.text("action-inbox-approve"), shared.text("button-cancel")];
        cx.push(Box::new(ConfirmLayer::new(title, lines, buttons, 0)));
        self.step = Some(Step::Confirm(keys));
    }

    fn ask_why(&mut self, keys: Vec<RecordKey>, text: &str, cx: &mut Context<'_>) {
        let shared = cx.shared;
        let first = keys.first().and_then(|key| self.of(key.id)).map(|row| row.title.clone()).unwrap_or_default();
        let what = match keys.len() {
            1 => first,
            number => shared.message(&msg!("record-count", count = number)),
        };
        let title = shared.labelled(&shared.text("action-inbox-return"), &what);
        cx.push(Box::new(PromptLayer::new(title, text, shared.text("inbox-why"))));
        self.step = Some(Step::Comment(keys));
    }

    fn decide(&mut self, keys: Vec<RecordKey>, action: &'static str, fields: Fields, cx: &mut Context<'_>) {
        let (name, comment) = (action.to_owned(), String::new());
        let act = match <[RecordKey; 1]>::try_from(keys) {
            Ok([key]) => ActRequest::Do(DoRequest { action: name, key, fields, comment, version: None }),
            Err(keys) => ActRequest::DoEach(EachRequest { action: name, keys, fields, comment }),
        };
        let slot = cx.slot();
        let ticket = cx.ask(slot, Request::Act(act));
        self.step = Some(Step::Write(ticket, action));
    }

    /// Goes on with what was begun.
    pub(super) fn go_on(&mut self, event: &Event, cx: &mut Context<'_>) -> Flow {
        let Some(step) = self.step.take() else { return Flow::Ignored };
        match (step, event) {
            (Step::Confirm(keys), Event::Closed(Closed::Answered(0))) => self.decide(keys, APPROVE, Fields::new(), cx),
            (Step::Comment(keys), Event::Closed(Closed::Entered(why))) => {
                let fields = Fields::from([("comment".to_owned(), Value::text(why))]);
                self.decide(keys, RETURN, fields, cx);
            }
            (Step::Confirm(_) | Step::Comment(_), Event::Closed(_)) => {}
            (Step::Write(asked, action), Event::Reply(ticket, Reply::Acted(result))) if asked == *ticket => {
                match result {
                    Ok(saved) => self.tell(saved, action, cx),
                    Err(error) => {
                        if let Some(id) = self.row().map(|row| row.approval.id) {
                            self.refusals.insert(id, cx.shared.error(error, None));
                        }
                        cx.fail(error, cx.shared.object("approval"));
                    }
                }
                self.load(cx);
            }
            (step, _) => {
                self.step = Some(step);
                return Flow::Ignored;
            }
        }
        Flow::Used
    }

    /// What became of each.
    fn tell(&mut self, saved: &Saved, action: &str, cx: &mut Context<'_>) {
        let shared = cx.shared;
        self.marks.clear();
        let why = |refusal: &crate::contract::request::Refusal| shared.error(&refusal.why, None);
        self.refusals = saved.refused.iter().map(|refusal| (refusal.key.id, why(refusal))).collect();
        let done = shared.text(&format!("inbox-done-{action}"));
        let undo = shared.keymap.first_key(Action::Undo);
        if !saved.refused.is_empty() {
            let done_number = saved.records.len();
            cx.warn(msg!("inbox-some", what = done, count = done_number, refused = saved.refused.len()));
            // The first that couldn't be decided is at hand.
            let first = saved.refused.first().map(|refusal| refusal.key.id);
            self.cursor = self.rows.iter().position(|row| Some(row.approval.id) == first).unwrap_or(self.cursor);
            return;
        }
        let title = match saved.records.as_slice() {
            [_, _, ..] if saved.records.iter().all(|r| r.object == "approval") => {
                shared.message(&msg!("record-count", count = saved.records.len()))
            }
            [first, ..] => first.get("name").as_str().unwrap_or_default().to_owned(),
            [] => String::new(),
        };
        let note = saved.notes.first().map(|note| shared.message(note));
        cx.info(match note {
            Some(note) => msg!("inbox-done-noted", what = done, title = title, note = note, key = undo),
            None => msg!("inbox-done", what = done, title = title, key = undo),
        });
    }

    /// Why an approval couldn't be decided, for its row.
    pub(super) fn refusal(&self, row: &InboxRow, _shared: &Shared) -> Option<&str> {
        self.refusals.get(&row.approval.id).map(String::as_str)
    }
}
