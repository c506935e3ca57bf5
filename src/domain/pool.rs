//! The days of a pool's rules: one number for all, and others for some levels.

use crate::domain::message::Message;
use crate::msg;
use jiff::ToSpan;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// The most days of a rule: ten years.
pub const DAYS_MAX: i64 = 3_650;

/// After how many days a rule takes a record back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Days {
    /// Of levels that have none of their own; `None` for never.
    pub rest: Option<i64>,
    /// Of some levels; `None` for never.
    pub by: BTreeMap<String, Option<i64>>,
}

impl Days {
    /// Reads the levels' days: `A=14 B=30 C=-`.
    ///
    /// # Errors
    /// Says which part can't be read.
    pub fn read(rest: Option<i64>, by: &str) -> Result<Days, Message> {
        let mut days = Days { rest, by: BTreeMap::new() };
        for part in by.split([' ', ',', ';', '，', '；', '、', '\u{3000}']).filter(|part| !part.is_empty()) {
            let wrong = || msg!("pool-days", text = part, max = DAYS_MAX);
            let (level, number) = part.split_once(['=', ':', '＝', '：']).ok_or_else(wrong)?;
            let number = match number {
                "-" | "－" => None,
                text => Some(text.parse().ok().filter(|days| (1..=DAYS_MAX).contains(days)).ok_or_else(wrong)?),
            };
            if level.is_empty() || days.by.insert(level.to_owned(), number).is_some() {
                return Err(wrong());
            }
        }
        Ok(days)
    }

    /// Whether it ever takes anything back.
    pub fn is_set(&self) -> bool {
        self.rest.is_some() || self.by.values().any(Option::is_some)
    }

    /// The days of a level.
    pub fn of(&self, level: Option<&str>) -> Option<i64> {
        level.and_then(|level| self.by.get(level)).copied().unwrap_or(self.rest)
    }

    /// The same, so many days earlier; never less than none.
    pub fn earlier(&self, by: i64) -> Days {
        let less = |days: &Option<i64>| days.map(|days| (days - by).max(0));
        Days { rest: less(&self.rest), by: self.by.iter().map(|(level, days)| (level.clone(), less(days))).collect() }
    }
}

/// The day on which a record that was idle since a day is taken back.
pub fn due(since: Date, days: i64) -> Date {
    since.saturating_add(days.days())
}

/// The first day that is not yet idle for so many days: what was last touched before it is due today.
pub fn fresh_from(today: Date, days: i64) -> Date {
    today.saturating_sub((days - 1).days())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn levels_have_days_of_their_own_or_none() {
        let days = Days::read(Some(60), "A=14, B=30；D=-").unwrap();
        for (level, expected) in
            [(Some("A"), Some(14)), (Some("B"), Some(30)), (Some("C"), Some(60)), (Some("D"), None), (None, Some(60))]
        {
            assert_eq!(days.of(level), expected, "{level:?}");
        }
        assert_eq!(days.earlier(20).of(Some("A")), Some(0));
        assert!(days.is_set() && !Days::read(None, "A=-").unwrap().is_set() && !Days::default().is_set());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (text, part) in [("A=x", "A=x"), ("A=14 B", "B"), ("A=0", "A=0"), ("A=1 A=2", "A=2"), ("=3", "=3")] {
            let message = Days::read(None, text).unwrap_err();
            assert_eq!((message.key.as_ref(), message.arg("text")), ("pool-days", Some(part)));
        }
    }

    proptest! {
        #[test]
        fn a_record_is_due_exactly_when_its_day_is_before_the_fresh_ones(ago in 0i64..4000, days in 1i64..3650) {
            let today = date(2026, 11, 22);
            let since = today.saturating_sub(ago.days());
            prop_assert_eq!(since < fresh_from(today, days), due(since, days) <= today);
        }
    }
}
