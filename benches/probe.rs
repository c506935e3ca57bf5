#![allow(missing_docs, clippy::all)]
use std::fs::File;
use std::sync::atomic::AtomicBool;
use std::time::Instant;
use tcrm::search::{Index, Query};
fn main() {
    let path = std::env::args().nth(1).unwrap();
    let (index, _) = Index::load(File::open(path).unwrap()).unwrap();
    let objects = &tcrm::schema::builtin().objects;
    let customer = objects.iter().position(|o| o.name == "customer").unwrap() as u16;
    for o in objects.iter() { if o.searchable { print!("{} ", o.name); } }
    println!("\n{} docs", index.len());
    let stop = AtomicBool::new(false);
    for text in ["h", "hu", "hua", "huax", "huaxi", "huaxin", "x", "hx", "1", "13", "138", "C-", "C-0", "C-000", "C-00001", "华", "科技", "公司"] {
        for (name, only) in [("customer", vec![customer]), ("all", vec![])] {
            print!("{text:>8} {name:>9}");
            for limit in [1, 38, 50, 608] {
                let mut best = f64::MAX; let mut n = 0; let mut first = String::new(); let mut last = String::new();
                for _ in 0..9 {
                    let begin = Instant::now();
                    let hits = index.search(&Query::new(text).only(&only), limit, &stop).unwrap();
                    best = best.min(begin.elapsed().as_secs_f64() * 1e3);
                    n = hits.len();
                    first = hits.first().map(|h| format!("{:?}", h.tier)).unwrap_or_default();
                    last = hits.last().map(|h| format!("{:?}", h.tier)).unwrap_or_default();
                }
                print!(" | {limit}: {best:.2} ms {n} {first} {last}");
            }
            println!();
        }
    }
}
