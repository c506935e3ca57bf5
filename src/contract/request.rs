//! Requests and answers of the [`Backend`](crate::backend::Backend).

mod act;
mod import;

use super::error::Error;
pub use super::lines::{LineChange, LineSeen, LinesAnswer, LinesRequest};
use crate::domain::id::Id;
use crate::domain::journal::Entry;
use crate::domain::message::{FieldError, Message};
use crate::domain::record::{Fields, Record, RecordKey, Titles};
use crate::domain::value::{Money, Value};
use crate::schema::model::SortKey;
pub use act::{ActRequest, DoRequest, EachRequest, Offer, Progress, RenumberRequest, Renumbered, Renumbering};
pub use import::{ImportProgress, ImportReport, ImportRequest, ImportRow, OnDuplicate, RejectedRow};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a backend can do beyond reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Capabilities {
    /// Records can be created, changed and deleted.
    pub write: bool,
    /// Changes can be undone.
    pub undo: bool,
    /// Rows can be imported.
    pub import: bool,
}

/// What may not be done with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldBar {
    /// It is not even seen.
    Hidden,
    /// It is seen, and not changed.
    ReadOnly,
}

/// The fields that may not be changed, or not even be seen, by object.
pub type FieldBars = BTreeMap<String, BTreeMap<String, FieldBar>>;

/// Asks for a page of records of one object.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Query {
    /// The object's name.
    pub object: String,
    /// A filter in the filter grammar; empty for all.
    pub filter: String,
    /// The order; empty for the best hits first if the filter has words, else the object's own order.
    /// The id is always the last key.
    pub sort: Vec<SortKey>,
    /// The fields wanted; empty for all.
    pub columns: Vec<String>,
    /// Where the page starts.
    pub from: From,
    /// The most rows, 1 to 1,000.
    pub limit: usize,
}

/// Where a page starts. Pages are found by key, never by counting rows off.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// The first rows.
    #[default]
    Start,
    /// The last rows (given in list order).
    End,
    /// The rows after one.
    After(Cursor),
    /// The rows before one (given in list order).
    Before(Cursor),
    /// A row itself and those after it: for showing a page again.
    At(Cursor),
    /// A record and the rows after it, wherever it stands in the order; the rows from where it would stand if the
    /// filter leaves it out, and the first rows if there is no such record.
    Record(Id),
}

/// The place of a row in a list, opaque to the faces.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Cursor(pub String);

/// A page of records, in list order.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// Titles of the records that the rows refer to.
    pub titles: Titles,
    /// Whether there are rows before the first.
    pub more_before: bool,
    /// Whether there are rows after the last.
    pub more_after: bool,
}

/// A record in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Row {
    /// The record, with the fields asked for.
    pub record: Record,
    /// Its place.
    pub cursor: Cursor,
}

/// Asks for a number of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CountRequest {
    /// The object's name.
    pub object: String,
    /// A filter; empty for all.
    pub filter: String,
    /// Count no further than this.
    pub cap: u64,
}

/// A number of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Count {
    /// How many.
    pub value: u64,
    /// There are more than that.
    pub capped: bool,
}

/// Asks for groups of records with their number and sums.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct AggregateRequest {
    /// The object's name.
    pub object: String,
    /// A filter; empty for all.
    pub filter: String,
    /// What the records are put together by, outermost first; empty for one group of all.
    pub group: Vec<Group>,
    /// The number and money fields to add up.
    pub sums: Vec<String>,
}

/// What records are put together by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The value of a field that holds one: a choice, reference, text, date, number, yes or no.
    Field(String),
    /// The period in which a date or time falls, in the user's zone.
    Period(String, Period),
}

impl Group {
    /// The field's name.
    pub fn field(&self) -> &str {
        match self {
            Group::Field(field) | Group::Period(field, _) => field,
        }
    }
}

/// A period of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// One day.
    Day,
    /// From Monday to Sunday.
    Week,
    /// A month.
    Month,
    /// Three months, from January, April, July or October.
    Quarter,
    /// A year.
    Year,
}

/// Groups of records.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Aggregate {
    /// In the order of the groups: dictionary items in the dictionary's order, what is empty last.
    pub rows: Vec<AggregateRow>,
    /// Titles of the records among the keys.
    pub titles: Titles,
    /// There are more groups than an answer holds.
    pub more: bool,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct AggregateRow {
    /// What its records have in common, in the order of the groups asked for; a period by its first day.
    pub keys: Vec<Value>,
    /// How many records it has.
    pub count: u64,
    /// The sums, in the order asked for.
    pub sums: Vec<Sum>,
}

/// The exact sum of a field. Amounts of different currencies are never added as if they were the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Sum {
    /// The sum: of one currency in that currency; of several in the schema's, by its rates. `None` if one of
    /// several has no rate: then only `parts` tell.
    pub total: Option<Decimal>,
    /// The currency of `total`; `None` for plain numbers and where nothing was added.
    pub currency: Option<String>,
    /// The sum of each currency, by currency; empty for plain numbers.
    pub parts: Vec<Money>,
    /// The currencies that have no rate though one was needed.
    pub unrated: Vec<String>,
}

/// A record with what is needed to show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct View {
    /// The record.
    pub record: Record,
    /// Titles of the records it refers to.
    pub titles: Titles,
}

/// Asks for records that match words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// What was typed.
    pub text: String,
    /// The objects to look in; empty for all searchable ones.
    pub objects: Vec<String>,
    /// The most hits.
    pub limit: usize,
}

/// Ranked hits.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SearchAnswer {
    /// Best first.
    pub hits: Vec<Hit>,
    /// Whether the index covers everything yet; while it is being built the hits are what could be found in time.
    pub complete: bool,
}

/// A hit of the search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Hit {
    /// The record.
    pub key: RecordKey,
    /// Its title.
    pub title: String,
    /// Its code, or empty.
    pub code: String,
    /// Its subtitle fields as text.
    pub detail: String,
    /// The matched bytes of the title.
    pub title_matches: Vec<std::ops::Range<usize>>,
    /// The field and text that matched, where the title didn't, with the matched bytes.
    pub other_match: Option<(String, String, Vec<std::ops::Range<usize>>)>,
}

/// A record as it stands in a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CheckRequest {
    /// The object's name.
    pub object: String,
    /// The record being edited, or that the action of the form is for; `None` for a new one.
    pub id: Option<Id>,
    /// All values of the form.
    pub fields: Fields,
    /// Also look for candidates for duplicates.
    pub duplicates: bool,
}

/// What the rules say of a record in a form.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct CheckAnswer {
    /// Every error.
    pub errors: Vec<FieldError>,
    /// State of each field by name.
    pub states: BTreeMap<String, FieldState>,
    /// Values that are computed (formulas, the code's preview).
    pub computed: Fields,
    /// Values that follow what was chosen (the price of a product), for fields that the user has not filled by hand;
    /// empty where nothing follows any more.
    pub suggested: Fields,
    /// Titles of records in `computed` and `suggested`.
    pub titles: Titles,
    /// Records that may be the same.
    pub duplicates: Vec<Duplicate>,
    /// What it would come to, for the user to know before it is done.
    pub notes: Vec<Message>,
}

/// How a field stands in a form right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct FieldState {
    /// It is shown.
    pub visible: bool,
    /// A value must be given.
    pub required: bool,
    /// It can't be edited.
    pub read_only: bool,
}

/// A record that may be the same as the one in the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Duplicate {
    /// The record.
    pub key: RecordKey,
    /// Its title.
    pub title: String,
    /// The fields that are alike.
    pub fields: Vec<String>,
}

/// Creates or changes a record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SaveRequest {
    /// The object's name.
    pub object: String,
    /// The record to change, with the version the change was made on; `None` to create.
    pub target: Option<(Id, i64)>,
    /// The changed fields (all given fields of a new record). An empty value empties the field.
    pub changes: Fields,
}

/// A write that is on disk.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Saved {
    /// The written records, the main one first. Deleted ones are not among them.
    pub records: Vec<Record>,
    /// The journal's number of the transaction, 0 if nothing changed.
    pub txn: i64,
    /// How many records were touched.
    pub touched: usize,
    /// Of an action on several records: those that it couldn't be done with. All others are done.
    pub refused: Vec<Refusal>,
    /// What else was decided by rules, to be told.
    pub notes: Vec<Message>,
}

/// A record that an action couldn't be done with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Refusal {
    /// The record.
    pub key: RecordKey,
    /// Its title, or its id.
    pub title: String,
    /// Why not.
    pub why: Error,
}

/// What a deletion would do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct DeletePreview {
    /// Deleted along: object name and number.
    pub cascades: Vec<(String, u64)>,
    /// References emptied: object name and number.
    pub clears: Vec<(String, u64)>,
    /// Records that stand in the way: object name and number. The deletion is refused if there are any.
    pub restricts: Vec<(String, u64)>,
}

/// The name of an action for [`Backend::allowed`](crate::backend::Backend::allowed): `add`, `edit`, `delete`, `log`, `export`, …
pub type ActionName = &'static str;

/// Yes, or no with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Permit {
    /// Allowed.
    Yes,
    /// Not allowed, because …
    No(Message),
}

impl Permit {
    /// The reason of a no.
    pub fn refusal(self) -> Option<Message> {
        match self {
            Permit::Yes => None,
            Permit::No(reason) => Some(reason),
        }
    }
}

/// Asks for journal entries.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct HistoryRequest {
    /// Of one record; `None` for all.
    pub key: Option<RecordKey>,
    /// Entries older than this number; `None` for the newest.
    pub before: Option<i64>,
    /// The most entries.
    pub limit: usize,
}

/// What an undo or redo did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Undone {
    /// The transaction that was taken back or done again.
    pub txn: i64,
    /// The records that were touched, the first few.
    pub records: Vec<RecordKey>,
    /// How many records were touched.
    pub touched: usize,
    /// Object name and title of the first record, for the message.
    pub title: (String, String),
}

/// The signed-in user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Me {
    /// The user's record.
    pub id: Id,
    /// Login name.
    pub login: String,
    /// Display name.
    pub name: String,
}

/// A journal page with what is needed to show it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct History {
    /// Entries, newest first.
    pub entries: Vec<Entry>,
    /// Titles of users and of records in the values.
    pub titles: Titles,
    /// Whether there are older entries.
    pub more: bool,
}
