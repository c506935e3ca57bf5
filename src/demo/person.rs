//! Made-up people.

use super::draw::Draw;
use pinyin::ToPinyin;

/// Surnames by how frequent they are (per thousand, roughly).
const SURNAMES: &[(&str, u32)] = &[
    ("王", 72),
    ("李", 72),
    ("张", 68),
    ("刘", 54),
    ("陈", 46),
    ("杨", 31),
    ("黄", 23),
    ("赵", 23),
    ("吴", 21),
    ("周", 20),
    ("徐", 15),
    ("孙", 15),
    ("马", 13),
    ("朱", 13),
    ("胡", 12),
    ("郭", 12),
    ("何", 11),
    ("高", 10),
    ("林", 11),
    ("罗", 9),
    ("郑", 9),
    ("梁", 8),
    ("谢", 7),
    ("宋", 7),
    ("唐", 7),
    ("许", 6),
    ("韩", 6),
    ("冯", 6),
    ("邓", 6),
    ("曹", 6),
    ("彭", 5),
    ("曾", 5),
    ("肖", 5),
    ("田", 5),
    ("董", 5),
    ("潘", 4),
    ("袁", 4),
    ("蔡", 4),
    ("蒋", 4),
    ("余", 4),
    ("于", 4),
    ("杜", 4),
    ("叶", 4),
    ("程", 4),
    ("魏", 4),
    ("苏", 4),
    ("吕", 4),
    ("丁", 4),
    ("任", 4),
    ("卢", 4),
    ("姚", 3),
    ("沈", 3),
    ("钟", 3),
    ("姜", 3),
    ("崔", 3),
    ("谭", 3),
    ("陆", 3),
    ("范", 3),
    ("汪", 3),
    ("廖", 3),
    ("石", 3),
    ("金", 3),
    ("韦", 3),
    ("贾", 3),
    ("夏", 3),
    ("付", 2),
    ("方", 3),
    ("邹", 2),
    ("熊", 2),
    ("白", 2),
    ("孟", 2),
    ("秦", 2),
    ("邱", 2),
    ("侯", 2),
    ("江", 2),
    ("尹", 2),
    ("薛", 2),
    ("闫", 2),
    ("段", 2),
    ("雷", 2),
    ("龙", 2),
    ("史", 2),
    ("陶", 2),
    ("贺", 2),
    ("顾", 2),
    ("毛", 2),
    ("郝", 2),
    ("龚", 2),
    ("邵", 2),
    ("万", 2),
    ("钱", 2),
    ("严", 2),
    ("欧阳", 1),
    ("单", 1),
    ("仇", 1),
    ("司马", 1),
    ("诸葛", 1),
    ("尉迟", 1),
];
const MEN: &str = "伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林阳建峰志亮海东文博子轩昊天晨睿嘉国栋\
    晓新永康德胜庆祥哲瀚铭毅恒远";
const WOMEN: &str = "芳娜敏静丽艳娟霞秀英华慧巧美玲红玉萍雪琳洁云莉燕梅婷倩颖欣怡佳雅琪璐瑶梦诗涵思雨晓彤嘉文静宁\
    岚月兰芬晴妍悦菲蕾薇";

const LATIN_MEN: &[&str] = &[
    "James", "Robert", "John", "Michael", "David", "William", "Richard", "Thomas", "Daniel", "Matthew", "Anthony",
    "Mark", "Steven", "Paul", "Andrew", "Kevin", "Brian", "George", "Edward", "Jason", "Ryan", "Jacob", "Eric",
    "Stefan", "Jürgen", "Pierre", "Luca", "Marco", "Carlos", "Javier", "Hiroshi", "Arjun", "Omar", "Lars", "João",
];
const LATIN_WOMEN: &[&str] = &[
    "Mary",
    "Jennifer",
    "Linda",
    "Elizabeth",
    "Barbara",
    "Susan",
    "Jessica",
    "Sarah",
    "Karen",
    "Nancy",
    "Lisa",
    "Emily",
    "Michelle",
    "Amanda",
    "Laura",
    "Rebecca",
    "Anna",
    "Julia",
    "Sophie",
    "Camille",
    "Giulia",
    "Lucía",
    "Yuki",
    "Priya",
    "Fatima",
    "Ingrid",
    "Beatriz",
    "Olivia",
    "Hannah",
    "Claire",
];
/// Family names; companies are called after them too.
pub(super) const FAMILIES: &[&str] = &[
    "Smith",
    "Johnson",
    "Williams",
    "Brown",
    "Jones",
    "Miller",
    "Davis",
    "Wilson",
    "Anderson",
    "Taylor",
    "Moore",
    "Jackson",
    "Martin",
    "Lee",
    "Thompson",
    "White",
    "Harris",
    "Clark",
    "Lewis",
    "Robinson",
    "Walker",
    "Young",
    "Allen",
    "King",
    "Wright",
    "Scott",
    "Hill",
    "Green",
    "Adams",
    "Baker",
    "Nelson",
    "Carter",
    "Mitchell",
    "Roberts",
    "Turner",
    "Phillips",
    "Campbell",
    "Parker",
    "Evans",
    "Edwards",
    "Collins",
    "Stewart",
    "Morris",
    "Murphy",
    "Cook",
    "Rogers",
    "Morgan",
    "Cooper",
    "Reed",
    "Bailey",
    "Kelly",
    "Howard",
    "Ward",
    "Cox",
    "Richardson",
    "Wood",
    "Watson",
    "Brooks",
    "Bennett",
    "Gray",
    "Hughes",
    "Price",
    "Foster",
    "Sanders",
    "Ross",
    "Coleman",
    "Powell",
    "Perry",
    "Russell",
    "Fisher",
    "Hayes",
    "Ford",
    "Hamilton",
    "Graham",
    "Wallace",
    "West",
    "Cole",
    "Stone",
    "Hunter",
    "Weber",
    "Schneider",
    "Fischer",
    "Meyer",
    "Becker",
    "Hoffmann",
    "Koch",
    "Richter",
    "Wolf",
    "Dubois",
    "Laurent",
    "Moreau",
    "Girard",
    "Rossi",
    "Ferrari",
    "Bianchi",
    "Romano",
    "Garcia",
    "Fernandez",
    "Torres",
    "Silva",
    "Santos",
    "Costa",
    "Tanaka",
    "Sato",
    "Suzuki",
    "Kim",
    "Park",
    "Tan",
    "Lim",
    "Sharma",
    "Patel",
    "Khan",
    "Larsson",
    "Jansen",
    "Novak",
    "Keller",
    "Bauer",
    "Lindgren",
    "O'Brien",
    "O'Connor",
    "MacLeod",
];

/// A person.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    pub(super) name: String,
    /// A dictionary key.
    pub(super) gender: &'static str,
    /// Letters for an e-mail address.
    pub(super) letters: String,
}

/// A person with a Chinese name.
pub(super) fn chinese(draw: &mut Draw) -> Person {
    let woman = draw.chance(42);
    let surname = draw.weighted(SURNAMES);
    let given: Vec<char> = if woman { WOMEN } else { MEN }.chars().collect();
    let mut name = surname.to_owned();
    name.push(draw.pick(&given));
    if draw.chance(68) {
        name.push(draw.pick(&given));
    }
    let letters = letters(&name);
    Person { name, gender: gender(woman), letters }
}

/// A person with a Latin name.
pub(super) fn latin(draw: &mut Draw) -> Person {
    let woman = draw.chance(42);
    let first = draw.pick(if woman { LATIN_WOMEN } else { LATIN_MEN });
    let family = draw.pick(FAMILIES);
    let letters = format!("{}.{}", plain(first), plain(family));
    Person { name: format!("{first} {family}"), gender: gender(woman), letters }
}

fn gender(woman: bool) -> &'static str {
    if woman { "female" } else { "male" }
}

/// Pinyin of Chinese characters without tones, as one word.
pub(super) fn letters(text: &str) -> String {
    let mut word = String::new();
    for character in text.chars() {
        match character.to_pinyin() {
            Some(pinyin) => word.push_str(&pinyin.plain().replace('ü', "v")),
            None => word.extend(character.is_ascii_alphanumeric().then(|| character.to_ascii_lowercase())),
        }
    }
    word
}

/// A Latin name's letters as an address takes them.
pub(super) fn plain(text: &str) -> String {
    let letter = |c: char| match c {
        'ü' => Some('u'),
        'ã' => Some('a'),
        'í' => Some('i'),
        _ => c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase()),
    };
    text.chars().filter_map(letter).collect()
}

/// What Chinese mobile numbers begin with.
const MOBILES: &[&str] = &[
    "130", "131", "132", "133", "134", "135", "136", "137", "138", "139", "150", "151", "152", "153", "155", "156",
    "157", "158", "159", "166", "173", "175", "176", "177", "178", "180", "181", "182", "183", "184", "185", "186",
    "187", "188", "189", "191", "193", "195", "196", "197", "198", "199",
];

/// A Chinese mobile number.
pub(super) fn mobile(draw: &mut Draw) -> String {
    draw.pick(MOBILES).to_owned() + &draw.digits(8)
}
