//! Drafts: nothing typed is lost.

use super::*;
use crate::tui::form::draft::{self, DraftsLayer};

fn kept(desk: &Desk) -> Vec<draft::Draft> {
    let settings: Vec<(String, String)> = desk.fake.settings.clone().into_iter().collect();
    draft::parse(&settings)
}

#[test]
fn what_is_typed_is_kept_key_by_key_and_removed_when_it_is_saved() {
    let mut desk = Desk::add("customer", |_| {});
    assert!(desk.drafts().is_empty());
    desk.type_text("华");
    assert!(desk.drafts()[0].contains("华"));
    desk.type_text("信");
    assert_eq!(desk.drafts().len(), 1, "one draft for one form");
    assert_eq!(kept(&desk)[0].title, "华信");
    desk.press("ctrl-s");
    assert!(desk.drafts().is_empty());
}

#[test]
fn one_write_is_under_way_at_a_time_and_the_newest_state_follows_it() {
    let mut desk = Desk::add("customer", |b| b.holds_settings = true);
    desk.type_text("华信科技有限公司");
    assert_eq!(desk.fake.held.len(), 1);
    let puts = |desk: &Desk| desk.fake.asked.iter().filter(|r| matches!(r, Request::PutSetting { .. })).count();
    assert_eq!(puts(&desk), 1);
    desk.release();
    assert_eq!(puts(&desk), 2, "one more write, with the newest state");
    assert_eq!(kept(&desk)[0].title, "华信科技有限公司");
}

#[test]
fn a_form_that_is_done_waits_for_the_draft_under_way_before_it_removes_it() {
    let mut desk = Desk::edit("customer", &[("name", text("a"))], |b| b.holds_settings = true);
    desk.type_text("bc").press("ctrl-s");
    assert_eq!(desk.saves().len(), 1);
    assert_eq!(desk.depth(), 2, "still waiting");
    desk.release();
    assert_eq!(desk.depth(), 1);
    assert!(desk.drafts().is_empty());

    let mut desk = Desk::edit("customer", &[("name", text("a"))], |b| b.holds_settings = true);
    desk.type_text("b").press("ctrl-s esc");
    assert_eq!(desk.depth(), 1, "Esc doesn't wait");
    assert!(desk.drafts().is_empty(), "the draft goes all the same");
}

/// A form is left half filled, and everything but the settings is gone.
fn leave_half_filled() -> (BTreeMap<String, String>, Fields) {
    let stored = [("name", text("华信")), ("level", Value::Choice("a".to_owned())), ("phone", text("0755-1"))];
    let mut desk = Desk::edit("customer", &stored, |b| {
        b.titles.insert(id(55), "母公司".to_owned());
        b.hits = vec![Hit {
            key: RecordKey { object: "customer".to_owned(), id: id(55) },
            title: "母公司".to_owned(),
            code: String::new(),
            detail: String::new(),
            title_matches: Vec::new(),
            other_match: None,
        }];
    });
    desk.type_text("科技").to("Level").press("delete").to("Employees").type_text("about ten");
    desk.to("Parent company").type_text("母").press("enter");
    desk.to("Remark").type_text("一").press("enter").type_text("二");
    (desk.fake.settings.clone(), fields(&stored))
}

#[test]
fn a_draft_comes_back_with_texts_right_and_wrong_and_choices() {
    let (settings, stored) = leave_half_filled();
    let settings: Vec<(String, String)> = settings.into_iter().collect();
    let draft = draft::parse(&settings).remove(0);
    assert_eq!((draft.object.as_str(), draft.id, draft.version), ("customer", Some(id(7)), 3));

    let stored: Vec<(&str, Value)> = stored.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
    let mut desk = Desk::edit("customer", &stored, |_| {});
    desk.press("esc");
    desk.open(|cx| FormLayer::from_draft(draft.clone(), cx));
    for shown in ["华信科技", "about ten", "母公司", "一", "二"] {
        assert!(desk.shows(shown), "{shown}:\n{}", desk.screen(90, 60));
    }
    desk.to("Employees").press("ctrl-u").type_text("10").press("ctrl-s");
    let expected = fields(&[
        ("name", text("华信科技")),
        ("level", Value::Empty),
        ("employees", Value::Integer(10)),
        ("parent", Value::Ref(id(55))),
        ("remark", text("一\n二")),
    ]);
    let saves = desk.saves();
    assert_eq!(saves[0].changes, expected);
    assert_eq!(saves[0].target, Some((id(7), 3)), "on the version that it was made on");
    assert!(!desk.fake.settings.contains_key(&draft.key));
}

#[test]
fn drafts_are_listed_newest_first_and_what_cannot_be_read_is_left_alone() {
    let (settings, _) = leave_half_filled();
    let mut settings: Vec<(String, String)> = settings.into_iter().collect();
    let newer = settings[0].1.replace("2026-11-22", "2026-11-23");
    settings.push(("draft/zzz".to_owned(), newer));
    settings.push(("draft/broken".to_owned(), "{".to_owned()));
    settings.push(("ui/theme".to_owned(), "{}".to_owned()));
    let drafts = draft::parse(&settings);
    assert_eq!(drafts.len(), 2);
    assert_eq!(drafts[0].key, "draft/zzz");
}

#[test]
fn the_list_of_drafts_takes_one_up_and_deletes_one_after_asking() {
    let (settings, stored) = leave_half_filled();
    let texts: Vec<(String, String)> = settings.clone().into_iter().collect();
    let mut drafts = draft::parse(&texts);
    drafts.push(draft::Draft { key: "draft/other".to_owned(), title: "另一个".to_owned(), ..drafts[0].clone() });
    let stored: Vec<(&str, Value)> = stored.iter().map(|(n, v)| (n.as_str(), v.clone())).collect();
    let mut desk = Desk::edit("customer", &stored, |b| {
        b.settings = settings;
        b.settings.insert("draft/other".to_owned(), "kept".to_owned());
    });
    desk.press("esc");
    // The application offers drafts of ended processes at its start; this list is ours.
    desk.app.layers.truncate(1);
    desk.open(|_| Box::new(DraftsLayer::new(drafts)));
    assert!(desk.shows("另一个") && desk.shows("华信科技"), "{}", desk.screen(80, 24));
    desk.press("down").type_text("d").press("enter");
    assert!(desk.fake.settings.contains_key("draft/other"), "the question starts on keeping");
    desk.type_text("d").type_text("y");
    assert!(!desk.fake.settings.contains_key("draft/other"));
    desk.press("enter");
    assert!(desk.shows("about ten"), "taken up:\n{}", desk.screen(80, 60));
    desk.press("esc shift-tab enter");
    assert_eq!(desk.depth(), 1, "discarded, and no draft is left to list");
    assert!(desk.drafts().is_empty());
}

/// Shows the drafts through the palette and gives the screen.
fn list(desk: &mut Desk) -> String {
    desk.press("ctrl-p").type_text("app.drafts").press("enter");
    desk.screen(80, 24)
}

#[test]
fn drafts_of_open_forms_and_of_living_processes_are_not_listed() {
    let (settings, _) = leave_half_filled();
    let text = settings.values().next().unwrap().clone();
    let mine = std::process::id().to_string();
    let ended = text.replace(&format!("\"pid\":{mine}"), "\"pid\":1").replace("华信科技", "旧的");
    assert_ne!(ended, text);
    let mut desk = Desk::edit("customer", &[("name", super::text("a"))], |_| {});
    desk.type_text("bc");
    assert!(desk.app.shared.settings.keys().any(|k| k.starts_with("draft/")), "known without asking again");
    list(&mut desk);
    assert_eq!(desk.notice(), "No unfinished drafts");
    // Another process ends after this one began.
    desk.fake.settings.insert("draft/other".to_owned(), ended);
    let screen = list(&mut desk);
    assert!(screen.contains("旧的") && screen.matches("11-22 10:30").count() == 1, "{screen}");
    desk.press("esc").press("ctrl-s");
    assert!(!desk.app.shared.settings.values().any(|v| v.contains("abc")), "its draft is gone");
}
