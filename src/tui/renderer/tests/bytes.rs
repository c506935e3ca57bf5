//! What terminals do differently from the one that the other tests feed: seen in the bytes alone.

use super::super::color::Paint;
use super::super::grid::Look;
use super::super::pen::Pen;
use super::super::scroll::Shift;
use super::*;

fn text_of(renderer: &Renderer) -> String {
    String::from_utf8_lossy(renderer.encoded()).into_owned()
}

fn erases(text: &str) -> bool {
    text.contains("\x1b[K") || text.contains('X')
}

#[test]
fn only_plain_backgrounds_are_erased() {
    let blanks = |style: Style, background_erase| {
        let mut renderer = Renderer::new(Options { background_erase, ..Options::default() });
        let mut buf = Buffer::empty(Rect::new(0, 0, 40, 1));
        buf.set_style(buf.area, style);
        renderer.encode(&buf, None);
        text_of(&renderer)
    };
    let red = Style::new().bg(Color::Red);
    assert!(erases(&blanks(red, true)));
    assert!(!erases(&blanks(red, false)));
    assert!(!erases(&blanks(Style::new().add_modifier(Modifier::REVERSED), true)));
    assert!(!erases(&blanks(Style::new().add_modifier(Modifier::UNDERLINED), true)));
}

#[test]
fn nothing_is_assumed_about_the_cursor_at_the_right_edge() {
    let mut renderer = Renderer::new(Options::default());
    let mut buf = Buffer::empty(Rect::new(0, 0, 10, 2));
    buf.set_string(9, 0, "a", Style::new());
    buf.set_string(8, 1, "b", Style::new());
    renderer.encode(&buf, None);
    let text = text_of(&renderer);
    assert!(text.contains("a\x1b[2;9Hb") || text.contains("a\r\n\x1b[8Cb") || text.contains("a\n\x1b[9Gb"), "{text:?}");
}

#[test]
fn bold_and_dim_end_together() {
    let look = |modifier| Look { modifier, ..Look::default() };
    let mut pen = Pen::unknown();
    pen.choose(look(Modifier::BOLD | Modifier::DIM), &mut Vec::new());
    let mut out = Vec::new();
    pen.choose(look(Modifier::DIM), &mut out);
    assert!(out == b"\x1b[0;2m" || out == b"\x1b[22;2m", "{:?}", String::from_utf8_lossy(&out));
}

#[test]
fn scrolling_brings_in_rows_of_the_default_background() {
    let mut pen = Pen::unknown();
    pen.choose(Look { bg: Paint::Index(1), ..Look::default() }, &mut Vec::new());
    let mut out = Vec::new();
    pen.scroll(Shift { top: 2, bottom: 38, by: 1, up: true }, &mut out);
    assert_eq!(String::from_utf8_lossy(&out), "\x1b[m\x1b[3;38r\x1b[3H\x1b[M\x1b[r");
}

#[test]
fn the_cursor_hides_only_while_much_is_written() {
    let mut renderer = Renderer::new(Options::default());
    let cursor = Some(Position::new(0, 39));
    renderer.encode(&screen_with_list(120, 0, 3), cursor);
    renderer.encode(&screen_with_list(120, 20, 23), cursor);
    let text = text_of(&renderer);
    assert!(text.contains("\x1b[?25l") && text.ends_with("\x1b[?25h\x1b[?2026l"), "{text:?}");
    let mut buf = screen_with_list(120, 20, 23);
    buf.set_string(2, 38, "x", Style::new());
    renderer.encode(&buf, cursor);
    assert!(!text_of(&renderer).contains("25"), "{:?}", text_of(&renderer));
}

#[test]
fn what_a_disputed_glyph_may_have_covered_is_written_again() {
    let mut renderer = Renderer::new(Options::default());
    let frame = |family: &str| {
        let mut buf = Buffer::empty(Rect::new(0, 0, 20, 1));
        buf.set_string(0, 0, format!("{family}a华信科"), Style::new());
        buf
    };
    renderer.encode(&frame("👨\u{200d}👩\u{200d}👧"), None);
    renderer.encode(&frame("👩\u{200d}👩\u{200d}👧"), None);
    let text = text_of(&renderer);
    assert!(text.contains("a华信") && !text.contains('科'), "{text:?}");
    renderer.encode(&frame("xy"), None);
    let text = text_of(&renderer);
    assert!(text.contains("xya华信") && !text.contains('科'), "{text:?}");
}
