#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;

use ratatui::style::{Color, Modifier};

use super::*;
use crate::tui::renderer::rgb_of;

#[test]
fn built_in_themes_are_sound_and_whole() {
    for (name, text) in BUILT_IN {
        let file = parse::read(text).unwrap_or_else(|errors| unreachable!("{name}: {errors:?}"));
        let given: BTreeSet<Role> = file.roles.iter().map(|(role, _)| *role).collect();
        let missing: Vec<&Role> = Role::ALL.iter().filter(|role| !given.contains(role)).collect();
        assert!(missing.is_empty(), "{name} lacks {missing:?}");
        assert_eq!(Theme::built_in(name).unwrap().name(), name);
    }
}

fn luminance(color: Color) -> f64 {
    let (r, g, b) = match color {
        Color::Rgb(r, g, b) => (r, g, b),
        Color::Indexed(index) => rgb_of(index),
        other => unreachable!("{other} has no fixed value"),
    };
    let linear = |channel: u8| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b)
}

fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn every_text_can_be_read() {
    for (name, text) in [("light", 4.5), ("dark", 4.5), ("high-contrast", 7.0), ("color-blind", 4.5)] {
        let theme = Theme::built_in(name).unwrap();
        let base = theme.style(Role::Text);
        for role in Role::ALL {
            let style = base.patch(theme.style(*role));
            let least = match role {
                Role::Dim | Role::Placeholder | Role::Tab | Role::Disabled | Role::Border | Role::Selection => 3.0,
                _ => text,
            };
            let backgrounds = [style.bg.unwrap(), theme.style(Role::Popup).bg.unwrap()];
            let own = theme.style(*role).bg.is_some();
            for bg in backgrounds.into_iter().take(if own { 1 } else { 2 }) {
                let ratio = contrast(style.fg.unwrap(), bg);
                assert!(ratio >= least, "{name}: {} has {ratio:.2} on {bg}", role.name());
            }
        }
    }
}

#[test]
fn what_stands_on_the_selection_can_be_read_whatever_its_role() {
    use ratatui::layout::Rect;
    for name in ["light", "dark", "high-contrast", "color-blind"] {
        let theme = Theme::built_in(name).unwrap();
        let selection = theme.style(Role::Selection);
        for role in Role::ALL.iter().filter(|role| theme.style(**role).bg.is_none()) {
            let mut buf = Buffer::empty(Rect::new(0, 0, 2, 1));
            buf.set_string(0, 0, "ab", selection.patch(theme.style(*role)));
            buf.set_string(1, 0, "b", theme.style(Role::Text).patch(theme.style(*role)));
            let beside = buf[(1, 0)].fg;
            theme.settle_selection(&mut buf);
            let ratio = contrast(buf[(0, 0)].fg, buf[(0, 0)].bg);
            assert!(ratio >= 4.5, "{name}: {} has {ratio:.2} on the selection", role.name());
            assert_eq!(buf[(1, 0)].fg, beside, "beside it nothing changes");
        }
    }
}

#[test]
fn mono_has_no_colours_but_tells_apart() {
    let theme = Theme::mono();
    assert!(Role::ALL.iter().all(|role| theme.style(*role).fg.is_none() && theme.style(*role).bg.is_none()));
    assert!(theme.style(Role::Selection).add_modifier.contains(Modifier::REVERSED));
    assert_ne!(theme.style(Role::Error), theme.style(Role::Text));
}

#[test]
fn a_theme_of_ones_own_inherits_the_rest() {
    let text = "inherits = \"dark\"\n[palette]\nsea = \"#123456\"\n[roles]\naccent = \"sea\"\nlink = { fg = 200, mods = [\"bold\"] }\n";
    let theme = Theme::parse("mine", text).unwrap();
    assert_eq!(theme.style(Role::Accent), Style::new().fg(Color::Rgb(0x12, 0x34, 0x56)));
    assert_eq!(theme.style(Role::Link), Style::new().fg(Color::Indexed(200)).add_modifier(Modifier::BOLD));
    assert_eq!(theme.style(Role::Error), Theme::built_in("dark").unwrap().style(Role::Error));
    let plain = Theme::parse("mine", "").unwrap();
    assert_eq!(plain.styles, Theme::built_in("terminal").unwrap().styles);
    assert_eq!(theme.series(0), theme.series(6));
}

#[test]
fn every_mistake_is_reported_where_it_is() {
    let text = "inherits = \"drak\"\ncolour = 1\n[roles]\nselecton = \"red\"\nerror = \"rad\"\ndim = { fg = \"#12345\", bg = 256 }\ntext = { mods = [\"bald\", 3] }\nlink = { fgg = \"red\" }\nbadge = true\n[palette]\nx = \"gren\"\n";
    let errors = Theme::parse("mine", text).unwrap_err();
    let shown: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "line 1: unknown theme `drak`; did you mean `dark`?",
            "line 2: unknown key `colour`",
            "line 4: unknown role `selecton`; did you mean `selection`?",
            "line 5: unknown colour `rad`; did you mean `red`?",
            "line 6: unknown colour `256`",
            "line 6: unknown colour `#12345`",
            "line 7: unknown modifier `bald`; did you mean `bold`?",
            "line 7: `mods` takes a text in quotes",
            "line 8: unknown key `fgg`; did you mean `fg`?",
            "line 9: `badge` takes a colour: a name, \"#rrggbb\" or 0 to 255",
            "line 11: unknown colour `gren`; did you mean `green`?",
        ]
    );
    let syntax = Theme::parse("mine", "a = 1\nb = [").unwrap_err();
    assert_eq!(syntax.first().unwrap().line, 2);
}
