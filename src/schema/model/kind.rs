//! The types of fields, and what roll-ups and formulas are made of.

use serde::{Deserialize, Serialize};

/// A field's type. Parsing, formatting, checking, comparing, JSON and filter operators of every type
/// are in `schema::kind`; its column is chosen in `store`, its editor in `tui::form`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Kind {
    /// One line of text.
    Text {
        /// The most characters; 0 for no limit.
        max: usize,
        /// A regular pattern it must match (`*`, `?` wildcards); empty for none.
        #[serde(default)]
        pattern: String,
    },
    /// Lines of text.
    Multiline,
    /// A whole number.
    Integer {
        /// Least value.
        min: Option<i64>,
        /// Greatest value.
        max: Option<i64>,
    },
    /// A decimal number.
    Decimal {
        /// Digits after the point, at most 9.
        scale: u32,
        /// Least value.
        min: Option<rust_decimal::Decimal>,
        /// Greatest value.
        max: Option<rust_decimal::Decimal>,
    },
    /// A percentage, two digits after the point.
    Percent {
        /// Least value.
        min: Option<rust_decimal::Decimal>,
        /// Greatest value.
        max: Option<rust_decimal::Decimal>,
    },
    /// An amount with a currency, two digits after the point.
    Money {
        /// Least amount.
        min: Option<rust_decimal::Decimal>,
    },
    /// A date.
    Date,
    /// A date and time.
    DateTime,
    /// Yes or no.
    Boolean,
    /// One item of a dictionary.
    Select {
        /// The dictionary's name.
        dictionary: String,
    },
    /// Several items of a dictionary.
    MultiSelect {
        /// The dictionary's name.
        dictionary: String,
    },
    /// Free words.
    Tags,
    /// A phone number.
    Phone,
    /// An e-mail address.
    Email,
    /// A web address.
    Url,
    /// A place as a path: `广东/深圳/南山`.
    Region,
    /// A record of another object, or several.
    Reference {
        /// The object's name.
        object: String,
        /// Several.
        #[serde(default)]
        many: bool,
    },
    /// A user, or several.
    User {
        /// Several.
        #[serde(default)]
        many: bool,
    },
    /// A department.
    Department,
    /// An automatic number.
    Code {
        /// The number rule's name.
        rule: String,
    },
    /// Files.
    Attachment,
    /// Computed from other fields of the record whenever it is saved.
    Formula {
        /// The expression, in the language of `domain::formula`.
        expression: String,
        /// The type of its result: text, integer, decimal, percent, money, date, boolean or select.
        result: Box<Kind>,
        /// The currency of a result that is money.
        #[serde(default)]
        currency: CurrencyOf,
    },
    /// Worked out of the records of another object that refer to this one, in the transaction that writes any of
    /// them. Empty where there are none.
    Rollup {
        /// The other object's name.
        of: String,
        /// Its field that refers to this record.
        by: String,
        /// What is made of its records.
        summary: Summary,
        /// A filter over them; empty for all. It depends on nothing but the record.
        only: String,
        /// The type of the result: whole numbers for a count, else that of the field.
        result: Box<Kind>,
    },
}

/// What a roll-up makes of records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Summary {
    /// How many there are.
    Count,
    /// The sum of a field; nothing for amounts in different currencies.
    Sum(String),
    /// The least value of a field.
    Min(String),
    /// The greatest value of a field.
    Max(String),
}

impl Summary {
    /// The field that is looked at, if any.
    pub fn field(&self) -> Option<&str> {
        match self {
            Summary::Count => None,
            Summary::Sum(field) | Summary::Min(field) | Summary::Max(field) => Some(field),
        }
    }
}

/// Where a formula that gives an amount takes the currency from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CurrencyOf {
    /// The first amount that the formula reads and that isn't empty.
    #[default]
    Operand,
    /// The code in another field of the record.
    Field(String),
    /// Always the same.
    Fixed(String),
}

impl Kind {
    /// The object that a value of this type refers to, if it is a reference of some sort.
    pub fn target(&self) -> Option<&str> {
        match self {
            Kind::Reference { object, .. } => Some(object),
            Kind::User { .. } => Some("user"),
            Kind::Department => Some("department"),
            _ => None,
        }
    }

    /// Whether a value can hold several references.
    pub fn is_many(&self) -> bool {
        matches!(self, Kind::Reference { many: true, .. } | Kind::User { many: true })
    }

    /// Whether values come from other values, never from people.
    pub fn is_computed(&self) -> bool {
        matches!(self, Kind::Formula { .. } | Kind::Rollup { .. })
    }

    /// The type of the values: a computed field's result, else the type itself.
    pub fn result(&self) -> &Kind {
        match self {
            Kind::Formula { result, .. } | Kind::Rollup { result, .. } => result,
            kind => kind,
        }
    }

    /// The dictionary of a select or multiselect.
    pub fn dictionary(&self) -> Option<&str> {
        match self.result() {
            Kind::Select { dictionary } | Kind::MultiSelect { dictionary } => Some(dictionary),
            _ => None,
        }
    }

    /// The number rule of a code.
    pub fn rule(&self) -> Option<&str> {
        match self {
            Kind::Code { rule } => Some(rule),
            _ => None,
        }
    }

    /// The type's name in the schema.
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Text { .. } => "text",
            Kind::Multiline => "multiline",
            Kind::Integer { .. } => "integer",
            Kind::Decimal { .. } => "decimal",
            Kind::Percent { .. } => "percent",
            Kind::Money { .. } => "money",
            Kind::Date => "date",
            Kind::DateTime => "datetime",
            Kind::Boolean => "boolean",
            Kind::Select { .. } => "select",
            Kind::MultiSelect { .. } => "multiselect",
            Kind::Tags => "tags",
            Kind::Phone => "phone",
            Kind::Email => "email",
            Kind::Url => "url",
            Kind::Region => "region",
            Kind::Reference { .. } => "reference",
            Kind::User { .. } => "user",
            Kind::Department => "department",
            Kind::Code { .. } => "code",
            Kind::Attachment => "attachment",
            Kind::Formula { .. } => "formula",
            Kind::Rollup { .. } => "rollup",
        }
    }
}
