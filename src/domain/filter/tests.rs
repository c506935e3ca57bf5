#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn word(text: &str) -> Expr {
    Expr::Word(Spanned::new(text.into(), 0..0))
}

fn bare(text: &str) -> Literal {
    Literal { text: text.into(), quoted: false }
}

fn quoted(text: &str) -> Literal {
    Literal { text: text.into(), quoted: true }
}

fn one(literal: Literal) -> Operand {
    Operand::One(literal)
}

fn between(from: Option<&str>, to: Option<&str>) -> Operand {
    let end = |text: &str| Spanned::new(bare(text), 0..0);
    Operand::Between { from: from.map(end), to: to.map(end) }
}

fn any_of(items: impl IntoIterator<Item = Operand>) -> Operand {
    Operand::AnyOf(items.into_iter().map(|item| Spanned::new(item, 0..0)).collect())
}

fn is(field: &str, op: Op, value: Operand) -> Expr {
    Expr::Compare { field: Spanned::new(field.into(), 0..0), op, value: Spanned::new(value, 0..0) }
}

fn has(field: &str, value: &str) -> Expr {
    is(field, Op::Has, one(bare(value)))
}

fn not(part: Expr) -> Expr {
    Expr::Not(Box::new(part))
}

#[test]
fn words_and_structure() {
    let abc = || [word("a"), word("b"), word("c")];
    let [a, b, c] = abc();
    let table = [
        ("", Expr::All),
        (" \t　", Expr::All),
        ("华信", word("华信")),
        ("a b c", Expr::all(abc())),
        ("a and b AND c", Expr::all(abc())),
        ("a 且 b　且　c", Expr::all(abc())),
        ("a or b 或 c", Expr::any(abc())),
        ("a b or c", Expr::any([Expr::all([a.clone(), b.clone()]), c.clone()])),
        ("a (b or c)", Expr::all([a.clone(), Expr::any([b.clone(), c.clone()])])),
        ("a （b 或 c）", Expr::all([a.clone(), Expr::any([b.clone(), c.clone()])])),
        ("((a)) (b c)", Expr::all(abc())),
        ("-a not b 非 c", Expr::all(abc().map(not))),
        ("－a", not(a.clone())),
        ("not(a or b)", not(Expr::any([a.clone(), b.clone()]))),
        ("-(a b) c", Expr::all([not(Expr::all([a.clone(), b.clone()])), c.clone()])),
        ("--a", not(not(a.clone()))),
        ("a - b", Expr::all([a, word("-"), b])),
        ("\"and\" android 非凡科技 或者", Expr::all(["and", "android", "非凡科技", "或者"].map(word))),
        ("\"华信 科技\"", word("华信 科技")),
        ("“华信 科技”", word("华信 科技")),
        ("“华信”科技", Expr::all(["华信", "科技"].map(word))),
        (r#""say \"hi\" \\ \n""#, word(r#"say "hi" \ \n"#)),
        ("华信（北京）公司", word("华信（北京）公司")),
        ("(华信(北京))", word("华信(北京)")),
        ("138-0013 +86 hello! R&D", Expr::all(["138-0013", "+86", "hello!", "R&D"].map(word))),
        ("Acme, Inc.", Expr::all(["Acme,", "Inc."].map(word))),
    ];
    for (text, expected) in table {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }
}

#[test]
fn comparisons() {
    let table = [
        ("level:A", has("level", "A")),
        ("级别：Ａ", has("级别", "Ａ")),
        ("customer.level:A", has("customer.level", "A")),
        ("\"close date\":today", has("close date", "today")),
        ("amount=5", is("amount", Op::Eq, one(bare("5")))),
        ("amount == 5", is("amount", Op::Eq, one(bare("5")))),
        ("amount!=5", is("amount", Op::Ne, one(bare("5")))),
        ("amount<>5", is("amount", Op::Ne, one(bare("5")))),
        ("金额 ≥ 1万", is("金额", Op::Ge, one(bare("1万")))),
        ("金额＜＝100", is("金额", Op::Le, one(bare("100")))),
        ("金额！＝100", is("金额", Op::Ne, one(bare("100")))),
        ("amount > 100", is("amount", Op::Gt, one(bare("100")))),
        ("amount:>1,000", is("amount", Op::Gt, one(bare("1,000")))),
        ("updated:<-30d", is("updated", Op::Lt, one(bare("-30d")))),
        ("updated: >= 2026-11-22T15:00", is("updated", Op::Ge, one(bare("2026-11-22T15:00")))),
        ("web:https://a.cn/?x=1", has("web", "https://a.cn/?x=1")),
        ("name:\"华信 科技\"", is("name", Op::Has, one(quoted("华信 科技")))),
        ("name:\"\"", is("name", Op::Has, one(quoted("")))),
        ("owner:\"me\"", is("owner", Op::Has, one(quoted("me")))),
        ("name:华信（北京）", has("name", "华信（北京）")),
        ("(name:华信)", has("name", "华信")),
        ("-level:A", not(has("level", "A"))),
        ("level:A,B", is("level", Op::Has, any_of(["A", "B"].map(bare).map(one)))),
        ("级别：A、 B，C", is("级别", Op::Has, any_of(["A", "B", "C"].map(bare).map(one)))),
        ("n:\"a,b\",c", is("n", Op::Has, any_of([one(quoted("a,b")), one(bare("c"))]))),
        ("amount:10..20", is("amount", Op::Has, between(Some("10"), Some("20")))),
        ("amount=..1.5", is("amount", Op::Eq, between(None, Some("1.5")))),
        ("d:2026-01-01.. x", Expr::all([is("d", Op::Has, between(Some("2026-01-01"), None)), word("x")])),
        ("n:1..2,7", is("n", Op::Has, any_of([between(Some("1"), Some("2")), one(bare("7"))]))),
        (
            "level:A industry:制造 (city:北京 or city:上海) \"华信 科技\"",
            Expr::all([
                has("level", "A"),
                has("industry", "制造"),
                Expr::any([has("city", "北京"), has("city", "上海")]),
                word("华信 科技"),
            ]),
        ),
    ];
    for (text, expected) in table {
        assert_eq!(parse(text), Ok(expected), "{text}");
    }
}

#[test]
fn spans_point_into_the_text() {
    let text = "a 级别:A,\"B C\"";
    let Ok(Expr::And(parts)) = parse(text) else { panic!("two terms") };
    let Some(Expr::Compare { field, value, .. }) = parts.get(1) else { panic!("a comparison") };
    assert_eq!(text.get(field.span.clone()), Some("级别"));
    assert_eq!(text.get(value.span.clone()), Some("A,\"B C\""));
    let Operand::AnyOf(items) = &value.value else { panic!("a list") };
    assert_eq!(items.iter().map(|item| text.get(item.span.clone()).unwrap()).collect::<Vec<_>>(), ["A", "\"B C\""]);
}

#[test]
fn errors_point_at_the_character_and_know_unfinished_typing() {
    let table = [
        ("level:", 6..6, true, "filter-unexpected-end"),
        ("level: ", 7..7, true, "filter-unexpected-end"),
        ("updated:<", 9..9, true, "filter-unexpected-end"),
        ("level:A,", 8..8, true, "filter-unexpected-end"),
        ("level:..", 8..8, true, "filter-unexpected-end"),
        ("-", 1..1, true, "filter-unexpected-end"),
        ("not", 3..3, true, "filter-unexpected-end"),
        ("a and", 5..5, true, "filter-unexpected-end"),
        ("a or ", 5..5, true, "filter-unexpected-end"),
        ("(", 1..1, true, "filter-unexpected-end"),
        ("a (b", 2..3, true, "filter-unclosed-paren"),
        ("a \"b", 2..4, true, "filter-unclosed-quote"),
        ("name:“华", 5..11, true, "filter-unclosed-quote"),
        ("or", 0..2, true, "filter-unexpected"),
        ("or b", 0..2, false, "filter-unexpected"),
        ("a and or b", 6..8, false, "filter-unexpected"),
        ("a)", 1..2, false, "filter-unexpected"),
        ("a ）", 2..5, false, "filter-unexpected"),
        ("()", 1..2, false, "filter-unexpected"),
        ("(level:)", 7..8, false, "filter-unexpected"),
        (":A", 0..1, false, "filter-unexpected"),
        ("a:b = c", 4..5, false, "filter-unexpected"),
        ("a:<<b", 3..4, false, "filter-unexpected"),
        ("a:(b", 2..3, false, "filter-unexpected"),
    ];
    for (text, span, incomplete, key) in table {
        let error = parse(text).unwrap_err();
        assert_eq!((error.span.clone(), error.is_incomplete(), error.key()), (span, incomplete, key), "{text}");
    }
}

#[test]
fn the_caret_stands_under_the_mistake() {
    let text = "级别:A or or 1";
    let shown = parse(text).unwrap_err().render(text).to_string();
    assert_eq!(shown, "级别:A or or 1\n          ^^ `or` cannot stand here; expected a word or a condition");
}

#[test]
fn nesting_has_a_limit_with_a_place() {
    let deep = |open: &str, n: usize, close: &str| format!("{}a{}", open.repeat(n), close.repeat(n));
    assert_eq!(parse(&deep("(", MAX_DEPTH, ")")), Ok(word("a")));
    for open in ["(", "-", "not "] {
        let text = deep(open, 10_000, if open == "(" { ")" } else { "" });
        let error = parse(&text).unwrap_err();
        assert_eq!(error.kind, FilterErrorKind::TooDeep { limit: MAX_DEPTH });
        assert_eq!(error.span.start, open.len() * MAX_DEPTH, "{open}");
    }
    assert_eq!(parse(&format!("a{}", "()".repeat(30_000))).unwrap().to_string().len(), 60_001);
    assert!(parse(&"a(".repeat(30_000)).is_err());
    let long = "信".repeat(MAX_LENGTH);
    assert_eq!(parse(&long).unwrap_err().key(), "filter-too-long");
}

#[test]
fn canonical_text() {
    let table = [
        ("  a   AND b", "a b"),
        ("（a 或 b）且 非 c", "(a or b) -c"),
        ("级别：A、B", "级别:A,B"),
        ("金额 ≥ 1万", "金额>=1万"),
        ("not (a b)", "-(a b)"),
        ("“华信 科技” \"-x\" \"or\" \"plain\"", "\"华信 科技\" \"-x\" \"or\" plain"),
        ("\"close date\" : < today", "\"close date\"<today"),
        ("a!:=b", "\"a!\"=b"),
        ("owner:\"me\" a:\"x..y\"", "owner:\"me\" a:\"x..y\""),
    ];
    for (text, canonical) in table {
        assert_eq!(parse(text).unwrap().to_string(), canonical, "{text}");
    }
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        "[a-z0-9华信北京<>=()-][a-z0-9华信.:<>=-]{0,6}"
            .prop_filter_map("bare", |text| { lexer::is_bare(&text, lexer::Mode::Item).then(|| bare(&text)) }),
        "[ -~华信“”（）：，]{0,8}".prop_map(|text| quoted(&text)),
    ]
}

fn operand() -> impl Strategy<Value = Operand> {
    let end =
        || literal().prop_filter("no point at the end", |l| !l.text.ends_with('.')).prop_map(|l| Spanned::new(l, 0..0));
    let range = prop_oneof![
        (end(), proptest::option::of(end())).prop_map(|(from, to)| Operand::Between { from: Some(from), to }),
        end().prop_map(|to| Operand::Between { from: None, to: Some(to) }),
    ];
    let item = prop_oneof![3 => literal().prop_map(Operand::One), 1 => range].boxed();
    let list = proptest::collection::vec(item.clone(), 2..4).prop_map(any_of);
    prop_oneof![3 => item, 1 => list]
}

fn expr() -> impl Strategy<Value = Expr> {
    let ordering = prop_oneof![Just(Op::Lt), Just(Op::Le), Just(Op::Gt), Just(Op::Ge)];
    let choice = prop_oneof![Just(Op::Has), Just(Op::Eq), Just(Op::Ne)];
    let name = || "[a-z级别!][a-z0-9_.级别 (=!]{0,6}";
    let leaf = prop_oneof![
        "[ -~华信“”（）：，且或非]{1,8}".prop_map(|text| word(&text)),
        prop_oneof![Just("and"), Just("或"), Just("NOT"), Just("-"), Just("")].prop_map(word),
        (name(), choice, operand()).prop_map(|(field, op, value)| is(&field, op, value)),
        (name(), ordering, literal()).prop_map(|(field, op, value)| is(&field, op, one(value))),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::all),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::any),
            inner.prop_map(not),
        ]
    })
}

proptest! {
    #[test]
    fn printing_and_parsing_gives_the_same(expr in expr()) {
        let text = expr.to_string();
        prop_assert_eq!(parse(&text), Ok(expr), "{}", text);
    }

    #[test]
    fn whatever_is_typed_parses_or_points_into_the_text(text in "([a-c信 :=<>!(),.\"“（：，\\\\-]|and |or |not |..){0,40}|\\PC{0,40}") {
        match parse(&text) {
            Ok(expr) => prop_assert_eq!(parse(&expr.to_string()), Ok(expr)),
            Err(error) => {
                prop_assert!(text.get(error.span.clone()).is_some());
                let _ = error.render(&text).to_string();
            }
        }
    }
}
