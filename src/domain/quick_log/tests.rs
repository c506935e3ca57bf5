#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;

/// A Wednesday.
fn now() -> Zoned {
    date(2026, 11, 18).at(10, 0, 0, 0).to_zoned(TimeZone::get("Asia/Shanghai").unwrap()).unwrap()
}

fn due(next: &NextStep) -> String {
    match next.due.as_ref().map(|due| &due.value) {
        None => String::new(),
        Some(Moment::Day(date)) => date.to_string(),
        Some(Moment::At(time)) => time.strftime("%Y-%m-%d %H:%M").to_string(),
    }
}

/// Line, kind, who, body, and due and text of the next step.
type Row = (&'static str, Option<LogKind>, &'static str, &'static str, Option<(&'static str, &'static str)>);

#[test]
fn lines() {
    use LogKind::*;
    let table: &[Row] = &[
        (
            "call 华信 王总: wants a quote; next fri 15:00 send quote",
            Some(Call),
            "华信 王总",
            "wants a quote",
            Some(("2026-11-27 15:00", "send quote")),
        ),
        (
            "电话 华信 王总：要报价；下周五 下午3点 发报价",
            Some(Call),
            "华信 王总",
            "要报价",
            Some(("2026-11-27 15:00", "发报价")),
        ),
        ("拜访华信：谈了价格；明天发合同", Some(Visit), "华信", "谈了价格", Some(("2026-11-19", "发合同"))),
        ("Visited Acme, Inc.: saw the plant", Some(Visit), "Acme, Inc.", "saw the plant", None),
        ("meeting with 王总: ok", Some(Meeting), "王总", "ok", None),
        ("打电话给王总：没人接", Some(Call), "王总", "没人接", None),
        ("微信 李工: 发了资料", Some(Message), "李工", "发了资料", None),
        ("邮件：报价已发", Some(Email), "", "报价已发", None),
        ("call: no answer", Some(Call), "", "no answer", None),
        ("call no answer", Some(Call), "", "no answer", None),
        ("call", Some(Call), "", "", None),
        ("拜访客户谈了价格", Some(Visit), "", "拜访客户谈了价格", None),
        ("备注 很满意", Some(Note), "", "很满意", None),
        ("wants a quote", None, "", "wants a quote", None),
        ("华信: wants a quote", None, "华信", "wants a quote", None),
        ("callback requested", None, "", "callback requested", None),
        ("call at 15:00 done", Some(Call), "", "at 15:00 done", None),
        ("see https://a.cn for more", None, "", "see https://a.cn for more", None),
        ("今天谈得不错。结论：继续", None, "", "今天谈得不错。结论：继续", None),
        ("  note   华信 :  a  ;  ", Some(Note), "华信", "a", None),
        ("a; b; tomorrow call back", None, "", "a; b", Some(("2026-11-19", "call back"))),
        ("a; send quote next fri 15:00", None, "", "a", Some(("2026-11-27 15:00", "send quote"))),
        ("a；发报价，下周五", None, "", "a", Some(("2026-11-27", "发报价"))),
        ("a; send the quote on 11-20", None, "", "a", Some(("2026-11-20", "send the quote"))),
        ("a; 3天后回电", None, "", "a", Some(("2026-11-21", "回电"))),
        ("a; +3d: call", None, "", "a", Some(("2026-11-21", "call"))),
        ("a; tomorrow", None, "", "a", Some(("2026-11-19", ""))),
        ("a; 5号楼看现场", None, "", "a", Some(("", "5号楼看现场"))),
        ("a; they will decide", None, "", "a", Some(("", "they will decide"))),
        ("; call back", None, "", "", Some(("", "call back"))),
        ("", None, "", "", None),
        // Without a semicolon.
        ("电话 华信 王总：要报价 下周五 发报价", Some(Call), "华信 王总", "要报价", Some(("2026-11-27", "发报价"))),
        ("电话 王总：没人接，明天下午3点再打", Some(Call), "王总", "没人接", Some(("2026-11-19 15:00", "再打"))),
        ("没人接 明天 再打", None, "", "没人接", Some(("2026-11-19", "再打"))),
        ("call Wang: no answer, tomorrow again", Some(Call), "Wang", "no answer", Some(("2026-11-19", "again"))),
        (
            "call 华信 王总: wants a quote next fri send quote",
            Some(Call),
            "华信 王总",
            "wants a quote",
            Some(("2026-11-27", "send quote")),
        ),
        ("要报价。2026-12-01 发报价", None, "", "要报价", Some(("2026-12-01", "发报价"))),
        ("要报价 3天后 发报价", None, "", "要报价", Some(("2026-11-21", "发报价"))),
        // Not plain: told, not planned.
        ("客户说下周五决定", None, "", "客户说下周五决定", None),
        ("they decide next fri after the board", None, "", "they decide next fri after the board", None),
        ("要报价 下周五", None, "", "要报价 下周五", None),
        ("下周五 发报价", None, "", "下周五 发报价", None),
        ("谈了价格 昨天 发了合同", None, "", "谈了价格 昨天 发了合同", None),
        ("很满意 今天 签字", None, "", "很满意 今天 签字", None),
        ("去看 5号 楼现场", None, "", "去看 5号 楼现场", None),
        ("要 3/4 管", None, "", "要 3/4 管", None),
        ("谈妥 明天 寄样 下周五 发报价", None, "", "谈妥 明天 寄样 下周五 发报价", None),
        ("要报价 明天 再问；下周五 发报价", None, "", "要报价 明天 再问", Some(("2026-11-27", "发报价"))),
    ];
    for (text, kind, who, body, next) in table {
        let log = parse(text, &now());
        assert_eq!(log.kind.as_ref().map(|kind| kind.value), *kind, "{text}");
        assert_eq!(log.who.as_ref().map_or("", |who| &who.value), *who, "{text}");
        assert_eq!(log.body.value, *body, "{text}");
        let found = log.next.as_ref().map(|next| (due(next), next.text.value.clone()));
        assert_eq!(found, next.map(|(due, text)| (due.to_owned(), text.to_owned())), "{text}");
    }
}

#[test]
fn a_line_without_a_kind_is_a_note() {
    assert_eq!(parse("hello", &now()).kind_or_note(), LogKind::Note);
}

#[test]
fn a_day_that_does_not_exist_is_named() {
    for text in ["a; 2026-02-30 send", "a; send 2026-02-30", "a；2月30日发报价"] {
        let next = parse(text, &now()).next.unwrap();
        assert_eq!(next.due, None, "{text}");
        assert_eq!(next.problem.unwrap().value.key(), "when-no-such-date", "{text}");
    }
}

#[test]
fn places_and_the_way_back() {
    let text = "call 华信: a; tomorrow b";
    let log = parse(text, &now());
    let at = |span: &Span| text.get(span.clone()).unwrap();
    assert_eq!(at(&log.kind.as_ref().unwrap().span), "call");
    assert_eq!(at(&log.who.as_ref().unwrap().span), "华信");
    assert_eq!(at(&log.body.span), "a");
    let next = log.next.as_ref().unwrap();
    assert_eq!((at(&next.due.as_ref().unwrap().span), at(&next.text.span)), ("tomorrow", "b"));
    assert_eq!(log.body_with_who(text), "华信: a");
}

proptest! {
    #[test]
    fn every_part_is_a_part_of_the_line(text in "(call|电话|拜访|[:：;；,，]| |明天|next fri|15:00|11-20|给|\\PC){0,16}") {
        let log = parse(&text, &now());
        let mut parts = vec![log.body];
        parts.extend(log.who);
        parts.extend(log.next.map(|next| next.text));
        for part in parts {
            prop_assert_eq!(text.get(part.span), Some(part.value.as_str()));
        }
    }
}
