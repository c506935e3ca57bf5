//! What goes over the wire beside the types of the [`Backend`](crate::backend::Backend).

use super::condition::Condition;
use crate::backend::Me;
use crate::backend::problem::Problem;
use crate::backend::request::{
    Aggregate, Capabilities, Count, Cursor, DoRequest, FieldBars, From as PageFrom, ImportProgress, ImportReport,
    ImportRow, OnDuplicate, Page, Query, RejectedRow, Row, Saved,
};
use crate::domain::id::Id;
use crate::domain::journal::Deed as Done;
use crate::domain::record::{Fields, RecordKey, Titles};
use crate::schema::model::{Schema, SortKey};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;

/// Nothing: no query, no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Nothing {}

impl<'de> Deserialize<'de> for Nothing {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Nothing, D::Error> {
        serde::de::IgnoredAny::deserialize(from).map(|_| Nothing {})
    }
}

/// Bytes that are no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Raw {}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Read what the user may read, and keep settings of one's own.
    Read,
    /// Create, change, delete, act.
    Write,
    /// Keys, backups, what is wrong with the data.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 3] = [Scope::Read, Scope::Write, Scope::Admin];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Scope::Read => "read",
            Scope::Write => "write",
            Scope::Admin => "admin",
        }
    }

    /// The scope of a name.
    pub fn of(name: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// Who wants to sign in.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SignInRequest {
    /// The login; none where a server lets anybody in.
    pub login: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// What the token is for, for the list of keys: the machine's name.
    pub label: String,
    /// What the token is to be good for; everything if nothing is said.
    pub scopes: Vec<Scope>,
}

impl std::fmt::Debug for SignInRequest {
    /// Without the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignInRequest").field("login", &self.login).field("label", &self.label).finish_non_exhaustive()
    }
}

/// A session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct SignedIn {
    /// What `Authorization: Bearer` takes.
    pub token: String,
    /// Until when it is good.
    pub expires_at: Timestamp,
    /// Who is signed in; nobody in particular where a server lets anybody in.
    pub me: Option<Me>,
}

impl std::fmt::Debug for SignedIn {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("me", &self.me).finish_non_exhaustive()
    }
}

/// Who is signed in, and what can be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Standing {
    /// The user; nobody in particular where a server lets anybody in.
    pub me: Option<Me>,
    /// What the backend can do.
    pub capabilities: Capabilities,
    /// What the token is good for.
    pub scopes: Vec<Scope>,
    /// The version of the schema in force: its ETag without quotes.
    pub schema: String,
    /// The version of tcrm that answers.
    pub server: String,
    /// What the data is called: the store's name.
    pub name: String,
}

/// For each object what the user may do with its records: the operations that are allowed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ObjectRights {
    /// By object: of `view`, `add`, `edit`, `delete`, `import`, `export`, `bulk` those that are allowed at all.
    pub objects: BTreeMap<String, Vec<String>>,
    /// By object: the fields that may not be changed, or not even be seen.
    #[serde(default)]
    pub fields: FieldBars,
}

/// An API key as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ApiKey {
    /// Its number.
    pub key: i64,
    /// What it is for.
    pub label: String,
    /// What it is good for.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good; `null` for ever.
    pub expires_at: Option<Timestamp>,
    /// It is a session's: signing out ends it.
    pub session: bool,
}

/// Asks for an API key.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct KeyRequest {
    /// What it is for.
    pub label: String,
    /// What it is to be good for.
    pub scopes: Vec<Scope>,
    /// For how many days it is good; for ever if nothing is said.
    pub days: Option<u32>,
}

/// A new key: told only now.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct NewKey {
    /// What `Authorization: Bearer` takes.
    pub token: String,
    /// The key as it will be listed.
    pub key: ApiKey,
}

impl std::fmt::Debug for NewKey {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKey").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The schema of a store, as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AnySchema(pub Schema);

/// Which records, in which order, from where.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct RecordsQuery {
    /// A filter in the filter grammar; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Fields to sort by, separated by commas, `-` for the greatest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// The fields wanted, separated by commas; none for all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fields: Option<String>,
    /// The most rows, 1 to 1,000; 50 if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Rows after this cursor.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Rows before this cursor, in list order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The row of this cursor and those after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// A record and the rows after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<Id>,
    /// The last rows.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub end: bool,
    /// Count as well, but no further than this (100,000 at most).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
}

/// The rows of a page where nothing is said.
const USUAL_ROWS: usize = 50;

impl RecordsQuery {
    /// The wire's form of a query.
    pub fn of(query: &Query) -> RecordsQuery {
        let text = |text: String| Some(text).filter(|text| !text.is_empty());
        let key = |key: &SortKey| format!("{}{}", if key.descending { "-" } else { "" }, key.field);
        let mut wire = RecordsQuery {
            filter: text(query.filter.clone()),
            sort: text(query.sort.iter().map(key).collect::<Vec<_>>().join(",")),
            fields: text(query.columns.join(",")),
            limit: Some(query.limit),
            ..RecordsQuery::default()
        };
        match &query.from {
            PageFrom::Start => {}
            PageFrom::End => wire.end = true,
            PageFrom::After(cursor) => wire.after = Some(cursor.0.clone()),
            PageFrom::Before(cursor) => wire.before = Some(cursor.0.clone()),
            PageFrom::At(cursor) => wire.at = Some(cursor.0.clone()),
            PageFrom::Record(id) => wire.record = Some(*id),
        }
        wire
    }

    /// The backend's form of it.
    pub fn query(self, object: &str) -> Query {
        let parts = |text: Option<String>| -> Vec<String> {
            let text = text.unwrap_or_default();
            text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let key = |text: String| match text.strip_prefix('-') {
            Some(field) => SortKey { field: field.to_owned(), descending: true },
            None => SortKey { field: text, descending: false },
        };
        let from = match (self.after, self.before, self.at, self.record, self.end) {
            (Some(cursor), ..) => PageFrom::After(Cursor(cursor)),
            (_, Some(cursor), ..) => PageFrom::Before(Cursor(cursor)),
            (_, _, Some(cursor), ..) => PageFrom::At(Cursor(cursor)),
            (_, _, _, Some(id), _) => PageFrom::Record(id),
            (_, _, _, _, true) => PageFrom::End,
            _ => PageFrom::Start,
        };
        Query {
            object: object.to_owned(),
            filter: self.filter.unwrap_or_default(),
            sort: parts(self.sort).into_iter().map(key).collect(),
            columns: parts(self.fields),
            from,
            limit: self.limit.unwrap_or(USUAL_ROWS),
        }
    }
}

/// A query by the typed form of a filter.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TypedQuery {
    /// The condition; none for all.
    pub filter: Option<Condition>,
    /// Fields to sort by.
    pub sort: Vec<SortKey>,
    /// The fields wanted; none for all.
    pub fields: Vec<String>,
    /// Where the page starts.
    pub from: PageFrom,
    /// The most rows, 1 to 1,000; 50 if nothing is said.
    pub limit: Option<usize>,
    /// Count as well, but no further than this (100,000 at most).
    pub count: Option<u64>,
}

impl TypedQuery {
    /// The backend's form of it.
    pub fn query(self, object: &str) -> Query {
        Query {
            object: object.to_owned(),
            filter: self.filter.map(|condition| condition.expr().to_string()).unwrap_or_default(),
            sort: self.sort,
            columns: self.fields,
            from: self.from,
            limit: self.limit.unwrap_or(USUAL_ROWS),
        }
    }
}

/// A page of records.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Records {
    /// The rows, in list order.
    pub rows: Vec<Row>,
    /// Titles of the records that the rows refer to.
    pub titles: Titles,
    /// Whether there are rows before the first.
    pub more_before: bool,
    /// Whether there are rows after the last.
    pub more_after: bool,
    /// How many records match, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
}

impl Records {
    /// A page with or without a number.
    pub fn new(page: Page, count: Option<Count>) -> Records {
        let Page { rows, titles, more_before, more_after } = page;
        Records { rows, titles, more_before, more_after, count }
    }

    /// The page.
    pub fn page(self) -> Page {
        Page { rows: self.rows, titles: self.titles, more_before: self.more_before, more_after: self.more_after }
    }
}

/// Which records to count.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct CountQuery {
    /// A filter; none for all.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// Count no further than this; 10,000 if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cap: Option<u64>,
}

/// What a person means.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct TextQuery {
    /// An id, a code or an exact name.
    pub text: String,
}

/// The record that was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Resolved {
    /// Its id.
    pub id: Id,
}

/// A new record.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Creation {
    /// An id of the client's own making; the server makes one if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The fields by name.
    pub fields: Fields,
}

/// Several records.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The records.
    pub keys: Vec<RecordKey>,
}

/// Changed fields.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Change {
    /// The fields by name; `null` empties one.
    pub fields: Fields,
}

/// Several writes.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// The writes in order, 1,000 at most.
    pub operations: Vec<Operation>,
}

/// One write of a batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// Creates a record.
    Create {
        /// The object's name.
        object: String,
        /// An id of the client's own making.
        #[serde(default)]
        id: Option<Id>,
        /// The fields by name.
        fields: Fields,
    },
    /// Changes a record.
    Change {
        /// The object's name.
        object: String,
        /// The record.
        id: Id,
        /// The version that the change was made on.
        version: i64,
        /// The fields by name; `null` empties one.
        fields: Fields,
    },
    /// Deletes a record.
    Delete(RecordKey),
    /// Does an action of the schema.
    Do(DoRequest),
}

/// The results of a batch.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct BatchAnswer {
    /// One for each operation, in order.
    pub results: Vec<Outcome>,
}

/// What became of one write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is on disk.
    Saved(Saved),
    /// It was refused.
    Failed(Box<Problem>),
}

/// What somebody wants to do.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct AllowedQuery {
    /// `add`, `edit`, `delete`, `export`, `import`, `log`, `bulk`, `view`, or an action of the schema.
    pub action: String,
    /// The record; none for the object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
}

/// Whose rights.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct WhyQuery {
    /// The user.
    pub user: Option<Id>,
}

/// An action of the schema on the record of the path.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Deed {
    /// The arguments: the fields of the action's form.
    pub fields: Fields,
    /// Why or how, in words.
    pub comment: String,
    /// The version of the record that it was decided on; a newer one is a conflict.
    pub version: Option<i64>,
}

/// Which entries of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct OfQuery {
    /// A form (`schema/dictionary`), or the path of an entry (`objects.customer`).
    pub of: String,
}

/// Whether a loss of data is meant.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct LossQuery {
    /// It is.
    pub allow_loss: bool,
}

/// A schema's TOML.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SchemaText {
    /// The text; `null` for the changes that wait.
    pub text: Option<String>,
}

/// Which board.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct BoardQuery {
    /// The pipeline's name; the first one if none is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    /// A filter over its deals.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// The most cards of each stage, 0 to 100; 30 if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cards: Option<usize>,
}

/// A board.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Board {
    /// The pipeline's name.
    pub pipeline: String,
    /// Number, sum and weighted sum of each stage that has deals.
    pub stages: Aggregate,
    /// The first cards of each open stage, in the pipeline's order.
    pub cards: Vec<Records>,
}

/// Which settings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PrefixQuery {
    /// What their keys begin with.
    pub prefix: String,
}

/// A setting of the user's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Setting {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// A setting to be kept, or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SettingChange {
    /// Its key.
    pub key: String,
    /// Its value; `null` removes it.
    pub value: Option<String>,
}

/// An import before its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportPlan {
    /// The object's name.
    pub object: String,
    /// For each column of the file the field it goes to; `null` to leave it out.
    pub mapping: Vec<Option<String>>,
    /// About how many rows will come; 0 where nobody knows.
    #[serde(default)]
    pub expected: u64,
    /// What to do with records that are there already.
    #[serde(default)]
    pub on_duplicate: OnDuplicate,
    /// Check everything, write nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Create missing referenced records that have nothing but a name to give.
    #[serde(default)]
    pub create_references: bool,
}

/// Rows of an import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ImportRows {
    /// The rows, texts as they stand in the file.
    pub rows: Vec<ImportRow>,
    /// These are the last ones.
    #[serde(default)]
    pub last: bool,
}

/// Asks for an import's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ImportQuery {
    /// Answer when it has ended, or after this many seconds (30 at most).
    pub wait: u64,
}

/// How far an import is.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ImportState {
    /// The job's number.
    pub id: u64,
    /// The number of the next rows, from 0.
    pub next: u64,
    /// How far it is.
    pub progress: ImportProgress,
    /// Rows that were rejected since this was told last.
    pub rejected: Vec<RejectedRow>,
    /// What it did, when it has ended.
    pub report: Option<ImportReport>,
    /// Why it failed.
    pub problem: Option<Box<Problem>>,
}

/// The name of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NameQuery {
    /// Its name, without folders.
    pub name: String,
}

/// Which file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FileQuery {
    /// The name it was attached under.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
}

/// A place on the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Place {
    /// The path.
    pub path: String,
}

/// Where to go on with the changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ChangesQuery {
    /// The last number that is known; none to be told the newest one only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<i64>,
    /// The most changes, 1 to 1,000; 200 if nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// What changed, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Changes {
    /// The changes of records that the user may see.
    pub changes: Vec<Changed>,
    /// The number to go on with.
    pub next: i64,
    /// There are more.
    pub more: bool,
}

/// A change of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Changed {
    /// Its number in the journal.
    pub seq: i64,
    /// The transaction.
    pub txn: i64,
    /// When.
    pub at: Timestamp,
    /// The record.
    pub key: RecordKey,
    /// The record's version after it.
    pub version: i64,
    /// What was done; `delete` is a tombstone.
    pub deed: Done,
    /// The fields that changed.
    pub fields: Vec<String>,
}

#[cfg(test)]
mod described {
    use super::AnySchema;
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    impl JsonSchema for AnySchema {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Schema".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "type": "object",
                "description": "Objects with their fields, dictionaries, pipelines and rules, as `tcrm schema show --json` \
                    prints them.",
                "properties": {
                    "objects": { "type": "array", "items": { "type": "object" } },
                    "dictionaries": { "type": "object" },
                    "currency": { "type": "string" },
                },
                "required": ["objects", "dictionaries", "currency"],
            })
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn a_query_survives_the_address_line() {
        let id = Id::from_i64(9).unwrap();
        let sort = vec![SortKey { field: "name".into(), descending: true }];
        let base = Query { object: "customer".into(), limit: 7, ..Query::default() };
        for query in [
            base.clone(),
            Query {
                filter: "城市:北京 & a=b \"x, y\"".into(),
                sort,
                columns: vec!["a".into(), "b".into()],
                ..base.clone()
            },
            Query { from: PageFrom::End, ..base.clone() },
            Query { from: PageFrom::After(Cursor("a+b/=&".into())), ..base.clone() },
            Query { from: PageFrom::Before(Cursor("中".into())), ..base.clone() },
            Query { from: PageFrom::At(Cursor("x".into())), ..base.clone() },
            Query { from: PageFrom::Record(id), ..base.clone() },
        ] {
            let text = serde_urlencoded::to_string(RecordsQuery::of(&query)).unwrap();
            let read: RecordsQuery = serde_urlencoded::from_str(&text).unwrap();
            assert_eq!(read.query("customer"), query, "{text}");
        }
    }
}
