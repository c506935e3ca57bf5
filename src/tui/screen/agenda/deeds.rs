//! What is done from the agenda: planning, finishing, putting off, the work log.

use super::AgendaScreen;
use super::range::Mode;
use crate::backend::work_log;
use crate::contract::agenda::{AgendaItem, AgendaKind, AgendaRequest, Due, ReminderDeed, ReminderKey, Whose};
use crate::contract::request::{ActRequest, SaveRequest};
use crate::domain::lang::Label;
use crate::domain::message::Message;
use crate::domain::record::Fields;
use crate::domain::recurrence::{moment, week_of};
use crate::domain::value::Value;
use crate::domain::when::{self, Moment};
use crate::msg;
use crate::tui::action::Action;
use crate::tui::context::{Context, Effect, Goto, Shared};
use crate::tui::form::FormLayer;
use crate::tui::layer::{Closed, Event, Flow};
use crate::tui::popup::prompt::PromptLayer;
use crate::tui::request::{Reply, Request, Ticket};
use jiff::civil::{Date, Time, time};
use jiff::{Timestamp, ToSpan};

/// When a day without a time begins for plans, and for what was put off.
const MORNING: Time = time(9, 0, 0, 0);
/// When a task without a time is due.
const EVENING: Time = time(18, 0, 0, 0);

/// What is on its way while the user goes on with something else.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pending {
    /// The record whose date moves.
    Move(Box<AgendaItem>, Timestamp),
    /// A write, and what to say then of what.
    Write(&'static str, String),
}

/// What a deed that was begun waits for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// The time to put an item off to.
    Until(Box<AgendaItem>),
    /// What was done, for the log of a day or week that begins on a day; to be copied or written.
    Log { first: Date, week: bool, copy: bool, ticket: Ticket },
}

impl AgendaScreen {
    pub(super) fn deed(&mut self, action: Action, cx: &mut Context<'_>) -> Flow {
        let here = self.item().cloned();
        match (action, here) {
            (Action::AgendaAdd, _) => self.add("activity", "at", MORNING, &[("state", "planned")], cx),
            (Action::AddTask, _) => self.add("task", "due", EVENING, &[], cx),
            (Action::AgendaRemind, _) => self.add("reminder", "due", MORNING, &[], cx),
            (Action::AgendaLog | Action::AgendaCopyLog, _) => self.log(action == Action::AgendaCopyLog, cx),
            (Action::Complete, Some(item)) => self.finish(item, cx),
            (Action::AgendaSnooze, Some(item)) => self.ask_until(item, cx),
            (Action::AgendaConsidered, Some(item)) => match reminder_of(&item) {
                Some(key) => self.remind(key, ReminderDeed::Considered, ("agenda-considered", &item.text), cx),
                None => cx.info(msg!("agenda-only-reminders")),
            },
            (Action::AgendaConsidered | Action::AgendaSnooze | Action::Complete, None) => {
                cx.info(msg!("agenda-nothing-here"));
            }
            (action, here) => {
                let keys = here.into_iter().map(|item| item.record).collect();
                return self.actions.begin(action, keys, None, None, cx);
            }
        }
        Flow::Used
    }

    /// A form for something new on the day under the cursor.
    fn add(&self, object: &str, date: &str, at: Time, choices: &[(&str, &str)], cx: &mut Context<'_>) {
        let day = self.day_here(cx.shared);
        let mut given = Fields::new();
        if let Some(at) = moment(day, at, cx.shared.now.time_zone()) {
            given.insert(date.to_owned(), Value::DateTime(at));
        }
        for (field, key) in choices {
            given.insert((*field).to_owned(), Value::Choice((*key).to_owned()));
        }
        cx.goto(Goto::Add(object.to_owned(), given));
    }

    /// Marks an item done: a task with a comment, an activity in its form, a reminder at once.
    fn finish(&mut self, item: AgendaItem, cx: &mut Context<'_>) {
        match (item.kind, item.reminder) {
            (_, Some(key)) => self.remind(key, ReminderDeed::Done, ("agenda-done", &item.text), cx),
            (AgendaKind::Task, _) => {
                self.actions.begin(Action::Complete, vec![item.record], None, None, cx);
            }
            _ => {
                let form = FormLayer::edit(item.record, Some("state"), cx);
                cx.push(form);
            }
        }
    }

    fn remind(
        &mut self,
        reminder: ReminderKey,
        deed: ReminderDeed,
        (said, what): (&'static str, &Label),
        cx: &mut Context<'_>,
    ) {
        let what = what.get(cx.shared.lang).to_owned();
        self.send(Request::Act(ActRequest::Remind { reminder, deed }), Pending::Write(said, what), cx);
    }

    fn ask_until(&mut self, item: AgendaItem, cx: &mut Context<'_>) {
        if item.done {
            cx.info(msg!("agenda-is-done"));
            return;
        }
        let title = cx.shared.text("action-agenda-snooze");
        let prompt = PromptLayer::new(title, "+1d", cx.shared.text("agenda-snooze-help")).preview(preview);
        cx.push(Box::new(prompt));
        self.step = Some(Step::Until(Box::new(item)));
    }

    /// Asks for what was done on the days in view.
    fn log(&mut self, copy: bool, cx: &mut Context<'_>) {
        let week = self.mode == Mode::Week;
        let day = self.day_here(cx.shared);
        let (first, last) = if week { week_of(day, cx.shared.config.interface.sunday_first) } else { (day, day) };
        let to = last.saturating_add(1.day());
        let [_, _, slot] = self.slots;
        let request = AgendaRequest { from: Some(first), to, of: Whose::Me, done: true, limit: super::LIMIT };
        let ticket = cx.ask(slot, Request::Agenda(request));
        self.step = Some(Step::Log { first, week, copy, ticket });
    }

    /// Asks for something whose answer comes while the user goes on.
    fn send(&mut self, request: Request, pending: Pending, cx: &mut Context<'_>) {
        let slot = cx.slot();
        self.pending.push((cx.ask(slot, request), pending));
    }

    /// Takes the answer to something that was on its way.
    pub(super) fn take_pending(&mut self, ticket: Ticket, reply: &Reply, cx: &mut Context<'_>) -> Flow {
        let Some(place) = self.pending.iter().position(|(asked, _)| *asked == ticket) else { return Flow::Ignored };
        let (_, pending) = self.pending.remove(place);
        match (pending, reply) {
            (Pending::Move(item, until), Reply::View(Ok(view))) => {
                let field = if item.kind == AgendaKind::Task { "due" } else { "at" };
                let changes = Fields::from([(field.to_owned(), Value::DateTime(until))]);
                let target = Some((view.record.id, view.record.version));
                let request = SaveRequest { object: item.record.object.clone(), target, changes };
                self.send(
                    Request::Save(request),
                    Pending::Write("agenda-moved", item.text.get(cx.shared.lang).to_owned()),
                    cx,
                );
            }
            (Pending::Write(said, what), Reply::Acted(Ok(_)) | Reply::Saved(Ok(_))) => {
                let key = cx.shared.keymap.first_key(Action::Undo);
                cx.info(Message::new(said).with("key", key).with("what", what));
            }
            (_, Reply::View(Err(error)) | Reply::Acted(Err(error)) | Reply::Saved(Err(error))) => cx.fail(error, None),
            _ => {}
        }
        Flow::Used
    }

    /// Goes on with what was begun.
    pub(super) fn go_on(&mut self, event: &Event, cx: &mut Context<'_>) -> Flow {
        let Some(step) = self.step.take() else { return Flow::Ignored };
        match (step, event) {
            (Step::Until(item), Event::Closed(Closed::Entered(text))) => self.put_off(item, text, cx),
            (Step::Until(_), Event::Closed(_)) => {}
            (Step::Log { first, week, copy, ticket: asked }, Event::Reply(ticket, Reply::Agenda(result)))
                if asked == *ticket =>
            {
                match result {
                    Ok(agenda) => write_log(&agenda.items, first, week, copy, cx),
                    Err(error) => cx.fail(error, None),
                }
            }
            (step, _) => {
                self.step = Some(step);
                return Flow::Ignored;
            }
        }
        Flow::Used
    }

    /// A reminder comes back then; a task or activity is moved there.
    fn put_off(&mut self, item: Box<AgendaItem>, text: &str, cx: &mut Context<'_>) {
        let until = match until(text, &item, cx.shared) {
            Ok(until) => until,
            Err(message) => {
                cx.warn(message);
                return;
            }
        };
        match reminder_of(&item) {
            Some(key) => self.remind(key, ReminderDeed::Snooze(until), ("agenda-snoozed", &item.text), cx),
            None => {
                self.send(Request::Get(item.record.clone()), Pending::Move(item, until), cx);
            }
        }
    }
}

fn reminder_of(item: &AgendaItem) -> Option<ReminderKey> {
    item.reminder.clone()
}

/// The moment that a text means: a day keeps the hour that the item has.
fn until(text: &str, item: &AgendaItem, shared: &Shared) -> Result<Timestamp, Message> {
    let zone = shared.now.time_zone();
    match when::parse_moment(text, &shared.now).map_err(|error| error.message())? {
        Moment::At(at) => Ok(at.timestamp()),
        Moment::Day(day) => {
            let hour = match (item.kind, item.due) {
                (AgendaKind::Reminder, _) | (_, Due::Day(_)) => MORNING,
                (_, Due::At(at)) => at.to_zoned(zone.clone()).time(),
            };
            moment(day, hour, zone).ok_or_else(|| when::WhenError::OutOfRange.message())
        }
    }
}

/// What a text to put something off to means.
fn preview(text: &str, shared: &Shared) -> Vec<String> {
    match when::parse_moment(text, &shared.now) {
        Ok(moment) => {
            let day = moment.date();
            let weekday = shared.text(&format!("form-weekday-{}", day.weekday().to_monday_one_offset()));
            let time = match &moment {
                Moment::At(at) => at.strftime(" %H:%M").to_string(),
                Moment::Day(_) => String::new(),
            };
            vec![format!("{day} {weekday}{time}")]
        }
        Err(error) => vec![shared.message(&error.message())],
    }
}

fn write_log(items: &[AgendaItem], first: Date, week: bool, copy: bool, cx: &mut Context<'_>) {
    let lang = cx.shared.lang;
    let text = work_log::draft(items, lang, cx.shared.now.time_zone());
    if copy {
        if text.is_empty() {
            cx.info(msg!("agenda-nothing-done"));
            return;
        }
        let shown = work_log::subject(first, week, lang);
        cx.effect(Effect::Copy(text));
        cx.info(msg!("copied", text = shown));
        return;
    }
    let period = if week { "week" } else { "day" };
    let given = Fields::from([
        ("subject".to_owned(), Value::Text(work_log::subject(first, week, lang))),
        ("period".to_owned(), Value::Choice(period.to_owned())),
        ("day".to_owned(), Value::Date(first)),
        ("content".to_owned(), Value::text(text.trim_end())),
    ]);
    cx.goto(Goto::Add("work_log".to_owned(), given));
}
