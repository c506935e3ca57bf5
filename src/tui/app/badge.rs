//! What is due: the number in the header line, and a sign when something falls due. It is asked for after each change
//! and at the next moment that something falls due; in between there is one timer and nothing else.

use super::{App, Msg};
use crate::config::Notice as NoticeBy;
use crate::contract::agenda::{Reminder, ReminderKey, Reminders, RemindersRequest, Whose};
use crate::contract::error::Error;
use crate::tui::context::{Effect, Notice, Severity};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use jiff::Timestamp;
use std::collections::HashSet;
use std::time::Duration;

/// More than so many are shown with a +.
const MOST: usize = 99;
/// How long changes are let come together before it is asked again, and the first screen is let go first.
const REST: Duration = Duration::from_millis(250);
/// The longest that is waited in one go.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// What is known of what is due.
#[derive(Debug, Default)]
pub(super) struct Badge {
    /// How many, and whether there are more.
    count: Option<(usize, bool)>,
    /// What was due already.
    known: HashSet<ReminderKey>,
    /// Where there were more than could be told of: the earliest moment of those that were. What was due up to then
    /// is no news when it takes the place of what was dealt with.
    floor: Option<Timestamp>,
    /// It was asked before.
    asked_before: bool,
    ticket: Option<Ticket>,
    slot: Option<Slot>,
    /// The newest timer: older ones do nothing.
    timer: u64,
}

impl App {
    /// Asks again in a moment.
    pub(super) fn badge_soon(&mut self) -> Vec<Effect> {
        if !self.shared.config.reminders.badge || self.shared.object("reminder").is_none() {
            return Vec::new();
        }
        self.badge_after(REST)
    }

    fn badge_after(&mut self, after: Duration) -> Vec<Effect> {
        self.badge.timer += 1;
        vec![Effect::Later(after, Msg::Due(self.badge.timer))]
    }

    /// A timer has run down.
    pub(super) fn badge_due(&mut self, timer: u64) -> Vec<Effect> {
        if timer != self.badge.timer {
            return Vec::new();
        }
        let slot = *self.badge.slot.get_or_insert_with(|| {
            self.serial += 1;
            Slot(self.serial)
        });
        self.serial += 1;
        let ticket = Ticket { slot, serial: self.serial };
        self.badge.ticket = Some(ticket);
        let until = self.shared.now.timestamp();
        let (include_snoozed, of, limit) = (false, Whose::Me, MOST);
        let request = RemindersRequest { from: None, until, include_snoozed, of, limit };
        vec![Effect::Ask(ticket, Request::Reminders(request))]
    }

    /// Takes the answer, if it is the badge's.
    pub(super) fn badge_answer(&mut self, ticket: Ticket, reply: &Reply) -> Option<Vec<Effect>> {
        if self.badge.ticket != Some(ticket) {
            return None;
        }
        self.badge.ticket = None;
        let Reply::Reminders(answer) = reply else { return Some(Vec::new()) };
        Some(match answer {
            Ok(reminders) => self.badge_take(reminders),
            // What gave it up was meant for another question.
            Err(Error::Cancelled) => self.badge_soon(),
            Err(_) => {
                self.badge.count = None;
                Vec::new()
            }
        })
    }

    fn badge_take(&mut self, reminders: &Reminders) -> Vec<Effect> {
        let (zone, floor) = (self.shared.now.time_zone(), self.badge.floor);
        let is_later = |r: &Reminder| floor.is_none_or(|floor| r.due.moment(zone) > floor);
        let fresh = reminders.items.iter().find(|r| !self.badge.known.contains(&r.key) && is_later(r));
        let lang = self.shared.lang;
        let text = fresh.map(|r| self.shared.labelled(r.label.get(lang), r.text.get(lang)));
        self.badge.known = reminders.items.iter().map(|r| r.key.clone()).collect();
        let earliest = reminders.items.iter().map(|r| r.due.moment(zone)).min();
        self.badge.floor = earliest.filter(|_| reminders.more);
        self.badge.count = Some((reminders.items.len(), reminders.more));
        let mut effects = Vec::new();
        // What was due at the start is no news.
        if let Some(text) = text.filter(|_| self.badge.asked_before) {
            effects.extend(self.tell_due(text));
        }
        self.badge.asked_before = true;
        if let Some(next) = reminders.next {
            let wait = next.as_millisecond() - self.shared.now.timestamp().as_millisecond();
            let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0).saturating_add(1));
            effects.extend(self.badge_after(wait.clamp(REST, LONGEST)));
        }
        effects
    }

    /// Something has fallen due.
    fn tell_due(&mut self, text: String) -> Vec<Effect> {
        let config = self.shared.config.reminders.clone();
        let mut effects = Vec::new();
        if config.bell {
            effects.push(Effect::Bell);
        }
        if config.notice != NoticeBy::None {
            effects.push(Effect::Notify(text.clone()));
        }
        let text = self.shared.message(&crate::msg!("remind-due", text = text));
        let notice = Notice { severity: Severity::Info, text };
        match self.notice {
            Some(_) => self.news = Some(notice),
            None => self.show(notice),
        }
        effects
    }

    /// The number of what is due, for the header line; nothing if nothing is.
    pub(super) fn badge_text(&self) -> Option<String> {
        let (count, more) = self.badge.count.filter(|(count, _)| *count > 0)?;
        Some(format!("{}{count}{}", self.shared.glyphs.due, if more { "+" } else { "" }))
    }
}
