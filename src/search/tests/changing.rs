//! An index that changes, is put together, saved and read again.

use super::*;

#[test]
fn many_changes_become_segments_and_stay_right() {
    let mut index = Index::new();
    for round in 0..3_u32 {
        for id in 0..9000_i64 {
            let title = format!("客户{}", id * i64::from(round + 1));
            index.upsert(&doc(id, &title, &[], round));
        }
    }
    assert_eq!(index.len(), 9000);
    assert!(index.wants_compaction());
    let before = ids(&index, "户26");
    index.compact();
    assert_eq!(index.segments.len(), 1);
    assert_eq!(index.len(), 9000);
    assert_eq!(ids(&index, "户26"), before);
    assert_eq!(ids(&index, "客户26997"), [8999]);
    assert!(ids(&index, "客户8999").is_empty());
}

#[test]
fn a_compaction_keeps_what_changes_meanwhile() {
    let mut index = Index::new();
    let title = |id: i64| format!("客户{id}");
    for id in 0..9000_i64 {
        index.upsert(&doc(id, &title(id), &[], 0));
    }
    let mut work = index.compaction().unwrap();
    work.run();
    assert!(index.remove(1, 17));
    index.upsert(&doc(18, "改名", &[], 1));
    for id in 9000..11_000 {
        index.upsert(&doc(id, &title(id), &[], 0));
    }
    let before = index.segments.len();
    index.adopt(&mut work);
    assert!(index.segments.len() < before);
    assert_eq!(index.len(), 10_999);
    assert!(ids(&index, "客户17").iter().all(|id| *id != 17));
    assert!(!ids(&index, "客户18").contains(&18));
    assert_eq!(ids(&index, "改名"), [18]);
    assert_eq!(ids(&index, "客户10999"), [10_999]);
    let all = index.matches(&Query::new("客户"), 1, &GO).unwrap();
    assert!(all.iter().copied().eq((0..11_000).filter(|id| *id != 17 && *id != 18)));
    index.adopt(&mut work);
    assert_eq!(index.len(), 10_999, "what was adopted is not adopted again");
}

/// Enough documents for two threads, of which few have both words: the best are found wherever they stand.
#[test]
fn a_long_search_finds_the_same_as_a_look_at_each_document() {
    let mut builder = Builder::new();
    let mut expected: Vec<(u32, i64)> = Vec::new();
    let mut at = 1_u64;
    for id in 0..150_000_i64 {
        at = at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let touched = u32::try_from(at >> 40).unwrap();
        let both = at >> 33 & 1023 == 7;
        let title = match (both, id % 2) {
            (true, _) => "甲方与乙方",
            (_, 0) => "甲方有限公司",
            _ => "有限公司乙方",
        };
        builder.push(&doc(id, title, &[], touched));
        if both {
            expected.push((touched, id));
        }
    }
    let mut index = builder.finish();
    let gone = expected.pop().unwrap();
    assert!(index.remove(1, gone.1));
    expected.sort_unstable_by(|a, b| b.cmp(a));
    assert!(expected.len() > 100);
    for limit in [1, 50, 1000] {
        for typed in ["甲 乙", "乙方 甲方"] {
            let hits = index.search(&Query::new(typed), limit, &GO).unwrap();
            let found: Vec<_> = hits.iter().map(|hit| (hit.touched, hit.id)).collect();
            assert_eq!(found, expected[..limit.min(expected.len())], "{typed} {limit}");
        }
    }
    let mut all: Vec<i64> = expected.iter().map(|(_, id)| *id).collect();
    all.sort_unstable();
    for typed in ["与", "甲 乙", "yu"] {
        assert_eq!(index.matches(&Query::new(typed), 1, &GO).unwrap(), all, "{typed}");
        assert_eq!(index.count(&Query::new(typed), usize::MAX, &GO).unwrap(), all.len(), "{typed}");
    }
    assert_eq!(index.count(&Query::new("甲 乙"), 5, &GO).unwrap(), 5);
    assert!(index.matches(&Query::new("与"), 2, &GO).unwrap().is_empty());
    assert!(index.search(&Query::new("甲 乙"), 50, &AtomicBool::new(true)).is_err());
}

#[test]
fn foreign_and_later_files_are_told_apart() {
    let file = |bytes: &[u8]| snapshot(|mut file| file.write_all(bytes).unwrap());
    assert!(matches!(Index::load(file(b"SQLite format 3\0")), Err(SnapshotError::Foreign)));
    assert!(matches!(Index::load(file(b"")), Err(SnapshotError::Foreign)));
    assert!(matches!(Index::load(file(&[0; 99])), Err(SnapshotError::Foreign)), "one that was never finished");
    let mut bytes = Vec::new();
    let saved = snapshot(|file| Index::new().save(file, Stamp { store: 1, sequence: 2 }).unwrap());
    rewound(&saved).read_to_end(&mut bytes).unwrap();
    bytes[8] = 99;
    assert!(matches!(Index::load(file(&bytes)), Err(SnapshotError::Version(99))));
}

/// What was saved may change and grow meanwhile: the texts that were in memory rest in the snapshot.
#[test]
fn texts_leave_the_memory_for_the_snapshot() {
    let mut index = Index::new();
    for id in 0..3000_i64 {
        index.upsert(&doc(id, &format!("客户{id}"), &[], 0));
    }
    let before = index.clone();
    assert!(index.remove(1, 5));
    index.upsert(&doc(7, "改名", &[], 1));
    for id in 3000..5000_i64 {
        index.upsert(&doc(id, &format!("客户{id}"), &[], 0));
    }
    let heavy = index.text_in_memory();
    let file = tempfile::tempfile().unwrap();
    index.rest_on(&before.save(file, Stamp { store: 1, sequence: 2 }).unwrap());
    assert!(index.text_in_memory() < heavy);
    assert!(index.text_in_memory() > 0, "what came later stays");
    assert!(ids(&index, "客户5").iter().all(|id| *id != 5));
    assert_eq!(ids(&index, "改名"), [7]);
    assert_eq!(ids(&index, "客户4999"), [4999]);
    assert_eq!(index.matches(&Query::new("客户"), 1, &GO).unwrap().len(), 4998);
}
