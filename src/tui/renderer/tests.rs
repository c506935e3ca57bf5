#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::num::NonZeroU16;

use proptest::prelude::*;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use vt100::Parser;

use super::*;

mod bytes;

/// A terminal and the renderer that feeds it.
struct Screen {
    renderer: Renderer,
    parser: Parser,
}

impl Screen {
    fn new(width: u16, height: u16, options: Options) -> Self {
        let size = |cells: u16| NonZeroU16::new(cells).unwrap();
        Self { renderer: Renderer::new(options), parser: Parser::new(size(height), size(width), 0) }
    }

    /// Draws a frame, checks that the terminal shows it, and returns what it cost.
    fn show(&mut self, buf: &Buffer, cursor: Option<Position>) -> Frame {
        let frame = self.renderer.encode(buf, cursor);
        let bytes = self.renderer.encoded().to_vec();
        self.parser.process(&bytes);
        self.check(buf, cursor, &bytes);
        frame
    }

    fn check(&self, buf: &Buffer, cursor: Option<Position>, bytes: &[u8]) {
        let screen = self.parser.screen();
        let bytes = String::from_utf8_lossy(bytes);
        for y in 0..buf.area.height {
            let mut x = 0;
            while x < buf.area.width {
                let cell = &buf[(x, y)];
                let shown = screen.cell(y, x).unwrap();
                let wide = Measure::Narrow.cluster(cell.symbol()) > 1;
                let whole = wide && x + 1 < buf.area.width && buf[(x + 1, y)].symbol() == " ";
                let expected = if wide && !whole { " " } else { cell.symbol() };
                let contents = if shown.contents().is_empty() { " " } else { shown.contents() };
                assert_eq!(contents, expected, "at {x},{y} after {bytes:?}");
                check_look(cell, shown, expected == " ", &format!("at {x},{y} after {bytes:?}"));
                if whole {
                    assert!(screen.cell(y, x + 1).unwrap().is_wide_continuation(), "at {x},{y}");
                }
                x += 1 + u16::from(whole);
            }
        }
        assert_eq!(screen.hide_cursor(), cursor.is_none());
        if let Some(at) = cursor {
            assert_eq!(screen.cursor_position(), (at.y, at.x), "{bytes:?}");
        }
    }
}

fn check_look(cell: &ratatui::buffer::Cell, shown: &vt100::Cell, blank: bool, place: &str) {
    let paint = |color: Color| match color {
        Color::Reset => vt100::Color::Default,
        Color::Red => vt100::Color::Idx(1),
        Color::LightBlue => vt100::Color::Idx(12),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        other => unreachable!("{other}"),
    };
    let has = |flag| cell.modifier.contains(flag);
    assert_eq!(shown.bgcolor(), paint(cell.bg), "background {place}");
    assert_eq!(shown.underline(), has(Modifier::UNDERLINED), "underline {place}");
    assert_eq!(shown.inverse(), has(Modifier::REVERSED), "reverse {place}");
    if !blank {
        assert_eq!(shown.fgcolor(), paint(cell.fg), "colour {place}");
        assert_eq!(shown.bold(), has(Modifier::BOLD), "bold {place}");
        assert_eq!(shown.italic(), has(Modifier::ITALIC), "italic {place}");
    }
}

const NAMES: [&str; 8] = [
    "华信科技有限公司",
    "Acme Trading Ltd",
    "北京远景软件",
    "上海宏达贸易",
    "Müller & Söhne",
    "广州新城实业",
    "天津港务",
    "Zhou 周氏集团",
];

/// A list such as screens draw: a marker, name, city, amount, phone; one row selected.
fn list(buf: &mut Buffer, area: Rect, first: usize, selected: usize) {
    for row in 0..area.height {
        let n = first + usize::from(row);
        let y = area.y + row;
        let style = if n == selected { Style::new().bg(Color::LightBlue) } else { Style::new() };
        buf.set_style(Rect::new(area.x, y, area.width, 1), style);
        let columns = [
            (2, NAMES[n * 7 % 8].to_owned(), 22),
            (24, ["北京", "上海", "广州", "深圳"][n * 5 % 4].to_owned(), 8),
            (34, format!("{:>12}.00", n * 7919 % 1_000_003), 16),
            (52, format!("138{:08}", n * 104_729 % 100_000_000), 12),
            (70, format!("2026-{:02}-{:02}", n % 12 + 1, n % 28 + 1), 10),
            (84, ["A", "B", "C"][n % 3].to_owned(), 4),
        ];
        for (x, text, width) in columns {
            if x + width <= area.width {
                Measure::Narrow.draw(buf, area.x + x, y, &text, width, style);
            }
        }
    }
}

fn screen_with_list(width: u16, first: usize, selected: usize) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, 120, 40));
    buf.set_string(1, 0, "1 今日  2 客户  3 线索", Style::new().add_modifier(Modifier::BOLD));
    list(&mut buf, Rect::new(0, 2, width, 36), first, selected);
    buf.set_string(0, 39, format!("{selected} / 1000000"), Style::new());
    buf.set_string(60, 39, "j k 移动  Enter 打开  / 过滤", Style::new().fg(Color::Red));
    buf
}

fn with_detail(mut buf: Buffer, record: usize) -> Buffer {
    for y in 1..39 {
        buf.set_string(64, y, "│", Style::new());
    }
    let labels = ["名称", "编码", "级别", "行业", "城市", "电话", "邮箱", "负责人", "创建", "更新"];
    buf.set_string(66, 1, NAMES[record * 7 % 8], Style::new().add_modifier(Modifier::BOLD));
    for (row, label) in labels.iter().enumerate() {
        let y = 3 + u16::try_from(row).unwrap();
        buf.set_string(66, y, label, Style::new().fg(Color::Indexed(244)));
        buf.set_string(76, y, format!("值 {} {}", record * 31 % 977, row), Style::new());
    }
    for row in 0..6u16 {
        let text = format!("{} 电话跟进，客户希望 {} 日前报价", 20 - row, record * 3 % 27 + 1);
        buf.set_string(66, 16 + row, text, Style::new());
    }
    buf
}

#[test]
fn a_list_scrolled_by_a_row_costs_less_than_600_bytes() {
    let mut screen = Screen::new(120, 40, Options::default());
    screen.show(&screen_with_list(120, 0, 35), None);
    let mut most = 0;
    for step in 1..60 {
        let frame = screen.show(&screen_with_list(120, step, 35 + step), None);
        assert!(frame.scrolled);
        most = most.max(frame.bytes);
    }
    for step in (0..59).rev() {
        let frame = screen.show(&screen_with_list(120, step, step), None);
        most = most.max(frame.bytes);
    }
    println!("most bytes for a scrolled row of a list alone: {most}");
    assert!(most < 600, "{most}");
}

#[test]
fn a_list_scrolled_beside_a_detail_pane_costs_less_than_1500_bytes() {
    let frame_of = |step: usize| with_detail(screen_with_list(64, step, 35 + step), 35 + step);
    let still = |step: usize| with_detail(screen_with_list(64, step, 35 + step), 1);
    let mut screen = Screen::new(120, 40, Options::default());
    screen.show(&frame_of(0), None);
    let changing = (1..60).map(|step| screen.show(&frame_of(step), None).bytes).max().unwrap();
    screen.show(&still(0), None);
    let constant = (1..60).map(|step| screen.show(&still(step), None).bytes).max().unwrap();
    println!("most bytes beside a detail pane: {changing} when it changes, {constant} when it does not");
    assert!(changing < 1500 && constant < 1500, "{changing} {constant}");
}

#[test]
fn moving_the_selection_without_scrolling_costs_two_rows() {
    let mut screen = Screen::new(120, 40, Options::default());
    screen.show(&screen_with_list(120, 0, 3), None);
    let most = (4..30).map(|row| screen.show(&screen_with_list(120, 0, row), None).bytes).max().unwrap();
    println!("most bytes for a moved selection: {most}");
    assert!(most < 600, "{most}");
}

#[test]
fn an_equal_frame_writes_nothing() {
    let mut renderer = Renderer::new(Options::default());
    let buf = screen_with_list(120, 0, 3);
    let mut out = Vec::new();
    let cursor = Some(Position::new(3, 4));
    assert!(renderer.draw(&buf, cursor, &mut out).unwrap().full);
    out.clear();
    assert_eq!(renderer.draw(&buf, cursor, &mut out).unwrap(), Frame::default());
    assert!(out.is_empty());
    renderer.draw(&buf, Some(Position::new(5, 4)), &mut out).unwrap();
    assert_eq!(out, b"\x1b[2C");
    out.clear();
    renderer.draw(&buf, None, &mut out).unwrap();
    assert_eq!(out, CURSOR_HIDE);
}

/// Counts the writes it gets, or fails them.
struct Sink {
    writes: usize,
    broken: bool,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        if self.broken { Err(io::ErrorKind::BrokenPipe.into()) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_frame_is_one_write_and_a_failed_one_is_painted_anew() {
    let mut renderer = Renderer::new(Options::default());
    let mut sink = Sink { writes: 0, broken: false };
    renderer.draw(&screen_with_list(120, 0, 3), None, &mut sink).unwrap();
    assert_eq!(sink.writes, 1);
    sink.broken = true;
    assert!(renderer.draw(&screen_with_list(120, 1, 4), None, &mut sink).is_err());
    sink.broken = false;
    assert!(renderer.draw(&screen_with_list(120, 1, 4), None, &mut sink).unwrap().full);
}

#[test]
fn another_size_is_painted_in_full() {
    let mut screen = Screen::new(20, 5, Options::default());
    let small = Buffer::with_lines(["华信科技", "abc"]);
    let mut buf = Buffer::empty(Rect::new(0, 0, 20, 5));
    buf.merge(&small);
    assert!(screen.show(&buf, None).full);
    screen.parser.set_size(NonZeroU16::new(4).unwrap(), NonZeroU16::new(12).unwrap());
    let mut buf = Buffer::empty(Rect::new(0, 0, 12, 4));
    buf.merge(&small);
    assert!(screen.show(&buf, None).full);
}

#[test]
fn no_color_writes_attributes_only() {
    let options = Options { depth: ColorDepth::None, ..Options::default() };
    let mut renderer = Renderer::new(options);
    let mut buf = Buffer::empty(Rect::new(0, 0, 10, 1));
    buf.set_string(0, 0, "x", Style::new().fg(Color::Red).bg(Color::Rgb(1, 2, 3)).add_modifier(Modifier::BOLD));
    renderer.encode(&buf, None);
    let text = String::from_utf8_lossy(renderer.encoded()).into_owned();
    assert!(text.contains("\x1b[0;1mx") || text.contains("\x1b[1mx"), "{text:?}");
    assert!(!text.contains("31") && !text.contains("48"), "{text:?}");
}

#[test]
fn colours_are_reduced_to_the_nearest() {
    use super::color::Paint;
    let cases = [
        (Color::Rgb(255, 0, 0), ColorDepth::Indexed, Paint::Index(196)),
        (Color::Rgb(250, 5, 5), ColorDepth::Sixteen, Paint::Index(9)),
        (Color::Indexed(196), ColorDepth::Sixteen, Paint::Index(9)),
        (Color::Rgb(8, 8, 8), ColorDepth::Indexed, Paint::Index(232)),
        (Color::Red, ColorDepth::True, Paint::Index(1)),
        (Color::Red, ColorDepth::None, Paint::Default),
    ];
    for (color, depth, expected) in cases {
        assert_eq!(Paint::of(color, depth), expected, "{color} {depth:?}");
    }
}

#[test]
fn the_environment_decides_the_colours() {
    let cases: &[(&[(&str, &str)], ColorDepth)] = &[
        (&[("NO_COLOR", "1"), ("COLORTERM", "truecolor")], ColorDepth::None),
        (&[("COLORTERM", "truecolor")], ColorDepth::True),
        (&[("TERM", "xterm-256color")], ColorDepth::Indexed),
        (&[("TERM", "linux")], ColorDepth::Sixteen),
    ];
    for (vars, expected) in cases {
        let depth =
            ColorDepth::detect(|name| vars.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()));
        assert_eq!(depth, *expected, "{vars:?}");
    }
}

#[test]
fn glyphs_that_terminals_disagree_about_do_not_move_the_rest() {
    let mut renderer = Renderer::new(Options::default());
    let mut buf = Buffer::empty(Rect::new(0, 0, 20, 1));
    buf.set_string(0, 0, "👨\u{200d}👩\u{200d}👧|", Style::new());
    renderer.encode(&buf, None);
    let text = String::from_utf8_lossy(renderer.encoded()).into_owned();
    assert!(text.contains("👧\x1b[3G|") || text.contains("👧\x1b[;3H|"), "{text:?}");
}

#[test]
fn ambiguous_characters_without_room_become_ascii() {
    let options = Options { measure: Measure::Wide, ..Options::default() };
    let mut renderer = Renderer::new(options);
    let mut buf = Buffer::empty(Rect::new(0, 0, 8, 1));
    buf.set_string(0, 0, "a→b", Style::new());
    renderer.encode(&buf, None);
    let text = String::from_utf8_lossy(renderer.encoded()).into_owned();
    assert!(text.contains("a>b"), "{text:?}");
}

#[test]
fn an_escape_in_a_cell_is_not_written() {
    let mut renderer = Renderer::new(Options::default());
    let mut buf = Buffer::empty(Rect::new(0, 0, 8, 1));
    buf[(0, 0)].set_symbol("\x1b]0;owned\x07");
    renderer.encode(&buf, None);
    assert!(!String::from_utf8_lossy(renderer.encoded()).contains("owned"));
}

const WIDTH: u16 = 30;
const HEIGHT: u16 = 12;

fn any_style() -> impl Strategy<Value = Style> {
    let color = || {
        prop_oneof![
            4 => Just(Color::Reset),
            1 => Just(Color::Red),
            1 => Just(Color::LightBlue),
            1 => Just(Color::Indexed(100)),
            1 => Just(Color::Rgb(1, 200, 30)),
        ]
    };
    let modifier = prop_oneof![
        4 => Just(Modifier::empty()),
        1 => Just(Modifier::BOLD),
        1 => Just(Modifier::UNDERLINED | Modifier::ITALIC),
        1 => Just(Modifier::REVERSED),
        1 => Just(Modifier::BOLD | Modifier::REVERSED),
    ];
    (color(), color(), modifier).prop_map(|(fg, bg, modifier)| Style::new().fg(fg).bg(bg).add_modifier(modifier))
}

/// One change to a frame.
#[derive(Debug, Clone)]
enum Change {
    Text(u16, u16, String, Style),
    Overlay(u16, u16, u16, u16, Style),
    Scroll { left: u16, width: u16, top: u16, height: u16, by: u16, up: bool },
    Clear,
}

fn any_change() -> impl Strategy<Value = Change> {
    let text =
        prop_oneof!["[a-z ]{1,20}", "[华信科技有限]{1,12}", "[a华😀é ]{1,16}", Just("e\u{301}x\u{301}".to_owned())];
    prop_oneof![
        6 => (0..WIDTH, 0..HEIGHT, text, any_style()).prop_map(|(x, y, text, style)| Change::Text(x, y, text, style)),
        2 => (0..WIDTH, 0..HEIGHT, 1..12u16, 1..5u16, any_style())
            .prop_map(|(x, y, w, h, style)| Change::Overlay(x, y, w, h, style)),
        4 => (0..WIDTH, 4..=WIDTH, 0..HEIGHT, 3..=HEIGHT, 1..4u16, any::<bool>())
            .prop_map(|(left, width, top, height, by, up)| Change::Scroll { left, width, top, height, by, up }),
        1 => Just(Change::Clear),
    ]
}

fn apply(buf: &mut Buffer, change: &Change) {
    match change {
        Change::Text(x, y, text, style) => {
            buf.set_string(*x, *y, text, *style);
        }
        Change::Overlay(x, y, w, h, style) => {
            let area = Rect::new(*x, *y, *w, *h).intersection(buf.area);
            for at in area.positions() {
                buf[at].set_symbol("#").set_style(*style);
            }
        }
        Change::Scroll { left, width, top, height, by, up } => {
            let area = Rect::new(*left, *top, *width, *height).intersection(buf.area);
            let old = buf.clone();
            for at in area.positions() {
                let from = if *up { at.y + by } else { at.y.wrapping_sub(*by) };
                buf[at] = if (area.top()..area.bottom()).contains(&from) {
                    old[(at.x, from)].clone()
                } else {
                    ratatui::buffer::Cell::default()
                };
            }
        }
        Change::Clear => buf.reset(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_terminal_shows_every_frame(
        frames in proptest::collection::vec(
            (proptest::collection::vec(any_change(), 0..12), proptest::option::of((0..WIDTH, 0..HEIGHT))),
            1..6,
        ),
        background_erase in any::<bool>(),
    ) {
        let mut screen = Screen::new(WIDTH, HEIGHT, Options { background_erase, ..Options::default() });
        let mut buf = Buffer::empty(Rect::new(0, 0, WIDTH, HEIGHT));
        for (changes, cursor) in &frames {
            changes.iter().for_each(|change| apply(&mut buf, change));
            screen.show(&buf, cursor.map(|(x, y)| Position::new(x, y)));
        }
    }
}
