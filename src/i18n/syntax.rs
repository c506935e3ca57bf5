//! What the reader of TOML says, in Chinese: it speaks English only.

use crate::domain::message::Message;

/// A message of this key about a mistake in a TOML text: `reason` as its reader tells it, `zh` in Chinese.
pub(crate) fn message(key: &'static str, told: &str) -> Message {
    let told = told.replace('\n', "; ");
    Message::new(key).with("zh", in_chinese(&told)).with("reason", told)
}

/// A mistake in a TOML text as its reader tells it, in Chinese. What is not known here stays as it is.
fn in_chinese(told: &str) -> String {
    let (what, expected) = told.split_once(", expected ").unwrap_or((told, ""));
    let what = match what.split_once("cannot extend value of type ") {
        Some(("", rest)) => {
            let kind = rest.split_once(" with").map_or(rest, |(kind, _)| kind);
            format!("不能用带点的键扩展类型为 {kind} 的值")
        }
        _ => known(what).unwrap_or(what).to_owned(),
    };
    let expected: Vec<&str> = expected.split(", ").filter(|e| !e.is_empty()).map(|e| known(e).unwrap_or(e)).collect();
    if expected.is_empty() { what } else { format!("{what}，此处应为{}", expected.join("、")) }
}

fn known(text: &str) -> Option<&'static str> {
    let found = WORDS.iter().find(|(english, _)| *english == text);
    found.map(|(_, chinese)| *chinese)
}

const WORDS: &[(&str, &str)] = &[
    // What is wrong.
    ("unclosed table", "表头没有写完"),
    ("unclosed array table", "表数组的表头没有写完"),
    ("unclosed array", "数组没有写完"),
    ("unclosed inline table", "内联表没有写完"),
    ("missing table open", "表头缺少左括号"),
    ("missing array opening", "数组缺少左括号"),
    ("missing inline table opening", "内联表缺少左括号"),
    ("key with no value", "键没有值"),
    ("missing value for key", "键没有值"),
    ("missing value", "缺少值"),
    ("missing escaped value", "反斜杠后面缺少内容"),
    ("missing key for inline table element", "内联表的成员缺少键"),
    ("missing assignment between key-value pairs", "键和值之间缺少等号"),
    ("missing comma between array elements", "数组的成员之间缺少逗号"),
    ("missing comma between key-value pairs", "成员之间缺少逗号"),
    ("missing opening quote", "缺少左引号"),
    ("missing comment start", "注释缺少 #"),
    ("extra `=`", "多了一个等号"),
    ("extra comma in array", "数组里多了一个逗号"),
    ("extra comma in inline table", "内联表里多了一个逗号"),
    ("extra assignment between key-value pairs", "多了一个等号"),
    ("unexpected `=` in array", "数组里不能有等号"),
    ("unexpected key or value", "多出了内容"),
    ("unexpected content", "多出了内容"),
    ("unexpected content between comment and newline", "注释里有不允许的内容"),
    ("unexpected leading zero", "数字不能以 0 开头"),
    ("unexpected sign", "不能带正负号"),
    ("redundant numeric sign", "多了一个正负号"),
    ("redundant integer number prefix", "数字的前缀重复了"),
    ("integers with a radix cannot be signed", "带进制的整数不能有正负号"),
    ("radix must be lowercase", "进制前缀必须小写"),
    ("`_` may only go between digits", "下划线只能放在数字之间"),
    ("string values must be quoted", "文本必须加引号"),
    ("keys cannot be multi-line literal strings", "键不能是多行文本"),
    ("keys cannot be multi-line basic strings", "键不能是多行文本"),
    ("unquoted keys cannot be empty", "键不能为空"),
    ("duplicate key", "键重复了"),
    ("too few unicode value digits", "Unicode 编码的位数不够"),
    ("carriage return must be followed by newline", "回车符后面必须有换行符"),
    ("cannot recurse further; max recursion depth met", "嵌套太深"),
    ("recursion limit", "嵌套太深"),
    ("invalid key", "键不正确"),
    ("invalid unquoted key", "键不正确"),
    ("invalid key-value pair", "键值对不正确"),
    ("invalid inline table element", "内联表的成员不正确"),
    ("invalid table", "表不正确"),
    ("invalid value", "值不正确"),
    ("invalid string", "文本不正确"),
    ("invalid basic string", "双引号文本不正确"),
    ("invalid literal string", "单引号文本不正确"),
    ("invalid multi-line basic string", "多行双引号文本不正确"),
    ("invalid multi-line literal string", "多行单引号文本不正确"),
    ("invalid comment character", "注释里有不允许的字符"),
    ("invalid integer number", "整数不正确"),
    ("invalid hexadecimal number", "十六进制数不正确"),
    ("invalid octal number", "八进制数不正确"),
    ("invalid binary number", "二进制数不正确"),
    ("invalid float", "小数不正确"),
    ("invalid mantissa", "小数不正确"),
    ("invalid boolean", "布尔值不正确"),
    ("invalid date-time", "日期时间不正确"),
    ("invalid datetime", "日期时间不正确"),
    ("invalid date", "日期不正确"),
    ("invalid time", "时间不正确"),
    ("invalid time offset", "时区偏移不正确"),
    // What should stand there.
    ("nothing", "空"),
    ("key", "键"),
    ("value", "值"),
    ("newline", "换行"),
    ("`\n`", "换行"),
    ("string", "文本"),
    ("basic string", "双引号文本"),
    ("literal string", "加引号的文本"),
    ("multi-line basic string", "多行双引号文本"),
    ("multi-line literal string", "多行单引号文本"),
    ("unquoted string", "不带引号的键"),
    ("printable characters", "可见字符"),
    ("non-double-quote visible characters", "双引号以外的可见字符"),
    ("non-single-quote visible characters", "单引号以外的可见字符"),
    ("non-single-quote characters", "单引号以外的字符"),
    ("unicode hexadecimal value", "十六进制的 Unicode 编码"),
    ("month between 01 and 12", " 01 到 12 的月份"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// What the reader really says of broken texts.
    #[test]
    fn nothing_that_the_reader_says_of_usual_slips_is_left_in_english() {
        for text in [
            "[a",
            "[[a",
            "[[a]",
            "a",
            "a =",
            "a = b",
            "a = \"b",
            "a = 'b",
            "a = \"\"\"b",
            "a = [1, 2",
            "a = [1 2]",
            "a = [1,, 2]",
            "a = { b = 1",
            "a = { b = 1 c = 2 }",
            "a = { b = 1,, c = 2 }",
            "a = { b }",
            "a = 1 2",
            "a b = 1",
            "a == 1",
            "a = 1\na = 2",
            "a = 2026-13-01",
            "a = 01",
            "a = +-1",
            "a = 1__0",
            "a = tru",
            "a = \"\\q\"",
            "= 1",
            "a.b = 1\na = 2",
            "a = 1\na.b = 2",
            "\u{1} = 1",
            "]",
        ] {
            let (_, errors) = toml::de::DeTable::parse_recoverable(text);
            assert!(!errors.is_empty(), "{text} is broken");
            for error in errors {
                let told = in_chinese(error.message());
                let quoted = told.split('`').step_by(2).collect::<String>();
                let left =
                    ["expected", "invalid", "missing", "unexpected", "extra", "unclosed", "key", "value", "with"];
                assert!(!left.iter().any(|word| quoted.contains(word)), "{text:?}: {} → {told}", error.message());
            }
        }
    }

    #[test]
    fn what_should_stand_there_is_told_too() {
        assert_eq!(in_chinese("unclosed array, expected `]`"), "数组没有写完，此处应为`]`");
        assert_eq!(in_chinese("duplicate key"), "键重复了");
        assert_eq!(in_chinese("some new mistake, expected `x`"), "some new mistake，此处应为`x`");
    }
}
