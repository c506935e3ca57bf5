//! Date and datetime.

use crate::domain::message::Message;
use crate::domain::value::Value;
use crate::domain::when::{self, WhenError};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// A day; a time of midnight behind it, as spreadsheets write it, is forgiven.
pub(super) fn parse_date(text: &str, now: &Zoned) -> Result<Value, Message> {
    match when::parse_date(text, now.date()) {
        Ok(date) => Ok(Value::Date(date)),
        Err(error @ WhenError::NotADay) => match when::parse_datetime(text, now) {
            Ok(at) if at.time() == jiff::civil::Time::midnight() => Ok(Value::Date(at.date())),
            _ => Err(error.message()),
        },
        Err(error) => Err(error.message()),
    }
}

pub(super) fn parse_datetime(text: &str, now: &Zoned) -> Result<Value, Message> {
    when::parse_datetime(text, now).map(|at| Value::DateTime(at.timestamp())).map_err(|error| error.message())
}

/// To the minute, in the user's zone.
pub(super) fn format_datetime(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
}

/// To the minute where it is a whole one, else exact.
pub(super) fn plain_datetime(at: Timestamp, zone: &TimeZone) -> String {
    let local = at.to_zoned(zone.clone());
    let unambiguous = local.datetime().to_zoned(zone.clone()).is_ok_and(|back| back.timestamp() == at);
    if unambiguous && local.second() == 0 && local.subsec_nanosecond() == 0 {
        format_datetime(at, zone)
    } else {
        at.to_string()
    }
}
