//! What is planned: the agenda, the work log and the first screen, by keys.

use super::desk::{Desk, check};
use tcrm::contract::request::SaveRequest;
use tcrm::domain::value::Value;
use tcrm::tui::app::Msg;

#[test]
fn the_agenda_moves_by_days_and_views() {
    check(&[
        ("5", &["List", "Day", "Week", "Month"]),
        ("5 v m", &["2026-11", "Mon", "Sun"]),
        ("5 v m >", &["2026-12"]),
        ("5 v m < <", &["2026-09"]),
        ("5 v m j", &["2026-11"]),
        ("5 v m j j", &["2026-12"]),
        ("5 v m l enter", &["Tomorrow 2026-11-23 Mon"]),
        ("5 v d h", &["2026-11-21 Sat"]),
        ("5 v d > > T", &["Today 2026-11-22 Sun"]),
        ("5 v w", &["2026-11-16 → 2026-11-22", "2026-11-18 Wed"]),
        ("5 ] ] ] ]", &["Nothing here"]),
        ("5 m", &["Agenda (team)"]),
        ("5 m m", &["Agenda (everyone)"]),
    ]);
}

#[test]
fn planning_doing_and_putting_off_from_the_agenda() {
    let mut desk = Desk::small();
    desk.keys("5 v d l t «寄样品» ctrl-s");
    assert!(desk.shows("18:00") && desk.shows("寄样品"), "{}", desk.text());
    desk.keys("s backspace backspace backspace «下周五» enter");
    assert!(desk.notice().starts_with("Moved: 寄样品"), "{} {}", desk.notice(), desk.text());
    assert_eq!(desk.text().matches("寄样品").count(), 1, "in the notice alone: {}", desk.text());
    desk.keys("v l");
    assert!(desk.shows("2026-11-27 Fri") && desk.shows("寄样品"), "{}", desk.text());
    desk.keys("x «已寄» enter");
    assert!(!desk.shows("2026-11-27 Fri"), "{}", desk.text());
    desk.keys("A «回电话» ctrl-s");
    assert!(desk.shows("回电话"), "{}", desk.text());
    desk.keys("x");
    assert!(desk.notice().starts_with("Done: 回电话"), "{}", desk.text());
    assert_eq!(desk.text().matches("回电话").count(), 1, "in the notice alone: {}", desk.text());
    desk.keys("u");
    assert!(desk.shows("回电话"), "{}", desk.text());
    desk.keys("enter");
    assert!(desk.shows("Details") && desk.shows("回电话"), "{}", desk.text());
}

#[test]
fn each_of_several_that_are_put_off_in_a_row_is_moved() {
    let mut desk = Desk::small();
    desk.keys("5 t «first» ctrl-s t «second» ctrl-s");
    let effects = desk.late("s enter j s enter");
    desk.carry_out(effects);
    let tomorrow = Value::DateTime("2026-11-23T18:00:00+08:00".parse().unwrap());
    for title in ["first", "second"] {
        let key = desk.record("task", title);
        assert_eq!(desk.stored(&key, "due"), tomorrow, "{title}:\n{}", desk.text());
    }
}

#[test]
fn a_work_log_is_drafted_kept_and_copied() {
    let mut desk = Desk::small();
    desk.keys("c «call 王总: wants a quote» enter 5 w");
    assert!(desk.shows("Work log 2026-11-22"), "{}", desk.text());
    desk.keys("ctrl-s");
    let kept = desk.stored(&desk.record("work_log", "Work log 2026-11-22"), "content");
    assert!(kept.as_str().unwrap().contains("wants a quote"), "{kept:?}");
    desk.keys("y w");
    let copied = desk.effects.iter().find_map(|e| match e {
        tcrm::tui::context::Effect::Copy(text) => Some(text.trim_end()),
        _ => None,
    });
    assert_eq!(copied, kept.as_str(), "{}", desk.notice());
}

#[test]
fn today_opens_what_is_behind_each_line() {
    let mut desk = Desk::small();
    desk.keys("1");
    for text in ["Due", "My pipeline", "My month against plan", "Deals without a next step", "Changed last"] {
        assert!(desk.shows(text), "{text}\n{}", desk.text());
    }
    desk.keys("2 a «自己的客户» ctrl-s t «ring back» ctrl-s");
    let due = Value::DateTime("2026-11-21T01:00:00Z".parse().unwrap());
    desk.move_to(&desk.record("task", "ring back"), &[("due", due)]);
    for (keys, title) in [("1 g g enter", "ring back"), ("1 G enter", "自己的客户")] {
        desk.keys(keys);
        assert!(desk.shows("Details") && desk.shows(title), "{keys}\n{}", desk.text());
    }
}

#[test]
fn what_takes_the_place_of_something_dealt_with_is_no_news() {
    let mut desk = Desk::small();
    let remind = |subject: &str, due: String| {
        let fields = [("text", Value::text(subject)), ("due", Value::DateTime(due.parse().unwrap()))];
        let changes = fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect();
        desk.save(SaveRequest { object: "reminder".to_owned(), target: None, changes });
    };
    // More than are told of.
    for n in 0..120 {
        remind(&format!("old {n}"), format!("2026-10-{:02}T01:{:02}:00Z", 1 + n / 60, n % 60));
    }
    desk.send(Msg::Changed);
    desk.pass(|msg| matches!(msg, Msg::Due(_)));
    assert!(desk.shows("99+"), "{}", desk.text());
    desk.keys("5 x");
    desk.pass(|msg| matches!(msg, Msg::Due(_)));
    desk.pass(|msg| matches!(msg, Msg::NoticeOver(_)));
    assert_eq!(desk.notice(), "", "it was due all the time");
    desk.move_to(
        &desk.record("reminder", "old 0"),
        &[("due", Value::DateTime("2026-11-21T01:00:00Z".parse().unwrap()))],
    );
    desk.send(Msg::Changed);
    desk.pass(|msg| matches!(msg, Msg::Due(_)));
    assert!(desk.notice().contains("old 0"), "what fell due since is told: {}", desk.notice());
}

#[test]
fn what_falls_due_waits_for_the_words_about_what_was_just_done() {
    let mut desk = Desk::small();
    desk.keys("2 a «自己的客户» ctrl-s t «ring back» ctrl-s");
    desk.pass(|msg| matches!(msg, Msg::Due(_)));
    let due = Value::DateTime("2026-11-21T01:00:00Z".parse().unwrap());
    desk.move_to(&desk.record("task", "ring back"), &[("due", due)]);
    desk.keys("2 a «另一个客户» ctrl-s");
    let done = desk.notice();
    assert!(!done.is_empty());
    desk.pass(|msg| matches!(msg, Msg::Due(_)));
    assert_eq!(desk.notice(), done);
    desk.pass(|msg| matches!(msg, Msg::NoticeOver(_)));
    assert!(desk.notice().contains("ring back"), "{}", desk.notice());
    desk.pass(|msg| matches!(msg, Msg::NoticeOver(_)));
    assert_eq!(desk.notice(), "");
}
