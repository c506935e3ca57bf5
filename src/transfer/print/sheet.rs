//! A sheet made of records.

use super::{Column, Sheet};
use crate::domain::capital_amount::capitals;
use crate::domain::lang::Lang;
use crate::domain::record::{Record, Titles};
use crate::domain::value::Value;
use crate::i18n;
use crate::schema::kind::{self, FormatContext};
use crate::schema::model::{Object, Schema};
use jiff::tz::TimeZone;

/// What of the document itself stands above the lines.
const FACTS: [&str; 13] = [
    "customer",
    "contact",
    "subject",
    "name",
    "date",
    "valid_until",
    "signed_on",
    "start",
    "end",
    "delivery_date",
    "delivery_address",
    "owner",
    "currency",
];
/// Columns of the lines; those that are empty in all of them are left out.
const COLUMNS: [&str; 8] = ["name", "quantity", "unit", "price", "discount", "tax_rate", "gross", "remark"];
const SUMS: [&str; 5] = ["net", "tax", "gross", "discount", "total"];
const TERMS: [&str; 3] = ["payment_terms", "delivery_terms", "terms"];
const COMPANY: [&str; 8] = ["address", "phone", "fax", "email", "website", "tax_number", "bank", "bank_account"];

/// The records of a document.
#[derive(Debug, Clone, Copy)]
pub struct Papers<'a> {
    /// The schema they belong to.
    pub schema: &'a Schema,
    /// The document.
    pub document: &'a Record,
    /// Its lines in order.
    pub lines: &'a [Record],
    /// The own company, if it is entered.
    pub company: Option<&'a Record>,
    /// Titles of what the records refer to.
    pub titles: &'a Titles,
}

/// Makes the sheet of a document in a language.
pub fn sheet(papers: &Papers<'_>, lang: Lang, zone: &TimeZone) -> Sheet {
    let look = FormatContext { lang, zone, titles: papers.titles, schema: papers.schema };
    let page = Page { papers, lang, look };
    let object = papers.schema.object(&papers.document.object);
    let lines = papers.lines.first().and_then(|l| papers.schema.object(&l.object));
    let columns: Vec<&str> = COLUMNS.into_iter().filter(|c| page.is_used(c)).collect();
    let number = std::iter::once(Column { label: i18n::text(lang, "print-number"), right: true });
    let column = |name: &&str| {
        let field = lines.and_then(|o| o.field(name));
        let label = field.map_or((*name).to_owned(), |f| f.label.get(lang).to_owned());
        Column { label, right: field.is_some_and(|f| kind::is_right_aligned(&f.kind)) }
    };
    let cells = |(at, line): (usize, &Record)| {
        let own = columns.iter().map(|name| page.value(lines, line, name));
        std::iter::once((at + 1).to_string()).chain(own).collect()
    };
    let company = papers.company;
    let companies = papers.schema.object("own_company");
    let name = |field: &str| company.map(|c| page.value(companies, c, field)).filter(|n| !n.is_empty());
    let english = if lang == Lang::En { name("english_name") } else { None };
    Sheet {
        lang,
        title: object.map_or(papers.document.object.clone(), |o| o.label.get(lang).to_owned()),
        code: page.value(object, papers.document, "code"),
        company: english.or_else(|| name("name")).unwrap_or_default(),
        company_facts: company.map(|c| page.facts(companies, c, &COMPANY)).unwrap_or_default(),
        facts: page.facts(object, papers.document, &FACTS),
        columns: number.chain(columns.iter().map(column)).collect(),
        lines: papers.lines.iter().enumerate().map(cells).collect(),
        sums: page.facts(object, papers.document, &SUMS),
        in_words: page.in_words(),
        terms: page.facts(object, papers.document, &TERMS),
        signatures: ["print-seller", "print-buyer"].map(|key| i18n::text(lang, key)).to_vec(),
    }
}

struct Page<'a> {
    papers: &'a Papers<'a>,
    lang: Lang,
    look: FormatContext<'a>,
}

impl Page<'_> {
    fn value(&self, object: Option<&Object>, record: &Record, name: &str) -> String {
        let Some(field) = object.and_then(|o| o.field(name)) else { return String::new() };
        let value = record.get(name);
        match value {
            // Unit prices have four digits for those who need them.
            Value::Decimal(number) if name == "price" || name == "quantity" => {
                let digits = number.normalize().scale().max(if name == "price" { 2 } else { 0 });
                crate::domain::decimal_text::format_grouped(*number, Some(digits))
            }
            value => kind::format(&field.kind, value, &self.look),
        }
    }

    /// Label and value of the fields that are filled.
    fn facts(&self, object: Option<&Object>, record: &Record, names: &[&str]) -> Vec<(String, String)> {
        let Some(known) = object else { return Vec::new() };
        let fields = names.iter().filter_map(|name| known.field(name));
        let pairs = fields.map(|f| (f.label.get(self.lang).to_owned(), self.value(object, record, &f.name)));
        pairs.filter(|(_, text)| !text.is_empty()).collect()
    }

    fn is_used(&self, column: &str) -> bool {
        self.papers.lines.iter().any(|line| !line.get(column).is_empty())
    }

    /// 大写金额 of a total in yuan.
    fn in_words(&self) -> Option<(String, String)> {
        let Value::Money(total) = self.papers.document.get("total") else { return None };
        let words = (self.lang == Lang::Zh && total.currency == "CNY").then(|| capitals(total.amount))??;
        Some((i18n::text(self.lang, "print-in-words"), words))
    }
}
