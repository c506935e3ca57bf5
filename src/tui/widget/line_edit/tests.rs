#![expect(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;

use super::*;

fn typed(edit: &mut LineEdit, keys: &str) {
    for name in keys.split(' ') {
        edit.handle(name.parse().unwrap());
    }
}

/// The text with `|` at the cursor.
fn shown(edit: &LineEdit) -> String {
    format!("{}|{}", &edit.text[..edit.cursor], &edit.text[edit.cursor..])
}

#[test]
fn keys_edit_by_cluster_and_word() {
    let cases = [
        ("", "a b c", "abc|"),
        ("华信", "left X", "华X|信"),
        ("e\u{301}x", "home right", "e\u{301}|x"),
        ("e\u{301}x", "home delete", "|x"),
        ("👨\u{200d}👩\u{200d}👧", "backspace", "|"),
        ("one two", "ctrl-w", "one |"),
        ("one two  ", "ctrl-w", "one |"),
        ("北京 华信科技", "ctrl-w", "北京 |"),
        ("Acme华信", "ctrl-left", "Acme|华信"),
        ("one two", "ctrl-a ctrl-right", "one| two"),
        ("one, two", "home ctrl-right ctrl-right", "one,| two"),
        ("one two", "left ctrl-u", "|o"),
        ("one two", "home right ctrl-k", "o|"),
        ("abc", "ctrl-a ctrl-e X", "abcX|"),
        ("abc", "ctrl-h", "ab|"),
    ];
    for (text, keys, expected) in cases {
        let mut edit = LineEdit::new(text);
        typed(&mut edit, keys);
        assert_eq!(shown(&edit), expected, "{text:?} {keys}");
    }
}

#[test]
fn other_keys_are_left_to_others() {
    let mut edit = LineEdit::new("abc");
    for name in ["ctrl-d", "ctrl-s", "ctrl-z", "ctrl-c", "enter", "esc", "tab", "up", "f5", "alt-x", "pagedown"] {
        assert_eq!(edit.handle(name.parse().unwrap()), Edited::Ignored, "{name}");
    }
    assert_eq!(edit.text(), "abc");
}

#[test]
fn everything_can_be_undone_and_redone() {
    let mut edit = LineEdit::new("");
    typed(&mut edit, "o n e space t w o ctrl-u");
    assert_eq!(edit.text(), "");
    typed(&mut edit, "ctrl-_");
    assert_eq!(shown(&edit), "one two|");
    typed(&mut edit, "ctrl-_");
    assert_eq!(shown(&edit), "one|");
    typed(&mut edit, "ctrl-_");
    assert_eq!(shown(&edit), "|");
    assert_eq!(edit.handle(Key::ctrl('_')), Edited::Moved);
    typed(&mut edit, "ctrl-y ctrl-y");
    assert_eq!(shown(&edit), "one two|");
    typed(&mut edit, "x");
    assert_eq!(edit.handle(Key::ctrl('y')), Edited::Moved);
}

#[test]
fn pasted_lines_become_one() {
    let mut edit = LineEdit::new("ab");
    typed(&mut edit, "left");
    edit.paste("1\r\n2\n3\x1b[31m\n");
    assert_eq!(shown(&edit), "a1 2 3|b");
    typed(&mut edit, "ctrl-_");
    assert_eq!(shown(&edit), "a|b");
}

fn row(buf: &Buffer) -> String {
    buf.content.iter().map(ratatui::buffer::Cell::symbol).collect()
}

fn draw(edit: &LineEdit, width: u16) -> (String, u16) {
    let mut buf = Buffer::empty(Rect::new(0, 0, width, 1));
    let at = edit.render(buf.area, &mut buf, Style::new(), ("type here", Style::new()));
    (row(&buf), at.x)
}

#[test]
fn the_cursor_stays_in_view() {
    let mut edit = LineEdit::new("华信科技有限公司");
    assert_eq!(draw(&edit, 8), ("限 公 司   ".into(), 6));
    edit.handle("home".parse().unwrap());
    assert_eq!(draw(&edit, 8), ("华 信 科 技 ".into(), 0));
    typed(&mut edit, "right right right right");
    assert_eq!(draw(&edit, 8), ("信 科 技 有 ".into(), 6));
    let mut edit = LineEdit::new("abcdef");
    assert_eq!(draw(&edit, 4), ("def ".into(), 3));
    typed(&mut edit, "backspace backspace backspace");
    assert_eq!(draw(&edit, 4), ("abc ".into(), 3));
    assert_eq!(draw(&LineEdit::new(""), 6), ("type h".into(), 0));
}

proptest! {
    #[test]
    fn any_keys_keep_the_cursor_on_a_cluster_in_view(
        text in "[a华e\u{301}👨\u{200d} ]{0,12}",
        keys in proptest::collection::vec(
            prop_oneof![
                any::<char>().prop_filter("typed", |c| !c.is_control()).prop_map(Key::char),
                prop::sample::select(vec!["left", "right", "home", "end", "ctrl-left", "ctrl-right", "ctrl-w",
                    "backspace", "delete", "ctrl-_", "ctrl-y", "ctrl-u", "ctrl-k"])
                    .prop_map(|name| name.parse().unwrap()),
            ],
            0..40,
        ),
        width in 1u16..12,
    ) {
        let mut edit = LineEdit::new(&text);
        for key in keys {
            edit.handle(key);
            prop_assert!(edit.boundary_after(edit.cursor) == edit.cursor);
            let (_, x) = draw(&edit, width);
            prop_assert!(x < width);
        }
        let mut steps = 0;
        while edit.undo() == Edited::Changed {
            steps += 1;
            prop_assert!(steps < 1000);
        }
        let original = LineEdit::new(&text);
        prop_assert_eq!(edit.text(), original.text());
    }
}
