//! Reminders, the agenda and plans: what is asked of the [`Backend`](crate::backend::Backend), and what it answers.

use crate::domain::id::Id;
use crate::domain::lang::Label;
use crate::domain::record::RecordKey;
use crate::domain::value::Money;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Whose reminders or appointments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// One's own, and those of one's subordinates that were left too long; everyone's in a store without users.
    #[default]
    Me,
    /// Those of one user.
    User(Id),
    /// One's own and those of all below.
    Team,
    /// Everyone's, and nobody's.
    Everyone,
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Due {
    /// Some time on a day.
    Day(Date),
    /// At a moment.
    At(Timestamp),
}

impl Due {
    /// The day, where the user is.
    pub fn day(self, zone: &TimeZone) -> Date {
        match self {
            Due::Day(day) => day,
            Due::At(at) => at.to_zoned(zone.clone()).date(),
        }
    }

    /// The moment; a day's is its first.
    pub fn moment(self, zone: &TimeZone) -> Timestamp {
        match self {
            Due::Day(day) => day.to_zoned(zone.clone()).map(|at| at.timestamp()).unwrap_or_default(),
            Due::At(at) => at,
        }
    }
}

/// Asks for reminders that fall due in a span of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RemindersRequest {
    /// From this moment on, the earliest first; `None` for all that are due until then, the latest first.
    pub from: Option<Timestamp>,
    /// Up to this moment, included.
    pub until: Timestamp,
    /// Also those that are put off beyond it.
    pub include_snoozed: bool,
    /// Whose.
    pub of: Whose,
    /// The most reminders.
    pub limit: usize,
}

/// Reminders, in the order asked for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reminders {
    /// The reminders.
    pub items: Vec<Reminder>,
    /// There are more.
    pub more: bool,
    /// The next moment at which the answer may be another one, as far as is known now.
    pub next: Option<Timestamp>,
}

/// One reminder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Reminder {
    /// Names it.
    pub key: ReminderKey,
    /// What it reminds of, in a word.
    pub label: Label,
    /// What it says.
    pub text: Label,
    /// The record that it is about.
    pub record: RecordKey,
    /// When it is, or was, due: the end of the delay if it was put off.
    pub due: Due,
    /// Whom it reminds.
    pub owner: Option<(Id, String)>,
    /// It was put off until then.
    pub snoozed: Option<Timestamp>,
    /// It is shown because the owner left it too long.
    pub escalated: bool,
}

/// Names a reminder: its rule, its record and the day or year that makes it this one. When the record's date moves on,
/// the next reminder has another name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ReminderKey {
    /// The rule's name; [`ReminderKey::MANUAL`] for one made by hand.
    pub rule: String,
    /// The record.
    pub record: Id,
    /// The day or year.
    pub occurrence: String,
}

impl ReminderKey {
    /// The rule's name of reminders made by hand, and their object's.
    pub const MANUAL: &'static str = "reminder";
}

impl fmt::Display for ReminderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.rule, self.record.as_i64(), self.occurrence)
    }
}

/// A text that names no reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoReminderKey;

impl FromStr for ReminderKey {
    type Err = NoReminderKey;

    fn from_str(text: &str) -> Result<ReminderKey, NoReminderKey> {
        let mut parts = text.splitn(3, '/');
        let (Some(rule), Some(record), Some(occurrence)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(NoReminderKey);
        };
        let id = record.parse::<i64>().ok().and_then(Id::from_i64).ok_or(NoReminderKey)?;
        Ok(ReminderKey { rule: rule.to_owned(), record: id, occurrence: occurrence.to_owned() })
    }
}

/// What is made of a reminder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReminderDeed {
    /// Put off.
    Snooze(Timestamp),
    /// Done what it asked for; a task is completed.
    Done,
    /// Thought about; nothing need be done.
    Considered,
}

/// Asks for what happens and is to be done on some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AgendaRequest {
    /// The first day; `None` for everything before too, the latest first.
    pub from: Option<Date>,
    /// The day after the last.
    pub to: Date,
    /// Whose.
    pub of: Whose,
    /// Also what is done.
    pub done: bool,
    /// The most items of each kind.
    pub limit: usize,
}

/// What happens on some days, by time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Agenda {
    /// The items.
    pub items: Vec<AgendaItem>,
    /// There are more than were asked for.
    pub more: bool,
}

/// What an item of the agenda is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum AgendaKind {
    /// An activity.
    Activity,
    /// A task.
    Task,
    /// A reminder.
    Reminder,
}

/// An item of the agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AgendaItem {
    /// What it is.
    pub kind: AgendaKind,
    /// The record behind it.
    pub record: RecordKey,
    /// When.
    pub due: Due,
    /// How long, for activities.
    pub minutes: Option<i64>,
    /// What.
    pub text: Label,
    /// In a word: the kind of the activity, the rule of the reminder; nothing for tasks.
    pub label: Label,
    /// The customer, or nothing.
    pub about: String,
    /// Whose it is.
    pub owner: String,
    /// More to read; may be empty.
    pub content: String,
    /// Where; may be empty.
    pub place: String,
    /// It is done.
    pub done: bool,
    /// It is urgent, or was left to the supervisor.
    pub urgent: bool,
    /// The reminder, if it is one.
    pub reminder: Option<ReminderKey>,
}

/// Asks how far the sales plans of a year are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlanRequest {
    /// The year.
    pub year: i16,
    /// Added up by this; `None` for plan by plan.
    pub by: Option<PlanBy>,
    /// Only the plans of one person.
    pub person: Option<Id>,
    /// Only this month's, without those of whole years.
    pub month: Option<i8>,
}

/// What plans are added up by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlanBy {
    /// The person.
    Person,
    /// The department.
    Department,
    /// The product.
    Product,
}

impl PlanBy {
    /// The field of plans, and of what is counted.
    pub fn fields(self) -> (&'static str, &'static str) {
        match self {
            PlanBy::Person => ("person", "owner"),
            PlanBy::Department => ("department", "department"),
            PlanBy::Product => ("product", "product"),
        }
    }
}

/// A plan, or several of one measure added up, and how far it is reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct PlanRow {
    /// The plan; `None` for several added up.
    pub plan: Option<RecordKey>,
    /// What is counted: an item of the dictionary `plan_measure`.
    pub measure: String,
    /// The month, 1 to 12; `None` for the year.
    pub month: Option<i8>,
    /// For whom or what, with its title; `None` for all.
    pub of: Option<(RecordKey, String)>,
    /// What is to be reached.
    pub target: Money,
    /// What is reached, in the same currency.
    pub reached: Money,
    /// How many records that is.
    pub count: u64,
    /// The object and the filter that lead to them.
    pub behind: (String, String),
}

impl PlanRow {
    /// How much of the target is reached, in percent with one digit; `None` without a target.
    pub fn percent(&self) -> Option<Decimal> {
        if self.target.amount.is_zero() {
            return None;
        }
        let ratio = self.reached.amount.checked_div(self.target.amount)?;
        Some(ratio.checked_mul(Decimal::ONE_HUNDRED)?.round_dp(1))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn names_of_reminders_are_read_as_they_are_written() {
        let key = ReminderKey {
            rule: "no_touch".to_owned(),
            record: Id::from_i64(7).unwrap(),
            occurrence: "2026-11-22".to_owned(),
        };
        assert_eq!(key.to_string().parse(), Ok(key));
        for bad in ["", "no_touch", "no_touch/x/2026", "no_touch/7"] {
            assert_eq!(bad.parse::<ReminderKey>(), Err(NoReminderKey), "{bad}");
        }
    }

    #[test]
    fn progress_is_a_percentage_and_nothing_without_a_target() {
        let money = |amount: i64| Money { amount: Decimal::from(amount), currency: "CNY".to_owned() };
        let row = |target, reached| PlanRow {
            plan: None,
            measure: String::new(),
            month: None,
            of: None,
            target: money(target),
            reached: money(reached),
            count: 0,
            behind: Default::default(),
        };
        assert_eq!(row(300, 100).percent().unwrap().to_string(), "33.3");
        assert_eq!(row(100, 250).percent().unwrap(), Decimal::from(250));
        assert_eq!(row(0, 250).percent(), None);
    }
}
