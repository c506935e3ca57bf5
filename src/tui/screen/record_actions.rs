//! What can be done with the record under the cursor, the same in lists and in the 360° view. Every
//! action holds the ids of its records from the moment it begins.

use crate::backend::error::Error;
use crate::backend::request::{ActRequest, DeletePreview, DoRequest, Offer, Saved, View};
use crate::domain::message::FieldError;
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::{FileRef, Value};
use crate::domain::when::Moment;
use crate::msg;
use crate::schema::kind;
use crate::schema::model::{Field, Kind, Object};
use crate::transfer::record_text;
use crate::tui::action::Action;
use crate::tui::context::{Context, Effect, Goto, Shared};
use crate::tui::form::FormLayer;
use crate::tui::layer::{Closed, Event, Flow};
use crate::tui::popup::confirm::ConfirmLayer;
use crate::tui::popup::picker::{Item, PickerLayer};
use crate::tui::popup::prompt::PromptLayer;
use crate::tui::request::{Reply, Request, Slot, Ticket};
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
    /// What can be done with the record.
    Offers(RecordKey, Ticket),
    /// The user's choice of it.
    ChooseAction(RecordKey, Vec<Offer>),
    /// The user's yes to an action.
    ConfirmAction(RecordKey, String),
    /// The comment of a task that is done.
    Comment(RecordKey),
    /// The record, to copy it.
    Copy(Action, Ticket),
    /// Which of several files to open.
    ChooseFile(Vec<FileRef>),
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
}

impl RecordActions {
    pub(super) fn new(cx: &mut Context<'_>) -> RecordActions {
        RecordActions { slot: cx.slot(), step: None }
    }

    /// Begins an action on records; `field` is the one under the cursor, for editing right there.
    pub(super) fn begin(
        &mut self,
        action: Action,
        keys: Vec<RecordKey>,
        field: Option<&str>,
        cx: &mut Context<'_>,
    ) -> Flow {
        let Some(key) = keys.first().cloned() else {
            let handled = matches!(
                action,
                Action::Edit | Action::EditText | Action::Delete | Action::Log | Action::Complete | Action::Actions
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
                let ticket = cx.ask(self.slot, Request::DeletePreview(key));
                self.step = Some(Step::Preview(keys, ticket));
            }
            Action::Log => self.log(key, "", cx),
            Action::Actions => {
                let ticket = cx.ask(self.slot, Request::Offers(key.clone()));
                self.step = Some(Step::Offers(key, ticket));
            }
            Action::AddTask => cx.goto(Goto::Add("task".to_owned(), about(&key, cx.shared, "task"))),
            Action::Complete if key.object == "task" => {
                let title = cx.shared.text("action-record-complete");
                cx.push(Box::new(PromptLayer::new(title, "", cx.shared.text("complete-help"))));
                self.step = Some(Step::Comment(key));
            }
            Action::Complete => cx.info(msg!("complete-only-tasks")),
            Action::Print => {
                let (lang, zone) = (cx.shared.lang, cx.shared.now.time_zone().clone());
                let ticket = cx.ask(self.slot, Request::Print { key, lang, zone });
                self.step = Some(Step::File(ticket));
            }
            Action::CopyId => copy(key.id.to_string(), cx),
            Action::CopyField | Action::CopyTitle | Action::CopyRecord | Action::CopyJson | Action::OpenLink => {
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
                    self.open_file(file, cx);
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
                self.step = Some(Step::ChooseFile(all));
            }
        }
    }

    fn open_file(&mut self, file: FileRef, cx: &mut Context<'_>) {
        let ticket = cx.ask(self.slot, Request::File(file));
        self.step = Some(Step::File(ticket));
    }

    fn log(&mut self, key: RecordKey, line: &str, cx: &mut Context<'_>) {
        let title = cx.shared.text("action-record-log");
        let prompt = PromptLayer::new(title, line, cx.shared.text("log-help")).preview(log_preview).or_form();
        cx.push(Box::new(prompt));
        self.step = Some(Step::LogLine(key));
    }

    /// Goes on with what was begun. `field` is the one under the cursor.
    pub(super) fn update(&mut self, event: &Event, field: Option<&str>, cx: &mut Context<'_>) -> Flow {
        let Some(step) = self.step.take() else { return Flow::Ignored };
        match (step, event) {
            (Step::Preview(keys, asked), Event::Reply(ticket, Reply::DeletePreview(result))) if asked == *ticket => {
                match result {
                    Ok(preview) => self.ask_delete(keys, preview, cx),
                    Err(error) => cx.fail(error, None),
                }
            }
            (Step::ConfirmDelete(keys), Event::Closed(Closed::Answered(0))) => {
                let ticket = cx.ask(self.slot, Request::Delete(keys));
                self.step = Some(Step::Write(ticket, "deleted"));
            }
            (Step::LogLine(key), Event::Closed(Closed::Entered(line))) => {
                let act = ActRequest::Log { about: Some(key.clone()), line: line.clone() };
                let ticket = cx.ask(self.slot, Request::Act(act));
                self.step = Some(Step::Logging(key, line.clone(), ticket));
            }
            (Step::LogLine(key), Event::Closed(Closed::Create(line))) => {
                let mut given = about(&key, cx.shared, "activity");
                given.extend(logged_so_far(line, cx.shared));
                cx.goto(Goto::Add("activity".to_owned(), given));
            }
            (Step::Offers(key, asked), Event::Reply(ticket, Reply::Offers(result))) if asked == *ticket => match result
            {
                Ok(offers) => self.choose_action(key, offers, cx),
                Err(error) => cx.fail(error, None),
            },
            (Step::ChooseAction(key, offers), Event::Closed(Closed::Picked(names))) => {
                let offer = names.first().and_then(|name| offers.iter().find(|o| o.action == *name));
                if let Some(offer) = offer {
                    self.take_action(key, offer, cx);
                }
            }
            (Step::ConfirmAction(key, action), Event::Closed(Closed::Answered(0))) => self.perform(key, action, cx),
            (Step::Comment(key), Event::Closed(Closed::Entered(comment))) => {
                let act = DoRequest {
                    action: "complete".to_owned(),
                    key,
                    fields: Fields::new(),
                    comment: comment.clone(),
                    version: None,
                };
                let act = ActRequest::Do(act);
                let ticket = cx.ask(self.slot, Request::Act(act));
                self.step = Some(Step::Write(ticket, "completed"));
            }
            (Step::Copy(action, asked), Event::Reply(ticket, Reply::View(result))) if asked == *ticket => {
                match result {
                    Ok(view) if action == Action::OpenLink => self.open(view, field, cx),
                    Ok(view) => copy_record(action, view, field, cx),
                    Err(error) => cx.fail(error, None),
                }
            }
            (Step::ChooseFile(files), Event::Closed(closed)) => {
                let Closed::Picked(keys) = closed else { return Flow::Used };
                let number = keys.first().and_then(|key| key.parse::<usize>().ok());
                if let Some(file) = number.and_then(|n| files.into_iter().nth(n)) {
                    self.open_file(file, cx);
                }
            }
            (Step::File(asked), Event::Reply(ticket, Reply::File(result))) if asked == *ticket => match result {
                Ok(path) => {
                    cx.info(msg!("file-opened", path = path.display()));
                    cx.effect(Effect::OpenLink(path.display().to_string()));
                }
                Err(error) => cx.fail(error, None),
            },
            (Step::Text(asked), Event::Reply(ticket, Reply::View(result))) if asked == *ticket => match result {
                Ok(view) => {
                    cx.effect(Effect::Edit { text: text_of(view, &[], cx.shared), extension: "yaml" });
                    self.step = Some(Step::Editor(Box::new(view.clone())));
                }
                Err(error) => cx.fail(error, None),
            },
            (Step::Editor(view), Event::Edited(text)) => self.take_text(view, text.as_deref(), cx),
            (Step::SaveText(view, texts, asked), Event::Reply(ticket, Reply::Saved(result))) if asked == *ticket => {
                self.text_saved(view, texts, result, cx);
            }
            (Step::Logging(key, line, asked), Event::Reply(ticket, reply)) if asked == *ticket => {
                written("logged", reply, cx);
                // What couldn't be written is still there to be changed.
                if matches!(reply, Reply::Acted(Err(_))) {
                    self.log(key, &line, cx);
                }
            }
            (Step::Write(asked, key), Event::Reply(ticket, reply)) if asked == *ticket => written(key, reply, cx),
            (
                Step::ConfirmDelete(_)
                | Step::LogLine(_)
                | Step::Comment(_)
                | Step::ChooseAction(..)
                | Step::ConfirmAction(..),
                Event::Closed(_),
            ) => {}
            (step, _) => {
                self.step = Some(step);
                return Flow::Ignored;
            }
        }
        Flow::Used
    }

    /// Offers the actions of a record; those that can't be done now stand last, with the reason.
    fn choose_action(&mut self, key: RecordKey, offers: &[Offer], cx: &mut Context<'_>) {
        let shared = cx.shared;
        let Some(object) = shared.object(&key.object) else { return };
        let item = |offer: &Offer| {
            let label = &object.action(&offer.action)?.label;
            let (text, also) =
                (label.get(shared.lang).to_owned(), format!("{}\n{}\n{}", label.zh, label.en, offer.action));
            let detail = offer.refusal.as_ref().map(|reason| shared.message(reason)).unwrap_or_default();
            Some(Item { key: offer.action.clone(), text, also, detail, ..Item::default() })
        };
        let (now, later): (Vec<&Offer>, Vec<&Offer>) = offers.iter().partition(|offer| offer.refusal.is_none());
        let items: Vec<Item> = now.into_iter().chain(later).filter_map(item).collect();
        if items.is_empty() {
            cx.info(msg!("actions-none", object = object.label.get(shared.lang)));
            return;
        }
        cx.push(Box::new(PickerLayer::new(shared.text("action-record-actions"), items)));
        self.step = Some(Step::ChooseAction(key, offers.to_vec()));
    }

    /// Goes on with an action: to its form, to the question it asks, or at once.
    fn take_action(&mut self, key: RecordKey, offer: &Offer, cx: &mut Context<'_>) {
        if let Some(reason) = &offer.refusal {
            cx.warn(reason.clone());
            return;
        }
        let shared = cx.shared;
        let Some(action) = shared.object(&key.object).and_then(|o| o.action(&offer.action)) else { return };
        if !action.form.fields.is_empty() {
            let form = FormLayer::perform(&action.name, key, cx);
            cx.push(form);
        } else if action.confirm {
            let title = action.label.get(shared.lang).to_owned();
            let lines = vec![shared.message(&msg!("action-question", action = &title))];
            let buttons = vec![title.clone(), shared.text("button-cancel")];
            cx.push(Box::new(ConfirmLayer::new(title, lines, buttons, 1)));
            self.step = Some(Step::ConfirmAction(key, action.name.clone()));
        } else {
            self.perform(key, action.name.clone(), cx);
        }
    }

    fn perform(&mut self, key: RecordKey, action: String, cx: &mut Context<'_>) {
        let (fields, comment) = (Fields::new(), String::new());
        let act = ActRequest::Do(DoRequest { action, key, fields, comment, version: None });
        let ticket = cx.ask(self.slot, Request::Act(act));
        self.step = Some(Step::Write(ticket, "acted"));
    }

    fn ask_delete(&mut self, keys: Vec<RecordKey>, preview: &DeletePreview, cx: &mut Context<'_>) {
        let shared = cx.shared;
        let name =
            |object: &str| shared.object(object).map_or(object.to_owned(), |o| o.label.get(shared.lang).to_owned());
        let list = |parts: &[(String, u64)]| {
            parts.iter().map(|(o, n)| format!("{} {n}", name(o))).collect::<Vec<_>>().join(", ")
        };
        if !preview.restricts.is_empty() && keys.len() == 1 {
            cx.warn(msg!("delete-restricted", what = list(&preview.restricts)));
            return;
        }
        if !shared.config.edit.confirm_delete && preview.cascades.is_empty() {
            let ticket = cx.ask(self.slot, Request::Delete(keys));
            self.step = Some(Step::Write(ticket, "deleted"));
            return;
        }
        let object = keys.first().map(|k| name(&k.object)).unwrap_or_default();
        let mut lines = vec![shared.message(&msg!("delete-question", count = keys.len(), object = object))];
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
                let request = Request::SaveTexts { object: view.record.object.clone(), target, texts: texts.clone() };
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

/// The fields of a new activity or task that is about a record.
pub(super) fn about(key: &RecordKey, shared: &Shared, object: &str) -> Fields {
    let mut fields = Fields::new();
    let refers = |f: &&crate::schema::model::Field| f.kind.target() == Some(key.object.as_str()) && !f.kind.is_many();
    if let Some(field) = shared.object(object).and_then(|o| o.fields.iter().find(refers)) {
        fields.insert(field.name.clone(), Value::Ref(key.id));
    }
    fields
}

/// What a log line says already, as fields of the form that goes on from it.
fn logged_so_far(line: &str, shared: &Shared) -> Fields {
    use crate::domain::quick_log;
    let mut fields = Fields::new();
    if line.trim().is_empty() {
        return fields;
    }
    let log = quick_log::parse(line, &shared.now);
    fields.insert("kind".to_owned(), Value::Choice(log.kind_or_note().key().to_owned()));
    fields.insert("subject".to_owned(), Value::text(log.body_with_who(line).trim()));
    if let Some(next) = &log.next {
        fields.insert("next_step".to_owned(), Value::text(next.text.value.trim()));
        let at = next.due.as_ref().map(|due| match &due.value {
            Moment::Day(day) => day.to_zoned(shared.now.time_zone().clone()).map(|at| at.timestamp()),
            Moment::At(at) => Ok(at.timestamp()),
        });
        if let Some(Ok(at)) = at {
            fields.insert("next_date".to_owned(), Value::DateTime(at));
        }
    }
    fields
}

fn log_preview(text: &str, shared: &Shared) -> Vec<String> {
    use crate::domain::quick_log;
    if text.trim().is_empty() {
        return vec![shared.text("log-example")];
    }
    let log = quick_log::parse(text, &shared.now);
    let mut lines = Vec::new();
    let kind = log.kind_or_note().key();
    let item = shared.schema.dictionary("activity_kind").and_then(|d| d.item(kind));
    let kind = item.map_or(kind, |i| i.label.get(shared.lang));
    lines.push(format!("{kind}: {}", log.body_with_who(text)));
    if let Some(next) = &log.next {
        let due = next.due.as_ref().map(|d| show_moment(&d.value, shared)).unwrap_or_default();
        lines.push(shared.message(&msg!("log-next", what = next.text.value, at = due)));
    }
    lines
}

fn show_moment(moment: &Moment, shared: &Shared) -> String {
    let weekday = |day: jiff::civil::Weekday| shared.text(&format!("form-weekday-{}", day.to_monday_one_offset()));
    match moment {
        Moment::Day(day) => format!("{day} {}", weekday(day.weekday())),
        Moment::At(at) => format!("{} {} {}", at.date(), weekday(at.weekday()), at.strftime("%H:%M")),
    }
}

fn copy(text: String, cx: &mut Context<'_>) {
    let shown: String = text.lines().next().unwrap_or_default().chars().take(40).collect();
    cx.effect(Effect::Copy(text));
    cx.info(msg!("copied", text = shown));
}

fn copy_record(action: Action, view: &View, field: Option<&str>, cx: &mut Context<'_>) {
    let shared = cx.shared;
    let Some(object) = shared.object(&view.record.object) else { return };
    let show = |name: &str| {
        object.field(name).map(|f| shared.format(&f.kind, view.record.get(name), &view.titles)).unwrap_or_default()
    };
    let text = match action {
        Action::CopyField => show(field.unwrap_or(&object.title)),
        Action::CopyTitle => show(&object.title),
        Action::CopyJson => {
            let fields = view.record.fields.iter().map(|(name, value)| (name.clone(), kind::to_json(value)));
            let mut map: serde_json::Map<String, serde_json::Value> = fields.collect();
            map.insert("id".to_owned(), view.record.id.to_string().into());
            map.insert("version".to_owned(), view.record.version.into());
            serde_json::to_string_pretty(&map).unwrap_or_default()
        }
        _ => {
            let line = |f: &crate::schema::model::Field| {
                let text = show(&f.name);
                (!text.is_empty() && !f.is_system()).then(|| format!("{}: {text}", f.label.get(shared.lang)))
            };
            object.fields.iter().filter_map(line).collect::<Vec<_>>().join("\n")
        }
    };
    if text.is_empty() { cx.info(msg!("copy-empty")) } else { copy(text, cx) }
}

/// What to open: the chosen field, else the first web address, mail address or phone.
fn link(view: &View, chosen: Option<&Field>, object: &Object) -> Option<String> {
    let candidates = chosen.into_iter().chain(&object.fields);
    for field in candidates {
        let Some(text) = view.record.get(&field.name).as_str() else { continue };
        match field.kind {
            Kind::Url if text.contains("://") => return Some(text.to_owned()),
            Kind::Url => return Some(format!("https://{text}")),
            Kind::Email => return Some(format!("mailto:{text}")),
            Kind::Phone => return Some(format!("tel:{}", text.replace(' ', ""))),
            _ => {}
        }
    }
    None
}

fn written(key: &'static str, reply: &Reply, cx: &mut Context<'_>) {
    let result: &Result<Saved, Error> = match reply {
        Reply::Saved(r) | Reply::Deleted(r) | Reply::Acted(r) => r,
        _ => return,
    };
    match result {
        Ok(saved) => {
            let undo = cx.shared.keymap.first_key(Action::Undo);
            let object = saved.records.first().and_then(|r| Some((cx.shared.object(&r.object)?, r)));
            let title = object.and_then(|(o, r)| r.get(&o.title).as_str().map(str::to_owned)).unwrap_or_default();
            cx.info(match key {
                "deleted" => msg!("deleted", count = saved.touched, key = undo),
                "logged" => {
                    let tasks = saved.records.iter().filter(|r| r.object == "task").count();
                    msg!("logged", what = title, tasks = tasks, key = undo)
                }
                "completed" | "acted" => msg!("completed", what = title, key = undo),
                _ => msg!("saved", what = title, key = undo),
            });
        }
        Err(error) => {
            let object = match key {
                "completed" => cx.shared.object("task"),
                "logged" => cx.shared.object("activity"),
                _ => None,
            };
            cx.fail(error, object);
        }
    }
}
