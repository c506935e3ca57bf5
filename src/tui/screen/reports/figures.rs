//! The figures of a report as lines: number, sums and a bar for each group, the whole at the end.

use crate::contract::report::Report;
use crate::contract::request::{AggregateRow, Sum};
use crate::domain::record::Titles;
use crate::domain::value::{Money, Value};
use crate::schema::model::Kind;
use crate::tui::context::Shared;
use crate::tui::pane::figure::short;
use crate::tui::pane::lines::{Line, Part, bar};
use crate::tui::text::Align;
use crate::tui::theme::Role;
use rust_decimal::Decimal;

/// Cells of a label at most, of a number of records, of a sum in short (its name may take more) and exactly, and of a
/// bar at least.
const LABEL: usize = 24;
const COUNT: u16 = 8;
const SHORT: u16 = 9;
const NAME: usize = 15;
const EXACT: u16 = 18;
const BAR: u16 = 10;

/// How wide the columns are.
struct Columns {
    label: u16,
    sum: u16,
    sums: usize,
    bar: u16,
}

impl Columns {
    /// For labels and names of sums that take so many cells at most.
    fn of(labels: usize, names: usize, sums: usize, width: u16) -> Columns {
        let cells = |cells: usize| u16::try_from(cells).unwrap_or(0);
        let label = cells(labels.min(LABEL));
        let left = |sum: u16| width.saturating_sub(label + 1 + COUNT + 1 + cells(sums).saturating_mul(sum + 1));
        let named = cells(names.min(NAME)).max(SHORT);
        let sum = [EXACT, named].into_iter().find(|sum| left(*sum) >= BAR).unwrap_or(SHORT);
        Columns { label, sum, sums, bar: left(sum) }
    }

    fn is_exact(&self) -> bool {
        self.sum == EXACT
    }

    fn parts(&self, label: String, figures: impl IntoIterator<Item = String>, bar: String) -> Vec<Part> {
        let widths = std::iter::once(COUNT).chain(std::iter::repeat_n(self.sum, self.sums));
        let right = |(text, width)| Part { align: Align::Right, ..Part::of(text, width) };
        let mut parts = vec![Part::of(label, self.label)];
        parts.extend(figures.into_iter().zip(widths).map(right));
        parts.push(Part::rest(bar).role(Role::StageOpen));
        parts
    }
}

/// The lines of a report in so many cells.
pub(super) fn lines(report: &Report, width: u16, shared: &Shared) -> Vec<Line> {
    let groups = &report.groups;
    if groups.rows.is_empty() {
        return vec![Line::note(shared.text("report-none"))];
    }
    let measure = shared.glyphs.measure;
    let label_of = |row| report.labels(row, &shared.schema, shared.lang, shared.now.time_zone());
    let labels: Vec<Vec<String>> = groups.rows.iter().map(label_of).collect();
    let total = shared.text("report-total");
    let nested = report.report.group.len() > 1;
    let indent = if nested { "   " } else { " " };
    let own = labels.iter().filter_map(|labels| labels.last()).chain([&total]);
    let longest = own.map(|label| measure.width(label)).max().unwrap_or(0);
    let names: Vec<String> = report.report.sums.iter().map(|name| field_label(report, name, shared)).collect();
    let widest = names.iter().map(|name| measure.width(name)).max().unwrap_or(0);
    let columns = Columns::of(longest + indent.len() + 1, widest, names.len(), width);
    let most = groups.rows.iter().map(weight).max().unwrap_or_default();
    let mut lines = vec![head(names, &columns, shared)];
    let mut outer: &[String] = &[];
    for (row, labels) in groups.rows.iter().zip(&labels) {
        let Some((label, above)) = labels.split_last() else { continue };
        if nested && above != outer {
            let heading = above.join(" / ");
            lines.push(Line { parts: vec![Part::rest(format!(" {heading}")).role(Role::Label)], target: None });
            outer = above;
        }
        let bar = bar_of(weight(row), most, columns.bar.into(), shared);
        let parts = columns.parts(format!("{indent}{label}"), figures(row, &columns, shared), bar);
        let target = report.behind(row).map(|filter| shared.list_of(&report.report.object, &filter));
        lines.push(Line { parts, target });
    }
    if let Some(row) = whole(&groups.rows).filter(|_| groups.rows.len() > 1) {
        let parts = columns.parts(format!(" {total}"), figures(&row, &columns, shared), String::new());
        let target = Some(shared.list_of(&report.report.object, &report.filter));
        lines.extend([Line::empty(), Line { parts, target }]);
    }
    if groups.more {
        lines.push(Line::note(shared.text("report-more")));
    }
    lines
}

fn field_label(report: &Report, name: &str, shared: &Shared) -> String {
    let field = shared.object(&report.report.object).and_then(|object| object.field(name));
    field.map_or_else(|| name.to_owned(), |field| field.label.get(shared.lang).to_owned())
}

fn head(names: Vec<String>, columns: &Columns, shared: &Shared) -> Line {
    let names = std::iter::once(shared.text("report-count")).chain(names);
    let mut parts = columns.parts(String::new(), names, String::new());
    parts.iter_mut().for_each(|part| part.role = Role::Dim);
    Line { parts, target: None }
}

/// What a bar is measured by: the first sum, else the number of records.
fn weight(row: &AggregateRow) -> Decimal {
    match row.sums.first() {
        Some(sum) => sum.total.unwrap_or_default(),
        None => row.count.into(),
    }
}

fn bar_of(weight: Decimal, most: Decimal, width: usize, shared: &Shared) -> String {
    let share = weight.checked_div(most).and_then(|share| f64::try_from(share).ok()).unwrap_or(0.0);
    bar(share, width, shared).trim_end_matches(shared.glyphs.bar_empty).to_owned()
}

fn figures(row: &AggregateRow, columns: &Columns, shared: &Shared) -> Vec<String> {
    let sum = |sum: &Sum| match columns.is_exact() {
        true => exactly(sum, shared),
        false => short(sum, &shared.schema.currency, shared.lang),
    };
    std::iter::once(row.count.to_string()).chain(row.sums.iter().map(sum)).collect()
}

fn exactly(sum: &Sum, shared: &Shared) -> String {
    let money = |money: Money| shared.format(&Kind::Money { min: None }, &Value::Money(money), &Titles::new());
    match (sum.total, &sum.currency) {
        (Some(amount), Some(currency)) => money(Money { amount, currency: currency.clone() }),
        (Some(number), None) => number.normalize().to_string(),
        (None, _) => sum.parts.iter().cloned().map(money).collect::<Vec<_>>().join(" + "),
    }
}

/// All rows together, where their sums can be added.
fn whole(rows: &[AggregateRow]) -> Option<AggregateRow> {
    let (first, rest) = rows.split_first()?;
    let mut whole = AggregateRow { keys: Vec::new(), ..first.clone() };
    for row in rest {
        whole.count += row.count;
        for (sum, more) in whole.sums.iter_mut().zip(&row.sums) {
            *sum = added(sum, more)?;
        }
    }
    Some(whole)
}

/// Two sums of one currency as one; nothing adds to anything.
fn added(one: &Sum, other: &Sum) -> Option<Sum> {
    let is_nothing = |sum: &Sum| sum.total.is_some_and(|total| total.is_zero());
    if one.currency != other.currency {
        return if is_nothing(other) { Some(one.clone()) } else { is_nothing(one).then(|| other.clone()) };
    }
    let total = one.total?.checked_add(other.total?)?;
    Some(Sum { total: Some(total), currency: one.currency.clone(), ..Sum::default() })
}
