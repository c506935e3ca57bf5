//! Readings of Chinese characters (per character, by word, as a surname) and matching of typed letters.
//!
//! A character has its most common reading, a few have a second that is accepted everywhere, and a word
//! from the table below fixes the readings of its characters (银行 is yinhang, never yinxing). The first
//! character of a text is also accepted in its reading as a surname.

use std::sync::LazyLock;

use ::pinyin::ToPinyin as _;

use super::fold::{HAN, HAN_COUNT};

/// Characters with a second reading that is common outside any word of the table.
#[rustfmt::skip]
const SECOND: &[(char, &str)] = &[
    ('重', "zhong chong"), ('行', "xing hang"), ('长', "chang zhang"), ('乐', "le yue"),
    ('都', "du dou"), ('朝', "chao zhao"), ('厦', "xia sha"), ('区', "qu"), ('会', "hui"),
    ('调', "diao tiao"), ('传', "chuan zhuan"), ('藏', "cang zang"), ('降', "jiang xiang"),
    ('角', "jiao jue"), ('卡', "ka qia"), ('莞', "guan wan"), ('番', "fan pan"), ('蚌', "bang beng"),
    ('晟', "sheng cheng"), ('盛', "sheng cheng"), ('石', "shi"), ('奇', "qi ji"), ('薄', "bo bao"),
    ('率', "lv shuai"), ('校', "xiao jiao"), ('车', "che ju"), ('参', "can shen"), ('还', "hai huan"),
    ('强', "qiang"), ('弹', "dan tan"), ('塔', "ta"), ('六', "liu lu"), ('大', "da"), ('模', "mo mu"),
    ('茜', "qian xi"), ('俞', "yu"), ('阿', "a"), ('贾', "jia"), ('广', "guang"), ('便', "bian pian"),
    ('折', "zhe"), ('圳', "zhen"), ('莘', "shen xin"), ('尉', "wei yu"), ('汤', "tang"), ('沈', "shen"),
    ('什', "shen shi"), ('种', "zhong"), ('南', "nan"), ('和', "he"), ('拓', "tuo ta"), ('给', "gei ji"),
    ('露', "lu"), ('曝', "pu bao"), ('宿', "su xiu"), ('血', "xue xie"), ('色', "se"), ('劲', "jin jing"),
    ('单', "dan"), ('曾', "zeng ceng"), ('解', "jie"), ('查', "cha"), ('仇', "chou"), ('覃', "qin tan"),
    ('台', "tai"), ('系', "xi"), ('兴', "xing"), ('地', "di"), ('得', "de"), ('着', "zhe"), ('了', "le"),
    ('员', "yuan"), ('万', "wan"), ('无', "wu"), ('柏', "bai bo"), ('沓', "ta"), ('蔚', "wei yu"),
    ('翟', "zhai di"), ('佴', "nai"), ('娜', "na nuo"), ('婷', "ting"), ('雀', "que"), ('隆', "long"),
    ('仔', "zai zi"), ('说', "shuo"), ('数', "shu"), ('省', "sheng"), ('似', "si"), ('术', "shu"),
    ('咖', "ka ga"), ('伽', "jia"), ('纶', "lun"), ('祭', "ji"), ('殷', "yin"), ('菲', "fei"), ('芥', "jie"),
];

/// Readings as a surname, where they differ.
#[rustfmt::skip]
const SURNAMES: &[(char, &str)] = &[
    ('单', "shan"), ('曾', "zeng"), ('仇', "qiu"), ('解', "xie"), ('查', "zha"), ('区', "ou"), ('盖', "ge"),
    ('任', "ren"), ('朴', "piao"), ('覃', "qin"), ('乐', "yue"), ('缪', "miao"), ('翟', "zhai"), ('员', "yun"),
    ('繁', "po"), ('秘', "bi"), ('冼', "xian"), ('折', "she"), ('洗', "xian"), ('黑', "he"), ('种', "chong"),
    ('召', "shao"), ('隗', "wei"), ('那', "na"), ('燕', "yan"), ('过', "guo"), ('牟', "mu"), ('逄', "pang"),
    ('尉', "wei"), ('石', "shi"), ('车', "che"), ('宁', "ning"), ('华', "hua"), ('哈', "ha"), ('晁', "chao"),
    ('祭', "zhai"), ('郗', "xi"), ('郇', "xun"), ('瞿', "qu"), ('晟', "cheng"), ('撒', "sa"), ('谌', "chen"),
    ('令', "ling"), ('句', "gou"), ('纪', "ji"), ('臧', "zang"), ('褚', "chu"), ('葛', "ge"), ('佟', "tong"),
    ('莘', "shen"), ('宓', "mi"), ('幺', "yao"), ('麻', "ma"), ('於', "yu"), ('贲', "ben"), ('柏', "bai"),
];

/// Words that fix the readings of their characters.
#[rustfmt::skip]
const WORDS: &[(&str, &str)] = &[
    ("重庆", "chong qing"), ("银行", "yin hang"), ("长沙", "chang sha"), ("长春", "chang chun"),
    ("长安", "chang an"), ("长江", "chang jiang"), ("长城", "chang cheng"), ("长虹", "chang hong"),
    ("长征", "chang zheng"), ("长兴", "chang xing"), ("长治", "chang zhi"), ("长乐", "chang le"),
    ("朝阳", "chao yang"), ("朝鲜", "chao xian"), ("朝晖", "zhao hui"), ("朝霞", "zhao xia"),
    ("成都", "cheng du"), ("首都", "shou du"), ("都市", "du shi"), ("厦门", "xia men"), ("大厦", "da sha"),
    ("音乐", "yin yue"), ("乐器", "yue qi"), ("乐清", "yue qing"), ("乐山", "le shan"), ("快乐", "kuai le"),
    ("会计", "kuai ji"), ("会稽", "kuai ji"), ("东莞", "dong guan"), ("番禺", "pan yu"), ("六安", "lu an"),
    ("六合", "lu he"), ("蚌埠", "beng bu"), ("台州", "tai zhou"), ("铅山", "yan shan"), ("单县", "shan xian"),
    ("莘县", "shen xian"), ("莘庄", "xin zhuang"), ("涡阳", "guo yang"), ("尉犁", "yu li"), ("尉迟", "yu chi"),
    ("万俟", "mo qi"), ("长孙", "zhang sun"), ("单于", "chan yu"), ("中牟", "zhong mu"), ("牟平", "mu ping"),
    ("洪洞", "hong tong"), ("丽水", "li shui"), ("燕山", "yan shan"), ("燕郊", "yan jiao"), ("西藏", "xi zang"),
    ("宝藏", "bao zang"), ("收藏", "shou cang"), ("储藏", "chu cang"), ("吐蕃", "tu bo"), ("百色", "bai se"),
    ("校长", "xiao zhang"), ("董事长", "dong shi zhang"), ("市长", "shi zhang"), ("局长", "ju zhang"),
    ("处长", "chu zhang"), ("部长", "bu zhang"), ("科长", "ke zhang"), ("厂长", "chang zhang"),
    ("院长", "yuan zhang"), ("店长", "dian zhang"), ("会长", "hui zhang"), ("行长", "hang zhang"),
    ("成长", "cheng zhang"), ("生长", "sheng zhang"), ("增长", "zeng zhang"), ("重阳", "chong yang"),
    ("重新", "chong xin"), ("重量", "zhong liang"), ("重工", "zhong gong"), ("重型", "zhong xing"),
    ("重点", "zhong dian"), ("行业", "hang ye"), ("商行", "shang hang"), ("车行", "che hang"),
    ("洋行", "yang hang"), ("央行", "yang hang"), ("总行", "zong hang"), ("分行", "fen hang"),
    ("支行", "zhi hang"), ("工行", "gong hang"), ("建行", "jian hang"), ("农行", "nong hang"),
    ("招行", "zhao hang"), ("同行", "tong hang"), ("行情", "hang qing"), ("行政", "xing zheng"),
    ("旅行", "lv xing"), ("行动", "xing dong"), ("执行", "zhi xing"), ("发行", "fa xing"),
    ("出行", "chu xing"), ("传媒", "chuan mei"), ("传播", "chuan bo"), ("传统", "chuan tong"),
    ("传感", "chuan gan"), ("传奇", "chuan qi"), ("自传", "zi zhuan"), ("调查", "diao cha"),
    ("调研", "diao yan"), ("空调", "kong tiao"), ("协调", "xie tiao"), ("调味", "tiao wei"),
    ("校对", "jiao dui"), ("学校", "xue xiao"), ("效率", "xiao lv"), ("率先", "shuai xian"),
    ("人参", "ren shen"), ("海参", "hai shen"), ("参数", "can shu"), ("模具", "mu ju"), ("模型", "mo xing"),
    ("模块", "mo kuai"), ("便宜", "pian yi"), ("便利", "bian li"), ("便捷", "bian jie"),
    ("汽车", "qi che"), ("车辆", "che liang"), ("房车", "fang che"), ("证券", "zheng quan"),
    ("兴业", "xing ye"), ("朴素", "pu su"), ("弹簧", "tan huang"), ("供应", "gong ying"),
    ("宿州", "su zhou"), ("宿迁", "su qian"), ("石家庄", "shi jia zhuang"), ("降解", "jiang jie"),
    ("解放", "jie fang"), ("解决", "jie jue"), ("检查", "jian cha"), ("查询", "cha xun"),
    ("单位", "dan wei"), ("订单", "ding dan"), ("简单", "jian dan"), ("曾经", "ceng jing"),
    ("宁波", "ning bo"), ("南宁", "nan ning"), ("华为", "hua wei"), ("大连", "da lian"), ("大庆", "da qing"),
    ("什么", "shen me"), ("拓展", "tuo zhan"), ("开拓", "kai tuo"), ("血液", "xue ye"), ("给排水", "ji pai shui"),
    ("强劲", "qiang jing"), ("咖啡", "ka fei"), ("咖喱", "ga li"), ("柏林", "bo lin"), ("蔚来", "wei lai"),
    ("地铁", "di tie"), ("目的", "mu di"), ("角色", "jue se"), ("主角", "zhu jue"), ("关卡", "guan qia"),
    ("归还", "gui huan"), ("还款", "huan kuan"), ("六盘水", "liu pan shui"), ("厦大", "xia da"),
];

/// A syllable by its place in the table.
pub(super) type SyllableId = u16;

const NONE: u16 = u16::MAX;
const MANY: u16 = 0x8000;
const ANY: u8 = b'*';
/// Letters that a pinyin query may have; longer words are matched literally only.
pub(super) const MAX_LETTERS: usize = 64;

/// Up to four readings of one character.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Readings {
    ids: [SyllableId; 4],
    len: u8,
}

impl Readings {
    pub(super) fn as_slice(&self) -> &[SyllableId] {
        self.ids.get(..usize::from(self.len)).unwrap_or_default()
    }

    fn add(&mut self, id: SyllableId) {
        if id != NONE
            && !self.as_slice().contains(&id)
            && let Some(slot) = self.ids.get_mut(usize::from(self.len))
        {
            *slot = id;
            self.len += 1;
        }
    }
}

/// The letters of a syllable, of which `zhuang` is the longest, kept in place for speed.
#[derive(Clone, Copy, Default)]
struct Spelling {
    letters: [u8; 7],
    len: u8,
}

impl Spelling {
    fn new(letters: &str) -> Spelling {
        let mut spelling = Spelling::default();
        spelling.letters.iter_mut().zip(letters.bytes()).for_each(|(a, b)| *a = b);
        spelling.len = u8::try_from(letters.len().min(7)).unwrap_or(7);
        spelling
    }

    fn as_slice(&self) -> &[u8] {
        self.letters.get(..usize::from(self.len)).unwrap_or_default()
    }
}

struct Syllable {
    letters: Spelling,
    /// lu and nu for lv and nv: what is typed on keyboards without ü.
    loose: Option<Spelling>,
}

impl Syllable {
    fn spellings(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(self.letters.as_slice()).chain(self.loose.as_ref().map(Spelling::as_slice))
    }

    fn first(&self) -> u8 {
        self.letters.letters[0]
    }
}

struct Word {
    codes: Vec<u16>,
    place: usize,
    id: SyllableId,
}

#[derive(Default)]
struct Many {
    usual: Readings,
    first: Readings,
    every: Readings,
    words: Vec<Word>,
}

struct Table {
    syllables: Vec<Syllable>,
    /// All spellings in order, for prefixes.
    spellings: Vec<(Box<[u8]>, SyllableId)>,
    /// By code less [`HAN`]: a syllable, [`NONE`], or a place in `many` with [`MANY`] set.
    readings: Vec<u16>,
    many: Vec<Many>,
    /// By code: the first letter typed for it, 0 for none, [`ANY`] for several readings.
    letters: Vec<u8>,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::new);

/// Makes the table of readings, which the first search takes some milliseconds for otherwise.
pub fn make_ready() {
    LazyLock::force(&TABLE);
}

impl Table {
    fn new() -> Table {
        let mut table = Table {
            syllables: Vec::new(),
            spellings: Vec::new(),
            readings: Vec::new(),
            many: Vec::new(),
            letters: Vec::new(),
        };
        let mut known = std::collections::HashMap::new();
        for place in 0..u32::from(HAN_COUNT) {
            let reading = char::from_u32(0x4E00 + place).and_then(|c| c.to_pinyin());
            let id = match reading {
                Some(reading) => table.intern(reading.plain(), &mut known),
                None => NONE,
            };
            table.readings.push(id);
        }
        for (c, readings) in SECOND {
            let mut usual = Readings::default();
            for reading in readings.split(' ') {
                usual.add(table.intern(reading, &mut known));
            }
            table.many_of(*c, Some(usual));
        }
        for (c, reading) in SURNAMES {
            let id = table.intern(reading, &mut known);
            let many = table.many_of(*c, None);
            many.first.add(id);
            many.every.add(id);
        }
        let mut words = WORDS.to_vec();
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.len()));
        for (word, readings) in words {
            let codes: Vec<u16> = word.chars().map(code).collect();
            for (place, (c, reading)) in word.chars().zip(readings.split(' ')).enumerate() {
                let id = table.intern(reading, &mut known);
                if table.reading_slot(c) == Some(id) {
                    continue;
                }
                let many = table.many_of(c, None);
                many.every.add(id);
                many.words.push(Word { codes: codes.clone(), place, id });
            }
        }
        table.spellings.sort();
        table.letters.extend(0..128);
        let letters = table.readings.iter().map(|slot| match *slot {
            NONE => 0,
            slot if slot & MANY != 0 => ANY,
            slot => table.syllables.get(usize::from(slot)).map_or(0, Syllable::first),
        });
        let letters: Vec<u8> = letters.collect();
        table.letters.extend(letters);
        table
    }

    fn intern(&mut self, reading: &str, known: &mut std::collections::HashMap<String, SyllableId>) -> SyllableId {
        let letters: String = reading.chars().map(|c| if c == 'ü' { 'v' } else { c }).collect();
        if !letters.bytes().all(|b| b.is_ascii_lowercase()) || letters.is_empty() {
            return NONE;
        }
        if let Some(id) = known.get(&letters) {
            return *id;
        }
        let id = SyllableId::try_from(self.syllables.len()).unwrap_or(NONE);
        let loose = letters.contains('v').then(|| Spelling::new(&letters.replace('v', "u")));
        let syllable = Syllable { letters: Spelling::new(&letters), loose };
        self.spellings.extend(syllable.spellings().map(|s| (s.into(), id)));
        self.syllables.push(syllable);
        known.insert(letters, id);
        id
    }

    fn reading_slot(&self, c: char) -> Option<u16> {
        self.readings.get(usize::from(code(c).wrapping_sub(HAN))).copied()
    }

    /// The entry of a character with several readings, made from its plain reading or `usual` when new.
    fn many_of(&mut self, c: char, usual: Option<Readings>) -> &mut Many {
        let at = usize::from(code(c).wrapping_sub(HAN));
        let slot = self.readings.get(at).copied().unwrap_or(NONE);
        let place = if slot != NONE && slot & MANY != 0 {
            usize::from(slot & !MANY)
        } else {
            let mut plain = Readings::default();
            plain.add(slot);
            let usual = usual.unwrap_or(plain);
            self.many.push(Many { usual, first: usual, every: usual, words: Vec::new() });
            let place = self.many.len() - 1;
            if let Some(slot) = self.readings.get_mut(at) {
                *slot = MANY | u16::try_from(place).unwrap_or_default();
            }
            place
        };
        if place >= self.many.len() {
            self.many.push(Many::default());
        }
        let last = self.many.len() - 1;
        #[expect(clippy::indexing_slicing, reason = "clamped to the last place of a vector that is not empty")]
        &mut self.many[place.min(last)]
    }
}

fn code(c: char) -> u16 {
    match c {
        '\u{4E00}'..='\u{9FFF}' => u16::try_from(u32::from(c) - 0x4E00).unwrap_or_default() + HAN,
        _ => super::fold::RARE,
    }
}

/// The readings of the character at `at` of a folded text, empty for what is no Chinese character.
pub(super) fn readings(codes: &[u16], at: usize) -> Readings {
    let mut found = Readings::default();
    let Some(slot) = codes.get(at).and_then(|code| slot(*code)) else {
        return found;
    };
    if slot & MANY == 0 {
        found.add(slot);
        return found;
    }
    let Some(many) = TABLE.many.get(usize::from(slot & !MANY)) else {
        return found;
    };
    for word in &many.words {
        let start = at.checked_sub(word.place);
        if start.and_then(|s| codes.get(s..)).is_some_and(|rest| rest.starts_with(&word.codes)) {
            found.add(word.id);
            return found;
        }
    }
    if at == 0 { many.first } else { many.usual }
}

/// The reading of a character that has just one wherever it stands, with its first letter.
pub(super) fn only_reading(code: u16) -> Option<(SyllableId, u8)> {
    let id = slot(code).filter(|slot| slot & MANY == 0)?;
    Some((id, *TABLE.letters.get(usize::from(code))?))
}

/// Every reading that the character can have in any text.
pub(super) fn every_reading(code: u16) -> Readings {
    let mut found = Readings::default();
    match slot(code) {
        Some(slot) if slot & MANY == 0 => found.add(slot),
        Some(slot) => found = TABLE.many.get(usize::from(slot & !MANY)).map(|m| m.every).unwrap_or_default(),
        None => {}
    }
    found
}

fn slot(code: u16) -> Option<u16> {
    let slot = TABLE.readings.get(usize::from(code.checked_sub(HAN)?)).copied()?;
    (slot != NONE).then_some(slot)
}

/// The first letter of a syllable.
pub(super) fn initial(id: SyllableId) -> u8 {
    TABLE.syllables.get(usize::from(id)).map_or(b'?', Syllable::first)
}

/// The syllables spelled exactly so (lu is also lv).
pub(super) fn spelled(letters: &[u8]) -> Vec<SyllableId> {
    let from = TABLE.spellings.partition_point(|(s, _)| &**s < letters);
    let rest = TABLE.spellings.get(from..).unwrap_or_default();
    rest.iter().take_while(|(s, _)| &**s == letters).map(|(_, id)| *id).collect()
}

/// The syllables that begin so.
pub(super) fn beginning(letters: &[u8]) -> Vec<SyllableId> {
    let from = TABLE.spellings.partition_point(|(s, _)| &**s < letters);
    let rest = TABLE.spellings.get(from..).unwrap_or_default();
    let mut ids: Vec<_> = rest.iter().take_while(|(s, _)| s.starts_with(letters)).map(|(_, id)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Where a pinyin match ends and whether its last syllable was typed in full or as an initial.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Match {
    /// Code behind the last matched one.
    pub(super) end: usize,
    /// The last syllable is not cut short.
    pub(super) complete: bool,
}

/// Whether a match of letters that begin with `first` can start with this character.
pub(super) fn may_start(code: u16, first: u8) -> bool {
    TABLE.letters.get(usize::from(code)).is_some_and(|letter| *letter == first || *letter == ANY)
}

/// Matches all of `typed` from code `at` on: each Chinese character by its full reading, its initial
/// (one letter, or zh, ch, sh), the last also by the beginning of its reading; ASCII by itself.
/// At least one Chinese character takes part. A complete match is preferred.
pub(super) fn match_at(codes: &[u16], at: usize, typed: &[u8]) -> Option<Match> {
    step(codes, at, typed, false)
}

fn step(codes: &[u16], at: usize, typed: &[u8], han: bool) -> Option<Match> {
    let Some((first, rest)) = typed.split_first() else {
        return han.then_some(Match { end: at, complete: true });
    };
    let code = *codes.get(at)?;
    if code < HAN {
        return (code == u16::from(*first)).then(|| step(codes, at + 1, rest, han)).flatten();
    }
    let mut cut = None;
    for id in readings(codes, at).as_slice() {
        let Some(syllable) = TABLE.syllables.get(usize::from(*id)) else {
            continue;
        };
        if syllable.first() != *first {
            continue;
        }
        let letters = syllable.letters.as_slice();
        let double = letters.get(1) == Some(&b'h') && letters.len() > 2;
        let initials = [letters.get(..2).filter(|_| double), letters.get(..1)];
        for part in syllable.spellings().chain(initials.into_iter().flatten()) {
            let Some(rest) = typed.strip_prefix(part) else {
                continue;
            };
            match step(codes, at + 1, rest, true) {
                Some(found) if found.complete => return Some(found),
                Some(found) => cut = Some(found),
                None => {}
            }
        }
        if syllable.spellings().any(|s| s.starts_with(typed)) {
            cut = cut.or(Some(Match { end: at + 1, complete: false }));
        }
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, typed: &str) -> Option<(usize, usize)> {
        let mut bytes = Vec::new();
        super::super::fold::encode(text, &mut bytes);
        let mut codes = Vec::new();
        super::super::fold::decode(&bytes, &mut codes);
        (0..codes.len()).find_map(|at| match_at(&codes, at, typed.as_bytes()).map(|m| (at, m.end)))
    }

    #[test]
    fn typed_letters_stand_for_characters() {
        for (text, typed, expected) in [
            ("华信科技", "huaxin", Some((0, 2))),
            ("华信科技", "hx", Some((0, 2))),
            ("华信科技", "huax", Some((0, 2))),
            ("华信科技", "hxin", Some((0, 2))),
            ("华信科技", "xinkj", Some((1, 4))),
            ("华信科技", "hk", None),
            ("张三", "zhangs", Some((0, 2))),
            ("张三", "zsan", Some((0, 2))),
            ("张三", "zhs", Some((0, 2))),
            ("张三", "zhansan", None),
            ("重庆", "chongqing", Some((0, 2))),
            ("重庆", "zhongqing", None),
            ("中国银行", "yinhang", Some((2, 4))),
            ("中国银行", "yinxing", None),
            ("长沙", "changsha", Some((0, 2))),
            ("朝阳区", "chaoyang", Some((0, 2))),
            ("单立人", "shanliren", Some((0, 3))),
            ("单立人", "danliren", Some((0, 3))),
            ("曾强", "zengqiang", Some((0, 2))),
            ("仇英", "qiuying", Some((0, 2))),
            ("解缙", "xiejin", Some((0, 2))),
            ("查良镛", "zhaly", Some((0, 3))),
            ("吕布", "lvbu", Some((0, 2))),
            ("吕布", "lubu", Some((0, 2))),
            ("女装", "nvz", Some((0, 2))),
            ("卢布", "lvbu", None),
            ("TCL华信", "tclhx", Some((0, 5))),
            ("TCL", "tcl", None),
            ("3M中国", "3mzg", Some((0, 4))),
            ("西安", "xian", Some((0, 2))),
            ("先锋", "xian", Some((0, 1))),
            ("厦门", "xiamen", Some((0, 2))),
            ("大厦", "dasha", Some((0, 2))),
            ("东莞", "dongguan", Some((0, 2))),
            ("会计", "kuaiji", Some((0, 2))),
            ("音乐", "yinyue", Some((0, 2))),
            ("成都", "chengdu", Some((0, 2))),
            ("深圳", "shenzhen", Some((0, 2))),
            ("绿地", "lvdi", Some((0, 2))),
            ("公司", "gongsi", Some((0, 2))),
            ("有限", "youxian", Some((0, 2))),
        ] {
            assert_eq!(found(text, typed), expected, "{text} {typed}");
        }
    }

    #[test]
    fn spelling_and_prefix_agree_with_the_table() {
        assert_eq!(spelled(b"hua").len(), 1);
        assert_eq!(spelled(b"lu").len(), 2, "lu and lv");
        assert!(beginning(b"zh").iter().all(|id| initial(*id) == b'z'));
        assert!(spelled(b"xyz").is_empty());
        assert!(TABLE.syllables.len() < 500, "{}", TABLE.syllables.len());
    }
}
