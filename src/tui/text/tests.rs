#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use ratatui::style::{Color, Modifier};

use super::*;

#[test]
fn text_is_cut_and_padded_to_the_exact_width() {
    let cases: &[(&str, usize, Align, &str)] = &[
        ("华信科技", 8, Align::Left, "华信科技"),
        ("华信科技", 7, Align::Left, "华信科…"),
        ("华信科技", 6, Align::Left, "华信… "),
        ("华信科技", 10, Align::Right, "  华信科技"),
        ("ab", 5, Align::Center, " ab  "),
        ("华", 1, Align::Left, "…"),
        ("abc", 0, Align::Left, ""),
        ("e\u{301}e\u{301}e\u{301}", 2, Align::Left, "e\u{301}…"),
        ("👨‍👩‍👧 family", 4, Align::Left, "👨‍👩‍👧 …"),
        ("line\nbreak", 10, Align::Left, "line⏎break"),
    ];
    for (text, width, align, expected) in cases {
        assert_eq!(fit(text, *width, *align), *expected, "{text:?} in {width}");
    }
    assert_eq!(Measure::Wide.fit("a→b", 4, "~", Align::Left), "a→b");
    assert_eq!(Measure::Wide.fit("a→bc", 4, "~", Align::Left), "a→~");
}

#[test]
fn plain_text_is_measured_as_the_tables_of_unicode_say() {
    let plain: String = ('\u{20}'..='\u{7e}').chain('\u{4e00}'..='\u{9fff}').collect();
    let quick: Vec<(usize, &str)> = clusters(&plain).collect();
    assert!(quick.iter().copied().eq(plain.grapheme_indices(true)));
    assert!(clusters(&plain).rev().eq(plain.grapheme_indices(true).rev()));
    for (_, cluster) in quick {
        assert_eq!(
            (Measure::Narrow.cluster(cluster), Measure::Wide.cluster(cluster)),
            (cluster.width(), cluster.width_cjk()),
            "{cluster}"
        );
    }
}

#[test]
fn data_cannot_steer_the_terminal() {
    let cases: &[(&str, &str)] = &[
        ("plain 华信", "plain 华信"),
        ("\u{1b}[31mred\u{1b}[0m", "red"),
        ("\u{1b}]52;c;aGk=\u{7}x", "x"),
        ("\u{1b}]0;title\u{1b}\\x", "x"),
        ("\u{1b}]never ends", "never ends"),
        ("\u{9b}2Jx", "x"),
        ("\u{1b}(0x", "x"),
        ("\u{1b}\u{1b}[31mx", "x"),
        ("a\u{0}\u{7f}b", "ab"),
        ("a\tb\r\nc\u{2028}d", "a b⏎c⏎d"),
        ("abc\u{202e}cba\u{202c}", "abccba"),
        ("x\u{2066}y\u{2069}\u{200e}\u{200f}", "xy"),
        ("a\u{200b}b\u{200c}c\u{200d}d\u{feff}e", "abcde"),
        ("👨\u{200d}👩\u{200d}👧", "👨\u{200d}👩\u{200d}👧"),
        ("\u{301}x", "◌\u{301}x"),
        ("e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}", "e\u{301}\u{301}\u{301}\u{301}"),
    ];
    for (text, expected) in cases {
        assert_eq!(sanitize(text), *expected, "{text:?}");
    }
    assert_eq!(sanitize_with("a\r\nb\u{85}c", Newlines::Keep), "a\nb\nc");
    assert_eq!(sanitize_with("a\nb", Newlines::Space), "a b");
    assert!(matches!(sanitize("华信 Ltd"), Cow::Borrowed(_)));
}

#[test]
fn lines_break_where_a_reader_expects() {
    let cases: &[(&str, usize, &[&str])] = &[
        ("the quick brown fox", 10, &["the quick", "brown fox"]),
        ("华信科技有限公司", 6, &["华信科", "技有限", "公司"]),
        ("华信科技，很好", 8, &["华信科", "技，很好"]),
        ("unbreakable", 4, &["unbr", "eaka", "ble"]),
        ("a\n\nb", 5, &["a", "", "b"]),
        ("", 5, &[""]),
        ("华", 1, &["华"]),
        ("ab 华信 cd", 5, &["ab 华", "信 cd"]),
        ("one two", 3, &["one", "two"]),
        ("（甲乙）丙", 6, &["（甲", "乙）丙"]),
    ];
    for (text, width, expected) in cases {
        let lines: Vec<&str> = wrap(text, *width).into_iter().map(|range| &text[range]).collect();
        assert_eq!(lines, *expected, "{text:?} in {width}");
    }
}

#[test]
fn matches_are_styled_and_cut() {
    let style = Style::new().fg(Color::White);
    let marked = Style::new().add_modifier(Modifier::BOLD);
    let line = Measure::Narrow.highlight("华信科技有限", &[3..6, 9..12], 9, "…", style, marked);
    let shown: Vec<(String, bool)> = line
        .spans
        .iter()
        .map(|span| (span.content.to_string(), span.style.add_modifier.contains(Modifier::BOLD)))
        .collect();
    let expected = [("华", false), ("信", true), ("科", false), ("技", true), ("…", false)];
    assert_eq!(shown, expected.map(|(text, bold)| (text.to_owned(), bold)));
    assert_eq!(line.width(), 9);
    let whole = Measure::Narrow.highlight("e\u{301}x", std::slice::from_ref(&(0..1)), 9, "…", style, marked);
    assert_eq!(whole.spans[0].content, "e\u{301}");
}

#[test]
fn a_popup_blanks_the_glyphs_it_cuts() {
    let mut buf = Buffer::empty(Rect::new(0, 0, 8, 1));
    Measure::Narrow.draw(&mut buf, 0, 0, "华信科技", 8, Style::new());
    Measure::Narrow.blank(&mut buf, Rect::new(3, 0, 2, 1), Style::new());
    let symbols: Vec<&str> = buf.content.iter().map(ratatui::buffer::Cell::symbol).collect();
    assert_eq!(symbols, ["华", " ", " ", " ", " ", " ", "技", " "]);
}

#[test]
fn every_ascii_symbol_is_ascii() {
    let listing = format!("{:?}", Glyphs::select(true, Measure::Narrow));
    assert!(listing.is_ascii());
    assert_eq!(Glyphs::select(false, Measure::Wide).measure, Measure::Wide);
    assert!(Glyphs::select(false, Measure::Wide).ellipsis.is_ascii());
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<char>().prop_map(String::from),
        "[ -~]{1,4}",
        Just("华信".to_owned()),
        Just("\u{1b}[".to_owned()),
        Just("\u{1b}]".to_owned()),
        Just("\u{200d}".to_owned()),
        Just("\u{301}".to_owned()),
        Just("👨\u{200d}👩".to_owned()),
        Just("\n".to_owned()),
        Just("ｶﾞ".to_owned()),
        Just("🇨🇳".to_owned()),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

#[test]
fn sequences_between_marks_do_not_let_a_taller_stack_through() {
    let clean = sanitize("e\u{301}\u{301}\u{301}\u{1b}[m\u{301}\u{301}\u{301}").into_owned();
    assert_eq!(clean, "e\u{301}\u{301}\u{301}\u{301}");
}

#[test]
fn vowels_of_hangul_by_themselves_take_a_cell() {
    assert_eq!(sanitize("a\u{1160}\u{1161}b 가"), "a◌b 가");
}

proptest! {
    #[test]
    fn cleaned_text_is_clean_and_stays_so(text in hostile()) {
        let clean = sanitize(&text).into_owned();
        prop_assert!(!clean.chars().any(char::is_control));
        prop_assert!(clusters(&clean).all(|(_, cluster)| Measure::Narrow.cluster(cluster) > 0), "{clean:?}");
        prop_assert_eq!(sanitize(&clean).into_owned(), clean);
    }

    #[test]
    fn fitted_text_has_the_width_asked_for(text in hostile(), width in 0usize..30) {
        for align in [Align::Left, Align::Center, Align::Right] {
            prop_assert_eq!(super::width(&fit(&text, width, align)), width);
        }
    }

    #[test]
    fn wrapped_lines_fit_and_lose_only_spaces(text in hostile(), width in 2usize..20) {
        let text = sanitize_with(&text, Newlines::Keep).into_owned();
        let mut end = 0;
        for range in wrap(&text, width) {
            prop_assert!(range.start >= end && range.end >= range.start);
            prop_assert!(text[end..range.start].chars().all(|c| c == ' ' || c == '\n'));
            let line = &text[range.clone()];
            prop_assert!(super::width(line) <= width || clusters(line).count() == 1, "{line:?}");
            end = range.end;
        }
        prop_assert!(text[end..].chars().all(|c| c == ' ' || c == '\n'));
    }

    #[test]
    fn highlighting_keeps_within_the_width(text in hostile(), width in 0usize..20, start in 0usize..30) {
        let line = Measure::Narrow
            .highlight(&text, std::slice::from_ref(&(start..start + 4)), width, "…", Style::new(), Style::new());
        prop_assert!(line.spans.iter().map(|s| super::width(&s.content)).sum::<usize>() <= width);
    }
}

#[test]
fn drawing_stops_before_a_glyph_that_does_not_fit() {
    let mut buf = Buffer::empty(Rect::new(0, 0, 6, 1));
    assert_eq!(Measure::Narrow.draw(&mut buf, 0, 0, "华信科", 5, Style::new()), 4);
    assert_eq!(buf.cell((4, 0)).unwrap().symbol(), " ");
}

#[test]
fn a_line_is_cut_where_no_break_is_allowed_rather_than_too_wide() {
    for (text, width) in [("华$华", 2), ("🇨🇳$ｶ\u{ff9e}", 3), ("a（华", 3), ("ｶ\u{ff9e} :", 2)] {
        let lines: Vec<&str> = wrap(text, width).into_iter().map(|r| &text[r]).collect();
        assert!(lines.iter().all(|l| super::width(l) <= width), "{lines:?}");
        assert_eq!(lines.concat(), text.replace(' ', ""));
    }
}
