//! The table of an object: its columns and indexes, as the schema has them.

use super::column::Form;
use super::db::Dialect;
use super::due;
use super::error::{Result, StoreError};
use super::rollup::{self, Group, Inputs};
use crate::domain::record::system;
use crate::schema::model::{Dictionary, Kind, Object, Schema, SortKey};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// Dictionaries of more items are sorted by key: the expression would cost more than it orders.
const RANKED_ITEMS: usize = 64;
/// The field that says whose a record is.
const OWNER: &str = "owner";

/// A column (money: with its second column for the currency).
#[derive(Debug, Clone)]
pub(super) struct Column {
    /// The field's name.
    pub(super) name: String,
    pub(super) form: Form,
    /// Never NULL.
    pub(super) filled: bool,
    /// The object that a reference points to.
    pub(super) target: Option<String>,
    /// What lists are sorted by: the column, or the item's rank in its dictionary.
    pub(super) order: String,
    /// Ranks of dictionary items, where the order is by rank.
    pub(super) ranks: HashMap<String, i64>,
}

/// An index that the schema asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) name: String,
    pub(super) sql: String,
    pub(super) unique: bool,
}

/// An object's table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: String,
    pub(super) dialect: Dialect,
    pub(super) columns: Vec<Column>,
    positions: HashMap<String, usize>,
    /// The title field's position.
    pub(super) title: Option<usize>,
    /// The code field's position.
    pub(super) code: Option<usize>,
    /// Order of its list.
    pub(super) sort: Vec<SortKey>,
    pub(super) indexes: Vec<Index>,
    /// First expressions of its indexes.
    leading: HashSet<String>,
    /// References whose targets roll these records up: column and object.
    pub(super) watched: Vec<(String, String)>,
    /// Others are rolled up to these records.
    pub(super) has_rollups: bool,
    /// All expressions of its indexes.
    indexed: HashSet<String>,
    /// Fields that stand by their stored value in some index of several.
    stored: HashSet<String>,
    /// References and choices by which an index has the records in the order of their list.
    listed: HashSet<String>,
    /// `SELECT id, version, …` of all columns, ready for a WHERE.
    pub(super) select: String,
    pub(super) insert: String,
}

/// All tables of a schema, each worked out when it is first asked for: a start needs one or two of them.
#[derive(Debug, Default)]
pub(super) struct Tables {
    schema: Arc<Schema>,
    dialect: Dialect,
    made: BTreeMap<String, OnceLock<Arc<Table>>>,
    rollups: BTreeMap<String, OnceLock<Arc<Vec<Group>>>>,
    inputs: BTreeMap<String, OnceLock<Arc<Inputs>>>,
}

impl Tables {
    /// The tables of a schema that was checked before.
    pub(super) fn of(schema: &Arc<Schema>, dialect: Dialect) -> Tables {
        let made = schema.objects.iter().map(|o| (o.name.clone(), OnceLock::new())).collect();
        let rollups = schema.objects.iter().map(|o| (o.name.clone(), OnceLock::new())).collect();
        let inputs = schema.objects.iter().map(|o| (o.name.clone(), OnceLock::new())).collect();
        Tables { schema: Arc::clone(schema), dialect, made, rollups, inputs }
    }

    /// The tables of a schema. Fails on two columns of one name.
    pub(super) fn checked(schema: &Schema, dialect: Dialect) -> Result<Tables> {
        let tables = Tables::of(&Arc::new(schema.clone()), dialect);
        tables.iter().try_for_each(|table| check_names(&table.name, &table.columns))?;
        Ok(tables)
    }

    /// An object's table.
    pub(super) fn get(&self, object: &str) -> Result<&Arc<Table>> {
        self.find(object).ok_or_else(|| StoreError::Unknown(object.to_owned()))
    }

    fn find(&self, object: &str) -> Option<&Arc<Table>> {
        let (cell, object) = (self.made.get(object)?, self.schema.object(object)?);
        Some(cell.get_or_init(|| Arc::new(Table::of(object, &self.schema, self.dialect))))
    }

    /// An object's roll-ups.
    pub(super) fn rollups(&self, object: &str) -> Result<Arc<Vec<Group>>> {
        let unknown = || StoreError::Unknown(object.to_owned());
        let cell = self.rollups.get(object).ok_or_else(unknown)?;
        if let Some(groups) = cell.get() {
            return Ok(Arc::clone(groups));
        }
        let definition = self.schema.object(object).ok_or_else(unknown)?;
        let groups = Arc::new(rollup::groups(self, &self.schema, definition)?);
        Ok(Arc::clone(cell.get_or_init(|| groups)))
    }

    /// Which changes of an object's records make what is computed doubtful.
    pub(super) fn inputs(&self, object: &str) -> Arc<Inputs> {
        let (Some(cell), Some(definition)) = (self.inputs.get(object), self.schema.object(object)) else {
            return Arc::default();
        };
        Arc::clone(cell.get_or_init(|| Arc::new(Inputs::of(&self.schema, definition))))
    }

    /// All tables, by name.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Table>> {
        self.made.keys().filter_map(|name| self.find(name))
    }
}

impl Table {
    fn of(object: &Object, schema: &Schema, dialect: Dialect) -> Table {
        let mut columns = system_columns(dialect);
        let own = object.fields.iter().filter(|f| !system::ALL.contains(&f.name.as_str()));
        columns.extend(own.map(|field| {
            let dictionary = field.kind.dictionary().and_then(|d| schema.dictionary(d));
            Column::new(&field.name, &field.kind, dictionary, dialect)
        }));
        let positions: HashMap<String, usize> = columns.iter().enumerate().map(|(i, c)| (c.name.clone(), i)).collect();
        let mut table = Table {
            name: object.name.clone(),
            dialect,
            title: positions.get(&object.title).copied(),
            code: object.code.as_ref().and_then(|code| positions.get(code).copied()),
            sort: object.sort.clone(),
            positions,
            indexes: Vec::new(),
            leading: HashSet::new(),
            watched: watched(object, schema),
            has_rollups: object.fields.iter().any(|f| matches!(f.kind, Kind::Rollup { .. })),
            indexed: HashSet::new(),
            listed: HashSet::new(),
            stored: object.covering.iter().flatten().cloned().collect(),
            select: String::new(),
            insert: String::new(),
            columns,
        };
        table.indexes = table.wanted_indexes(object, schema);
        let names = table.sql_columns();
        table.select = format!("SELECT id, version, {names} FROM {}", quote(&table.name));
        let marks = vec!["?"; names.split(", ").count() + 2].join(", ");
        table.insert = table.insert_sql(&format!("id, version, {names}"), &marks);
        table
    }

    /// The statement that inserts a row. On PostgreSQL a row that is there already must not end the transaction: it
    /// is just not inserted.
    pub(super) fn insert_sql(&self, names: &str, marks: &str) -> String {
        let otherwise = if self.dialect == Dialect::Postgres { " ON CONFLICT DO NOTHING" } else { "" };
        format!("INSERT INTO {} ({names}) VALUES ({marks}){otherwise}", quote(&self.name))
    }

    /// A column by field name.
    pub(super) fn column(&self, field: &str) -> Result<&Column> {
        self.find(field).ok_or_else(|| StoreError::Unknown(format!("{}.{field}", self.name)))
    }

    /// A column by field name, if there is one.
    pub(super) fn find(&self, field: &str) -> Option<&Column> {
        self.columns.get(*self.positions.get(field)?)
    }

    /// Whether an index begins with this sort expression.
    pub(super) fn is_indexed(&self, order: &str) -> bool {
        order == "id" || self.leading.contains(order)
    }

    /// Whether some index holds this expression.
    pub(super) fn is_in_index(&self, order: &str) -> bool {
        self.indexed.contains(order) || self.is_indexed(order)
    }

    /// Whether an index has the records of each value of a reference or choice in the order of the object's list.
    pub(super) fn is_listed_by(&self, field: &str) -> bool {
        self.listed.contains(field)
    }

    /// Whether an index of several fields holds this one by its stored value.
    pub(super) fn is_covered(&self, field: &str) -> bool {
        self.stored.contains(field)
    }

    /// Whether an index has these fields in this order.
    pub(super) fn has_index(&self, fields: &[&str]) -> bool {
        let name = self.dialect.name(format!("{}__{}", self.name, fields.join("__")));
        self.indexes.iter().any(|index| index.name == name)
    }

    /// All columns but id and version as a list in SQL.
    fn sql_columns(&self) -> String {
        let names: Vec<String> = self.columns.iter().flat_map(Column::sql_names).collect();
        names.join(", ")
    }

    /// The statement that makes the table, under a name of choice.
    pub(super) fn create_sql(&self, name: &str) -> String {
        let integer = self.dialect.integer();
        let mut parts = vec![format!("id {integer} PRIMARY KEY"), format!("version {integer} NOT NULL")];
        parts.extend(self.columns.iter().flat_map(|column| column.definitions(self.dialect)));
        let strict = if self.dialect == Dialect::Sqlite { " STRICT" } else { "" };
        format!("CREATE TABLE {} ({}){strict}", quote(name), parts.join(", "))
    }

    fn wanted_indexes(&mut self, object: &Object, schema: &Schema) -> Vec<Index> {
        let mut indexes: Vec<Index> = Vec::new();
        let sorted: Vec<String> = self.sort_parts();
        for field in &object.fields {
            let Some(column) = self.find(&field.name) else { continue };
            let reference = column.form == Form::Ref && !system::ALL.contains(&field.name.as_str());
            if column.form.is_list() || !(field.unique || field.index || reference) {
                continue;
            }
            let (order, equal) = (column.order.clone(), column.equal(self.dialect));
            let chosen = column.form == Form::Choice && field.index;
            if field.unique {
                indexes.push(self.index(&format!("{}__unique", field.name), &equal, true));
                self.leading.insert(equal.clone());
            }
            if !field.unique || order != equal {
                // A tab of the other object's view shows these records in their own order.
                let related = schema.objects.iter().flat_map(|o| &o.related);
                let tab = related.filter(|r| r.object == object.name).any(|r| r.field == field.name);
                let mut parts = vec![order.clone()];
                if sorted.as_slice() == [order.as_str()]
                    && let Some(owner) = self.find(OWNER).filter(|owner| owner.form == Form::Ref)
                {
                    // A list in its usual order passes over the records of others without reading them.
                    parts.extend(["id".to_owned(), owner.order.clone()]);
                }
                if tab {
                    parts.extend(sorted.iter().filter(|p| p.trim_end_matches(" DESC") != order).cloned());
                }
                if tab && field.index && parts.len() > sorted.len() {
                    self.listed.insert(field.name.clone());
                }
                let mut index = self.index(&field.name, &parts.join(", "), false);
                if chosen && !sorted.is_empty() && sorted.first() != Some(&order) {
                    // Many have each of few choices: sorting them for a page would take longer than the page.
                    let parts = [std::slice::from_ref(&order), &sorted].concat().join(", ");
                    indexes.push(self.index(&format!("{}__list", field.name), &parts, false));
                    self.listed.insert(field.name.clone());
                }
                if field.index || field.unique {
                    self.leading.insert(order);
                } else {
                    // Only asked who refers: those that refer to nothing would make it large in vain.
                    index.sql.push_str(&format!(" WHERE {} IS NOT NULL", quote(&field.name)));
                }
                indexes.push(index);
            }
        }
        for fields in &object.indexes {
            let parts: Vec<String> = fields.iter().filter_map(|f| self.find(f)).map(|c| c.order.clone()).collect();
            self.indexed.extend(parts.iter().cloned());
            if let Some(first) = parts.first() {
                indexes.push(self.index(&fields.join("__"), &parts.join(", "), false));
                self.leading.insert(first.clone());
            }
        }
        // Days that come again every year stand by month and day.
        for rule in schema.reminders.iter().filter(|rule| rule.yearly && rule.object == object.name) {
            let (Some(to), Some(date)) = (self.find(&rule.to), self.find(&rule.date)) else { continue };
            let parts = [to.order.clone(), due::month_and_day(&date.order), date.order.clone()].join(", ");
            indexes.push(self.index(&format!("{}__{}__yearly", rule.to, rule.date), &parts, false));
        }
        for fields in &object.covering {
            // The currency first: amounts are added up by it.
            let columns = fields.iter().filter_map(|f| self.find(f));
            let parts: Vec<String> = columns.flat_map(|c| c.sql_names().into_iter().rev()).collect();
            if let Some(first) = parts.first() {
                indexes.push(self.index(&format!("covering__{}", fields.join("__")), &parts.join(", "), false));
                self.leading.insert(first.clone());
            }
        }
        if let Some(first) = sorted.first().cloned()
            && first != "id"
            && (sorted.len() > 1 || !self.leading.contains(&first))
        {
            indexes.push(self.index("_sort", &sorted.join(", "), false));
            self.leading.insert(first);
        }
        let mut names = HashSet::new();
        indexes.retain(|index| names.insert(index.name.clone()));
        indexes
    }

    fn index(&self, suffix: &str, parts: &str, unique: bool) -> Index {
        let name = self.dialect.name(format!("{}__{suffix}", self.name));
        let word = if unique { "UNIQUE INDEX" } else { "INDEX" };
        // An index of SQLite ends in the id by itself.
        let by_id = unique || self.dialect == Dialect::Sqlite || parts.split(", ").any(|part| part == "id");
        let end = if by_id { "" } else { ", id" };
        let sql = format!("CREATE {word} {} ON {} ({parts}{end})", quote(&name), quote(&self.name));
        Index { name, sql, unique }
    }

    /// The object's order as parts of an index; directions relative to the first key's, since an index is read
    /// both ways.
    fn sort_parts(&self) -> Vec<String> {
        let mut parts = Vec::new();
        let first_descending = self.sort.first().is_some_and(|k| k.descending);
        for key in &self.sort {
            if key.field == system::ID {
                break;
            }
            let Some(column) = self.find(&key.field) else { continue };
            let turned = key.descending != first_descending;
            if !parts.is_empty() && !column.filled {
                let nulls_turned = first_descending;
                parts.push(format!("({} IS NULL){}", column.order, if nulls_turned { " DESC" } else { "" }));
            }
            parts.push(format!("{}{}", column.order, if turned { " DESC" } else { "" }));
        }
        parts
    }
}

impl Column {
    fn new(name: &str, kind: &Kind, dictionary: Option<&Dictionary>, dialect: Dialect) -> Column {
        let form = Form::of(kind);
        let mut column = Column {
            name: name.to_owned(),
            form,
            filled: false,
            target: kind.target().map(str::to_owned),
            order: quote(name),
            ranks: HashMap::new(),
        };
        column.order = column.equal(dialect);
        if let Some(items) = dictionary.map(|d| &d.items)
            && form == Form::Choice
            && (1..=RANKED_ITEMS).contains(&items.len())
        {
            column.ranks = items.iter().zip(0i64..).map(|(item, rank)| (item.key.clone(), rank)).collect();
            let cases: Vec<String> = items
                .iter()
                .enumerate()
                .map(|(rank, item)| format!("WHEN {} THEN {rank}", literal(&item.key)))
                .collect();
            let rest = match dialect {
                Dialect::Sqlite => format!("iif({} IS NULL, NULL, {})", quote(name), items.len()),
                Dialect::Postgres => format!("CASE WHEN {} IS NOT NULL THEN {} END", quote(name), items.len()),
            };
            column.order = dialect.case(format!("CASE {} {} ELSE {rest} END", quote(name), cases.join(" ")));
        }
        column
    }

    /// A column that isn't a field's.
    pub(super) fn plain(name: &str, form: Form) -> Column {
        let (order, ranks) = (quote(name), HashMap::new());
        Column { name: name.to_owned(), form, filled: true, target: None, order, ranks }
    }

    /// What it is compared by for being equal.
    pub(super) fn equal(&self, dialect: Dialect) -> String {
        if self.form == Form::Text { dialect.alike(&quote(&self.name)) } else { quote(&self.name) }
    }

    /// The names of its columns, quoted.
    pub(super) fn sql_names(&self) -> Vec<String> {
        let mut names = vec![quote(&self.name)];
        if self.form == Form::Money {
            names.push(quote(&self.currency()));
        }
        names
    }

    /// The name of the currency's column.
    pub(super) fn currency(&self) -> String {
        format!("{}_currency", self.name)
    }

    /// The definitions of its columns.
    pub(super) fn definitions(&self, dialect: Dialect) -> Vec<String> {
        let filled = if self.filled { " NOT NULL" } else { "" };
        let mut definitions = vec![format!("{} {}{filled}", quote(&self.name), self.form.sql_type(dialect))];
        if self.form == Form::Money {
            definitions.push(format!("{} {}", quote(&self.currency()), dialect.text_type()));
        }
        definitions
    }
}

/// The single references of an object whose targets have a roll-up over them.
fn watched(object: &Object, schema: &Schema) -> Vec<(String, String)> {
    let mut watched: Vec<(String, String)> = Vec::new();
    for parent in &schema.objects {
        for field in &parent.fields {
            if let Kind::Rollup { of, by, .. } = &field.kind
                && *of == object.name
                && !watched.iter().any(|(column, _)| column == by)
            {
                watched.push((by.clone(), parent.name.clone()));
            }
        }
    }
    watched
}

fn system_columns(dialect: Dialect) -> Vec<Column> {
    let user = Kind::User { many: false };
    let mut columns = vec![
        Column::new(system::CREATED_AT, &Kind::DateTime, None, dialect),
        Column::new(system::CREATED_BY, &user, None, dialect),
        Column::new(system::UPDATED_AT, &Kind::DateTime, None, dialect),
        Column::new(system::UPDATED_BY, &user, None, dialect),
    ];
    for column in &mut columns {
        column.filled = column.form == Form::DateTime;
    }
    columns
}

fn check_names(object: &str, columns: &[Column]) -> Result<()> {
    let mut seen: HashSet<String> = [system::ID, system::VERSION].map(str::to_owned).into();
    for name in columns.iter().flat_map(Column::sql_names) {
        let plain = name.trim_matches('"').to_lowercase();
        if !seen.insert(plain.clone()) {
            let message = crate::msg!("store-column-twice", object = object, column = &plain);
            return Err(StoreError::Schema(message));
        }
    }
    Ok(())
}

/// A name in SQL.
pub(super) fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A text in SQL.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
