//! What forms look like, and that no size breaks them.

use super::*;
use crate::tui::layer::Event;

fn customer() -> Vec<(&'static str, Value)> {
    vec![
        ("code", text("C-000012")),
        ("name", text("深圳市华信科技有限公司")),
        ("short_name", text("华信")),
        ("level", Value::Choice(schema().dictionary("level").unwrap().items[0].key.clone())),
        ("region", text("广东/深圳")),
        ("employees", Value::Integer(1200)),
        ("parent", Value::Ref(id(55))),
        ("phone", text("0755-8888 1234")),
        (
            "annual_revenue",
            Value::Money(crate::domain::value::Money { amount: "12000000".parse().unwrap(), currency: "CNY".into() }),
        ),
        ("tags", Value::Choices(["重点", "华南"].map(str::to_owned).to_vec())),
        ("next_contact", Value::Date("2026-11-27".parse().unwrap())),
        ("remark", text("老板喜欢打高尔夫。\nBudget talks in December.")),
    ]
}

fn desk(lang: Lang) -> Desk {
    let mut desk = Desk::edit("customer", &customer(), |b| {
        b.titles.insert(id(55), "华信集团".to_owned());
    });
    desk.app.shared.lang = lang;
    desk
}

fn with_cursor(desk: &Desk, width: u16, height: u16) -> String {
    let (text, cursor) = desk.draw(width, height);
    format!("{text}cursor {:?}\n", cursor.map(|c| (c.x, c.y)))
}

#[test]
fn forms_at_the_sizes_of_the_design_in_both_languages() {
    for (lang, name) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        for (width, height) in [(80, 21), (120, 37), (60, 12), (50, 12)] {
            let desk = desk(lang);
            insta::assert_snapshot!(format!("edit_{name}_{width}x{height}"), with_cursor(&desk, width, height));
        }
    }
}

#[test]
fn a_form_with_errors_similar_records_and_an_understood_date() {
    for (lang, name) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let mut desk = desk(Lang::En);
        desk.to("E-mail").type_text("nobody").to("Employees").press("ctrl-u").type_text("12x");
        desk.press("ctrl-s").to("Next contact").press("ctrl-u").type_text("下周五");
        desk.app.shared.lang = lang;
        insta::assert_snapshot!(format!("typing_{name}"), with_cursor(&desk, 80, 40));
    }
}

#[test]
fn popups_of_a_form() {
    let scripts: [(&str, &str, &str); 4] = [
        ("picker", "Industry", "z"),
        ("calendar", "Next contact", "="),
        ("search", "Parent company", "华"),
        ("ticks", "Way of communication", " "),
    ];
    for (name, label, typed) in scripts {
        let mut desk = desk(Lang::En);
        desk.fake.hits = vec![Hit {
            key: RecordKey { object: "customer".to_owned(), id: id(55) },
            title: "华信集团".to_owned(),
            code: "C-000055".to_owned(),
            detail: "C-000055 广东/深圳".to_owned(),
            title_matches: std::iter::once(0..3).collect(),
            other_match: None,
        }];
        desk.to(label).type_text(typed);
        insta::assert_snapshot!(format!("popup_{name}"), with_cursor(&desk, 80, 21));
    }
}

#[test]
fn the_cursor_is_always_inside_and_in_view_wherever_one_moves() {
    for (width, height) in [(120, 37), (80, 21), (60, 12), (50, 12), (44, 9)] {
        let mut desk = desk(Lang::Zh);
        desk.draw(width, height);
        for _ in 0..50 {
            desk.press("tab");
            let (screen, cursor) = desk.draw(width, height);
            let cursor = cursor.unwrap_or_else(|| panic!("no cursor at {width}×{height}:\n{screen}"));
            assert!(cursor.x < width && cursor.y < height);
        }
    }
}

#[test]
fn no_size_breaks_a_form_or_its_popups() {
    let openings: [&[&str]; 6] = [&[], &["z"], &["="], &["华"], &[" "], &["x"]];
    let labels = ["Name", "Industry", "Next contact", "Parent company", "Way of communication", "Remark"];
    for (label, typed) in labels.iter().zip(openings) {
        let mut desk = desk(Lang::En);
        desk.to(label);
        for text in typed {
            desk.type_text(text);
        }
        if *label == "Remark" {
            desk.press("esc");
        }
        for width in (1..=30).chain((31..=200).step_by(13)) {
            for height in (1..=12).chain((13..=60).step_by(7)) {
                let (_, cursor) = desk.draw(width, height);
                assert!(cursor.is_none_or(|c| c.x < width && c.y < height), "{label} {width}×{height}: {cursor:?}");
            }
        }
    }
}

#[test]
fn keys_at_a_tiny_size_do_no_harm() {
    let mut desk = desk(Lang::Zh);
    for (width, height) in [(1, 1), (2, 3), (5, 2), (12, 4)] {
        desk.draw(width, height);
        desk.press("down down up tab pagedown pageup").type_text("x");
        desk.draw(width, height);
    }
}

#[test]
fn a_click_puts_the_cursor_into_a_field() {
    let mut desk = desk(Lang::En);
    let (screen, _) = desk.draw(120, 37);
    let row = screen.lines().position(|l| l.contains("Phone")).unwrap();
    let mouse = crate::tui::input::Mouse {
        action: crate::tui::input::MouseAction::Press(crate::tui::input::Button::Left),
        x: 20,
        y: u16::try_from(row).unwrap(),
        ctrl: false,
        shift: false,
    };
    let mut serial = 3_000_000;
    let mut out = Wishes::default();
    let layer = desk.app.layers.last_mut().unwrap();
    layer.update(Event::Mouse(mouse), &mut Context { shared: &desk.app.shared, serial: &mut serial, out: &mut out });
    assert!(desk.focused_line().contains("Phone"), "{}", desk.focused_line());
}

#[test]
fn in_two_columns_the_arrows_keep_the_column() {
    let mut desk = desk(Lang::En);
    let row_and_side = |desk: &Desk| {
        let (screen, cursor) = desk.draw(120, 37);
        let cursor = cursor.unwrap();
        (screen.lines().nth(usize::from(cursor.y)).unwrap()[..30].trim().to_owned(), cursor.x > 60)
    };
    desk.press("tab tab");
    let (row, right) = row_and_side(&desk);
    assert!(row.starts_with("Short name") && right, "the mnemonic, on the right: {row}");
    desk.press("down");
    assert_eq!(row_and_side(&desk), ("Type".to_owned(), true));
    desk.press("down left shift-tab up");
    let (row, right) = row_and_side(&desk);
    assert!(row.starts_with("Type") && !right, "{row}");
}

#[test]
fn the_field_under_the_cursor_looks_different_and_a_read_only_one_is_dim() {
    let desk = desk(Lang::En);
    let area = Rect::new(0, 0, 120, 60);
    let mut buf = Buffer::empty(area);
    desk.app.layers.last().unwrap().draw(area, &mut buf, &desk.app.shared);
    let text = buffer_text(&buf);
    let theme = &desk.app.shared.theme;
    let at = |label: &str| {
        let y = text.lines().position(|l| l.contains(label)).unwrap();
        buf[(2, u16::try_from(y).unwrap())].style()
    };
    let title = ratatui::style::Style::reset().patch(theme.style(crate::tui::theme::Role::Title));
    assert_eq!(at("Name").add_modifier, title.add_modifier);
    assert_ne!(at("Name"), at("Website"));
}
