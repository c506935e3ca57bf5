//! Ids, values, records and messages: what tcrm talks about. No I/O, no clock, no randomness:
//! time, user and random bits come in as arguments.

pub mod capital_amount;
pub mod decimal_text;
pub mod event;
pub mod filter;
pub mod fold;
pub mod formula;
pub mod id;
pub mod id_set;
pub mod instalment;
pub mod journal;
pub mod lang;
pub mod message;
pub mod numeral;
pub mod password;
pub mod pool;
pub mod quick_log;
pub mod record;
pub mod recurrence;
pub mod span;
pub mod value;
pub mod when;
pub mod workflow;
