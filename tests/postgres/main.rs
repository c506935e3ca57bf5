//! A store in PostgreSQL beside one in a file: the same answers to the same questions, and what a file never meets:
//! writers on other connections, engines that refuse instead of waiting, connections that are cut.
//! `TCRM_TEST_POSTGRES` names the database.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at the first surprise")]

mod importing;
#[path = "../backend_contract/on_postgres.rs"]
mod on_postgres;

use jiff::Zoned;
use postgres::NoTls;
use std::path::PathBuf;
use tcrm::backend::Backend;
use tcrm::backend::local::{Demo, LocalBackend, OpenOptions};
use tcrm::contract::request::*;
use tcrm::domain::record::Fields;
use tcrm::domain::value::Value;
use tcrm::schema::model::SortKey;
use tcrm::store::{Context, OpenMode, Store, StoreError, Which};

/// A schema of its own in the database, and a folder for its files.
struct Place {
    folder: tempfile::TempDir,
    schema: String,
    options: &'static str,
}

impl Place {
    fn new() -> Place {
        Place::with("")
    }

    /// With more in its address.
    fn with(options: &'static str) -> Place {
        Place { folder: tempfile::tempdir().unwrap(), schema: on_postgres::schema(), options }
    }

    fn path(&self) -> PathBuf {
        let path = on_postgres::store(&self.schema, self.folder.path());
        format!("{}{}", path.display(), self.options).into()
    }

    fn made(&self) -> Store {
        Store::create(&self.path(), tcrm::schema::builtin()).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        on_postgres::drop_schema(&self.schema);
    }
}

fn now() -> Zoned {
    "2026-11-22T10:00:00+08:00[Asia/Shanghai]".parse().unwrap()
}

fn options(path: PathBuf) -> OpenOptions {
    OpenOptions { zone: now().time_zone().clone(), ..OpenOptions::new(path) }
}

fn made_up(path: PathBuf) -> LocalBackend {
    let demo = Demo { customers: 150, seed: 7, now: now() };
    LocalBackend::create_demo(options(path), tcrm::schema::builtin(), demo, &mut |_, _| {}).unwrap()
}

fn by(field: &str, descending: bool) -> Vec<SortKey> {
    vec![SortKey { field: field.to_owned(), descending }]
}

/// Filters over customers: of each field type, with alternatives, negations and what others refer to.
const FILTERS: [&str; 28] = [
    "",
    "level:A",
    "level:A,B -level:B",
    "-level:A",
    "name:公司",
    "name:TOOLS",
    "name:ｔｏｏｌｓ",
    "-name:公司",
    "code:c-00001",
    "code=C-000012",
    "name>M",
    "name<=金",
    "level:empty",
    "-industry:empty",
    "created:<-30d",
    "updated:this-month",
    "last_contact:<-10d",
    "owner:张三",
    "-owner:张三",
    "owner:empty",
    "level:A or (industry:software -level:D)",
    "region:广东",
    "credit_limit:>1000",
    "contacts:王",
    "phone:138",
    "tags:empty",
    "parent:empty",
    "employees:>100",
];

#[tokio::test]
async fn a_file_and_a_database_answer_alike() {
    let place = Place::new();
    let (file, database) = (made_up(place.folder.path().join("a.db")), made_up(place.path()));
    let sorts = ["", "name", "code", "level", "owner", "created_at", "last_contact"];
    for filter in FILTERS {
        for (number, field) in sorts.iter().enumerate() {
            let sort = if field.is_empty() { Vec::new() } else { by(field, number % 2 == 0) };
            let query =
                Query { object: "customer".to_owned(), filter: filter.to_owned(), sort, limit: 40, ..Query::default() };
            same_pages(&file, &database, query).await;
        }
        let count = || CountRequest { object: "customer".to_owned(), filter: filter.to_owned(), cap: 1_000 };
        let (one, other) = (file.count(count()).await, database.count(count()).await);
        assert_eq!(one.ok().map(|c| c.value), other.ok().map(|c| c.value), "number of {filter}");
    }
}

/// Goes through a list forwards, and back from its end.
async fn same_pages(file: &LocalBackend, database: &LocalBackend, query: Query) {
    for start in [From::Start, From::End] {
        let (mut one_from, mut other_from) = (start.clone(), start.clone());
        for _ in 0..3 {
            let one = file.query(Query { from: one_from, ..query.clone() }).await;
            let other = database.query(Query { from: other_from, ..query.clone() }).await;
            let (one, other) = match (one, other) {
                (Ok(one), Ok(other)) => (one, other),
                (one, other) => {
                    assert_eq!(one.err(), other.err(), "{query:?}");
                    return;
                }
            };
            let shown = |page: &Page| -> Vec<String> {
                page.rows.iter().map(|row| format!("{} {:?}", row.record.id, row.record.fields)).collect()
            };
            assert_eq!(shown(&one), shown(&other), "{query:?}");
            assert_eq!((one.more_before, one.more_after), (other.more_before, other.more_after), "{query:?}");
            let next = |page: &Page| match start {
                From::Start => page.rows.last().map(|row| From::After(row.cursor.clone())),
                _ => page.rows.first().map(|row| From::Before(row.cursor.clone())),
            };
            match (next(&one), next(&other)) {
                (Some(one), Some(other)) => (one_from, other_from) = (one, other),
                _ => break,
            }
        }
    }
}

#[tokio::test]
async fn groups_and_sums_are_the_same() {
    let place = Place::new();
    let (file, database) = (made_up(place.folder.path().join("a.db")), made_up(place.path()));
    let period = |period| vec![Group::Period("created_at".to_owned(), period)];
    let field = |name: &str| vec![Group::Field(name.to_owned())];
    for group in [
        Vec::new(),
        field("stage"),
        field("owner"),
        field("customer"),
        field("name"),
        period(Period::Day),
        period(Period::Week),
        period(Period::Month),
        period(Period::Quarter),
        period(Period::Year),
        vec![Group::Period("close_date".to_owned(), Period::Quarter), Group::Field("stage".to_owned())],
    ] {
        let request = || AggregateRequest {
            object: "opportunity".to_owned(),
            filter: String::new(),
            group: group.clone(),
            sums: vec!["amount".to_owned()],
        };
        let (one, other) = (file.aggregate(request()).await, database.aggregate(request()).await);
        assert_eq!(one.map(|a| a.rows), other.map(|a| a.rows), "{group:?}");
    }
    assert!(database.doctor().await.unwrap().is_empty());
}

fn named(name: &str) -> Fields {
    Fields::from([("name".to_owned(), Value::text(name))])
}

/// So many writers, each on a connection of its own, give out so many numbers each.
fn number(place: &Place, writers: usize, each: usize) -> Vec<i64> {
    drop(place.made());
    let path = place.path();
    let write = || {
        let mut store = Store::open(&path, OpenMode::ReadWrite).unwrap();
        let context = Context::new(None, now().timestamp(), tcrm::domain::journal::Origin::Api);
        let one = |_| {
            let work = |tx: &mut tcrm::store::Write<'_>| {
                let number = tx.next_serial("C")?;
                let id = tcrm::domain::id::Id::from_i64(1_000 + number).expect("an id");
                tx.insert("customer", id, named(&format!("客户 {number}")))?;
                Ok::<_, StoreError>(number)
            };
            store.write(&context, work).unwrap().0
        };
        (0..each).map(one).collect::<Vec<i64>>()
    };
    let mut numbers: Vec<i64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..writers).map(|_| scope.spawn(write)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    numbers.sort_unstable();
    numbers
}

#[test]
fn writers_at_once_leave_no_gap_and_one_chain() {
    let place = Place::new();
    let numbers = number(&place, 6, 25);
    assert_eq!(numbers, (1..=150).collect::<Vec<i64>>());
    let store = Store::open(&place.path(), OpenMode::ReadOnly).unwrap();
    let chain = store.chain().unwrap();
    assert_eq!((chain.transactions, chain.broken), (150, 0));
    assert!(store.check().unwrap().is_empty());
}

#[test]
fn an_engine_that_refuses_instead_of_waiting_is_asked_again() {
    // At this level the second of two writers is told "could not serialize access".
    let place = Place::with("&isolation=serializable");
    let numbers = number(&place, 4, 25);
    assert_eq!(numbers, (1..=100).collect::<Vec<i64>>());
    assert_eq!(Store::open(&place.path(), OpenMode::ReadOnly).unwrap().chain().unwrap().broken, 0);
}

#[test]
fn a_write_that_fails_takes_everything_back() {
    let place = Place::new();
    let mut store = place.made();
    let context = Context::new(None, now().timestamp(), tcrm::domain::journal::Origin::Api);
    let id = |n| tcrm::domain::id::Id::from_i64(n).expect("an id");
    store.write::<_, StoreError>(&context, |tx| tx.insert("customer", id(1), named("一"))).unwrap();
    let failed = store.write::<(), StoreError>(&context, |tx| {
        tx.next_serial("C")?;
        tx.insert("customer", id(2), named("二"))?;
        tx.insert("customer", id(1), named("again")).map(drop)
    });
    assert!(matches!(failed, Err(StoreError::Duplicate { ref field, .. }) if field == "id"), "{failed:?}");
    assert!(store.get("customer", id(2)).unwrap().is_none());
    assert_eq!(store.peek_serial("C").unwrap(), 1);
    // A duplicate is no end of the transaction: what was done before it may stay.
    let went_on = store.write::<_, StoreError>(&context, |tx| {
        assert!(tx.insert("customer", id(1), named("again")).is_err());
        tx.insert("customer", id(3), named("三"))
    });
    assert!(went_on.is_ok());
    assert_eq!(store.chain().unwrap().broken, 0);
}

#[test]
fn what_failed_half_way_is_never_acknowledged() {
    let place = Place::new();
    let mut store = place.made();
    let context = Context::new(None, now().timestamp(), tcrm::domain::journal::Origin::Api);
    let id = |n| tcrm::domain::id::Id::from_i64(n).expect("an id");
    let coded = |code: &str| Fields::from([("code".to_owned(), Value::text(code))]);
    let two = |tx: &mut tcrm::store::Write<'_>| {
        tx.insert(
            "customer",
            id(1),
            Fields::from([("name".to_owned(), Value::text("一")), ("code".to_owned(), Value::text("A"))]),
        )?;
        tx.insert("customer", id(2), named("二"))
    };
    store.write::<_, StoreError>(&context, two).unwrap();
    let careless = store.write::<_, StoreError>(&context, |tx| {
        tx.insert("customer", id(3), named("三"))?;
        let refused = tx.update("customer", id(2), None, coded("a"));
        assert!(matches!(refused, Err(StoreError::Duplicate { ref field, .. }) if field == "code"), "{refused:?}");
        Ok(())
    });
    assert!(careless.is_err(), "the database has taken everything back by itself");
    assert!(store.get("customer", id(3)).unwrap().is_none());
    assert_eq!(store.journal_head().unwrap(), 2);
}

/// Whether the database itself refuses something.
fn refuses(schema: &str, sql: &str) -> bool {
    let mut client = postgres::Client::connect(&on_postgres::database(), NoTls).unwrap();
    client.batch_execute(&format!("SET search_path = {schema}; {sql}")).is_err()
}

#[test]
fn the_journal_cannot_be_changed_by_sql() {
    let place = Place::new();
    let mut store = place.made();
    let context = Context::new(None, now().timestamp(), tcrm::domain::journal::Origin::Api);
    let id = tcrm::domain::id::Id::from_i64(1).expect("an id");
    store.write::<_, StoreError>(&context, |tx| tx.insert("customer", id, named("一"))).unwrap();
    for sql in [
        "UPDATE _journal SET after = '{}'",
        "DELETE FROM _journal",
        "TRUNCATE _journal",
        "UPDATE _txn SET at = ''",
        "DELETE FROM _txn",
    ] {
        assert!(refuses(&place.schema, sql), "{sql}");
    }
}

#[test]
fn a_connection_that_is_cut_is_made_again() {
    let place = Place::new();
    let store = place.made();
    let mut store = store;
    // Known by what nobody else asks at this time, so that no other test's connection is cut.
    assert_eq!(store.count(Which::all("competitor"), 1).unwrap(), (0, false));
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'tcrm' AND
        datname = current_database() AND query ILIKE 'SELECT%\"competitor\"%'";
    let mut other = postgres::Client::connect(&on_postgres::database(), NoTls).unwrap();
    assert_eq!(other.query_one(cut, &[]).unwrap().get::<_, i64>(0), 1);
    assert_eq!(store.journal_head().unwrap(), 0, "a read is done again");
    let context = Context::new(None, now().timestamp(), tcrm::domain::journal::Origin::Api);
    let id = tcrm::domain::id::Id::from_i64(1).expect("an id");
    store.write::<_, StoreError>(&context, |tx| tx.insert("customer", id, named("一"))).unwrap();
    assert_eq!(store.journal_head().unwrap(), 1);
}

#[test]
fn a_read_that_nobody_waits_for_is_stopped_on_the_server() {
    let place = Place::new();
    let store = place.made();
    store.set_busy_timeout(std::time::Duration::from_secs(60)).unwrap();
    let id = tcrm::domain::id::Id::from_i64(1).expect("an id");
    let mut other = postgres::Client::connect(&on_postgres::database(), NoTls).unwrap();
    let mut lock = other.transaction().unwrap();
    lock.batch_execute(&format!("LOCK TABLE {}.customer IN ACCESS EXCLUSIVE MODE", place.schema)).unwrap();
    let mut looker = postgres::Client::connect(&on_postgres::database(), NoTls).unwrap();
    let waiting = format!(
        "SELECT count(*) FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON
            n.oid = c.relnamespace WHERE nspname = '{}' AND NOT granted",
        place.schema
    );
    let mut is_waiting = || looker.query_one(&waiting, &[]).unwrap().get::<_, i64>(0) > 0;
    let stop = store.interrupt();
    let began = std::time::Instant::now();
    let (stopped, store) = std::thread::scope(|scope| {
        let read = scope.spawn(move || (store.get("customer", id).map(drop), store));
        while !is_waiting() {
            std::thread::yield_now();
        }
        stop.stop();
        read.join().unwrap()
    });
    assert!(matches!(stopped, Err(StoreError::Interrupted)), "{stopped:?}");
    assert!(!is_waiting(), "the server works on for nobody");
    assert!(began.elapsed().as_secs() < 30, "it did not end by itself");
    stop.clear();
    lock.rollback().unwrap();
    assert!(store.get("customer", id).unwrap().is_none(), "what comes next is not stopped");
}

#[test]
fn a_second_store_at_the_same_place_is_refused_and_none_is_missed() {
    let place = Place::new();
    assert!(matches!(Store::open(&place.path(), OpenMode::ReadOnly), Err(StoreError::Missing(_))));
    assert!(!tcrm::store::exists(&place.path()).unwrap());
    drop(place.made());
    assert!(tcrm::store::exists(&place.path()).unwrap());
    assert!(matches!(Store::create(&place.path(), tcrm::schema::builtin()), Err(StoreError::Exists(_))));
    let away = Store::open("postgres://nobody@127.0.0.1:1/none".as_ref(), OpenMode::ReadOnly);
    assert!(matches!(away, Err(StoreError::Unreachable { .. })));
    let copy = place.folder.path().join("copy");
    let store = Store::open(&place.path(), OpenMode::ReadWrite).unwrap();
    assert!(matches!(store.backup_to(&copy), Err(StoreError::Elsewhere(_))));
}

#[test]
fn a_database_of_an_older_version_gets_the_tables_that_it_lacks() {
    let place = Place::new();
    drop(place.made());
    // What the first version made.
    on_postgres::run(&place.schema, "DROP TABLE _upload; DELETE FROM _meta WHERE key = 'tables'");
    let (user, now) = (tcrm::domain::id::Id::from_i64(7).expect("an id"), now().timestamp());
    let reader = Store::open(&place.path(), OpenMode::ReadOnly).unwrap();
    assert!(!reader.has_brought(user, "ab").unwrap(), "who only reads changes nothing and reads it as it is");
    assert!(refuses(&place.schema, "SELECT 1 FROM _upload"));
    // Several servers may be started anew at once.
    let path = place.path();
    std::thread::scope(|scope| {
        let opened: Vec<_> = (0..4).map(|_| scope.spawn(|| Store::open(&path, OpenMode::ReadWrite))).collect();
        for store in opened {
            store.join().unwrap().unwrap().note_upload(user, "ab", now).unwrap();
        }
    });
    assert!(reader.has_brought(user, "ab").unwrap());
    assert!(!refuses(&place.schema, "SELECT 1 / count(*) FROM _meta WHERE key = 'tables' AND value = '2'"));
}

#[test]
fn a_newer_versions_tables_are_left_alone() {
    let place = Place::new();
    drop(place.made());
    on_postgres::run(&place.schema, "CREATE TABLE _later (a INT); UPDATE _meta SET value = '99' WHERE key = 'tables'");
    drop(Store::open(&place.path(), OpenMode::ReadWrite).unwrap());
    assert!(!refuses(&place.schema, "SELECT 1 / count(*) FROM _meta WHERE key = 'tables' AND value = '99'"));
}

/// How many things of a schema there are, and whether there is the schema.
fn left_in(schema: &str) -> i64 {
    let mut client = postgres::Client::connect(&on_postgres::database(), NoTls).unwrap();
    let sql = format!(
        "SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = '{schema}')
            + (SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE nspname = '{schema}')
            + (SELECT count(*) FROM pg_namespace WHERE nspname = '{schema}')"
    );
    client.query_one(&sql, &[]).unwrap().get(0)
}

/// Makes a demo whose connection is cut while it is being filled.
fn cut_short(place: &Place) -> bool {
    let mut is_cut = false;
    let cut = format!(
        "SELECT pg_terminate_backend(pid) FROM (SELECT DISTINCT pid FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
            JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = '{}' AND pid <> pg_backend_pid()) x",
        place.schema
    );
    let demo = Demo { customers: 20, seed: 1, now: now() };
    let made = LocalBackend::create_demo(options(place.path()), tcrm::schema::builtin(), demo, &mut |_, _| {
        if !std::mem::replace(&mut is_cut, true) {
            on_postgres::run("public", &cut);
        }
    });
    made.is_err()
}

#[test]
fn a_demo_that_cannot_be_finished_leaves_nothing() {
    let place = Place::new();
    assert!(cut_short(&place));
    assert_eq!(left_in(&place.schema), 0);
    // What was there before stays.
    let sql = format!("CREATE SCHEMA {0}; CREATE TABLE {0}.theirs (a INT)", place.schema);
    on_postgres::run("public", &sql);
    assert!(cut_short(&place));
    assert_eq!(left_in(&place.schema), 2);
    assert!(!tcrm::store::exists(&place.path()).unwrap());
    drop(place.made());
}

#[test]
fn what_could_not_be_made_is_not_taken_from_whoever_has_it() {
    let place = Place::new();
    drop(made_up(place.path()));
    let demo = Demo { customers: 20, seed: 1, now: now() };
    let again =
        LocalBackend::create_demo(options(place.path()), tcrm::schema::builtin(), demo, &mut |_, _| unreachable!());
    assert!(again.is_err());
    let made = LocalBackend::create(options(place.path()), tcrm::schema::builtin());
    assert!(made.is_err());
    assert!(Store::open(&place.path(), OpenMode::ReadOnly).unwrap().journal_head().unwrap() > 0);
}

#[test]
fn an_encrypted_connection_is_made_to_whom_the_certificate_names_and_to_nobody_else() {
    let Ok(server) = std::env::var("TCRM_TEST_POSTGRES_TLS") else {
        eprintln!("skipped: TCRM_TEST_POSTGRES_TLS names no server with a certificate");
        return;
    };
    let place = Place::new();
    drop(place.made());
    let url = on_postgres::database();
    let (_, database) = url.rsplit_once('/').unwrap();
    let address = |more: &str| -> PathBuf {
        let folder = place.folder.path().display();
        let whole = "sslmode=verify-full";
        format!("postgres://postgres@{server}/{database}?schema={}&folder={folder}&{whole}{more}", place.schema).into()
    };
    let trusted = concat!("&sslrootcert=", env!("CARGO_MANIFEST_DIR"), "/tests/tls/cert.pem");
    let store = Store::open(&address(trusted), OpenMode::ReadOnly).unwrap();
    assert_eq!(store.journal_head().unwrap(), 0);
    let mut client = postgres::Client::connect(&url, NoTls).unwrap();
    let encrypted =
        "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = 'tcrm'";
    assert!(client.query_one(encrypted, &[]).unwrap().get::<_, i64>(0) > 0);
    assert!(matches!(Store::open(&address(""), OpenMode::ReadOnly), Err(StoreError::Unreachable { .. })));
}

#[test]
fn a_copy_of_the_server_shows_what_was_written_here_or_is_not_asked() {
    let Ok(replica) = std::env::var("TCRM_TEST_POSTGRES_REPLICA") else {
        eprintln!("skipped: TCRM_TEST_POSTGRES_REPLICA names no copy of the server");
        return;
    };
    let place = Place::with(Box::leak(format!("&replica={replica}").into_boxed_str()));
    let mut writer = place.made();
    let context = Context::new(None, now().timestamp(), tcrm::domain::journal::Origin::Api);
    let id = |n| tcrm::domain::id::Id::from_i64(n).expect("an id");
    let mut add = |n| writer.write::<_, StoreError>(&context, |tx| tx.insert("customer", id(n), named("一"))).unwrap();
    let url = on_postgres::database();
    let (who, server) = url.split_once('@').unwrap();
    let (_, database) = server.split_once('/').unwrap();
    let mut copy = postgres::Client::connect(&format!("{who}@{replica}/{database}"), NoTls).unwrap();
    add(1);
    let there = format!("SELECT count(*) FROM {}.customer", place.schema);
    let until = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while !copy.query_one(&there, &[]).is_ok_and(|row| row.get::<_, i64>(0) > 0) {
        assert!(std::time::Instant::now() < until, "the copy of the server does not follow it");
    }
    let reader = Store::open(&place.path(), OpenMode::ReadOnly).unwrap();
    assert!(reader.get("customer", id(1)).unwrap().is_some());
    let asked = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tcrm' AND query LIKE '%\"customer\"%'";
    assert!(copy.query_one(asked, &[]).unwrap().get::<_, i64>(0) > 0, "the copy was asked");
    for n in 2..=50 {
        add(n);
        assert!(reader.get("customer", id(n)).unwrap().is_some(), "{n}");
    }
    // A copy that stays behind is given up.
    copy.batch_execute("SELECT pg_wal_replay_pause()").unwrap();
    add(51);
    let found = reader.get("customer", id(51));
    copy.batch_execute("SELECT pg_wal_replay_resume()").unwrap();
    assert!(found.unwrap().is_some());
}
