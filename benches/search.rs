//! Search as you type at a million customers: `cargo bench --bench search` (size: `TCRM_BENCH_DOCS`,
//! runs of each query, of which the fastest counts: `TCRM_BENCH_RUNS`; the snapshot of a store instead of
//! generated documents: `TCRM_BENCH_SNAPSHOT`).
//! Prints latencies per class of query beside one `memmem` scan of the same text, memory, build and load.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

use std::hint::black_box;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use memchr::memmem;
use tcrm::search::{Builder, Doc, Index, Query, Stamp};

const PLACES: &[&str] = &[
    "北京",
    "上海",
    "深圳",
    "广州",
    "杭州",
    "南京",
    "苏州",
    "成都",
    "重庆",
    "武汉",
    "西安",
    "长沙",
    "天津",
    "青岛",
    "厦门",
    "宁波",
    "东莞",
    "佛山",
    "无锡",
    "合肥",
    "郑州",
    "济南",
    "大连",
    "沈阳",
    "福州",
    "昆明",
    "南昌",
    "长春",
    "石家庄",
    "哈尔滨",
];
const FIRST: &str = "华中金鑫信瑞德恒盛泰安宏远达创新天海龙凤嘉美佳康健博文智慧通联众合力强富贵荣昌兴隆盈丰永久利源泽润雅思诚正大同和平光明辉煌东方南北西山河江湖云雷星月日晨曦春秋冬夏青蓝红紫银铁钢木林森禾田园圣豪杰俊英才子君仁义礼";
const TRADE: &[&str] = &[
    "科技",
    "信息技术",
    "贸易",
    "电子",
    "机械",
    "建材",
    "实业",
    "商贸",
    "网络科技",
    "生物科技",
    "医疗器械",
    "食品",
    "服饰",
    "物流",
    "咨询",
    "文化传媒",
    "教育",
    "环保",
    "新能源",
    "软件",
    "自动化设备",
    "五金制品",
    "化工",
    "装饰工程",
    "汽车配件",
    "农业发展",
];
const FORM: &[&str] = &["有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团", "厂", "经营部"];
const LATIN: &[&str] = &[
    "Acme", "Global", "Pacific", "Nova", "Blue", "River", "Stone", "Alpha", "Delta", "Omega", "Prime", "Solar",
    "Titan", "Vertex", "Quantum", "Cedar", "Maple", "Harbor", "Summit", "Pioneer", "Orion", "Atlas", "Zenith",
    "Crystal", "Falcon", "Metro",
];
const KIND: &[&str] =
    &["Trading", "Systems", "Industries", "Logistics", "Foods", "Software", "Partners", "Labs", "Motors", "Energy"];
const END: &[&str] = &["Co.", "Ltd", "Inc", "GmbH", "LLC"];

/// A small generator of numbers, the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

struct Customer {
    title: String,
    short: String,
    phone: String,
    code: String,
    city: &'static str,
    touched: u32,
}

fn customer(id: usize, dice: &mut Dice, chars: &[char]) -> Customer {
    let city = dice.pick(PLACES);
    let (title, short) = if dice.roll(10) < 7 {
        let name: String = (0..2 + dice.roll(2)).map(|_| chars[dice.roll(chars.len())]).collect();
        let trade = dice.pick(TRADE);
        let suffix = if dice.roll(3) == 0 { "市" } else { "" };
        let place = if dice.roll(4) > 0 { format!("{city}{suffix}") } else { String::new() };
        (format!("{place}{name}{trade}{}", dice.pick(FORM)), format!("{name}{trade}"))
    } else {
        let name = format!("{} {}", dice.pick(LATIN), dice.pick(LATIN));
        (format!("{name} {} {}", dice.pick(KIND), dice.pick(END)), name)
    };
    let phone = format!("1{}{:09}", 3 + dice.roll(7), dice.roll(1_000_000_000));
    Customer {
        title,
        short,
        phone,
        code: format!("C{id:07}"),
        city,
        touched: 1_700_000_000 - u32::try_from(id).unwrap(),
    }
}

/// Chinese characters in a crude order of frequency: the first ones ten times as often.
fn name_chars() -> Vec<char> {
    let common: Vec<char> = FIRST.chars().collect();
    let mut all: Vec<char> = (0..12).flat_map(|_| common.clone()).collect();
    all.extend(('\u{4E00}'..='\u{5400}').step_by(2));
    all
}

fn classes(sample: &[Customer]) -> Vec<(&'static str, Vec<String>)> {
    let mut dice = Dice(77);
    let mut slices = |han: bool, from: fn(&Customer) -> &str, len: usize| -> Vec<String> {
        let mut all = Vec::new();
        while all.len() < 300 {
            let text: Vec<char> = from(&sample[dice.roll(sample.len())]).chars().collect();
            if text.len() >= len && (text[0] > '\u{2000}') == han {
                let at = dice.roll(text.len() - len + 1);
                all.push(text[at..at + len].iter().collect());
            }
        }
        all
    };
    let title: fn(&Customer) -> &str = |c| &c.title;
    let phone: fn(&Customer) -> &str = |c| &c.phone;
    let mut classes = vec![
        ("1 character", slices(true, title, 1)),
        ("2 characters", slices(true, title, 2)),
        ("3 characters", slices(true, title, 3)),
        ("4 characters", slices(true, title, 4)),
        ("8 characters", slices(true, title, 8)),
        ("phone 3", slices(false, phone, 3)),
        ("phone 4", slices(false, phone, 4)),
        ("phone 7", slices(false, phone, 7)),
        ("phone 11", slices(false, phone, 11)),
        ("code", slices(false, |c| &c.code, 6)),
        ("latin 1", slices(false, title, 1)),
        ("latin 2", slices(false, title, 2)),
        ("latin 3", slices(false, title, 3)),
        ("latin 6", slices(false, title, 6)),
    ];
    let two = |a: &[String], b: &[String]| a.iter().zip(b).map(|(a, b)| format!("{a} {b}")).collect::<Vec<_>>();
    let words =
        [two(&classes[1].1, &classes[0].1), two(&classes[1].1, &classes[5].1), two(&classes[11].1, &classes[10].1)];
    classes.push(("two words, Chinese", words[0].clone()));
    classes.push(("Chinese and phone", words[1].clone()));
    classes.push(("two words, latin", words[2].clone()));
    for (name, of, full) in
        [("pinyin full 2", 1, true), ("pinyin full 3", 2, true), ("pinyin full 4", 3, true), ("pinyin 8", 4, true)]
    {
        let typed = classes[of].1.iter().map(|t| letters(t, full)).collect();
        classes.push((name, typed));
    }
    for (name, of) in [("initials 1", 0), ("initials 2", 1), ("initials 3", 2), ("initials 4", 3), ("initials 8", 4)] {
        let typed = classes[of].1.iter().map(|t| letters(t, false)).collect();
        classes.push((name, typed));
    }
    let mixed = classes[2].1.iter().map(|t| {
        let c: Vec<char> = t.chars().collect();
        format!(
            "{}{}",
            letters(&c[..1].iter().collect::<String>(), true),
            letters(&c[1..].iter().collect::<String>(), false)
        )
    });
    classes.push(("pinyin mixed", mixed.collect()));
    let pairs = (b'a'..=b'z').flat_map(|a| (b'a'..=b'z').map(move |b| format!("{}{}", char::from(a), char::from(b))));
    classes.push(("all letter pairs", pairs.collect()));
    classes.push(("all single keys", (b'0'..=b'z').map(|b| char::from(b).to_string()).collect()));
    let random = (0..300)
        .map(|_| (0..3 + dice.roll(5)).map(|_| char::from(b'a' + u8::try_from(dice.roll(26)).unwrap())).collect());
    classes.push(("random letters", random.collect()));
    let keys = "有 公 司 a 1 0 公司 有限 市 技 技有 司公 有技 公有 中国 大学 zzzz 龘 hx gs yxgs youxiangongsi gongyou gsgs ssss aaaa shishi 深圳 1 13 138 @ c 1380013 zhongguo nnnn anananan xianxian";
    classes.push((
        "chosen",
        keys.split(' ')
            .map(str::to_owned)
            .chain([
                "公司 1".into(),
                "1 2".into(),
                "a b c".into(),
                "有 限 公 司".into(),
                "x".repeat(40),
                "公".repeat(40),
            ])
            .collect(),
    ));
    classes
}

fn letters(text: &str, full: bool) -> String {
    use pinyin::ToPinyin as _;
    let of =
        |c: char| c.to_pinyin().map_or(c.to_string(), |p| if full { p.plain() } else { p.first_letter() }.to_owned());
    text.chars().map(of).collect()
}

/// Milliseconds of CPU that all threads have used.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() * 10.0
}

/// Memory of the process in MB: `VmRSS` now, `VmHWM` at its peak.
fn memory(what: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with(what)).unwrap_or("0 0");
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// Loads a snapshot and tells what it takes.
fn load(file: &std::path::Path) -> Index {
    let start = Instant::now();
    let (index, _) = Index::load(std::fs::File::open(file).unwrap()).unwrap();
    println!(
        "load {:.0} ms; RSS {:.1} MB, index {:.1} MB in memory for {:.1} MB of text in the file, {} documents",
        ms(start.elapsed()),
        memory("VmRSS"),
        index.bytes() as f64 / 1e6,
        index.text_bytes() as f64 / 1e6,
        index.len()
    );
    index
}

fn main() {
    if let Some(file) = std::env::var_os("TCRM_BENCH_SNAPSHOT") {
        let (mut dice, chars) = (Dice(42), name_chars());
        let sample: Vec<Customer> = (0..10_000).map(|id| customer(id, &mut dice, &chars)).collect();
        return measure(&load(file.as_ref()), &classes(&sample));
    }
    let size: usize = std::env::var("TCRM_BENCH_DOCS").ok().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    let chars = name_chars();
    let file = std::env::temp_dir().join(format!("tcrm-search-bench-{}", std::process::id()));
    let (mut dice, mut sample, mut raw) = (Dice(42), Vec::new(), String::new());
    let mut making = Duration::ZERO;
    let start = Instant::now();
    let (mut builder, used) = (Builder::new(), cpu());
    for id in 0..size {
        let made = Instant::now();
        let c = customer(id, &mut dice, &chars);
        making += made.elapsed();
        let extra = [&*c.short, &*c.phone, &*c.code, c.city];
        builder.push(&Doc {
            id: i64::try_from(id).unwrap(),
            object: 1,
            title: &c.title,
            extra: &extra,
            touched: c.touched,
        });
        if id % 97 == 0 {
            sample.push(c);
        }
    }
    let index = builder.finish();
    println!(
        "{size} documents; build {:.0} ms without making the data; {:.0} ms of CPU",
        ms(start.elapsed() - making),
        cpu() - used - ms(making)
    );
    let start = Instant::now();
    let out = std::fs::File::options().read(true).write(true).create(true).truncate(true).open(&file).unwrap();
    index.save(out, Stamp { store: 1, sequence: 1 }).unwrap();
    println!("save {:.0} ms, {:.1} MB", ms(start.elapsed()), std::fs::metadata(&file).unwrap().len() as f64 / 1e6);
    println!(
        "built: RSS {:.1} MB, at its peak {:.1} MB, index {:.1} MB",
        memory("VmRSS"),
        memory("VmHWM"),
        index.bytes() as f64 / 1e6
    );
    drop(index);
    let before = memory("VmRSS");
    let index = load(&file);
    println!("RSS before {before:.1} MB");
    std::fs::remove_file(&file).unwrap();
    measure(&index, &classes(&sample));
    let mut dice = Dice(42);
    for id in 0..size {
        let c = customer(id, &mut dice, &chars);
        raw.extend([&*c.title, "\n", &*c.short, "\n", &*c.phone, "\n", &*c.code, "\n", c.city, "\n"]);
    }
    for needle in ["龘", "华信", "zzzz", "1380013"] {
        let start = Instant::now();
        let count = memmem::find_iter(raw.as_bytes(), needle).count();
        println!(
            "memmem over {:.1} MB for {needle}: {:.2} ms, {count} hits",
            raw.len() as f64 / 1e6,
            ms(start.elapsed())
        );
    }
}

/// How often each query is run; the least time counts, which leaves out what else the machine does.
fn runs() -> usize {
    std::env::var("TCRM_BENCH_RUNS").ok().and_then(|n| n.parse().ok()).unwrap_or(1).max(1)
}

fn measure(index: &Index, classes: &[(&str, Vec<String>)]) {
    let go = AtomicBool::new(false);
    let (mut every, mut worst) = (Vec::new(), Vec::new());
    println!("{:<20} {:>6} {:>8} {:>8} {:>8}   slowest", "class", "n", "p50 ms", "p99 ms", "max ms");
    for (name, typed) in classes {
        let mut times: Vec<(f64, &str)> = Vec::new();
        for text in typed {
            let once = || {
                let start = Instant::now();
                black_box(index.search(&Query::new(text), 50, &go).unwrap());
                ms(start.elapsed())
            };
            times.push(((0..runs()).map(|_| once()).fold(f64::INFINITY, f64::min), text));
        }
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)].0;
        let max = times[times.len() - 1];
        println!("{name:<20} {:>6} {:>8.3} {:>8.3} {:>8.3}   {}", times.len(), at(0.5), at(0.99), max.0, max.1);
        every.extend(times.iter().map(|t| t.0));
        worst.extend(times);
    }
    every.sort_by(f64::total_cmp);
    let at = |share: f64| every[(every.len() as f64 * share) as usize];
    println!(
        "all: p50 {:.3} ms, p99 {:.3} ms, p99.9 {:.3} ms, max {:.3} ms",
        at(0.5),
        at(0.99),
        at(0.999),
        every[every.len() - 1]
    );
    worst.sort_by(|a, b| b.0.total_cmp(&a.0));
    println!("slowest: {:?}", &worst[..12]);
    for typed in ["公司", "1", "华信", "hx", "zzzz"] {
        let start = Instant::now();
        let count = index.count(&Query::new(typed), usize::MAX, &go).unwrap();
        println!("exact count of {typed}: {count} in {:.1} ms", ms(start.elapsed()));
    }
}
