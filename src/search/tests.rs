#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]

mod changing;

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use super::*;
use crate::domain::id_set::IdSet;

static GO: AtomicBool = AtomicBool::new(false);

fn doc<'a>(id: i64, title: &'a str, extra: &'a [&'a str], touched: u32) -> Doc<'a> {
    Doc { id, object: 1, title, extra, touched }
}

fn build(docs: &[(&str, &[&str])]) -> Index {
    let mut builder = Builder::new();
    for (at, (title, extra)) in docs.iter().enumerate() {
        let at = u32::try_from(at).unwrap();
        builder.push(&doc(i64::from(at), title, extra, at));
    }
    builder.finish()
}

fn ids(index: &Index, typed: &str) -> Vec<i64> {
    index.search(&Query::new(typed), 50, &GO).unwrap().iter().map(|hit| hit.id).collect()
}

fn tier(title: &str, extra: &[&str], typed: &str) -> Option<Tier> {
    let index = build(&[(title, extra)]);
    index.search(&Query::new(typed), 1, &GO).unwrap().first().map(|hit| hit.tier)
}

#[test]
fn each_kind_of_match_has_its_tier() {
    use Tier::*;
    let title = "深圳市华信科技有限公司";
    let extra = ["华信科技", "0755-8888 1234", "C-000123", "info@huaxin.cn", "南山"];
    for (typed, expected) in [
        (title, Some(TitleExact)),
        ("华信科技", Some(ValueExact)),
        ("075588881234", Some(ValueExact)),
        ("0755 8888-1234", Some(ValueInside)),
        ("0755-88881234", Some(ValueExact)),
        ("c-000123", Some(ValueExact)),
        ("Ｃ－000123", Some(ValueExact)),
        ("深", Some(TitlePrefix)),
        ("深圳市华", Some(TitlePrefix)),
        ("shenzhen", Some(TitlePinyinPrefix)),
        ("szs", Some(TitlePinyinPrefix)),
        ("szshxkjyxgs", Some(TitlePinyinExact)),
        ("shenzhenshihuaxinkejiyouxiangongsi", Some(TitlePinyinExact)),
        ("信", Some(TitleInside)),
        ("华信", Some(TitleInside)),
        ("有限公司", Some(TitleInside)),
        ("huaxink", Some(TitlePinyinInside)),
        ("hxkj", Some(TitlePinyinInside)),
        ("hxin", Some(TitlePinyinInside)),
        ("C-0", Some(ValuePrefix)),
        ("0755", Some(ValuePrefix)),
        ("8881", Some(ValueInside)),
        ("88-81", Some(ValueInside)),
        ("00123", Some(ValueInside)),
        ("HUAXIN.CN", Some(ValueInside)),
        ("nanshan", Some(ValuePinyin)),
        ("ns", Some(ValuePinyin)),
        ("深圳 公司", Some(TitleInside)),
        ("深圳 南山", Some(TitleInside)),
        ("华信 8888", Some(ValueInside)),
        ("华新", None),
        ("信华", None),
        ("公司有", None),
        ("华信 9999", None),
        ("zzz", None),
        ("hxkx", None),
        ("", Some(Listed)),
        ("  ", Some(Listed)),
    ] {
        assert_eq!(tier(title, &extra, typed), expected, "{typed:?}");
    }
}

#[test]
fn latin_text_matches_in_any_case_width_and_accent() {
    use Tier::*;
    for (title, typed, expected) in [
        ("Acme Trading Co.", "acme", Some(TitlePrefix)),
        ("Acme Trading Co.", "TRADING", Some(TitleInside)),
        ("Acme Trading Co.", "acme trading co.", Some(TitleExact)),
        ("Acme Trading Co.", "trading acme", Some(TitleInside)),
        ("Acme Trading Co.", "acme  tra", Some(TitlePrefix)),
        ("Acme Trading Co.", "a", Some(TitlePrefix)),
        ("Acme Trading Co.", "o.", Some(TitleInside)),
        ("Ａｃｍｅ１２", "acme12", Some(TitleExact)),
        ("Nestlé SA", "nestle", Some(TitlePrefix)),
        ("Nestle SA", "NESTLÉ", Some(TitlePrefix)),
        ("TCL华星光电", "tclhx", Some(TitlePinyinPrefix)),
        ("Ελλάδα", "ΕΛΛ", Some(TitlePrefix)),
        ("株式会社トヨタ", "ヨタ", Some(TitleInside)),
        ("\u{20BB7}野家", "\u{20BB7}", Some(TitlePrefix)),
        ("(华信)", "（", Some(TitlePrefix)),
    ] {
        assert_eq!(tier(title, &[], typed), expected, "{title} {typed}");
    }
}

#[test]
fn telephone_fragments_ignore_separators_and_country() {
    for number in ["+86 138-0013-8000", "138 0013 8000", "13800138000", "0086-13800138000"] {
        for typed in ["138", "0013", "38-00", "13800138000", "+8613800138000", "8000", "+86 138", "0"] {
            assert!(tier("王", &[number], typed).is_some(), "{number} {typed}");
        }
    }
}

#[test]
fn better_tiers_come_first_then_the_newest() {
    let index = build(&[
        ("华信建材", &[]),
        ("华信", &[]),
        ("北京华信", &[]),
        ("无关", &["华信通"]),
        ("无关二", &["新华信"]),
        ("别的", &["华信"]),
        ("华信实业", &[]),
        ("花心", &[]),
    ]);
    assert_eq!(ids(&index, "华信"), [1, 5, 6, 0, 2, 3, 4]);
    assert_eq!(ids(&index, "huaxin"), [7, 1, 6, 0, 2, 5, 4, 3]);
    let two = index.search(&Query::new("华信"), 2, &GO).unwrap();
    assert_eq!(two.iter().map(|h| h.id).collect::<Vec<_>>(), [1, 5]);
}

#[test]
fn objects_can_be_chosen() {
    let mut index = Index::new();
    for object in 0..5 {
        index.upsert(&Doc { id: 7, object, title: "张三", extra: &[], touched: 1 });
    }
    index.compact();
    let hits = index.search(&Query::new("zs").only(&[2, 4]), 50, &GO).unwrap();
    assert_eq!(hits.iter().map(|h| h.object).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(index.matches(&Query::new("张"), 3, &GO).unwrap(), [7]);
    assert_eq!(index.count(&Query::new("张"), 3, &GO).unwrap(), 3);
    assert!(index.remove(2, 7));
    assert!(!index.remove(2, 7));
    assert_eq!(index.count(&Query::new("张"), 99, &GO).unwrap(), 4);
}

#[test]
fn a_superseded_query_ends() {
    let index = build(&[("华信", &[])]);
    let stop = AtomicBool::new(true);
    assert_eq!(index.search(&Query::new("华"), 50, &stop), Err(Cancelled));
    assert_eq!(index.matches(&Query::new("华"), 1, &stop), Err(Cancelled));
}

#[test]
fn highlights_cover_what_was_matched() {
    for (text, typed, expected) in [
        ("深圳市华信科技", "华信", vec!["华信"]),
        ("深圳市华信科技", "huaxin", vec!["华信"]),
        ("深圳市华信科技", "szhx", vec![]),
        ("深圳市华信科技", "hxk 深", vec!["深", "华信科"]),
        ("ACME Trading", "acme ing", vec!["ACME", "ing"]),
        ("Ｎｅｓｔｌé", "stle", vec!["ｓｔｌé"]),
        ("+86 138-0013-8000", "1380013", vec!["138-0013"]),
        ("cafe\u{301} bar", "cafe", vec!["cafe\u{301}"]),
        ("中信银行信用卡", "信", vec!["信", "信"]),
        ("中国银行", "yinhang", vec!["银行"]),
        ("华信", "xyz", vec![]),
        ("", "a", vec![]),
        ("华信", "", vec![]),
    ] {
        let found = highlight(text, &Query::new(typed));
        assert_eq!(found.iter().map(|r| &text[r.clone()]).collect::<Vec<_>>(), expected, "{text} {typed}");
    }
}

const PARTS: &[&str] = &[
    "华信",
    "科技",
    "有限公司",
    "深圳市",
    "重庆",
    "银行",
    "长沙",
    "朝阳",
    "单",
    "曾",
    "张三",
    "Acme",
    "TCL",
    " ",
    "Ü",
    "吕",
    "(",
    "1",
    "38",
    "001",
    "a",
    "集团",
    "李娜",
    "乐",
    "行",
    "\u{20BB7}",
    "é",
    "カ",
    "信华",
    "司公",
    "-",
    "gs",
    "shi",
    "西安",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PARTS), 0..6).prop_map(|parts| parts.concat())
}

type Record = (String, Vec<String>, u32);

fn records(max: usize) -> impl Strategy<Value = Vec<Record>> {
    let phone = "\\+86 1[0-9]{2}-[0-9]{4}-[0-9]{4}|C-[0-9]{4}|[a-z]{1,3}";
    let extra = prop::collection::vec(prop_oneof![text(), phone.prop_map(String::from)], 0..3);
    prop::collection::vec((text(), extra, 0..5_u32), 1..max)
}

fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        text(),
        "[a-z]{1,5}",
        "[0-9]{1,3}",
        "(hua|h|xin|x|ke|ji|gong|si|yin|hang|zh|cq|s|a){1,4}",
        ("[a-z]{1,2}", text()).prop_map(|(a, b)| format!("{a} {b}")),
    ]
}

fn push_all(records: &[Record], mut push: impl FnMut(&Doc<'_>)) {
    for (at, (title, extra, touched)) in records.iter().enumerate() {
        let extra: Vec<&str> = extra.iter().map(String::as_str).collect();
        let object = u16::try_from(at % 3).unwrap();
        push(&Doc { id: i64::try_from(at).unwrap(), object, title, extra: &extra, touched: *touched });
    }
}

fn built(records: &[Record]) -> Index {
    let mut builder = Builder::new();
    push_all(records, |doc| builder.push(doc));
    builder.finish()
}

/// A file that was written so, from its beginning.
fn snapshot<T>(write: impl FnOnce(File) -> T) -> File {
    let file = tempfile::tempfile().unwrap();
    write(file.try_clone().unwrap());
    rewound(&file)
}

fn rewound(file: &File) -> File {
    let mut file = file.try_clone().unwrap();
    file.rewind().unwrap();
    file
}

/// All hits in order, found by looking at every document.
fn by_hand(records: &[Record], query: &Query) -> Vec<(u16, i64)> {
    let (mut hits, mut codes) = (Vec::new(), Vec::new());
    push_all(records, |doc| {
        let mut text = Vec::new();
        index::write_text(doc.title, doc.extra, &mut text);
        if let Some(tier) = query.rank(&text, &mut codes) {
            hits.push((tier, std::cmp::Reverse(doc.touched), std::cmp::Reverse(doc.id), doc.object));
        }
    });
    hits.sort();
    hits.iter().map(|h| (h.3, h.2.0)).collect()
}

fn keys(hits: &[Hit]) -> Vec<(u16, i64)> {
    hits.iter().map(|h| (h.object, h.id)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_postings_lose_nothing_and_keep_the_order(records in records(150), typed in prop::collection::vec(typed(), 1..8), limit in 1..60_usize) {
        let index = built(&records);
        for typed in typed {
            let query = Query::new(&typed);
            let expected = by_hand(&records, &query);
            let first = index.search(&query, limit, &GO).unwrap();
            prop_assert_eq!(keys(&first), &expected[..limit.min(expected.len())], "{:?}", &typed);
            prop_assert_eq!(index.count(&query, usize::MAX, &GO).unwrap(), expected.len(), "{:?}", &typed);
        }
    }

    #[test]
    fn among_chosen_documents_only_those_are_found(
        records in records(150),
        typed in typed(),
        chosen in prop::collection::vec(any::<bool>(), 150),
        later in prop::collection::vec(0..150_usize, 0..6),
        limit in 1..40_usize,
        learned in any::<bool>(),
    ) {
        let mut index = built(&records);
        if learned {
            index.learn_letters(&GO);
        }
        let is_object = |at: usize| at % 3 == 1;
        let ids: Vec<i64> = (0..records.len()).filter(|at| is_object(*at) && chosen[*at]).map(|at| at as i64).collect();
        let ids = IdSet::new(ids);
        let among = std::sync::Arc::new(Chosen::new(ids.clone()));
        let ask = |index: &Index, among: &std::sync::Arc<Chosen>, objects: &[u16]| {
            let free = |object: u16| objects.is_empty() || objects.contains(&object);
            let query = Query::new(&typed).only(objects);
            let expected: Vec<(u16, i64)> = keys(&index.search(&query, usize::MAX, &GO).unwrap())
                .into_iter()
                .filter(|(object, id)| free(*object) && (*object != 1 || among.has(*id)))
                .collect();
            let query = query.among(1, std::sync::Arc::clone(among));
            let found = keys(&index.search(&query, limit, &GO).unwrap());
            prop_assert_eq!(&found, &expected[..limit.min(expected.len())], "{:?} in {:?}", typed, objects);
            let mut all: Vec<i64> = expected.iter().filter(|(object, _)| *object == 1).map(|(_, id)| *id).collect();
            all.sort_unstable();
            if free(1) {
                prop_assert_eq!(index.matches(&query, 1, &GO).unwrap(), all);
            }
            Ok(())
        };
        for objects in [&[][..], &[1], &[0, 1], &[2]] {
            ask(&index, &among, objects)?;
        }
        // Some come and some go, in the segments and among what changed since.
        let (come, gone): (Vec<usize>, Vec<usize>) =
            later.into_iter().filter(|at| *at < records.len()).partition(|at| at % 2 == 0);
        for at in come.iter().chain(&gone).step_by(2).filter(|at| is_object(**at)) {
            index.upsert(&doc(i64::try_from(*at).unwrap(), "华信科技", &[], 9));
        }
        let set = |places: &[usize]| IdSet::new(places.iter().filter(|at| is_object(**at)).map(|at| *at as i64).collect());
        let among = std::sync::Arc::new(among.changed(&set(&come), &set(&gone)));
        for objects in [&[][..], &[1], &[0, 1]] {
            ask(&index, &among, objects)?;
        }
    }

    #[test]
    fn every_fragment_of_a_title_finds_it(records in records(60), at in any::<prop::sample::Index>(), from in 0..12_usize, len in 1..5_usize) {
        let index = built(&records);
        let place = at.index(records.len());
        let title: Vec<char> = records[place].0.trim().chars().collect();
        let from = from.min(title.len().saturating_sub(1));
        let fragment: String = title[from..(from + len).min(title.len())].iter().collect();
        // A title that is a telephone number has nothing but digits to be found by.
        let is_number = title.iter().all(|c| c.is_ascii_digit() || !c.is_alphanumeric());
        prop_assume!(!is_number || fragment.chars().any(char::is_alphanumeric));
        let object = u16::try_from(place % 3).unwrap();
        let found = index.matches(&Query::new(&fragment), object, &GO).unwrap();
        prop_assert!(found.contains(&i64::try_from(place).unwrap()), "{:?} in {:?}", fragment, records[place].0);
    }

    #[test]
    fn pinyin_of_any_run_of_characters_finds_it(title in "[\u{4E00}-\u{9FA5}]{1,8}", from in 0..8_usize, cut in prop::collection::vec(any::<bool>(), 8)) {
        use ::pinyin::ToPinyin as _;
        let run: Vec<char> = title.chars().skip(from.min(title.chars().count() - 1)).collect();
        let plain = |c: char| c.to_pinyin().map(|p| p.plain().replace('ü', "v"));
        let mut codes = Vec::new();
        let mut bytes = Vec::new();
        fold::encode(&title, &mut bytes);
        fold::decode(&bytes, &mut codes);
        let typed: Option<String> = run.iter().zip(&cut).map(|(c, cut)| {
            plain(*c).map(|p| if *cut { p[..1].to_owned() } else { p })
        }).collect();
        let usual = (0..codes.len()).all(|at| pinyin::readings(&codes, at).as_slice().len() == 1);
        prop_assume!(usual && typed.is_some());
        let typed = typed.unwrap();
        let same = run.iter().all(|c| {
            let mut code = Vec::new();
            fold::encode_char(*c, &mut code);
            let mut one = Vec::new();
            fold::decode(&code, &mut one);
            pinyin::every_reading(one[0]).as_slice() == pinyin::spelled(plain(*c).unwrap().as_bytes())
        });
        prop_assume!(same);
        let index = build(&[("北京", &[]), (&title, &[]), ("上海", &[])]);
        prop_assert!(ids(&index, &typed).contains(&1), "{} {}", title, typed);
    }

    #[test]
    fn changes_give_what_a_fresh_build_gives(before in records(80), after in records(80), removed in prop::collection::vec(0..80_usize, 0..20), typed in typed(), compact in any::<bool>()) {
        let mut index = built(&before);
        push_all(&after, |doc| index.upsert(doc));
        let mut records = before.clone();
        records.splice(..after.len().min(before.len()), after);
        let mut gone = Vec::new();
        for place in removed.into_iter().filter(|p| *p < records.len()) {
            let (object, id) = (u16::try_from(place % 3).unwrap(), i64::try_from(place).unwrap());
            prop_assert_eq!(index.remove(object, id), !gone.contains(&(object, id)));
            gone.push((object, id));
        }
        if compact {
            index.compact();
        }
        let query = Query::new(&typed);
        let mut expected = by_hand(&records, &query);
        expected.retain(|key| !gone.contains(key));
        expected.truncate(20);
        prop_assert_eq!(keys(&index.search(&query, 20, &GO).unwrap()), expected);
    }

    #[test]
    fn a_snapshot_comes_back_whole(before in records(80), after in records(20), store in any::<u64>(), sequence in any::<u64>(), typed in typed()) {
        let mut index = built(&before);
        push_all(&after, |doc| index.upsert(doc));
        let stamp = Stamp { store, sequence };
        let file = snapshot(|file| index.save(file, stamp).unwrap());
        prop_assert_eq!(Index::stamp(&mut rewound(&file)).unwrap(), stamp);
        let (mut loaded, read) = Index::load(rewound(&file)).unwrap();
        prop_assert_eq!(read, stamp);
        prop_assert_eq!(&loaded.delta, &index.delta);
        prop_assert_eq!(loaded.text_in_memory(), 0);
        let query = Query::new(&typed);
        for query in [query.clone(), Query::new("")] {
            prop_assert_eq!(loaded.search(&query, 200, &GO).unwrap(), index.search(&query, 200, &GO).unwrap());
        }
        prop_assert_eq!(loaded.matches(&query, 1, &GO).unwrap(), index.matches(&query, 1, &GO).unwrap());
        for (at, _) in before.iter().enumerate() {
            let (object, id) = (u16::try_from(at % 3).unwrap(), i64::try_from(at).unwrap());
            prop_assert!(loaded.remove(object, id));
            prop_assert!(!loaded.remove(object, id));
        }
        prop_assert!(!loaded.is_damaged());
    }

    #[test]
    fn what_is_saved_while_it_is_built_is_the_same(records in records(200), typed in typed()) {
        let stamp = Stamp { store: 1, sequence: 2 };
        let file = snapshot(|file| {
            let mut builder = Builder::saving(file);
            push_all(&records, |doc| builder.push(doc));
            let (index, saved) = builder.finish_saving(stamp);
            assert!(saved);
            assert_eq!(index.text_in_memory(), 0);
        });
        let (loaded, read) = Index::load(file).unwrap();
        prop_assert_eq!(read, stamp);
        let query = Query::new(&typed);
        let expected = built(&records).search(&query, 50, &GO).unwrap();
        prop_assert_eq!(loaded.search(&query, 50, &GO).unwrap(), expected);
    }

    #[test]
    fn a_damaged_snapshot_is_noticed(records in records(40), at in any::<prop::sample::Index>(), bits in 1..=255_u8, cut in any::<bool>()) {
        let mut file = snapshot(|file| built(&records).save(file, Stamp { store: 1, sequence: 2 }).unwrap());
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        let place = at.index(bytes.len());
        if cut {
            bytes.truncate(place);
        } else {
            bytes[place] ^= bits;
        }
        let damaged = snapshot(|mut file| file.write_all(&bytes).unwrap());
        let noticed = Index::load(damaged).map_or(true, |(mut index, _)| {
            index.count(&Query::new(""), usize::MAX, &GO).unwrap();
            (0..records.len()).for_each(|at| {
                index.remove(u16::try_from(at % 3).unwrap(), i64::try_from(at).unwrap());
            });
            index.is_damaged()
        });
        prop_assert!(noticed);
    }

    #[test]
    fn any_text_and_any_query_are_taken(title in "\\PC{0,12}", extra in ".{0,12}", typed in ".{0,10}") {
        let index = build(&[(&title, &[&extra])]);
        index.search(&Query::new(&typed), 5, &GO).unwrap();
        for range in highlight(&title, &Query::new(&typed)) {
            prop_assert!(title.get(range).is_some());
        }
    }
}
