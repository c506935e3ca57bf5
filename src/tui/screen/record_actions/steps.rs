//! How what was begun goes on: with an answer of the backend, or with the user's.

use super::copying::{copy_record, record_json};
use super::{COMMENT, LOGGED, RecordActions, Step, acted, keep, logging, text_of, written};
use crate::contract::request::{ActRequest, DoRequest, SaveRequest, View};
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::msg;
use crate::tui::action::Action;
use crate::tui::context::{Context, Effect, Goto};
use crate::tui::form::FormLayer;
use crate::tui::layer::{Closed, Event, Flow};
use crate::tui::popup::text::TextLayer;
use crate::tui::request::{Reply, Request, Ticket};

impl Step {
    /// The question whose answer it waits for.
    fn asked(&self) -> Option<Ticket> {
        match self {
            Step::Preview(_, asked)
            | Step::Offers(_, asked)
            | Step::Completing(_, _, asked)
            | Step::Copy(_, asked)
            | Step::File(asked)
            | Step::Text(asked)
            | Step::SaveText(_, _, asked)
            | Step::Logging(_, _, asked)
            | Step::Write(asked, _) => Some(*asked),
            Step::ConfirmDelete(_)
            | Step::LogLine(_)
            | Step::LogForm(..)
            | Step::ChooseAction(..)
            | Step::ConfirmAction(..)
            | Step::Comment(_)
            | Step::Reopen(..)
            | Step::ChooseFile(..)
            | Step::Editor(_) => None,
        }
    }

    /// Whether it ends with a question that the user doesn't answer.
    fn is_question(&self) -> bool {
        matches!(
            self,
            Step::ConfirmDelete(_)
                | Step::LogLine(_)
                | Step::Comment(_)
                | Step::Reopen(..)
                | Step::ChooseAction(..)
                | Step::ConfirmAction(..)
                | Step::ChooseFile(..)
        )
    }
}

impl RecordActions {
    /// Goes on with what was begun. `field` is the one under the cursor.
    pub(in crate::tui::screen) fn update(&mut self, event: &Event, field: Option<&str>, cx: &mut Context<'_>) -> Flow {
        // Whoever doesn't want to wait gives up what was begun, not the screen.
        if *event == Event::Action(Action::Back) && self.awaits().is_some() {
            self.step = None;
            return Flow::Used;
        }
        let Some(step) = self.step.take() else { return Flow::Ignored };
        match (step, event) {
            (step, Event::Reply(ticket, reply)) if step.asked() == Some(*ticket) => {
                self.answered(step, reply, field, cx)
            }
            (step, Event::Closed(closed)) => self.closed(step, closed, cx),
            (Step::Editor(view), Event::Edited(text)) => {
                self.take_text(view, text.as_deref(), cx);
                Flow::Used
            }
            (step, _) => self.wait_on(step),
        }
    }

    /// What happened is not what it waits for.
    fn wait_on(&mut self, step: Step) -> Flow {
        self.step = Some(step);
        Flow::Ignored
    }

    /// The backend has answered.
    fn answered(&mut self, step: Step, reply: &Reply, field: Option<&str>, cx: &mut Context<'_>) -> Flow {
        match (step, reply) {
            (Step::Preview(keys, _), Reply::DeletePreview(Ok(preview))) => self.ask_delete(keys, preview, cx),
            (Step::Offers(keys, _), Reply::Offers(Ok(offers))) => self.choose_action(keys, offers, cx),
            (Step::Completing(key, comment, _), reply) => {
                written("completed", reply, cx);
                match reply {
                    Reply::Acted(Err(_)) => self.complete(key, &comment, cx),
                    _ => keep(COMMENT, &key, "", cx),
                }
            }
            (Step::Copy(action, _), Reply::View(Ok(view))) => self.take_copy(action, view, field, cx),
            (Step::File(_), Reply::File(Ok(path))) => {
                cx.info(msg!("file-opened", path = path.display()));
                cx.effect(Effect::OpenLink(path.display().to_string()));
            }
            (Step::Text(_), Reply::View(Ok(view))) => {
                cx.effect(Effect::Edit { text: text_of(view, &[], cx.shared), extension: "yaml" });
                self.step = Some(Step::Editor(Box::new(view.clone())));
            }
            (Step::Preview(..), Reply::DeletePreview(Err(error)))
            | (Step::Offers(..), Reply::Offers(Err(error)))
            | (Step::Copy(..) | Step::Text(_), Reply::View(Err(error)))
            | (Step::File(_), Reply::File(Err(error))) => cx.fail(error, None),
            (Step::SaveText(view, texts, _), Reply::Saved(result)) => self.text_saved(view, texts, result, cx),
            (Step::Logging(key, line, _), reply) => {
                written("logged", reply, cx);
                match reply {
                    // What couldn't be written is still there to be changed.
                    Reply::Acted(Err(_)) => self.log(key, &line, cx),
                    _ => keep(LOGGED, &key, "", cx),
                }
            }
            (Step::Write(_, "acted"), Reply::Acted(Ok(saved)))
                if saved.refused.is_empty() && !self.acting.is_empty() =>
            {
                acted(saved, &self.acting, cx);
            }
            (Step::Write(_, key), reply) => written(key, reply, cx),
            (step, _) => return self.wait_on(step),
        }
        Flow::Used
    }

    /// What was asked of the user, or opened, is closed.
    fn closed(&mut self, step: Step, closed: &Closed, cx: &mut Context<'_>) -> Flow {
        match (step, closed) {
            (Step::ConfirmDelete(keys), Closed::Answered(0)) => {
                let ticket = cx.ask(self.slot, Request::Delete(keys));
                self.step = Some(Step::Write(ticket, "deleted"));
            }
            (Step::LogLine(key), Closed::Entered(line)) => {
                keep(LOGGED, &key, line, cx);
                let act = ActRequest::Log { about: Some(key.clone()), line: line.clone() };
                let ticket = cx.ask(self.slot, Request::Act(act));
                self.step = Some(Step::Logging(key, line.clone(), ticket));
            }
            (Step::LogLine(key), Closed::Create(line)) => {
                keep(LOGGED, &key, line, cx);
                let given = logging::so_far(line, cx.shared);
                cx.goto(Goto::AddAbout("activity".to_owned(), key.clone(), given));
                self.step = Some(Step::LogForm(key, line.clone()));
            }
            (Step::LogLine(key), Closed::Left(line)) => {
                keep(LOGGED, &key, line, cx);
                if !line.trim().is_empty() {
                    cx.info(msg!("log-kept", key = cx.shared.keymap.first_key(Action::Log)));
                }
            }
            // The form was left: the line is still there to go on from.
            (Step::LogForm(key, line), Closed::Cancelled) => self.log(key, &line, cx),
            (Step::LogForm(key, _), _) => {
                keep(LOGGED, &key, "", cx);
                return Flow::Ignored;
            }
            (Step::ChooseAction(keys, offers), Closed::Picked(names)) => {
                let offer = names.first().and_then(|name| offers.iter().find(|o| o.action == *name));
                if let Some(offer) = offer {
                    self.take_action(keys, offer, cx);
                }
            }
            (Step::ConfirmAction(keys, action, _), Closed::Answered(0)) => self.perform(keys, action, cx),
            (Step::ConfirmAction(keys, _, Some(first)), Closed::Answered(1)) => {
                if let Some(key) = keys.into_iter().next() {
                    let form = FormLayer::perform(&first, key, cx);
                    cx.push(form);
                }
            }
            (Step::Comment(key), Closed::Entered(comment)) => {
                let (action, fields) = ("complete".to_owned(), Fields::new());
                let act = DoRequest { action, key: key.clone(), fields, comment: comment.clone(), version: None };
                let ticket = cx.ask(self.slot, Request::Act(ActRequest::Do(act)));
                self.step = Some(Step::Completing(key, comment.clone(), ticket));
            }
            (Step::Comment(key), Closed::Left(comment)) => keep(COMMENT, &key, comment, cx),
            (Step::Reopen(id, version), Closed::Answered(0)) => {
                let changes = Fields::from([("state".to_owned(), Value::Choice("open".to_owned()))]);
                let save = SaveRequest { object: "task".to_owned(), target: Some((id, version)), changes };
                let ticket = cx.ask(self.slot, Request::Save(save));
                self.step = Some(Step::Write(ticket, "reopened"));
            }
            (Step::ChooseFile(files, of), Closed::Picked(keys)) => {
                let number = keys.first().and_then(|key| key.parse::<usize>().ok());
                if let Some(file) = number.and_then(|n| files.into_iter().nth(n)) {
                    self.open_file(file, of, cx);
                }
            }
            (step, _) if step.is_question() => {}
            (step, _) => return self.wait_on(step),
        }
        Flow::Used
    }

    /// Does with a record what it was asked for.
    fn take_copy(&mut self, action: Action, view: &View, field: Option<&str>, cx: &mut Context<'_>) {
        match action {
            Action::OpenLink => self.open(view, field, cx),
            Action::ShowJson => {
                let title = format!("{}/{}", view.record.object, view.record.id);
                cx.push(Box::new(TextLayer::new(title, record_json(&view.record))));
            }
            _ => copy_record(action, view, field, cx),
        }
    }
}
