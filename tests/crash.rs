//! A writer is killed at random moments, many times: every write it was told of is there afterwards, the journal is
//! whole, and nothing is damaged. `TCRM_CRASHES` says how many times (60 unless set).
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test may stop at the first surprise")]

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tcrm::domain::id::Id;
use tcrm::domain::journal::Origin;
use tcrm::domain::record::Fields;
use tcrm::domain::value::Value;
use tcrm::schema::model::{Field, Kind, Object, Schema, SortKey};
use tcrm::store::{Context, OpenMode, Store, StoreError, Which};

const ROLE: &str = "TCRM_CRASH_WRITER";

fn field(name: &str, kind: Kind) -> Field {
    let label = tcrm::domain::lang::Label::same(name);
    Field { group: "main".to_owned(), index: true, ..Field::new(name, label, kind) }
}

fn schema() -> Schema {
    let text = || Kind::Text { max: 0, pattern: String::new() };
    let customer = Object {
        name: "customer".to_owned(),
        title: "name".to_owned(),
        fields: vec![field("name", text()), field("size", Kind::Integer { min: None, max: None })],
        sort: vec![SortKey { field: "updated_at".to_owned(), descending: true }],
        ..Object::default()
    };
    Schema { objects: vec![customer], currency: "CNY".to_owned(), ..Schema::default() }
}

fn context() -> Context {
    Context::new(None, jiff::Timestamp::UNIX_EPOCH, Origin::Cli)
}

fn fields(n: i64) -> Fields {
    Fields::from([("name".to_owned(), Value::Text(format!("n{n} {}", "x".repeat((n % 400) as usize))))])
}

/// The child: writes single records, changes, loads, and says what is on disk.
#[test]
fn writer() {
    let Some(path) = std::env::var_os(ROLE) else { return };
    let mut store = Store::open(Path::new(&path), OpenMode::ReadWrite).unwrap();
    let mut out = std::io::stdout();
    let mut tell = |line: String| {
        writeln!(out, "{line}").unwrap();
        out.flush().unwrap();
    };
    tell("ready".to_owned());
    let mut next = store.journal_head().unwrap() * 2 + 1;
    loop {
        let n = next;
        let id = Id::from_i64(n).unwrap();
        store.write::<_, StoreError>(&context(), |w| w.insert("customer", id, fields(n))).unwrap();
        tell(format!("insert {n}"));
        let size = || Fields::from([("size".to_owned(), Value::Integer(n))]);
        store.write::<_, StoreError>(&context(), |w| w.update("customer", id, Some(1), size())).unwrap();
        tell(format!("update {n}"));
        next += 1;
        if n % 7 == 0 {
            // Claims to be large, so that indexes are dropped and made again.
            let first = next;
            let loaded = store.bulk::<_, StoreError>(&context(), "customer", &["name"], 1_000_000, |bulk| {
                for n in first..first + 200 {
                    let name = fields(n).remove("name").unwrap_or_default();
                    bulk.insert(Id::from_i64(n).expect("positive"), &[name])?;
                    if n % 50 == 0 {
                        bulk.commit()?;
                        tell(format!("batch {first} {n}"));
                    }
                }
                Ok(())
            });
            loaded.unwrap();
            tell(format!("batch {first} {}", first + 199));
            next = first + 200;
        }
    }
}

/// What the writer has been told is on disk: inserted and changed ids.
#[derive(Default)]
struct Acknowledged {
    inserted: Vec<i64>,
    changed: Vec<i64>,
}

impl Acknowledged {
    fn note(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |w: &str| w.parse::<i64>().unwrap();
        match words.as_slice() {
            ["insert", n] => self.inserted.push(number(n)),
            ["update", n] => self.changed.push(number(n)),
            ["batch", first, last] => self.inserted.extend(number(first)..=number(last)),
            _ => {}
        }
    }
}

fn start(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "writer", "--nocapture"])
        .env(ROLE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Lets a writer run for a number of lines and some microseconds more, kills it, and hears what it has said.
fn run_and_kill(path: &Path, lines: usize, delay: u64, acknowledged: &mut Acknowledged) {
    let mut child = start(path);
    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
    for line in said.by_ref().map(Result::unwrap).skip_while(|l| !l.contains("ready")).take(lines) {
        acknowledged.note(&line);
    }
    // Not a wait for anything: it moves the moment of death inside the write under way.
    let until = std::time::Instant::now() + std::time::Duration::from_micros(delay);
    while std::time::Instant::now() < until {}
    child.kill().unwrap();
    child.wait().unwrap();
    for line in said.map_while(Result::ok) {
        acknowledged.note(&line);
    }
}

fn check(path: &Path, acknowledged: &Acknowledged) {
    let store = Store::open(path, OpenMode::ReadWrite).unwrap();
    assert_eq!(store.check().unwrap(), [], "integrity, journal, indexes");
    let (records, _) = store.count(Which::all("customer"), u64::MAX).unwrap();
    let mut versions = 0;
    let scan = |r: tcrm::domain::record::Record| {
        versions += r.version;
        true
    };
    store.scan(Which::all("customer"), &["size".to_owned()], scan).unwrap();
    assert_eq!(versions, store.journal_head().unwrap(), "one entry for each version of each of {records} records");
    for n in &acknowledged.inserted {
        let record = store.get("customer", Id::from_i64(*n).unwrap()).unwrap().expect("an acknowledged record");
        assert_eq!(Some(record.get("name")), fields(*n).get("name"));
    }
    for n in &acknowledged.changed {
        let record = store.get("customer", Id::from_i64(*n).unwrap()).unwrap().expect("an acknowledged record");
        assert_eq!(record.get("size"), &Value::Integer(*n), "an acknowledged change");
    }
}

#[test]
fn every_acknowledged_write_survives_the_death_of_its_writer() {
    if std::env::var_os(ROLE).is_some() {
        return;
    }
    let crashes: u64 = std::env::var("TCRM_CRASHES").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let folder = tempfile::TempDir::new().unwrap();
    let path: PathBuf = folder.path().join("crash.tcrm");
    drop(Store::create(&path, &schema()).unwrap());
    let mut acknowledged = Acknowledged::default();
    let mut random = 0x9E37_79B9_7F4A_7C15u64;
    for crash in 1..=crashes {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let (lines, delay) = ((random >> 33) as usize % 24, (random >> 20) % 9_000);
        run_and_kill(&path, lines, delay, &mut acknowledged);
        // A look at all of it takes longer with every round.
        if crash % 10 == 0 || crash == crashes || crash < 5 {
            check(&path, &acknowledged);
        }
    }
    assert!(acknowledged.inserted.len() as u64 >= crashes, "the writers have done something");
}
