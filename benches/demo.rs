//! Made-up data: how fast it is made, and how fast it is on disk, beside the raw limit of the same run: the bytes of
//! the finished file written and synced.
//! `CUSTOMERS=1000000 cargo bench --bench demo`; 300 and 100,000 customers unless set.
#![expect(clippy::unwrap_used, reason = "a benchmark may stop at the first surprise")]

use std::hint::black_box;
use std::io::Write as _;
use std::time::Instant;
use tcrm::demo::{Sizes, Table, World, fill};
use tcrm::schema::builtin;
use tcrm::store::Store;

fn main() {
    let one = std::env::var("CUSTOMERS").ok().and_then(|n| n.parse().ok());
    for customers in one.map_or_else(|| vec![300, 100_000], |n| vec![n]) {
        let (now, sizes) = (jiff::Zoned::now(), Sizes::for_customers(customers));
        let begin = Instant::now();
        let world = World::new(1, sizes, &now);
        let made: usize = Table::ALL.iter().map(|table| world.rows(*table).map(black_box).count()).sum();
        let making = begin.elapsed().as_secs_f64();
        let folder = tempfile::TempDir::new().unwrap();
        let path = folder.path().join("demo.tcrm");
        let begin = Instant::now();
        let mut store = Store::create(&path, builtin()).unwrap();
        let created = begin.elapsed().as_secs_f64();
        let rows = fill(&mut store, 1, &now, &sizes, &mut |_, _| ()).unwrap();
        let filled = begin.elapsed().as_secs_f64();
        assert_eq!(rows, made as u64);
        drop(store);
        let peak = peak();
        let bytes = std::fs::read(&path).unwrap();
        let begin = Instant::now();
        let mut copy = std::fs::File::create(folder.path().join("copy")).unwrap();
        copy.write_all(&bytes).and_then(|()| copy.sync_all()).unwrap();
        let bare = begin.elapsed().as_secs_f64();
        let size = bytes.len() / 1_000_000;
        drop(bytes);
        println!(
            "{customers} customers, {rows} records: made in {making:.3} s; store created in {created:.3} s, filled after {filled:.3} s ({:.0} records/s), {size} MB, which bare take {bare:.3} s (ratio {:.1}); peak memory {peak}",
            rows as f64 / (filled - created),
            (filled - created) / bare,
        );
    }
}

/// The most memory that the process has had, where the system tells.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}
