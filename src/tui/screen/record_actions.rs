//! What can be done with the record under the cursor, the same in lists and in the 360° view. Every
//! action holds the ids of its records from the moment it begins.

mod copying;
mod logging;
mod offers;
mod steps;

use crate::contract::error::Error;
use crate::contract::request::{Offer, Saved, View};
use crate::domain::id::Id;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::{Fields, Record, RecordKey};
use crate::domain::value::{FileRef, Value};
use crate::msg;
use crate::schema::model::Field;
use crate::transfer::record_text;
use crate::tui::action::Action;
use crate::tui::context::{Context, Effect, Goto, Shared};
use crate::tui::deadline;
use crate::tui::form::FormLayer;
use crate::tui::layer::{Awaits, Flow};
use crate::tui::popup::confirm::ConfirmLayer;
use crate::tui::popup::picker::{Item, PickerLayer};
use crate::tui::popup::prompt::PromptLayer;
use crate::tui::request::{Deletion, Reply, Request, Slot, Ticket};
use copying::{copy, link};
use std::collections::BTreeMap;

/// What an action that was begun waits for.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// The preview of a deletion.
    Preview(Vec<RecordKey>, Ticket),
    /// The user's answer to it.
    ConfirmDelete(Vec<RecordKey>),
    /// The line of a quick log.
    LogLine(RecordKey),
    /// The form that goes on from such a line.
    LogForm(RecordKey, String),
    /// What can be done with the record.
    Offers(Vec<RecordKey>, Ticket),
    /// The user's choice of it.
    ChooseAction(Vec<RecordKey>, Vec<Offer>),
    /// The user's yes to an action.
    /// The question of an action, and what can be done first instead.
    ConfirmAction(Vec<RecordKey>, String, Option<String>),
    /// The comment of a task that is done.
    Comment(RecordKey),
    /// The write of that.
    Completing(RecordKey, String, Ticket),
    /// Whether a task that is done is to be opened again.
    Reopen(Id, i64),
    /// The record, to copy it.
    Copy(Action, Ticket),
    /// Which of several files to open.
    ChooseFile(Vec<FileRef>, RecordKey),
    /// A file, to open it.
    File(Ticket),
    /// The record, to edit it as text.
    Text(Ticket),
    /// The text from the editor.
    Editor(Box<View>),
    /// The write of what was edited as text.
    SaveText(Box<View>, BTreeMap<String, String>, Ticket),
    /// The write of a quick log.
    Logging(RecordKey, String, Ticket),
    /// A write.
    Write(Ticket, &'static str),
}

/// The actions on records under way in a screen.
pub(super) struct RecordActions {
    slot: Slot,
    step: Option<Step>,
    /// What is asked about, as far as its name is on the screen.
    named: String,
    /// The label of the action that is done.
    acting: String,
}

impl RecordActions {
    pub(super) fn new(cx: &mut Context<'_>) -> RecordActions {
        RecordActions { slot: cx.slot(), step: None, named: String::new(), acting: String::new() }
    }

    /// What was begun opens something as soon as its answer is there.
    pub(super) fn awaits(&self) -> Option<Awaits> {
        let opens = match self.step.as_ref()? {
            Step::Offers(..) | Step::Preview(..) | Step::Text(..) => true,
            Step::Copy(action, _) => *action == Action::ShowJson,
            _ => false,
        };
        opens.then_some(Awaits::Opening)
    }

    /// Begins an action on records; `field` is the one under the cursor, for editing right there, and `known`
    /// what is on the screen of the record.
    pub(super) fn begin(
        &mut self,
        action: Action,
        keys: Vec<RecordKey>,
        field: Option<&str>,
        known: Option<&Record>,
        cx: &mut Context<'_>,
    ) -> Flow {
        let Some(key) = keys.first().cloned() else {
            let handled = matches!(
                action,
                Action::Edit
                    | Action::EditText
                    | Action::Delete
                    | Action::Log
                    | Action::AddTask
                    | Action::Complete
                    | Action::Actions
            );
            if handled {
                cx.info(msg!("no-record"));
                return Flow::Used;
            }
            return Flow::Ignored;
        };
        match action {
            Action::Edit => {
                let form = FormLayer::edit(key, field, cx);
                cx.push(form);
            }
            Action::EditText => {
                let ticket = cx.ask(self.slot, Request::Get(key));
                self.step = Some(Step::Text(ticket));
            }
            Action::Delete => {
                let ticket = cx.ask(self.slot, Request::DeletePreview(keys.clone()));
                self.step = Some(Step::Preview(keys, ticket));
            }
            Action::Log => {
                let kept = kept(LOGGED, &key, cx.shared);
                self.named = title_of(&key, known, cx.shared);
                self.log(key, &kept, cx);
            }
            Action::AddTask => cx.goto(Goto::AddAbout("task".to_owned(), key, Fields::new())),
            Action::Actions => {
                self.named = if keys.len() == 1 { title_of(&key, known, cx.shared) } else { String::new() };
                let ticket = cx.ask(self.slot, Request::Offers(key));
                self.step = Some(Step::Offers(keys, ticket));
            }
            Action::Complete if key.object == "task" => {
                match known.filter(|record| record.id == key.id && deadline::is_done(record)) {
                    Some(done) => self.ask_reopen(done, cx),
                    None => {
                        let kept = kept(COMMENT, &key, cx.shared);
                        self.complete(key, &kept, cx);
                    }
                }
            }
            Action::Complete => cx.info(msg!("complete-only-tasks")),
            Action::Print => {
                let (lang, zone) = (cx.shared.lang, cx.shared.now.time_zone().clone());
                let ticket = cx.ask(self.slot, Request::Print { key, lang, zone });
                self.step = Some(Step::File(ticket));
            }
            Action::CopyId => copy(key.id.to_string(), cx),
            Action::CopyField
            | Action::CopyTitle
            | Action::CopyRecord
            | Action::CopyJson
            | Action::ShowJson
            | Action::OpenLink => {
                let ticket = cx.ask(self.slot, Request::Get(key));
                self.step = Some(Step::Copy(action, ticket));
            }
            _ => return Flow::Ignored,
        }
        Flow::Used
    }

    /// Opens the field under the cursor, else the first web address, mail address or phone, else the files.
    fn open(&mut self, view: &View, field: Option<&str>, cx: &mut Context<'_>) {
        let Some(object) = cx.shared.object(&view.record.object) else { return };
        let chosen = field.and_then(|name| object.field(name));
        let files =
            |f: &Field| if let Value::Files(files) = view.record.get(&f.name) { files.clone() } else { Vec::new() };
        let here = chosen.map(files).unwrap_or_default();
        let link = if here.is_empty() { link(view, chosen, object) } else { None };
        if let Some(link) = link {
            cx.effect(Effect::OpenLink(link));
            return;
        }
        let mut all = if here.is_empty() { object.fields.iter().flat_map(files).collect() } else { here };
        match all.len() {
            0 => cx.info(msg!("link-none")),
            1 => {
                if let Some(file) = all.pop() {
                    self.open_file(file, view.record.key(), cx);
                }
            }
            _ => {
                let item = |(n, f): (usize, &FileRef)| Item {
                    key: n.to_string(),
                    text: f.name.clone(),
                    detail: f.size_text(),
                    ..Item::default()
                };
                let items = all.iter().enumerate().map(item).collect();
                cx.push(Box::new(PickerLayer::new(cx.shared.text("file-open-which"), items)));
                self.step = Some(Step::ChooseFile(all, view.record.key()));
            }
        }
    }

    fn open_file(&mut self, file: FileRef, of: RecordKey, cx: &mut Context<'_>) {
        let ticket = cx.ask(self.slot, Request::File(file, of));
        self.step = Some(Step::File(ticket));
    }

    fn log(&mut self, key: RecordKey, line: &str, cx: &mut Context<'_>) {
        let title = cx.shared.text("action-record-log");
        let title = if self.named.is_empty() { title } else { cx.shared.labelled(&title, &self.named) };
        let keys = cx.shared.text("log-keys");
        let prompt = PromptLayer::new(title, line, cx.shared.text("log-help")).preview(logging::preview).or_form();
        cx.push(Box::new(prompt.keys(keys)));
        self.step = Some(Step::LogLine(key));
    }

    fn complete(&mut self, key: RecordKey, comment: &str, cx: &mut Context<'_>) {
        let title = cx.shared.text("action-record-complete");
        cx.push(Box::new(PromptLayer::new(title, comment, cx.shared.text("complete-help")).or_empty()));
        self.step = Some(Step::Comment(key));
    }

    fn ask_reopen(&mut self, task: &Record, cx: &mut Context<'_>) {
        let shared = cx.shared;
        let lines = vec![shared.text("complete-again")];
        let buttons = vec![shared.text("button-reopen"), shared.text("button-cancel")];
        cx.push(Box::new(ConfirmLayer::new(shared.text("action-record-complete"), lines, buttons, 1)));
        self.step = Some(Step::Reopen(task.id, task.version));
    }

    fn ask_delete(&mut self, keys: Vec<RecordKey>, deletion: &Deletion, cx: &mut Context<'_>) {
        let (shared, preview) = (cx.shared, &deletion.preview);
        let name =
            |object: &str| shared.object(object).map_or(object.to_owned(), |o| o.label.get(shared.lang).to_owned());
        let list = |parts: &[(String, u64)]| {
            shared.listed(&parts.iter().map(|(o, n)| format!("{} {n}", name(o))).collect::<Vec<_>>())
        };
        let object = keys.first().map(|k| name(&k.object)).unwrap_or_default();
        let title = deletion.record.as_ref().map(|view| shared.record_title(view)).unwrap_or_default();
        if !preview.restricts.is_empty() && keys.len() == 1 {
            cx.warn(msg!("delete-restricted", title = title, what = list(&preview.restricts)));
            return;
        }
        if !shared.config.edit.confirm_delete && preview.cascades.is_empty() {
            let ticket = cx.ask(self.slot, Request::Delete(keys));
            self.step = Some(Step::Write(ticket, "deleted"));
            return;
        }
        let mut lines = vec![shared.message(&match title.as_str() {
            "" => msg!("delete-question", count = keys.len(), object = object),
            title => msg!("delete-question-one", object = object, title = title),
        })];
        if !preview.cascades.is_empty() {
            lines.push(shared.message(&msg!("delete-cascades", what = list(&preview.cascades))));
        }
        if !preview.clears.is_empty() {
            lines.push(shared.message(&msg!("delete-clears", what = list(&preview.clears))));
        }
        lines.push(shared.message(&msg!("delete-undo", key = shared.keymap.first_key(Action::Undo))));
        let buttons = vec![shared.text("button-delete"), shared.text("button-cancel")];
        let title = shared.text("action-record-delete");
        cx.push(Box::new(ConfirmLayer::new(title, lines, buttons, 1)));
        self.step = Some(Step::ConfirmDelete(keys));
    }

    /// Saves what was changed in the editor; what can't be read goes back into it.
    fn take_text(&mut self, view: Box<View>, text: Option<&str>, cx: &mut Context<'_>) {
        let (Some(text), Some(object)) = (text, cx.shared.object(&view.record.object)) else { return };
        let before = record_text::texts(object, &view.record, &cx.shared.format_context(&view.titles));
        match record_text::read(object, text) {
            Ok(after) => {
                let texts = record_text::changed(&before, after);
                if texts.is_empty() {
                    cx.info(msg!("edit-unchanged"));
                    return;
                }
                let target = Some((view.record.id, view.record.version));
                let (object, now) = (view.record.object.clone(), cx.shared.now.clone());
                let request = Request::SaveTexts { object, target, texts: texts.clone(), now };
                let ticket = cx.ask(self.slot, request);
                self.step = Some(Step::SaveText(view, texts, ticket));
            }
            Err(errors) => {
                let wrong =
                    |e: &record_text::TextError| format!("#! {} {}: {}\n", cx.shared.text("line"), e.line, e.what);
                let text = errors.iter().map(wrong).collect::<String>() + text;
                cx.effect(Effect::Edit { text, extension: "yaml" });
                self.step = Some(Step::Editor(view));
            }
        }
    }

    fn text_saved(
        &mut self,
        view: Box<View>,
        texts: BTreeMap<String, String>,
        result: &Result<Saved, Error>,
        cx: &mut Context<'_>,
    ) {
        let object = cx.shared.object(&view.record.object);
        match (result, object) {
            (Err(Error::Invalid(errors)), Some(object)) => {
                let context = cx.shared.format_context(&view.titles);
                let mut all = record_text::texts(object, &view.record, &context);
                all.extend(texts);
                let title = object.label.get(cx.shared.lang);
                let text = record_text::render(object, &all, &context, errors, title);
                cx.effect(Effect::Edit { text, extension: "yaml" });
                self.step = Some(Step::Editor(view));
            }
            (Err(error), object) => cx.fail(error, object),
            (Ok(_), _) => written("saved", &Reply::Saved(result.clone()), cx),
        }
    }
}

fn text_of(view: &View, errors: &[FieldError], shared: &Shared) -> String {
    let context = shared.format_context(&view.titles);
    shared
        .object(&view.record.object)
        .map(|o| record_text::write(o, &view.record, &context, errors))
        .unwrap_or_default()
}

/// The setting that keeps a log line which was left before it was logged.
const LOGGED: &str = "log";
/// The same for the comment of a task.
const COMMENT: &str = "comment";

fn kept(what: &str, key: &RecordKey, shared: &Shared) -> String {
    shared.settings.get(&format!("{what}/{}/{}", key.object, key.id)).cloned().unwrap_or_default()
}

/// Keeps a line for the next time, or forgets the one that was kept.
fn keep(what: &str, key: &RecordKey, line: &str, cx: &mut Context<'_>) {
    let setting = format!("{what}/{}/{}", key.object, key.id);
    let line = Some(line).filter(|line| !line.trim().is_empty());
    if cx.shared.settings.get(&setting).map(String::as_str) != line {
        cx.put_setting(setting, line.map(str::to_owned));
    }
}

fn written(key: &'static str, reply: &Reply, cx: &mut Context<'_>) {
    let result: &Result<Saved, Error> = match reply {
        Reply::Saved(r) | Reply::Deleted(r) | Reply::Acted(r) => r,
        _ => return,
    };
    match result {
        Ok(saved) if !saved.refused.is_empty() => cx.warn(refused(saved, "", cx.shared)),
        Ok(saved) => {
            let undo = cx.shared.keymap.first_key(Action::Undo);
            let object = saved.records.first().and_then(|r| Some((cx.shared.object(&r.object)?, r)));
            let title = object.and_then(|(o, r)| r.get(&o.title).as_str().map(str::to_owned)).unwrap_or_default();
            if saved.records.iter().skip(1).any(is_submission) {
                cx.info(msg!("submitted", what = title, key = undo));
                return;
            }
            cx.info(match key {
                "deleted" => msg!("deleted", count = saved.touched, key = undo),
                "logged" => {
                    let tasks = saved.records.iter().filter(|r| r.object == "task").count();
                    msg!("logged", what = title, tasks = tasks, key = undo)
                }
                "completed" | "acted" => msg!("completed", what = title, key = undo),
                "reopened" => msg!("reopened", what = title, key = undo),
                _ => msg!("saved", what = title, key = undo),
            });
        }
        Err(error) => {
            let object = match key {
                "completed" | "reopened" => cx.shared.object("task"),
                "logged" => cx.shared.object("activity"),
                _ => None,
            };
            cx.fail(error, object);
        }
    }
}

/// What was done with a record, in the word of the action itself.
fn acted(saved: &Saved, action: &str, cx: &mut Context<'_>) {
    let undo = cx.shared.keymap.first_key(Action::Undo);
    let object = saved.records.first().and_then(|r| Some((cx.shared.object(&r.object)?, r)));
    let title = object.and_then(|(o, r)| r.get(&o.title).as_str().map(str::to_owned)).unwrap_or_default();
    cx.info(match saved.records.iter().skip(1).any(is_submission) {
        true => msg!("submitted", what = title, key = undo),
        false => msg!("acted", action = action, what = title, key = undo),
    });
}

/// Whether a record that was written says that something was submitted for approval.
pub(in crate::tui) fn is_submission(record: &Record) -> bool {
    record.object == "approval" && record.get("state").as_str() == Some("pending") && record.version == 1
}

/// What the record is called, where it is known.
fn title_of(key: &RecordKey, known: Option<&Record>, shared: &Shared) -> String {
    let title = known.filter(|record| record.id == key.id).zip(shared.object(&key.object));
    title.and_then(|(record, object)| record.get(&object.title).as_str()).unwrap_or_default().to_owned()
}

/// How many records an action was done with, and why not with the others: the first few are named.
pub(in crate::tui) fn refused(saved: &Saved, action: &str, shared: &Shared) -> Message {
    let object = saved.refused.first().and_then(|r| shared.object(&r.key.object));
    let why = saved.refused.iter().take(3).map(|r| shared.labelled(&r.title, &shared.error(&r.why, object)));
    let why = why.collect::<Vec<_>>().join("  ");
    let action = if action.is_empty() { shared.text("action-record-actions") } else { action.to_owned() };
    msg!("acted-each", action = action, done = saved.records.len(), refused = saved.refused.len(), why = why)
}
