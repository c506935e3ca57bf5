#![expect(clippy::unwrap_used, reason = "tests")]

use crossterm::event::{KeyCode as Code, KeyEventState};
use proptest::prelude::*;

use super::*;

fn key(text: &str) -> Key {
    text.parse().unwrap()
}

#[test]
fn names_are_read_and_written() {
    let cases = [
        ("ctrl-s", Key::ctrl('s'), "ctrl-s"),
        ("Ctrl-S", Key::ctrl('s'), "ctrl-s"),
        ("space", Key::char(' '), "space"),
        ("f5", Key::plain(KeyCode::F(5)), "f5"),
        ("G", Key::char('G'), "G"),
        ("shift-g", Key::char('G'), "G"),
        ("/", Key::char('/'), "/"),
        ("-", Key::char('-'), "-"),
        ("ctrl--", Key::ctrl('-'), "ctrl--"),
        ("Escape", Key::plain(KeyCode::Esc), "esc"),
        ("PgDn", Key::plain(KeyCode::PageDown), "pagedown"),
        ("shift-tab", Key { shift: true, ..Key::plain(KeyCode::Tab) }, "shift-tab"),
        ("ctrl-alt-left", Key { ctrl: true, alt: true, ..Key::plain(KeyCode::Left) }, "ctrl-alt-left"),
        ("信", Key::char('信'), "信"),
    ];
    for (text, expected, shown) in cases {
        assert_eq!(key(text), expected, "{text}");
        assert_eq!(expected.to_string(), shown);
    }
    assert_eq!("g g".parse::<Keys>().unwrap(), Keys(vec![Key::char('g'), Key::char('g')]));
    assert_eq!(" g   ctrl-k ".parse::<Keys>().unwrap().to_string(), "g ctrl-k");
}

#[test]
fn wrong_names_say_what_was_meant() {
    let cases = [
        ("ctrl-entr", Some("ctrl-enter")),
        ("spce", Some("space")),
        ("f25", None),
        ("control-s", None),
        ("shift-", None),
    ];
    for (text, expected) in cases {
        let KeyError::Unknown { wrong, nearest } = text.parse::<Key>().unwrap_err() else { unreachable!("not empty") };
        assert_eq!((wrong.as_str(), nearest.as_deref()), (text, expected));
    }
    assert_eq!("".parse::<Key>(), Err(KeyError::Empty));
    assert_eq!("  ".parse::<Keys>(), Err(KeyError::Empty));
}

#[test]
fn enter_that_was_typed_before_the_program_was_there_is_enter() {
    let line_feed = Event::Key(KeyEvent::new(Code::Char('j'), KeyModifiers::CONTROL));
    assert_eq!(Input::of(line_feed), Some(Input::Key(Key::plain(KeyCode::Enter))));
    let other = Event::Key(KeyEvent::new(Code::Char('k'), KeyModifiers::CONTROL));
    assert_eq!(Input::of(other), Some(Input::Key(Key::ctrl('k'))));
}

#[test]
fn full_width_characters_are_their_ascii_keys() {
    for (typed, meant) in [
        ('：', ':'),
        ('／', '/'),
        ('？', '?'),
        ('！', '!'),
        ('１', '1'),
        ('ｊ', 'j'),
        ('Ｇ', 'G'),
        ('\u{3000}', ' '),
        ('】', ']'),
        ('信', '信'),
    ] {
        assert_eq!(Key::char(typed).to_ascii(), Key::char(meant));
    }
}

#[test]
fn keys_that_terminals_confuse_are_known() {
    for name in ["alt-x", "ctrl-i", "ctrl-m", "ctrl-h", "ctrl-j", "shift-enter", "ctrl-1", "ctrl-tab"] {
        assert!(key(name).is_unreliable(), "{name}");
    }
    for name in ["ctrl-s", "ctrl-_", "shift-tab", "enter", "G", "f5", "ctrl-space"] {
        assert!(!key(name).is_unreliable(), "{name}");
    }
}

#[test]
fn a_key_is_stored_by_its_name() {
    assert_eq!(serde_json::to_string(&Key::ctrl('s')).unwrap(), "\"ctrl-s\"");
    assert_eq!(serde_json::from_str::<Keys>("\"g g\"").unwrap().to_string(), "g g");
    assert!(serde_json::from_str::<Key>("\"spce\"").unwrap_err().to_string().contains("did you mean `space`"));
}

#[test]
fn events_become_keys() {
    let event =
        |code, modifiers, kind| Input::of(Event::Key(KeyEvent { code, modifiers, kind, state: KeyEventState::NONE }));
    let press = KeyEventKind::Press;
    let cases = [
        (Code::Char('7'), KeyModifiers::CONTROL, "ctrl-_"),
        (Code::Char('S'), KeyModifiers::CONTROL | KeyModifiers::SHIFT, "ctrl-s"),
        (Code::Char('G'), KeyModifiers::SHIFT, "G"),
        (Code::BackTab, KeyModifiers::NONE, "shift-tab"),
        (Code::Null, KeyModifiers::NONE, "ctrl-space"),
        (Code::Char(' '), KeyModifiers::CONTROL, "ctrl-space"),
    ];
    for (code, modifiers, name) in cases {
        assert_eq!(event(code, modifiers, press), Some(Input::Key(key(name))), "{name}");
    }
    assert_eq!(event(Code::Char('a'), KeyModifiers::NONE, KeyEventKind::Release), None);
    assert_eq!(event(Code::CapsLock, KeyModifiers::NONE, press), None);
    assert_eq!(Input::of(Event::FocusLost), None);
    assert_eq!(Input::of(Event::Paste("a\nb".into())), Some(Input::Paste("a\nb".into())));
}

#[tokio::test(flavor = "current_thread")]
async fn a_paused_reader_waits() {
    let mut reader = InputReader::default();
    tokio::select! {
        biased;
        _ = reader.next() => unreachable!("a paused reader has no input"),
        () = std::future::ready(()) => {}
    }
}

fn any_key() -> impl Strategy<Value = Key> {
    let code = prop_oneof![
        any::<char>()
            .prop_filter("a key", |c| !c.is_control() && (!c.is_whitespace() || *c == ' '))
            .prop_map(KeyCode::Char),
        (1u8..=24).prop_map(KeyCode::F),
        Just(KeyCode::Home),
        Just(KeyCode::Tab),
        Just(KeyCode::PageDown),
    ];
    (code, any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(code, ctrl, alt, shift)| Key { code, ctrl, alt, shift }.tidy())
}

proptest! {
    #[test]
    fn every_key_survives_its_name(key in any_key()) {
        prop_assert_eq!(key.to_string().parse::<Key>(), Ok(key));
    }
}
