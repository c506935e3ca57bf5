//! Pages of records, counts, the board.

use crate::api::condition::Condition;
use crate::contract::request::Aggregate;
use crate::contract::request::Count;
use crate::contract::request::CountRequest;
use crate::contract::request::Cursor;
use crate::contract::request::From as PageFrom;
use crate::contract::request::Page;
use crate::contract::request::Query;
use crate::contract::request::Row;
use crate::domain::id::Id;
use crate::domain::record::Titles;
use crate::schema::model::SortKey;
use serde::{Deserialize, Serialize};

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

/// Several numbers at once.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// What to count, [`MOST_COUNTS`](crate::api::MOST_COUNTS) questions at most.
    pub counts: Vec<CountRequest>,
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

/// Of which days a report is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ReportQuery {
    /// From this day on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<jiff::civil::Date>,
    /// Up to this day, which is included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<jiff::civil::Date>,
    /// A filter over its records.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
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
