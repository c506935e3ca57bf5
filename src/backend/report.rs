//! Reports: named sums over records, by one span of days.

use super::Backend;
use crate::contract::error::Error;
use crate::contract::report::{Report, ReportEntry};
use crate::contract::request::{AggregateRequest, AggregateRow, Group, Period};
use crate::domain::filter::narrowed;
use crate::domain::lang::Lang;
use crate::domain::value::Value;
use crate::i18n;
use crate::msg;
use crate::schema::kind::{FormatContext, format};
use crate::schema::model::Schema;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

impl Report {
    /// What the records of a row have in common, in words, outermost first.
    pub fn labels(&self, row: &AggregateRow, schema: &Schema, lang: Lang, zone: &TimeZone) -> Vec<String> {
        let context = FormatContext { lang, zone, titles: &self.groups.titles, schema };
        let object = schema.object(&self.report.object);
        let label = |(group, key): (&Group, &Value)| match (group, key) {
            (_, Value::Empty) => i18n::text(lang, "report-empty"),
            (Group::Period(_, period), Value::Date(first)) => period.text(*first),
            (group, key) => {
                object.and_then(|o| o.field(group.field())).map(|f| format(&f.kind, key, &context)).unwrap_or_default()
            }
        };
        self.report.group.iter().zip(&row.keys).map(label).collect()
    }

    /// The filter of the records behind a row; `None` where a filter can't say what they have in common.
    pub fn behind(&self, row: &AggregateRow) -> Option<String> {
        // The days of the report and those of the row are days of one field: it is named once.
        let mut rest: Vec<&str> = self.filter.split(' ').collect();
        let is_by_date = self.report.group.iter().any(|group| group.field() == self.report.date) && !has_or(&rest);
        let days = rest.iter().position(|part| read_days(&self.report.date, part).is_some() && is_by_date);
        let days = days.and_then(|at| read_days(&self.report.date, rest.remove(at))).unwrap_or_default();
        let test = |(group, key): (&Group, &Value)| {
            let field = group.field();
            Some(match (group, key) {
                (_, Value::Empty) => format!("{field}=empty"),
                (Group::Period(_, period), Value::Date(first)) if field == self.report.date => {
                    days_within(field, (*first, period.last(*first)), days)
                }
                (Group::Period(_, period), Value::Date(first)) => format!("{field}:{first}..{}", period.last(*first)),
                (_, Value::Choice(key)) => format!("{field}=\"{key}\""),
                (_, Value::Ref(id)) => format!("{field}:{id}"),
                _ => return None,
            })
        };
        let tests: Option<Vec<String>> = self.report.group.iter().zip(&row.keys).map(test).collect();
        Some(narrowed(&tests?.join(" "), &rest.join(" ")))
    }
}

/// Days of a field, as [`Definition::filter`] says them.
fn read_days(field: &str, part: &str) -> Option<(Option<Date>, Option<Date>)> {
    let (from, to) = part.strip_prefix(field)?.strip_prefix(':')?.split_once("..")?;
    let day = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
    Some((day(from)?, day(to)?))
}

/// Whether one of several tests is enough, outside of parentheses.
fn has_or(parts: &[&str]) -> bool {
    let mut depth = 0_i64;
    parts.iter().any(|part| {
        let is_or = depth <= 0 && part.eq_ignore_ascii_case("or");
        depth += part.chars().map(|c| i64::from(c == '(') - i64::from(c == ')')).sum::<i64>();
        is_or
    })
}

/// The days of a row that are days of the report too.
fn days_within(field: &str, (first, last): (Date, Date), (from, to): (Option<Date>, Option<Date>)) -> String {
    format!("{field}:{}..{}", from.map_or(first, |from| from.max(first)), to.map_or(last, |to| to.min(last)))
}

impl Period {
    /// The last day of the one that begins on a day.
    fn last(self, first: Date) -> Date {
        let length: Span = match self {
            Period::Day => 1.day(),
            Period::Week => 1.week(),
            Period::Month => 1.month(),
            Period::Quarter => 3.months(),
            Period::Year => 1.year(),
        };
        first.saturating_add(length).saturating_sub(1.day())
    }

    /// The one that begins on a day: `2026-11`, `2026-Q4`, `2026`; days and weeks by that day.
    fn text(self, first: Date) -> String {
        match self {
            Period::Day | Period::Week => first.to_string(),
            Period::Month => first.strftime("%Y-%m").to_string(),
            Period::Quarter => format!("{}-Q{}", first.year(), (first.month() + 2) / 3),
            Period::Year => first.year().to_string(),
        }
    }
}

struct Definition {
    name: &'static str,
    object: &'static str,
    filter: &'static str,
    date: &'static str,
    group: &'static [(&'static str, Option<Period>)],
    sums: &'static [&'static str],
}

const MONTH: Option<Period> = Some(Period::Month);

const ALL: &[Definition] = &[
    Definition {
        name: "funnel",
        object: "opportunity",
        filter: "",
        date: "opened",
        group: &[("pipeline", None), ("stage", None)],
        sums: &["amount", "weighted"],
    },
    Definition {
        name: "forecast",
        object: "opportunity",
        filter: "status:open",
        date: "close_date",
        group: &[("close_date", MONTH)],
        sums: &["amount", "weighted"],
    },
    Definition {
        name: "won",
        object: "opportunity",
        filter: "status:won",
        date: "close_date",
        group: &[("close_date", MONTH)],
        sums: &["amount"],
    },
    Definition {
        name: "lost",
        object: "opportunity",
        filter: "status:lost",
        date: "close_date",
        group: &[("loss_reason", None)],
        sums: &["amount"],
    },
    Definition {
        name: "leads",
        object: "lead",
        filter: "",
        date: "created_at",
        group: &[("source", None), ("status", None)],
        sums: &[],
    },
    Definition {
        name: "customers",
        object: "customer",
        filter: "",
        date: "created_at",
        group: &[("level", None)],
        sums: &[],
    },
    Definition {
        name: "activities",
        object: "activity",
        filter: "",
        date: "at",
        group: &[("owner", None), ("kind", None)],
        sums: &[],
    },
    Definition {
        name: "orders",
        object: "order",
        filter: "",
        date: "date",
        group: &[("date", MONTH)],
        sums: &["total_base"],
    },
    Definition {
        name: "payments",
        object: "payment",
        filter: "",
        date: "date",
        group: &[("date", MONTH)],
        sums: &["amount_base"],
    },
    Definition {
        name: "cases",
        object: "case",
        filter: "",
        date: "reported_at",
        group: &[("kind", None), ("status", None)],
        sums: &[],
    },
];

impl Definition {
    /// Whether a schema has all that it is about: own schemas may leave out any of it.
    fn fits(&self, schema: &Schema) -> bool {
        let Some(object) = schema.object(self.object) else { return false };
        let grouped = self.group.iter().map(|(field, _)| *field);
        grouped.chain([self.date]).chain(self.sums.iter().copied()).all(|field| object.field(field).is_some())
    }

    fn entry(&self, lang: Lang) -> ReportEntry {
        let group = |(field, period): &(&str, Option<Period>)| match period {
            Some(period) => Group::Period((*field).to_owned(), *period),
            None => Group::Field((*field).to_owned()),
        };
        ReportEntry {
            name: self.name.to_owned(),
            title: i18n::text(lang, &format!("report-{}", self.name)),
            object: self.object.to_owned(),
            date: self.date.to_owned(),
            group: self.group.iter().map(group).collect(),
            sums: self.sums.iter().map(|&field| field.to_owned()).collect(),
        }
    }

    fn filter(&self, (from, to): (Option<Date>, Option<Date>), own: &str) -> String {
        let mut parts = vec![self.filter.to_owned()];
        if from.is_some() || to.is_some() {
            let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
            parts.push(format!("{}:{}..{}", self.date, day(from), day(to)));
        }
        parts.retain(|part| !part.is_empty());
        narrowed(&parts.join(" "), own)
    }
}

/// The reports that a schema has the objects and fields for.
pub fn reports(schema: &Schema, lang: Lang) -> Vec<ReportEntry> {
    ALL.iter().filter(|report| report.fits(schema)).map(|report| report.entry(lang)).collect()
}

/// A report over the days from one to another, both included, of the records that a filter matches as well.
/// `NotFound` if there is none of that name.
pub async fn report(
    backend: &dyn Backend,
    name: &str,
    days: (Option<Date>, Option<Date>),
    filter: &str,
    lang: Lang,
) -> Result<Report, Error> {
    let schema = backend.schema();
    let found = ALL.iter().find(|report| report.name == name && report.fits(&schema));
    let report = found.ok_or_else(|| Error::NotFound(msg!("api-no-report", name = name)))?;
    let (entry, filter) = (report.entry(lang), report.filter(days, filter));
    let request = AggregateRequest {
        object: entry.object.clone(),
        filter: filter.clone(),
        group: entry.group.clone(),
        sums: entry.sums.clone(),
    };
    Ok(Report { report: entry, filter, groups: backend.aggregate(request).await? })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::contract::request::Aggregate;

    #[test]
    fn every_report_fits_the_built_in_schema_and_has_a_title() {
        let schema = crate::schema::builtin();
        for lang in [Lang::Zh, Lang::En] {
            let all = reports(schema, lang);
            assert_eq!(all.len(), ALL.len());
            assert!(all.iter().all(|report| !report.title.starts_with("report-")), "{all:?}");
        }
    }

    #[test]
    fn what_is_behind_a_row_is_said_by_a_filter_and_in_words() {
        let schema = crate::schema::builtin();
        let of = |name: &str| ALL.iter().find(|report| report.name == name).unwrap().entry(Lang::En);
        let told = |name: &str, keys: &[Value]| {
            let row = AggregateRow { keys: keys.to_vec(), count: 1, sums: Vec::new() };
            let report = Report { report: of(name), filter: "a or b".to_owned(), groups: Aggregate::default() };
            (report.behind(&row), report.labels(&row, schema, Lang::En, &TimeZone::UTC))
        };
        let filter = |text: &str| Some(text.to_owned());
        let month = told("won", &[Value::Date("2026-02-01".parse().unwrap())]);
        assert_eq!(month, (filter("close_date:2026-02-01..2026-02-28 (a or b)"), vec!["2026-02".to_owned()]));
        let of_month = |narrow: &str| {
            let row =
                AggregateRow { keys: vec![Value::Date("2026-02-01".parse().unwrap())], count: 1, sums: Vec::new() };
            Report { report: of("won"), filter: narrow.to_owned(), groups: Aggregate::default() }.behind(&row)
        };
        assert_eq!(
            of_month("status:won close_date:2026-02-10.. (a or b)"),
            filter("close_date:2026-02-10..2026-02-28 (status:won (a or b))"),
            "the field of the days is named once"
        );
        assert_eq!(
            of_month("a or close_date:2026-02-10.."),
            filter("close_date:2026-02-01..2026-02-28 (a or close_date:2026-02-10..)")
        );
        assert_eq!(of_month("close_date:..2026-02-09"), filter("close_date:2026-02-01..2026-02-09"));
        let two = told("cases", &[Value::Choice("repair".to_owned()), Value::Empty]);
        assert_eq!(two.0, filter("kind=\"repair\" status=empty (a or b)"));
        assert_eq!(two.1, ["Repair", "(none)"]);
        assert_eq!(told("leads", &[Value::Text("x".to_owned()), Value::Empty]).0, None);
        let quarter = Period::Quarter;
        assert_eq!(quarter.text("2026-10-01".parse().unwrap()), "2026-Q4");
        assert_eq!(quarter.last("2026-10-01".parse().unwrap()).to_string(), "2026-12-31");
    }

    #[test]
    fn days_and_an_own_filter_narrow_a_report() {
        let won = ALL.iter().find(|report| report.name == "won").unwrap();
        let day = |text: &str| Some(text.parse().unwrap());
        for (from, to, own, expected) in [
            (None, None, "", "status:won"),
            (day("2026-01-01"), None, "", "status:won close_date:2026-01-01.."),
            (None, day("2026-03-31"), " a or b ", "status:won close_date:..2026-03-31 (a or b)"),
            (None, None, "a", "status:won (a)"),
        ] {
            let filter = won.filter((from, to), own);
            assert_eq!(filter, expected);
            assert!(crate::domain::filter::parse(&filter).is_ok());
        }
        let smuggled = won.filter((None, None), "a) or (b");
        assert!(crate::domain::filter::parse(&smuggled).is_err(), "{smuggled}");
    }
}
