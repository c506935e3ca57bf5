//! Every answer against an oracle that looks at one record at a time and knows nothing of SQL.

use super::random::{Company, Dice, Limit, OBJECTS, Right, SECRET, Thing, field_of};
use super::*;
use std::collections::BTreeSet;

/// What a user may do with a thing, said as plainly as can be.
struct Oracle<'c>(&'c Company);

impl Oracle<'_> {
    fn allowed(&self, user: usize, thing: &Thing, operation: &str) -> bool {
        self.granted(user, thing, "view") && (operation == "view" || self.granted(user, thing, operation))
    }

    fn is_administrator(&self, user: usize) -> bool {
        self.0.users[user].roles.contains(&0)
    }

    /// The rights of each role of a user, and the user's own.
    fn lists(&self, user: usize) -> Vec<&Vec<Right>> {
        let person = &self.0.users[user];
        person.roles.iter().map(|role| &self.0.roles[*role]).chain([&person.own]).collect()
    }

    /// The rights of one list that are about an object: those that name it, else those for all.
    fn about<'r>(&self, list: &'r [Right], object: &str) -> Vec<&'r Right> {
        let named: Vec<&Right> = list.iter().filter(|right| right.object == object).collect();
        if named.is_empty() { list.iter().filter(|right| right.object == "*").collect() } else { named }
    }

    fn granted(&self, user: usize, thing: &Thing, operation: &str) -> bool {
        if self.is_administrator(user) {
            return true;
        }
        if thing.object == "customer_relation" {
            let operation = if matches!(operation, "add" | "delete") { "modify" } else { operation };
            return thing.customers.iter().any(|at| self.granted(user, &self.0.things[*at], operation));
        }
        let mut has_any = false;
        for list in self.lists(user) {
            for right in self.about(list, thing.object) {
                if right.operations.contains(&operation) {
                    has_any = true;
                    if self.in_scope(user, thing, right.scope) {
                        return true;
                    }
                }
            }
        }
        self.is_shared(user, thing, operation, has_any)
    }

    /// How far the limited field of an object may be used: a limit of one's own says it; else the most that a role
    /// gives through which the object is seen; whoever sees it without, by a share, has the most of all roles.
    fn access(&self, user: usize, object: &str) -> &'static str {
        let of = |limits: &[Limit]| limits.iter().find(|limit| limit.object == object).map(|limit| limit.access);
        let person = &self.0.users[user];
        if self.is_administrator(user) {
            return "write";
        }
        if let Some(own) = of(&person.own_limits) {
            return own;
        }
        let limits: Vec<Option<&str>> = person.roles.iter().map(|role| of(&self.0.limits[*role])).collect();
        let sees = |role: usize| self.about(&self.0.roles[role], object).iter().any(|r| r.operations.contains(&"view"));
        let seeing: Vec<&str> = person
            .roles
            .iter()
            .zip(&limits)
            .filter(|(role, _)| sees(**role))
            .map(|(_, l)| l.unwrap_or("write"))
            .collect();
        let said: Vec<&str> = if seeing.is_empty() { limits.into_iter().flatten().collect() } else { seeing };
        match said.as_slice() {
            [] => "write",
            said => ["write", "read", "none"].into_iter().find(|access| said.contains(access)).unwrap(),
        }
    }

    fn in_scope(&self, user: usize, thing: &Thing, scope: &str) -> bool {
        let people: BTreeSet<usize> = match scope {
            "all" => return true,
            "custom" => return thing.level == Some("A"),
            "own" | "territory" => BTreeSet::from([user]),
            "subordinates" => self.subordinates(user),
            "department" => self.people_of(user, &self.departments(user)),
            "department_tree" => {
                let mut all = BTreeSet::new();
                for (at, _) in self.0.departments.iter().enumerate() {
                    if self.uppers(Some(at)).iter().any(|upper| self.departments(user).contains(upper)) {
                        all.insert(at);
                    }
                }
                self.people_of(user, &all)
            }
            other => panic!("{other}"),
        };
        if thing.object == "product" || thing.collaborators.contains(&user) {
            return true;
        }
        thing.owner.is_some_and(|owner| people.contains(&owner))
            || (scope == "territory" && self.in_territory(user, thing))
    }

    fn in_territory(&self, user: usize, thing: &Thing) -> bool {
        let region = match thing.object {
            "customer" => thing.region,
            _ => thing.customers.first().and_then(|at| self.0.things[*at].region),
        };
        let lies_in = |place: &&str| region.is_some_and(|r| r == *place || r.starts_with(&format!("{place}/")));
        self.0.users[user].territories.iter().any(lies_in)
    }

    /// Departments that a user is in or heads.
    fn departments(&self, user: usize) -> BTreeSet<usize> {
        let headed = (0..self.0.departments.len()).filter(|at| self.0.departments[*at].head == Some(user));
        headed.chain(self.0.users[user].department).collect()
    }

    fn people_of(&self, user: usize, departments: &BTreeSet<usize>) -> BTreeSet<usize> {
        let is_in = |at: &usize| self.0.users[*at].department.is_some_and(|d| departments.contains(&d));
        (0..self.0.users.len()).filter(is_in).chain([user]).collect()
    }

    /// A department and all above.
    fn uppers(&self, department: Option<usize>) -> Vec<usize> {
        let mut all = Vec::new();
        let mut here = department;
        while let Some(at) = here {
            all.push(at);
            here = self.0.departments[at].parent;
        }
        all
    }

    /// Whom a user reports to.
    fn supervisor(&self, user: usize) -> Option<usize> {
        let person = &self.0.users[user];
        let heads = || self.uppers(person.department).into_iter().filter_map(|d| self.0.departments[d].head);
        person.supervisor.or_else(|| heads().find(|head| *head != user))
    }

    /// A user and all from whom the way up comes past them.
    fn subordinates(&self, user: usize) -> BTreeSet<usize> {
        let reports = |start: usize| {
            let (mut here, mut steps) = (Some(start), 0);
            while let Some(at) = here.filter(|_| steps <= self.0.users.len()) {
                if at == user {
                    return true;
                }
                (here, steps) = (self.supervisor(at), steps + 1);
            }
            false
        };
        (0..self.0.users.len()).filter(|at| reports(*at)).collect()
    }

    fn is_shared(&self, user: usize, thing: &Thing, operation: &str, has_any: bool) -> bool {
        self.0.shares.iter().any(|share| {
            let uppers = self.uppers(self.0.users[user].department);
            let is_mine = share.user == Some(user) || share.department.is_some_and(|d| uppers.contains(&d));
            let fits = operation == "view" || (operation == "modify" && share.write);
            let shared = &self.0.things[share.thing];
            let itself = shared.id == thing.id;
            let refers = has_any && shared.object == "customer" && thing.customers.contains(&share.thing);
            is_mine && fits && (itself || refers)
        })
    }
}

fn expected(oracle: &Oracle<'_>, user: usize, object: &str, operation: &str) -> Vec<Id> {
    let things = oracle.0.things.iter().filter(|t| t.object == object && oracle.allowed(user, t, operation));
    let mut ids: Vec<Id> = things.map(|thing| thing.id).collect();
    ids.sort();
    ids
}

fn found(answer: Result<Page, Error>) -> Vec<Id> {
    match answer {
        Ok(page) => {
            let mut ids: Vec<Id> = page.rows.iter().map(|row| row.record.id).collect();
            ids.sort();
            ids
        }
        // Where no right is about the object at all.
        Err(Error::Denied(_)) => Vec::new(),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn whatever_is_asked_is_answered_as_the_oracle_says() {
    for seed in 1..=5 {
        let house = House::new();
        let company = random::company(&house, seed).await;
        let oracle = Oracle(&company);
        for (user, person) in company.users.iter().enumerate() {
            let backend = house.open(&person.login);
            for object in OBJECTS {
                let about = format!("seed {seed}, {} on {object}", person.login);
                reading(&backend, &oracle, user, object, &about).await;
                permits(&backend, &oracle, user, object, &about).await;
            }
            searching(&backend, &oracle, user, &format!("seed {seed}, {}", person.login)).await;
        }
    }
}

async fn reading(backend: &dyn Backend, oracle: &Oracle<'_>, user: usize, object: &str, about: &str) {
    let seen = expected(oracle, user, object, "view");
    assert_eq!(found(backend.query(list(object, "")).await), seen, "list: {about}");
    let number = backend.count(count(object, "")).await.map_or(0, |count| count.value);
    assert_eq!(number, seen.len() as u64, "count: {about}");
    let sums = AggregateRequest { object: object.to_owned(), ..AggregateRequest::default() };
    let total = backend.aggregate(sums).await.map_or(0, |all| all.rows[0].count);
    assert_eq!(total, seen.len() as u64, "aggregate: {about}");
    assert_eq!(
        found(backend.export(list(object, "")).await),
        expected(oracle, user, object, "export"),
        "export: {about}"
    );
    for thing in oracle.0.things.iter().filter(|thing| thing.object == object) {
        let key = RecordKey { object: object.to_owned(), id: thing.id };
        let is_seen = seen.contains(&thing.id);
        match backend.get(key.clone()).await {
            Ok(view) => {
                assert!(is_seen, "get: {about}");
                if let Some(field) = field_of(object) {
                    let shows = view.record.get(field) == &text(SECRET);
                    assert_eq!(shows, oracle.access(user, object) != "none", "{field}: {about}");
                }
            }
            Err(Error::NotFound(_)) => assert!(!is_seen, "get: {about}"),
            Err(other) => panic!("{about}: {other:?}"),
        }
        let history = backend.history(HistoryRequest { key: Some(key), before: None, limit: 5 }).await;
        assert_eq!(history.is_ok(), is_seen, "history: {about}");
        assert_eq!(backend.resolve(object.to_owned(), thing.id.to_string()).await.is_ok(), is_seen, "resolve: {about}");
    }
    // Pages of two find the same as one of all.
    if !seen.is_empty() {
        let mut query = Query { limit: 2, ..list(object, "") };
        let mut walked = Vec::new();
        loop {
            let page = backend.query(query.clone()).await.unwrap();
            walked.extend(page.rows.iter().map(|row| row.record.id));
            match page.rows.last().filter(|_| page.more_after) {
                Some(row) => query.from = From::After(row.cursor.clone()),
                None => break,
            }
        }
        walked.sort();
        assert_eq!(walked, seen, "page by page: {about}");
    }
}

async fn permits(backend: &dyn Backend, oracle: &Oracle<'_>, user: usize, object: &str, about: &str) {
    let mut dice = Dice::new(7);
    for thing in oracle.0.things.iter().filter(|thing| thing.object == object) {
        let key = RecordKey { object: object.to_owned(), id: thing.id };
        let is_seen = oracle.allowed(user, thing, "view");
        for (action, operation) in [("edit", "modify"), ("delete", "delete")] {
            let permit = backend.allowed(action, object.to_owned(), Some(key.clone())).await;
            let is_allowed = matches!(permit, Ok(Permit::Yes));
            assert_eq!(is_allowed, oracle.allowed(user, thing, operation), "{action} {}: {about} {permit:?}", thing.id);
            assert_eq!(matches!(permit, Err(Error::NotFound(_))), !is_seen, "{action}: {about}");
        }
        if dice.chance(30) {
            writing(backend, oracle, user, thing, about).await;
        }
    }
}

/// A write does what the permit says, and an undo takes it back.
async fn writing(backend: &dyn Backend, oracle: &Oracle<'_>, user: usize, thing: &Thing, about: &str) {
    let Some(field) = field_of(thing.object) else { return };
    let value = text("另写的");
    let request = SaveRequest {
        object: thing.object.to_owned(),
        target: Some((thing.id, 1)),
        changes: fields(&[(field, value)]),
    };
    let answer = backend.save(request).await;
    if oracle.allowed(user, thing, "modify") && oracle.access(user, thing.object) == "write" {
        match answer {
            Ok(_) => drop(backend.undo().await.unwrap()),
            // It was changed and put back before.
            Err(Error::Conflict { .. }) => {}
            Err(other) => panic!("save: {about}: {other:?}"),
        }
    } else if oracle.allowed(user, thing, "view") {
        match answer {
            // It was changed and put back before; what stands there now is told as far as it may be read.
            Err(Error::Conflict { theirs: Some(theirs), .. }) if oracle.allowed(user, thing, "modify") => {
                let hidden = oracle.access(user, thing.object) == "none";
                assert!(!hidden || theirs.get(field).is_empty(), "a conflict tells {field}: {about}");
            }
            answer => drop(denied(answer)),
        }
    } else {
        assert!(matches!(answer, Err(Error::NotFound(_))), "save: {about}: {answer:?}");
    }
}

async fn searching(backend: &LocalBackend, oracle: &Oracle<'_>, user: usize, about: &str) {
    backend.search_ready().await.unwrap();
    let request = SearchRequest { text: "记录".to_owned(), objects: Vec::new(), limit: 200 };
    let mut found: Vec<Id> = backend.search(request).await.unwrap().hits.into_iter().map(|hit| hit.key.id).collect();
    found.sort();
    let searchable = ["customer", "contact", "task", "opportunity", "product"];
    let mut seen: Vec<Id> = searchable.iter().flat_map(|object| expected(oracle, user, object, "view")).collect();
    seen.sort();
    assert_eq!(found, seen, "search: {about}");
    for object in searchable {
        let seen = expected(oracle, user, object, "view");
        let hits = backend.query(list(object, "记录")).await;
        assert_eq!(self::found(hits), seen, "list by words: {object} {about}");
        let number = backend.count(count(object, "记录")).await.map_or(0, |count| count.value);
        assert_eq!(number, seen.len() as u64, "count by words: {object} {about}");
    }
}

/// Records change hands and places while everybody is signed in and has looked around.
#[tokio::test]
async fn whoever_is_signed_in_sees_what_has_changed_and_no_more() {
    for seed in 21..=23 {
        let house = House::new();
        let mut company = random::company(&house, seed).await;
        let nobody = house.nobody();
        let desks: Vec<LocalBackend> = company.users.iter().map(|person| house.open(&person.login)).collect();
        for (user, desk) in desks.iter().enumerate() {
            searching(desk, &Oracle(&company), user, &format!("seed {seed}, u{user}, before")).await;
        }
        let mut dice = Dice::new(seed);
        for round in 0..4 {
            for _ in 0..1 + 4 * (round % 2) {
                random::move_one(&nobody, &mut dice, &mut company).await;
            }
            let oracle = Oracle(&company);
            for (user, desk) in desks.iter().enumerate() {
                let about = format!("seed {seed}, u{user}, round {round}");
                for object in OBJECTS {
                    let seen = expected(&oracle, user, object, "view");
                    assert_eq!(found(desk.query(list(object, "")).await), seen, "list: {object} {about}");
                    let number = desk.count(count(object, "")).await.map_or(0, |count| count.value);
                    assert_eq!(number, seen.len() as u64, "count: {object} {about}");
                }
                searching(desk, &oracle, user, &about).await;
            }
        }
    }
}

#[tokio::test]
async fn whoever_adds_adds_within_the_own_rights() {
    for seed in 11..=13 {
        let house = House::new();
        let company = random::company(&house, seed).await;
        let oracle = Oracle(&company);
        for (user, person) in company.users.iter().enumerate() {
            let backend = house.open(&person.login);
            for owner in 0..company.users.len() {
                for level in ["A", "B"] {
                    let thing = Thing {
                        object: "customer",
                        id: company.users[0].id,
                        owner: Some(owner),
                        collaborators: Vec::new(),
                        region: None,
                        level: Some(level),
                        customers: Vec::new(),
                    };
                    let given = [
                        ("name", text("新")),
                        ("owner", Value::Ref(company.users[owner].id)),
                        ("level", choice(level)),
                    ];
                    let answer = backend.save(creation("customer", &given)).await;
                    let about = format!("seed {seed}, {} for {owner}, {level}", person.login);
                    if oracle.allowed(user, &thing, "add") {
                        assert!(answer.is_ok(), "{about}: {answer:?}");
                        backend.undo().await.unwrap();
                    } else {
                        denied(answer);
                    }
                }
            }
        }
    }
}
