//! Chinese numerals: 二十三, 一百零五, 二〇二六, 三万五千, 壹佰.

/// The number at the start of `chars` and how many characters it takes. `None` if there is none, or if it is no
/// well-formed numeral (一百五, which may be 105 or 150; 十百).
pub fn leading(chars: &[char]) -> Option<(u64, usize)> {
    let length = chars.iter().take_while(|c| digit(**c).is_some() || unit(**c).is_some()).count();
    let numeral = chars.get(..length).filter(|numeral| !numeral.is_empty())?;
    let value = match numeral.iter().map(|c| digit(*c)).collect::<Option<Vec<_>>>() {
        Some(digits) => positional(&digits)?,
        None => by_units(numeral)?,
    };
    Some((value, length))
}

/// The digit that a character stands for.
fn digit(c: char) -> Option<u64> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn unit(c: char) -> Option<u64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1_000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

fn positional(digits: &[u64]) -> Option<u64> {
    digits.iter().try_fold(0_u64, |value, digit| value.checked_mul(10)?.checked_add(*digit))
}

/// Sections below 万, each of falling units, joined by falling 亿 and 万.
fn by_units(numeral: &[char]) -> Option<u64> {
    let (mut total, mut big_before) = (0_u64, u64::MAX);
    let mut rest = numeral;
    while !rest.is_empty() {
        let end = rest.iter().position(|c| matches!(c, '万' | '亿'));
        let (part, after) = rest.split_at(end.unwrap_or(rest.len()));
        let big = after.first().and_then(|c| unit(*c)).unwrap_or(1);
        if big >= big_before {
            return None;
        }
        total = total.checked_add(section(part, big_before == u64::MAX)?.checked_mul(big)?)?;
        big_before = big;
        rest = after.get(1..).unwrap_or_default();
    }
    Some(total)
}

/// A number below 10,000. Only the first section may stand without its leading zero: 三万五 is not 30,005.
fn section(part: &[char], first: bool) -> Option<u64> {
    let (mut value, mut lowest) = (0_u64, if first { 10 } else { 10_000 });
    let mut limit = 10_000;
    let (mut zero, mut pending) = (false, None);
    for c in part {
        if let Some(unit) = unit(*c) {
            let count = pending.take().or((unit == 10 && value == 0).then_some(1))?;
            if unit >= limit {
                return None;
            }
            value += count * unit;
            (lowest, limit, zero) = (unit, unit, false);
            continue;
        }
        match digit(*c)? {
            0 if pending.is_none() && !zero => zero = true,
            digit @ 1.. if pending.is_none() => pending = Some(digit),
            _ => return None,
        }
    }
    match pending {
        Some(digit) if lowest == 10 || zero => Some(value + digit),
        None if value > 0 && !zero => Some(value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(u64, usize)> {
        leading(&text.chars().collect::<Vec<_>>())
    }

    #[test]
    fn numerals() {
        let table = [
            ("三", 3),
            ("两", 2),
            ("十", 10),
            ("十一", 11),
            ("二十", 20),
            ("二十三", 23),
            ("三十一", 31),
            ("一百", 100),
            ("一百零五", 105),
            ("一百一十", 110),
            ("二〇二六", 2026),
            ("一千零二十", 1020),
            ("三万五千", 35_000),
            ("十二万", 120_000),
            ("三亿", 300_000_000),
            ("三亿五千万", 350_000_000),
            ("一亿零五万", 100_050_000),
            ("壹佰贰拾", 120),
        ];
        for (text, value) in table {
            assert_eq!(read(text), Some((value, text.chars().count())), "{text}");
        }
    }

    #[test]
    fn only_the_start_is_read() {
        assert_eq!(read("三点"), Some((3, 1)));
        assert_eq!(read("十二月"), Some((12, 2)));
    }

    #[test]
    fn what_is_no_numeral() {
        for text in [
            "",
            "点三",
            "一百五",
            "三万五",
            "十百",
            "百",
            "万",
            "一二十",
            "二十二十",
            "九九九九九九九九九九九九九九九九九九九九九",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
