//! Finds the encoding of a text: by its byte order mark, by its shape, by how much common Chinese it
//! holds when decoded one way or the other.

use crate::domain::message::Message;
use crate::msg;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// The most frequent characters of simplified Chinese text and of company names.
const SIMPLIFIED: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种\
面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其\
些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很\
情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论\
运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联认共权收证\
改清己美再转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报类八离华名确才科张信马节话米整空元况今集温传土许步群广石\
记需段研界林律且究观越装影算低持音众书布复容须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往历市克何除消构府\
称准精值号率维划选标写存候毛亲快效院江型养易派层片却专厂识适圆包满县局照参红细引听铁价严限股份司贸投京深圳沪广州杭陈李王刘赵钱\
电话邮箱地址行业客户姓名";

/// The same for traditional Chinese, where they differ.
const TRADITIONAL: &str = "這個國們時來會發動學經進電裡實點從業還應開關與間樣義線內數質氣條沒結問無軍論運農強決戰則據處隊給門\
規熱領東導壓濟術極聯認權證單風帶場車務萬達積議聲報類離華確張馬節話況傳許廣記觀裝眾書複須際驗連斷難礦備辦習響約勞歷稱準號維劃\
選標寫親養層專廠識適圓滿縣參紅細聽鐵價嚴臺灣龍話郵說種產為後過機體當兩現對邊員題資長見計別區則總黨統將組東門頭圖級設陳劉趙錢\
戶貿";

/// What a text is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detected {
    /// The encoding.
    pub encoding: &'static Encoding,
    /// The length of the byte order mark in bytes.
    pub bom: usize,
}

/// The encoding of a text by its beginning (or by any part that holds more than ASCII).
/// Refuses what is no text at all, saying what it seems to be.
pub fn detect(sample: &[u8]) -> Result<Detected, Message> {
    if let Some(what) = known_binary(sample) {
        return Err(msg!("transfer-binary", what = what));
    }
    if let Some((encoding, bom)) = Encoding::for_bom(sample) {
        return Ok(Detected { encoding, bom });
    }
    let encoding = match utf16_without_bom(sample) {
        Some(encoding) => encoding,
        None if is_binary(sample) => return Err(msg!("transfer-no-text")),
        None if is_mostly_utf8(sample) => UTF_8,
        None => legacy(sample),
    };
    Ok(Detected { encoding, bom: 0 })
}

/// The encoding that a user names (`gbk`, `utf-16le`, `big5`).
pub fn by_name(name: &str) -> Option<&'static Encoding> {
    let name = name.trim();
    let encoding = match name.to_ascii_lowercase().replace('_', "-").as_str() {
        "utf8" => UTF_8,
        "utf16" | "utf16le" => UTF_16LE,
        "utf16be" => UTF_16BE,
        // GB18030 holds GB2312 and GBK.
        "gbk" | "gb2312" | "cp936" | "ansi" => GB18030,
        "cp950" => BIG5,
        _ => Encoding::for_label(name.as_bytes())?,
    };
    (encoding != encoding_rs::REPLACEMENT).then_some(if encoding == encoding_rs::GBK { GB18030 } else { encoding })
}

/// Whether all bytes are ASCII, so that they say nothing of the encoding.
pub fn is_plain(sample: &[u8]) -> bool {
    sample.is_ascii() && !sample.contains(&0)
}

/// Names a well-known file format by its first bytes.
fn known_binary(sample: &[u8]) -> Option<&'static str> {
    const MAGIC: &[(&[u8], &str)] = &[
        (b"PK\x03\x04", "XLSX/ZIP"),
        (b"\xD0\xCF\x11\xE0", "XLS"),
        (b"%PDF", "PDF"),
        (b"\x1F\x8B", "gzip"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\x89PNG", "PNG"),
        (b"\xFF\xD8\xFF", "JPEG"),
        (b"7z\xBC\xAF", "7z"),
        (b"Rar!", "RAR"),
        (b"\x7FELF", "ELF"),
        (b"\xFF\xFE\0\0", "UTF-32"),
    ];
    MAGIC.iter().find(|(magic, _)| sample.starts_with(magic)).map(|(_, name)| *name)
}

/// Whether too many bytes are controls that no text holds (other than tab, line ends, form feed, escape and DOS's
/// end mark). Single NULs are left to the rows.
fn is_binary(sample: &[u8]) -> bool {
    let nul = memchr::memchr_iter(0, sample).count();
    let control = |b: &&u8| **b < 0x20 && !matches!(**b, 0 | b'\t' | b'\n' | b'\r' | 0x0C | 0x1A | 0x1B);
    let controls = sample.iter().filter(control).count();
    nul * 5 > sample.len() || (controls > 3 && controls * 50 > sample.len())
}

/// Tells UTF-16 by its line ends, digits and separators: one byte of the pair is zero, always the same.
fn utf16_without_bom(sample: &[u8]) -> Option<&'static Encoding> {
    let (pairs, _) = sample.as_chunks::<2>();
    let first = pairs.iter().filter(|[a, b]| *a == 0 && *b != 0).count();
    let second = pairs.iter().filter(|[a, b]| *b == 0 && *a != 0).count();
    let (encoding, hits, misses) = if second > first { (UTF_16LE, second, first) } else { (UTF_16BE, first, second) };
    if hits < 2 || hits * 25 < pairs.len() || misses * 20 > hits {
        return None;
    }
    let even = sample.get(..pairs.len() * 2).unwrap_or_default();
    let (text, malformed) = encoding.decode_without_bom_handling(even);
    // A cut in the middle of a surrogate pair at the end of the sample is no fault.
    let cut = text.strip_suffix('\u{FFFD}').is_some_and(|t| !t.contains('\u{FFFD}'));
    let controls = text.chars().filter(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')).count();
    ((!malformed || cut) && controls * 50 <= pairs.len()).then_some(encoding)
}

/// Whether the bytes are UTF-8, single broken ones aside: other encodings hardly ever look like it.
fn is_mostly_utf8(sample: &[u8]) -> bool {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in sample.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    let cut = matches!(std::str::from_utf8(sample), Err(e) if e.error_len().is_none());
    bad == 0 || (cut && bad == 1 && good > 0) || bad * 5 <= good
}

/// Chooses among the encodings from before Unicode.
fn legacy(sample: &[u8]) -> &'static Encoding {
    let gb = common_share(sample, GB18030, false);
    let big5 = common_share(sample, BIG5, true);
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(Some(b"cn"), Utf8Detection::Deny);
    let chinese = guess == GB18030 || guess == encoding_rs::GBK || guess == BIG5;
    if gb.max(big5) < 0.08 && !chinese {
        return guess;
    }
    // GB18030 reads almost any bytes: Big5 must read them too, and as clearly commoner text.
    if big5 > gb * 1.2 { BIG5 } else { GB18030 }
}

/// Which share of the non-ASCII characters is common Chinese when read in an encoding.
/// Bytes that can't be read weigh against it.
fn common_share(sample: &[u8], encoding: &'static Encoding, traditional: bool) -> f64 {
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let (mut common, mut all) = (0f64, 0f64);
    for c in text.chars().filter(|c| !c.is_ascii()).take(20_000) {
        all += 1.0;
        let known = SIMPLIFIED.contains(c) || (traditional && TRADITIONAL.contains(c)) || "，。（）、：“”".contains(c);
        match c {
            '\u{FFFD}' => common -= 5.0,
            '\u{E000}'..='\u{F8FF}' => common -= 1.0,
            _ if known => common += 1.0,
            _ => {}
        }
    }
    if all == 0.0 { 0.0 } else { common / all }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    }

    #[test]
    fn encodings_are_found() {
        let simplified = "客户名称,行业,城市\n华信科技有限公司,制造,北京\n深圳市蓝海贸易股份有限公司,贸易,深圳\n";
        let traditional = "客戶名稱,行業,城市\n華信科技股份有限公司,製造,臺北\n統一企業股份有限公司,食品,臺南\n";
        let short = "名称,电话\n王五,1\n";
        let cases: Vec<(&str, Vec<u8>, &'static Encoding, usize)> = vec![
            ("ASCII", b"name,city\nAcme,Oslo\n".to_vec(), UTF_8, 0),
            ("empty", Vec::new(), UTF_8, 0),
            ("UTF-8", simplified.as_bytes().to_vec(), UTF_8, 0),
            ("UTF-8 with mark", [b"\xEF\xBB\xBF", simplified.as_bytes()].concat(), UTF_8, 3),
            ("UTF-8 cut in a character", simplified.as_bytes().get(..7).unwrap().to_vec(), UTF_8, 0),
            ("GB18030", GB18030.encode(simplified).0.into_owned(), GB18030, 0),
            ("short GB18030", GB18030.encode(short).0.into_owned(), GB18030, 0),
            ("Big5", BIG5.encode(traditional).0.into_owned(), BIG5, 0),
            ("UTF-16LE", utf16(simplified, false), UTF_16LE, 0),
            ("UTF-16BE", utf16(simplified, true), UTF_16BE, 0),
            ("UTF-16LE with mark", [b"\xFF\xFE".to_vec(), utf16(simplified, false)].concat(), UTF_16LE, 2),
            ("UTF-16BE with mark", [b"\xFE\xFF".to_vec(), utf16(simplified, true)].concat(), UTF_16BE, 2),
            ("Latin", b"name,city\nCaf\xE9 M\xFCller,K\xF6ln\n".to_vec(), encoding_rs::WINDOWS_1252, 0),
        ];
        for (name, bytes, encoding, bom) in cases {
            assert_eq!(detect(&bytes), Ok(Detected { encoding, bom }), "{name}");
        }
    }

    #[test]
    fn one_broken_byte_does_not_change_the_encoding() {
        let mut bytes = "客户名称,行业\n华信科技有限公司,制造业与贸易,一二三四五六\n".as_bytes().to_vec();
        bytes.insert(21, 0xFF);
        assert_eq!(detect(&bytes).unwrap().encoding, UTF_8);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        let noise: Vec<u8> = (0..4096u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for bytes in [b"PK\x03\x04rest".to_vec(), b"SQLite format 3\0".to_vec(), noise, vec![0; 512]] {
            assert!(detect(&bytes).is_err(), "{:?}", bytes.first_chunk::<4>());
        }
    }

    #[test]
    fn names_of_encodings_are_read_as_people_write_them() {
        for (name, encoding) in [("GBK", GB18030), ("utf-8", UTF_8), ("UTF16", UTF_16LE), ("big5", BIG5)] {
            assert_eq!(by_name(name), Some(encoding), "{name}");
        }
        assert_eq!(by_name("klingon"), None);
    }
}
