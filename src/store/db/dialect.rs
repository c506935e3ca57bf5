//! Where the SQL of the two databases differs. Statements are built by sea-query for either; what it has no words
//! for stands here, once for each.

use crate::contract::request::Period;
use sea_query::{Expr, PostgresQueryBuilder, SelectStatement, SqliteQueryBuilder, Value, Values};

/// In whose SQL a statement is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::store) enum Dialect {
    /// SQLite's.
    #[default]
    Sqlite,
    /// PostgreSQL's.
    Postgres,
}

/// PostgreSQL cuts longer names off.
const LONGEST_NAME: usize = 63;

impl Dialect {
    /// A statement with its values.
    pub(in crate::store) fn build(self, select: &SelectStatement) -> (String, Values) {
        match self {
            Dialect::Sqlite => select.build(SqliteQueryBuilder),
            Dialect::Postgres => select.build(PostgresQueryBuilder),
        }
    }

    /// A statement with its values in its text.
    pub(in crate::store) fn text(self, select: &SelectStatement) -> String {
        match self {
            Dialect::Sqlite => select.to_string(SqliteQueryBuilder),
            Dialect::Postgres => select.to_string(PostgresQueryBuilder),
        }
    }

    /// An expression in which `?` stands for the values, one after the other.
    pub(in crate::store) fn with_values<V: Into<Value>>(self, sql: &str, values: impl IntoIterator<Item = V>) -> Expr {
        Expr::cust_with_values(self.marked(sql), values)
    }

    /// An expression in which `?` stands for other expressions.
    pub(in crate::store) fn with_exprs(self, sql: &str, exprs: impl IntoIterator<Item = Expr>) -> Expr {
        Expr::cust_with_exprs(self.marked(sql), exprs)
    }

    /// The mark by which sea-query knows the place of a value.
    fn marked(self, sql: &str) -> String {
        match self {
            Dialect::Sqlite => sql.to_owned(),
            Dialect::Postgres => sql.replace('?', "$"),
        }
    }

    /// An expression is one of many numbers, given as one text, so that the statement is the same for any number.
    pub(in crate::store) fn is_one_of(self, expr: &str, numbers: &[i64]) -> Expr {
        let mut list = String::with_capacity(numbers.len() * 20 + 2);
        for (at, number) in numbers.iter().enumerate() {
            if at > 0 {
                list.push(',');
            }
            list.push_str(&number.to_string());
        }
        match self {
            Dialect::Sqlite => {
                let sql = format!("{expr} IN (SELECT e.value FROM json_each(?) e)");
                self.with_values(&sql, [format!("[{list}]")])
            }
            Dialect::Postgres => {
                self.with_values(&format!("{expr} = ANY(CAST(string_to_array(?, ',') AS bigint[]))"), [list])
            }
        }
    }

    /// The items of a column with a JSON array as a table `e` with a column `value`.
    pub(in crate::store) fn items(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("json_each({column}) e"),
            Dialect::Postgres => format!("jsonb_array_elements_text(CAST({column} AS jsonb)) e(value)"),
        }
    }

    /// An item of [`Dialect::items`] as a number.
    pub(in crate::store) fn item_number(self) -> &'static str {
        match self {
            Dialect::Sqlite => "e.value",
            Dialect::Postgres => "CAST(e.value AS bigint)",
        }
    }

    /// A member of an item of [`Dialect::items`].
    pub(in crate::store) fn item_member(self, name: &str) -> String {
        match self {
            Dialect::Sqlite => format!("json_extract(e.value, '$.{name}')"),
            Dialect::Postgres => format!("(CAST(e.value AS jsonb) ->> '{name}')"),
        }
    }

    /// The type of whole numbers of 64 bits.
    pub(in crate::store) fn integer(self) -> &'static str {
        match self {
            Dialect::Sqlite => "INTEGER",
            Dialect::Postgres => "BIGINT",
        }
    }

    /// The type of texts that differ byte by byte.
    pub(in crate::store) fn text_type(self) -> &'static str {
        match self {
            Dialect::Sqlite => "TEXT",
            Dialect::Postgres => "TEXT COLLATE \"C\"",
        }
    }

    /// The type of texts that are the same whatever the case of their ASCII letters. PostgreSQL compares them by
    /// [`Dialect::alike`], so that order and equality are SQLite's NOCASE on every engine that speaks its language.
    pub(in crate::store) fn loose_text_type(self) -> &'static str {
        match self {
            Dialect::Sqlite => "TEXT COLLATE NOCASE",
            Dialect::Postgres => "TEXT COLLATE \"C\"",
        }
    }

    /// What a text of [`Dialect::loose_text_type`], or a value that it is compared with, is compared by.
    pub(in crate::store) fn alike(self, expr: &str) -> String {
        match self {
            Dialect::Sqlite => expr.to_owned(),
            Dialect::Postgres => format!("lower({expr})"),
        }
    }

    /// The test that a plain text column equals a value, ASCII letters in any case.
    pub(in crate::store) fn is_alike(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("{column} = ? COLLATE NOCASE"),
            Dialect::Postgres => format!("lower({column}) = lower(?)"),
        }
    }

    /// A text as its bytes are.
    pub(in crate::store) fn exact(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("{column} COLLATE BINARY"),
            Dialect::Postgres => column.to_owned(),
        }
    }

    /// The sum of whole numbers, as one.
    pub(in crate::store) fn sum(self, expr: &str) -> String {
        match self {
            Dialect::Sqlite => format!("sum({expr})"),
            Dialect::Postgres => format!("CAST(sum({expr}) AS bigint)"),
        }
    }

    /// How many rows meet a condition.
    pub(in crate::store) fn number_of(self, condition: &str) -> String {
        self.sum(&format!("CASE WHEN {condition} THEN 1 ELSE 0 END"))
    }

    /// The greatest of several expressions, none of them empty.
    pub(in crate::store) fn greatest(self, parts: &str) -> String {
        match self {
            Dialect::Sqlite => format!("max({parts})"),
            Dialect::Postgres => format!("greatest({parts})"),
        }
    }

    /// An expression as a part of an index.
    pub(in crate::store) fn case(self, case: String) -> String {
        match self {
            Dialect::Sqlite => case,
            Dialect::Postgres => format!("({case})"),
        }
    }

    /// A hash that may not be there as bytes.
    pub(in crate::store) fn bytes_or_none(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("coalesce({column}, x'')"),
            Dialect::Postgres => format!("coalesce({column}, CAST('' AS bytea))"),
        }
    }

    /// The keys of drafts among the settings.
    pub(in crate::store) fn is_draft(self) -> &'static str {
        match self {
            Dialect::Sqlite => "key GLOB 'draft[./:]*'",
            Dialect::Postgres => "substr(key, 1, 6) IN ('draft.', 'draft/', 'draft:')",
        }
    }

    /// The test that a text holds another.
    pub(in crate::store) fn holds(self, column: &str) -> String {
        match self {
            Dialect::Sqlite => format!("instr({column}, ?)"),
            Dialect::Postgres => format!("strpos({column}, ?) > 0"),
        }
    }

    /// The test that a text of a JSON object has a member, and the value by which it is asked for.
    pub(in crate::store) fn has_member(self, column: &str, member: &str) -> (String, String) {
        match self {
            Dialect::Sqlite => (format!("json_type({column}, ?) IS NOT NULL"), format!("$.\"{member}\"")),
            Dialect::Postgres => (format!("(CAST({column} AS jsonb) -> ?) IS NOT NULL"), member.to_owned()),
        }
    }

    /// A join that is done in the order in which it is written, where that can be said.
    pub(in crate::store) fn then_join(self) -> &'static str {
        match self {
            Dialect::Sqlite => "CROSS JOIN",
            Dialect::Postgres => "JOIN",
        }
    }

    /// A name that isn't longer than the database has them: a long one ends in digits that stand for it.
    pub(in crate::store) fn name(self, name: String) -> String {
        if self == Dialect::Sqlite || name.len() <= LONGEST_NAME {
            return name;
        }
        let digits = name
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut end = LONGEST_NAME - 17;
        while !name.is_char_boundary(end) {
            end -= 1;
        }
        format!("{}_{digits:016x}", name.get(..end).unwrap_or_default())
    }

    /// The first day of the period in which a day falls; weeks begin on Monday.
    pub(in crate::store) fn first_day(self, day: &str, period: Period) -> String {
        match (period, self) {
            (Period::Day, _) => day.to_owned(),
            (Period::Week, Dialect::Sqlite) => format!("date({day}, 'weekday 0', '-6 days')"),
            (Period::Week, Dialect::Postgres) => {
                format!("to_char(date_trunc('week', CAST({day} AS timestamp)), 'YYYY-MM-DD')")
            }
            (Period::Month, _) => format!("substr({day}, 1, 8) || '01'"),
            (Period::Quarter, Dialect::Sqlite) => {
                let month = format!("(CAST(substr({day}, 6, 2) AS INTEGER) - 1) / 3 * 3 + 1");
                format!("substr({day}, 1, 5) || printf('%02d-01', {month})")
            }
            (Period::Quarter, Dialect::Postgres) => {
                format!("to_char(date_trunc('quarter', CAST({day} AS timestamp)), 'YYYY-MM-DD')")
            }
            (Period::Year, _) => format!("substr({day}, 1, 5) || '01-01'"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_stay_apart() {
        let long = |end: &str| format!("{}{end}", "订单明细".repeat(8));
        let (one, other) = (Dialect::Postgres.name(long("a")), Dialect::Postgres.name(long("b")));
        assert_ne!(one, other);
        assert!(one.len() <= LONGEST_NAME && other.len() <= LONGEST_NAME, "{one} {other}");
        assert_eq!(Dialect::Postgres.name("customer__code".to_owned()), "customer__code");
        assert_eq!(Dialect::Sqlite.name(long("a")), long("a"));
    }
}
