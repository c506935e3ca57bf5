//! What the acting user may do: roles and rights as the store holds them, made ready to be asked.
//!
//! Rights begin with the first role that is given to anyone; until then, and for nobody in particular, everything
//! is allowed. From then on a user may do what one of their roles, a right of their own or a share allows.
//!
//! For every object and operation the answer is a [`Reach`]: nothing, everything, or a condition that is joined to
//! whatever is asked of the store, so that neither a page nor a count nor a sum tells of what lies beyond it.

mod field;
mod guard;
mod hits;
mod load;
mod order;
mod reach;
mod veil;
mod why;
mod writing;

pub(super) use guard::{Sight, current, of_user};
pub(crate) use hits::Sightings;
pub(super) use order::{administrator_left, keep_order};
pub(super) use writing::mistakes;

use crate::contract::error::Error;
use crate::contract::request::FieldBars;
use crate::crm::pool;
use crate::domain::id::Id;
use crate::domain::value::Value;
use crate::schema::filter::{Bound, Test};
use crate::schema::model::Schema;
use crate::store::Store;
use jiff::Zoned;
use jiff::civil::Date;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// The objects that say who may do what: when one of them changes, rights are read anew.
pub(super) const SOURCES: [&str; 6] = ["user", "department", "role", "right", "field_right", "share"];
/// What pools hide is read with them.
const READ: [&str; 7] = ["user", "department", "role", "right", "field_right", "share", pool::POOL];
/// The name that serves the objects that no other right names.
const EVERY: &str = crate::schema::model::EVERY_OBJECT;
/// Their names are nobody's secret: every record says whose it is.
const OPEN_TITLES: [&str; 2] = ["user", "department"];

/// What can be done with records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Operation {
    View,
    Add,
    Modify,
    Delete,
    Export,
    Import,
    Assign,
    Claim,
    Approve,
    Bulk,
    Audit,
}

impl Operation {
    /// All of them with their keys in the dictionary `operation`.
    pub(crate) const NAMED: [(&'static str, Operation); 11] = [
        ("view", Operation::View),
        ("add", Operation::Add),
        ("modify", Operation::Modify),
        ("delete", Operation::Delete),
        ("export", Operation::Export),
        ("import", Operation::Import),
        ("assign", Operation::Assign),
        ("claim", Operation::Claim),
        ("approve", Operation::Approve),
        ("bulk", Operation::Bulk),
        ("audit", Operation::Audit),
    ];

    /// The operation of a key.
    pub(crate) fn of(key: &str) -> Option<Operation> {
        Operation::NAMED.into_iter().find(|(name, _)| *name == key).map(|(_, operation)| operation)
    }

    /// Its key.
    pub(crate) fn key(self) -> &'static str {
        Operation::NAMED.into_iter().find(|(_, operation)| *operation == self).map_or("", |(name, _)| name)
    }
}

/// Which records of an object an operation reaches.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reach {
    /// None.
    Nothing,
    /// Those that match.
    Some(Arc<Bound>),
    /// All.
    Everything,
}

impl Reach {
    /// As a condition; `Bound::All` for everything. What reaches nothing matches nothing.
    pub(crate) fn bound(&self) -> Bound {
        match self {
            Reach::Nothing => nothing(),
            Reach::Some(bound) => (**bound).clone(),
            Reach::Everything => Bound::All,
        }
    }
}

/// A condition that nothing meets.
fn nothing() -> Bound {
    Bound::Test { field: crate::domain::record::system::ID.to_owned(), test: Test::AnyOf(Vec::new()) }
}

/// How far a field may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    /// Not even seen.
    None,
    /// Seen.
    Read,
    /// Changed.
    Write,
}

/// Which records a right is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    Own,
    Subordinates,
    Territory,
    Department,
    DepartmentTree,
    Custom(String),
    All,
}

impl Scope {
    fn of(key: &str, filter: &str) -> Option<Scope> {
        Some(match key {
            "own" => Scope::Own,
            "subordinates" => Scope::Subordinates,
            "territory" => Scope::Territory,
            "department" => Scope::Department,
            "department_tree" => Scope::DepartmentTree,
            "custom" => Scope::Custom(filter.to_owned()),
            "all" => Scope::All,
            _ => return None,
        })
    }

    fn key(&self) -> &'static str {
        match self {
            Scope::Own => "own",
            Scope::Subordinates => "subordinates",
            Scope::Territory => "territory",
            Scope::Department => "department",
            Scope::DepartmentTree => "department_tree",
            Scope::Custom(_) => "custom",
            Scope::All => "all",
        }
    }
}

/// One right.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Grant {
    operations: BTreeSet<Operation>,
    scope: Scope,
}

/// A role of the user, or the rights that the user has beside the roles.
#[derive(Debug, Clone, Default)]
struct Holder {
    /// The role's name; `None` for the user's own.
    role: Option<String>,
    /// By object, or for every object.
    grants: HashMap<String, Vec<Grant>>,
    /// By object and field.
    fields: HashMap<(String, String), Access>,
}

impl Holder {
    /// The rights for an object: those that name it, else those for every object.
    fn grants(&self, object: &str) -> &[Grant] {
        self.grants.get(object).or_else(|| self.grants.get(EVERY)).map_or(&[], Vec::as_slice)
    }

    fn field(&self, object: &str, field: &str) -> Option<Access> {
        let of = |object: &str| self.fields.get(&(object.to_owned(), field.to_owned())).copied();
        of(object).or_else(|| of(EVERY))
    }
}

/// People and departments that a scope means.
#[derive(Debug, Clone, Default)]
struct Circle {
    people: Vec<Id>,
    departments: Vec<Id>,
}

/// Records that are shared with the user: to be read, and to be worked on.
#[derive(Debug, Clone, Default)]
struct Shares {
    read: BTreeMap<String, BTreeSet<Id>>,
    write: BTreeMap<String, BTreeSet<Id>>,
}

/// Where a user stands, in a store with rights.
#[derive(Debug, Clone)]
struct Standing {
    me: Id,
    /// One of the roles is an administrator's.
    administrator: bool,
    /// The roles, and last the user's own rights.
    holders: Vec<Holder>,
    own: Circle,
    subordinates: Circle,
    department: Circle,
    department_tree: Circle,
    territories: Vec<String>,
    shares: Shares,
}

/// What the acting user may do, by one state of the store on one day.
#[derive(Debug)]
pub(crate) struct Rights {
    /// `None` where everything is allowed.
    standing: Option<Standing>,
    /// What pools hide.
    veils: veil::Veils,
    schema: Arc<Schema>,
    now: Zoned,
    reaches: Mutex<HashMap<(String, Operation), Reach>>,
    barred: Mutex<HashMap<String, Arc<BTreeMap<String, Access>>>>,
    /// What a server said of fields, where the store holds copies of its records.
    told: Arc<FieldBars>,
}

impl Rights {
    /// Those of nobody in particular: everything is allowed.
    fn of_nobody(schema: Arc<Schema>, now: &Zoned) -> Rights {
        let (reaches, barred) = (Mutex::default(), Mutex::default());
        let (veils, told) = (veil::Veils::default(), Arc::default());
        Rights { standing: None, veils, schema, now: now.clone(), reaches, barred, told }
    }

    /// Those in copies of what a server let through: it has said which fields may be used.
    fn of_copies(schema: Arc<Schema>, now: &Zoned, told: Arc<FieldBars>) -> Rights {
        Rights { told, ..Rights::of_nobody(schema, now) }
    }

    /// Those of a user.
    fn of(store: &Store, schema: Arc<Schema>, user: Id, now: &Zoned) -> Result<Rights, Error> {
        let (standing, veils) = (load::standing(store, &schema, user)?, veil::Veils::of(store, &schema, user, now)?);
        Ok(Rights { standing, veils, ..Rights::of_nobody(schema, now) })
    }

    /// The schema that they speak of.
    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Where the user stands, if there is anything that they may not do.
    fn limited(&self) -> Option<&Standing> {
        self.standing.as_ref().filter(|standing| !standing.administrator)
    }

    /// Whose they are, if there is anything that they may not do.
    pub(crate) fn user(&self) -> Option<Id> {
        self.limited().map(|standing| standing.me)
    }

    /// Whether everything is allowed.
    pub(crate) fn is_unlimited(&self) -> bool {
        self.limited().is_none() && self.told.is_empty()
    }

    /// Whether rights can be given and taken by the user.
    pub(crate) fn may_give(&self) -> bool {
        self.standing.as_ref().is_none_or(|standing| standing.administrator)
    }

    /// Which records of an object an operation reaches. What can't be viewed can't be worked on either.
    pub(crate) fn reach(&self, object: &str, operation: Operation) -> Reach {
        let Some(standing) = self.limited() else { return Reach::Everything };
        let key = (object.to_owned(), operation);
        if let Some(known) = lock(&self.reaches).get(&key) {
            return known.clone();
        }
        let reach = self.whole_reach(standing, object, operation);
        lock(&self.reaches).insert(key, reach.clone());
        reach
    }
}

/// The rights that were read last, and by which state of the store.
#[derive(Debug, Default)]
pub(super) struct Known(RefCell<Option<State>>);

#[derive(Debug)]
struct State {
    user: Id,
    head: i64,
    day: Date,
    rights: Arc<Rights>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What is kept is whole between any two statements.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ids(ids: impl IntoIterator<Item = Id>) -> Vec<Value> {
    ids.into_iter().map(Value::Ref).collect()
}
