//! Roles of the own people and their rights: the general manager administers, the sales manager sees the whole
//! sales department, its groups their own, salespeople their own customers and the pool.

use super::own::FOUNDED;
use super::row::Row;
use super::world::{FIRST_SELLER, Table, World};
use crate::domain::value::Value;

/// A right: object, operations, scope, filter.
type Right = (&'static str, &'static str, &'static str, &'static str);

struct Role {
    name: &'static str,
    administrator: bool,
    description: &'static str,
    rights: &'static [Right],
    /// Object, field, access.
    fields: &'static [(&'static str, &'static str, &'static str)],
}

const EVERYTHING: &str = "view add modify delete export import assign claim approve bulk audit";
const WORK: &str = "view add modify delete export";
const SELL: &str = "view add modify export assign bulk";

/// What everybody may look up.
macro_rules! with_common {
    ($($right:expr),* $(,)?) => {
        &[
            $($right,)*
            ("user", "view", "all", ""),
            ("department", "view", "all", ""),
            ("role", "view", "all", ""),
            ("own_company", "view", "all", ""),
            ("exchange_rate", "view", "all", ""),
            ("product", "view export", "all", ""),
            ("price_list", "view export", "all", ""),
            ("customer_class", "view", "all", ""),
            ("task", WORK, "own", ""),
            ("reminder", WORK, "own", ""),
            ("work_log", WORK, "own", ""),
            ("expense", WORK, "own", ""),
        ]
    };
}

const ROLES: [Role; 7] = [
    Role { name: "系统管理员", administrator: true, description: "Administrator", rights: &[], fields: &[] },
    Role {
        name: "销售经理",
        administrator: false,
        description: "Sales manager",
        rights: &[
            ("*", EVERYTHING, "department_tree", ""),
            ("*", EVERYTHING, "custom", "owner:empty"),
            ("sales_plan", EVERYTHING, "all", ""),
            ("campaign", EVERYTHING, "all", ""),
            ("case", EVERYTHING, "all", ""),
            ("installed_product", EVERYTHING, "all", ""),
            ("competitor", EVERYTHING, "all", ""),
            ("partner", EVERYTHING, "all", ""),
            ("expense", EVERYTHING, "department_tree", ""),
            ("expense", "view", "all", ""),
            ("user", "view audit", "all", ""),
            ("department", "view audit", "all", ""),
            ("role", "view", "all", ""),
        ],
        fields: &[],
    },
    Role {
        name: "销售组长",
        administrator: false,
        description: "Sales group leader",
        rights: with_common![
            ("customer", SELL, "department_tree", ""),
            ("customer", "view claim", "custom", "owner:empty"),
            ("lead", SELL, "department_tree", ""),
            ("lead", "view claim", "custom", "owner:empty"),
            ("contact", SELL, "department_tree", ""),
            ("opportunity", SELL, "department_tree", ""),
            ("activity", SELL, "department_tree", ""),
            ("quote", SELL, "department_tree", ""),
            ("contract", SELL, "department_tree", ""),
            ("order", SELL, "department_tree", ""),
            ("payment_plan", "view", "department_tree", ""),
            ("payment", "view", "department_tree", ""),
            ("sales_plan", "view", "department_tree", ""),
            ("campaign", "view", "all", ""),
            ("competitor", "view add modify", "all", ""),
            ("partner", "view", "all", ""),
            ("case", "view add", "all", ""),
        ],
        fields: &[("customer", "credit_limit", "read"), ("customer", "credit_term", "read")],
    },
    Role {
        name: "销售代表",
        administrator: false,
        description: "Salesperson",
        rights: with_common![
            ("customer", SELL, "own", ""),
            ("customer", "view claim", "custom", "owner:empty"),
            ("lead", SELL, "own", ""),
            ("lead", "view claim", "custom", "owner:empty"),
            ("contact", SELL, "own", ""),
            ("opportunity", SELL, "own", ""),
            ("activity", SELL, "own", ""),
            ("quote", SELL, "own", ""),
            ("contract", SELL, "own", ""),
            ("order", SELL, "own", ""),
            ("payment_plan", "view", "own", ""),
            ("payment", "view", "own", ""),
            ("sales_plan", "view", "own", ""),
            ("campaign", "view", "all", ""),
            ("competitor", "view add", "all", ""),
            ("partner", "view", "all", ""),
            ("case", "view add", "all", ""),
        ],
        fields: &[
            ("customer", "credit_limit", "read"),
            ("customer", "credit_term", "read"),
            ("product", "floor_price", "none"),
        ],
    },
    Role {
        name: "工程师",
        administrator: false,
        description: "Engineer",
        rights: with_common![
            ("customer", "view", "all", ""),
            ("contact", "view", "all", ""),
            ("opportunity", "view", "all", ""),
            ("contract", "view", "all", ""),
            ("order", "view", "all", ""),
            ("activity", WORK, "department_tree", ""),
            ("case", SELL, "all", ""),
            ("installed_product", SELL, "all", ""),
        ],
        fields: &[("customer", "bank_account", "none"), ("opportunity", "amount", "none")],
    },
    Role {
        name: "财务",
        administrator: false,
        description: "Finance",
        rights: &[
            ("*", "view export audit", "all", ""),
            ("payment_plan", EVERYTHING, "all", ""),
            ("payment", EVERYTHING, "all", ""),
            ("expense", EVERYTHING, "all", ""),
            ("exchange_rate", EVERYTHING, "all", ""),
            ("own_company", "view modify", "all", ""),
            ("customer", "view modify export audit", "all", ""),
            ("task", WORK, "own", ""),
            ("reminder", WORK, "own", ""),
            ("work_log", WORK, "own", ""),
            ("activity", WORK, "own", ""),
        ],
        fields: &[("customer", "owner", "read"), ("customer", "name", "read")],
    },
    Role {
        name: "市场与服务",
        administrator: false,
        description: "Marketing and service",
        rights: with_common![
            ("campaign", EVERYTHING, "all", ""),
            ("lead", EVERYTHING, "all", ""),
            ("customer", "view export", "all", ""),
            ("contact", "view export", "all", ""),
            ("opportunity", "view", "all", ""),
            ("order", "view", "all", ""),
            ("activity", WORK, "own", ""),
            ("competitor", EVERYTHING, "all", ""),
            ("partner", EVERYTHING, "all", ""),
            ("case", EVERYTHING, "all", ""),
            ("installed_product", EVERYTHING, "all", ""),
        ],
        fields: &[("customer", "bank_account", "none")],
    },
];

/// The roles of the first people, by their places.
const STAFF: [usize; FIRST_SELLER] = [0, 1, 4, 5, 6, 6, 4, 4, 5];
const GROUP_LEADER: usize = 2;
const SALESPERSON: usize = 3;
/// How many groups of salespeople have a leader.
const LEADERS: usize = 5;

/// The role of someone.
pub(super) fn role_of(at: usize) -> usize {
    let leads = at < FIRST_SELLER + LEADERS;
    STAFF.get(at).copied().unwrap_or(if leads { GROUP_LEADER } else { SALESPERSON })
}

/// How many records of a table there are.
pub(super) fn count(table: Table) -> u64 {
    let of = |role: &Role| match table {
        Table::Right => role.rights.len(),
        Table::FieldRight => role.fields.len(),
        _ => 1,
    };
    ROLES.iter().map(of).sum::<usize>() as u64
}

pub(super) fn roles(world: &World) -> impl Iterator<Item = Row> + '_ {
    ROLES.iter().enumerate().map(|(at, role)| {
        let mut row = row(world, Table::Role, at);
        row.text("name", role.name);
        row.put("administrator", Value::Boolean(role.administrator));
        row.text("description", role.description);
        signed(row, world)
    })
}

pub(super) fn rights(world: &World) -> impl Iterator<Item = Row> + '_ {
    let all = ROLES.iter().enumerate().flat_map(|(role, of)| of.rights.iter().map(move |right| (role, right)));
    all.enumerate().map(|(at, (role, (object, operations, scope, filter)))| {
        let mut row = row(world, Table::Right, at);
        row.choice("object", object);
        row.choices("operations", operations.split(' ').collect());
        row.choice("scope", scope);
        row.text("filter", *filter);
        row.refer("role", Some(world.own_id(Table::Role, role)));
        signed(row, world)
    })
}

pub(super) fn field_rights(world: &World) -> impl Iterator<Item = Row> + '_ {
    let all = ROLES.iter().enumerate().flat_map(|(role, of)| of.fields.iter().map(move |field| (role, field)));
    all.enumerate().map(|(at, (role, (object, field, access)))| {
        let mut row = row(world, Table::FieldRight, at);
        row.choice("object", object);
        row.text("field", *field);
        row.choice("access", access);
        row.refer("role", Some(world.own_id(Table::Role, role)));
        signed(row, world)
    })
}

fn row(world: &World, table: Table, at: usize) -> Row {
    Row::new(world.own_id(table, at), world.calendar.day(FOUNDED))
}

fn signed(mut row: Row, world: &World) -> Row {
    row.signed(&world.calendar, FOUNDED, FOUNDED, None);
    row
}
