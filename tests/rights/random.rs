//! Made-up organisations: departments, people, roles, rights, shares and records, by a seed.

use super::*;

/// A generator whose numbers are the same each time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub(crate) fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % most
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.below(list.len())]
    }

    fn maybe(&mut self, percent: usize, most: usize) -> Option<usize> {
        self.chance(percent).then(|| self.below(most))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Department {
    pub(crate) id: Id,
    pub(crate) parent: Option<usize>,
    pub(crate) head: Option<usize>,
}

#[derive(Debug, Clone)]
pub(crate) struct User {
    pub(crate) id: Id,
    pub(crate) login: String,
    pub(crate) department: Option<usize>,
    pub(crate) supervisor: Option<usize>,
    pub(crate) roles: Vec<usize>,
    pub(crate) territories: Vec<&'static str>,
    /// Rights beside the roles.
    pub(crate) own: Vec<Right>,
    /// How far fields may be used, whatever the roles say.
    pub(crate) own_limits: Vec<Limit>,
}

/// How far the field of an object may be used: see [`field_of`].
#[derive(Debug, Clone)]
pub(crate) struct Limit {
    pub(crate) object: &'static str,
    pub(crate) access: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct Right {
    pub(crate) object: &'static str,
    pub(crate) operations: Vec<&'static str>,
    pub(crate) scope: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) struct Thing {
    pub(crate) object: &'static str,
    pub(crate) id: Id,
    pub(crate) owner: Option<usize>,
    pub(crate) collaborators: Vec<usize>,
    pub(crate) region: Option<&'static str>,
    pub(crate) level: Option<&'static str>,
    /// The customers that it refers to, by their places.
    pub(crate) customers: Vec<usize>,
}

#[derive(Debug, Clone)]
pub(crate) struct Share {
    pub(crate) thing: usize,
    pub(crate) user: Option<usize>,
    pub(crate) department: Option<usize>,
    pub(crate) write: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Company {
    pub(crate) departments: Vec<Department>,
    pub(crate) users: Vec<User>,
    /// The first is the administrators'.
    pub(crate) roles: Vec<Vec<Right>>,
    /// Those of each role.
    pub(crate) limits: Vec<Vec<Limit>>,
    pub(crate) things: Vec<Thing>,
    pub(crate) shares: Vec<Share>,
}

pub(crate) const OBJECTS: [&str; 6] = ["customer", "contact", "task", "opportunity", "product", "customer_relation"];
/// Objects that rights name; what belongs to a customer is left to the customer's.
const NAMED: [&str; 6] = ["*", "customer", "contact", "task", "opportunity", "product"];
const OPERATIONS: [&str; 8] = ["view", "add", "modify", "delete", "export", "assign", "claim", "bulk"];
const SCOPES: [&str; 7] = ["own", "subordinates", "territory", "department", "department_tree", "custom", "all"];
const REGIONS: [&str; 5] = ["北京", "北京/北京", "广东/深圳", "广东/广州", "海外/德国"];
/// What stands in the fields that are limited for some.
pub(crate) const SECRET: &str = "机密";
const TERRITORIES: [&str; 4] = ["北京", "广东", "广东/深圳", "海外"];

fn right(dice: &mut Dice) -> Right {
    let mut operations: Vec<&str> = OPERATIONS.into_iter().filter(|_| dice.chance(50)).collect();
    if dice.chance(80) && !operations.contains(&"view") {
        operations.push("view");
    }
    if operations.is_empty() {
        operations.push("view");
    }
    let object = *dice.pick(&NAMED);
    // A filter is over the fields of one object.
    let scope = *dice.pick(if object == "customer" { &SCOPES } else { &SCOPES[..5] });
    Right { object, operations, scope }
}

/// The field of an object that is limited for some.
pub(crate) fn field_of(object: &str) -> Option<&'static str> {
    Some(match object {
        "customer" => "city",
        "contact" => "post",
        "task" => "content",
        "opportunity" => "next_step",
        "product" => "series",
        _ => return None,
    })
}

/// One for some of the objects.
fn limits(dice: &mut Dice) -> Vec<Limit> {
    let mut limits = Vec::new();
    for object in OBJECTS.into_iter().filter(|object| field_of(object).is_some()) {
        if dice.chance(40) {
            limits.push(Limit { object, access: dice.pick::<&str>(&["none", "read", "write"]) });
        }
    }
    limits
}

/// Puts a made-up company into a house.
pub(crate) async fn company(house: &House, seed: u64) -> Company {
    let mut dice = Dice::new(seed);
    let by = house.nobody();
    let mut made = Company::default();
    people(&by, &mut dice, &mut made).await;
    rights(&by, &mut dice, &mut made).await;
    things(&by, &mut dice, &mut made).await;
    shares(&by, &mut dice, &mut made).await;
    made
}

async fn people(by: &dyn Backend, dice: &mut Dice, made: &mut Company) {
    for at in 0..5 {
        let parent = if at == 0 { None } else { dice.maybe(80, at) };
        let mut given = vec![("name", text(&format!("部门{at}")))];
        given.extend(parent.map(|p: usize| ("parent", Value::Ref(made.departments[p].id))));
        let id = add(by, "department", &given).await.id;
        made.departments.push(Department { id, parent, head: None });
    }
    for at in 0..7 {
        let department = dice.maybe(85, made.departments.len());
        let supervisor = if at == 0 { None } else { dice.maybe(40, at) };
        let territories: Vec<&str> = TERRITORIES.into_iter().filter(|_| dice.chance(25)).collect();
        let login = format!("u{at}");
        let mut given = vec![("login", text(&login)), ("name", text(&format!("员工{at}")))];
        given.extend(department.map(|d| ("department", Value::Ref(made.departments[d].id))));
        given.extend(supervisor.map(|s: usize| ("supervisor", Value::Ref(made.users[s].id))));
        if !territories.is_empty() {
            given.push(("territories", choices(&territories)));
        }
        let id = add(by, "user", &given).await.id;
        made.users.push(User {
            id,
            login,
            department,
            supervisor,
            roles: Vec::new(),
            territories,
            own: Vec::new(),
            own_limits: Vec::new(),
        });
    }
    for at in 0..made.departments.len() {
        let Some(head) = dice.maybe(60, made.users.len()) else { continue };
        let record = by.get(RecordKey { object: "department".to_owned(), id: made.departments[at].id }).await.unwrap();
        by.save(change(&record.record, &[("head", Value::Ref(made.users[head].id))])).await.unwrap();
        made.departments[at].head = Some(head);
    }
}

async fn rights(by: &dyn Backend, dice: &mut Dice, made: &mut Company) {
    let mut ids = Vec::new();
    for at in 0..4 {
        let given = [("name", text(&format!("角色{at}"))), ("administrator", Value::Boolean(at == 0))];
        ids.push(add(by, "role", &given).await.id);
        let rights: Vec<Right> =
            if at == 0 { Vec::new() } else { (0..1 + dice.below(4)).map(|_| right(dice)).collect() };
        for right in &rights {
            store(by, ("role", ids[at]), right).await;
        }
        made.roles.push(rights);
        let limits = if at == 0 { Vec::new() } else { limits(dice) };
        for limit in &limits {
            self::limit(by, ("role", ids[at]), limit.object, field_of(limit.object).unwrap(), limit.access).await;
        }
        made.limits.push(limits);
    }
    for at in 0..made.users.len() {
        // The first is the administrator; now and then someone has no role at all.
        let roles: Vec<usize> = if at == 0 { vec![0] } else { (1..4).filter(|_| dice.chance(45)).collect() };
        if !roles.is_empty() {
            let record = by.get(RecordKey { object: "user".to_owned(), id: made.users[at].id }).await.unwrap();
            let value = Value::Refs(roles.iter().map(|role| ids[*role]).collect());
            by.save(change(&record.record, &[("roles", value)])).await.unwrap();
        }
        made.users[at].roles = roles;
        if dice.chance(25) {
            let right = right(dice);
            store(by, ("user", made.users[at].id), &right).await;
            made.users[at].own.push(right);
        }
        if dice.chance(30) {
            let limits = limits(dice);
            for limit in &limits {
                let to = ("user", made.users[at].id);
                self::limit(by, to, limit.object, field_of(limit.object).unwrap(), limit.access).await;
            }
            made.users[at].own_limits = limits;
        }
    }
}

async fn store(by: &dyn Backend, to: (&str, Id), right: &Right) {
    let scope = if right.scope == "custom" { "custom/level:A" } else { right.scope };
    give(by, to, right.object, &right.operations, scope).await;
}

async fn things(by: &dyn Backend, dice: &mut Dice, made: &mut Company) {
    for at in 0..60 {
        let object = if at < 20 { "customer" } else { OBJECTS[1 + at % 5] };
        let customers = 20.min(at);
        let mut thing = Thing {
            object,
            id: made.users[0].id,
            owner: None,
            collaborators: Vec::new(),
            region: None,
            level: None,
            customers: Vec::new(),
        };
        let name = format!("记录{at}");
        let mut given = vec![("name", text(&name))];
        if matches!(object, "customer" | "contact" | "opportunity") {
            thing.owner = dice.maybe(85, made.users.len());
            given.push(("owner", thing.owner.map_or(Value::Empty, |u| Value::Ref(made.users[u].id))));
        }
        match object {
            "customer" => {
                thing.region = dice.chance(70).then(|| *dice.pick(&REGIONS));
                thing.level = dice.chance(70).then(|| *dice.pick(&["A", "B"]));
                given.extend(thing.region.map(|r| ("region", text(r))));
                given.extend(thing.level.map(|l| ("level", choice(l))));
            }
            "task" => {
                thing.owner = Some(dice.below(made.users.len()));
                given = vec![("subject", text(&name)), ("owner", Value::Ref(made.users[thing.owner.unwrap()].id))];
            }
            "customer_relation" => {
                let (one, other) = (dice.below(customers), dice.below(customers));
                // The same relation is not written twice.
                let taken = |pair: &[usize]| made.things.iter().any(|t| t.customers == pair);
                let free = (0..customers * customers)
                    .map(|n| vec![(one + n / customers) % customers, (other + n) % customers]);
                let Some(pair) = free.into_iter().find(|pair| pair[0] != pair[1] && !taken(pair)) else { continue };
                let (one, other) = (pair[0], pair[1]);
                thing.customers = pair;
                given =
                    vec![("customer", Value::Ref(made.things[one].id)), ("other", Value::Ref(made.things[other].id))];
            }
            _ => {}
        }
        if object == "contact" || (matches!(object, "task" | "opportunity") && dice.chance(60)) {
            let customer = dice.below(customers);
            thing.customers = vec![customer];
            given.push(("customer", Value::Ref(made.things[customer].id)));
        }
        if matches!(object, "task" | "opportunity") {
            thing.collaborators = (0..made.users.len()).filter(|_| dice.chance(15)).collect();
            let with: Vec<Id> = thing.collaborators.iter().map(|u| made.users[*u].id).collect();
            given.push(("collaborators", if with.is_empty() { Value::Empty } else { Value::Refs(with) }));
        }
        given.extend(field_of(object).map(|field| (field, text(SECRET))));
        thing.id = add(by, object, &given).await.id;
        made.things.push(thing);
    }
}

async fn shares(by: &dyn Backend, dice: &mut Dice, made: &mut Company) {
    for _ in 0..6 {
        let thing = dice.below(40);
        let object = made.things[thing].object;
        if !matches!(object, "customer" | "contact" | "opportunity") {
            continue;
        }
        let write = dice.chance(50);
        let user = dice.maybe(60, made.users.len());
        let department = if user.is_none() { Some(dice.below(made.departments.len())) } else { None };
        let mut given = vec![
            ("name", text("共享")),
            ("access", choice(if write { "write" } else { "read" })),
            (object, Value::Ref(made.things[thing].id)),
        ];
        given.extend(user.map(|u| ("user", Value::Ref(made.users[u].id))));
        given.extend(department.map(|d| ("department", Value::Ref(made.departments[d].id))));
        add(by, "share", &given).await;
        made.shares.push(Share { thing, user, department, write });
    }
}

/// Something happens: a record changes hands, a customer moves or loses its level, someone changes departments, a
/// record is shared.
pub(crate) async fn move_one(by: &dyn Backend, dice: &mut Dice, made: &mut Company) {
    match dice.below(6) {
        0 => {
            let user = dice.below(made.users.len());
            let department = dice.below(made.departments.len());
            let record = by.get(RecordKey { object: "user".to_owned(), id: made.users[user].id }).await.unwrap().record;
            let value = Value::Ref(made.departments[department].id);
            // Nobody comes to stand above themselves.
            if by.save(change(&record, &[("department", value)])).await.is_ok() {
                made.users[user].department = Some(department);
            }
        }
        1 => shares(by, dice, made).await,
        _ => {
            let owned = |thing: &Thing| matches!(thing.object, "customer" | "contact" | "opportunity");
            let places: Vec<usize> = (0..made.things.len()).filter(|at| owned(&made.things[*at])).collect();
            let at = *dice.pick(&places);
            let (owner, region) = (dice.maybe(85, made.users.len()), *dice.pick(&REGIONS));
            let thing = &mut made.things[at];
            let key = RecordKey { object: thing.object.to_owned(), id: thing.id };
            let record = by.get(key).await.unwrap().record;
            let mut given = vec![("owner", owner.map_or(Value::Empty, |user| Value::Ref(made.users[user].id)))];
            thing.owner = owner;
            if thing.object == "customer" {
                thing.region = Some(region);
                thing.level = dice.chance(50).then_some("A");
                given.push(("region", text(region)));
                given.push(("level", thing.level.map_or(Value::Empty, choice)));
            }
            by.save(change(&record, &given)).await.unwrap();
        }
    }
}
