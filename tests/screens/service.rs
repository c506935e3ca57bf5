//! A service request and a campaign as the people who work with them see them.

use super::desk::Desk;
use tcrm::domain::lang::Lang;

fn look(name: &str, script: &str) {
    for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let mut desk = Desk::sample(lang, 80, 24);
        desk.keys(script);
        insta::assert_snapshot!(format!("{name}_{tag}"), desk.picture());
    }
}

#[test]
fn a_request() {
    look("case", ": «cases» enter enter");
    look("case_actions", ": «cases» enter enter m");
}

#[test]
fn a_campaign() {
    look("campaign", ": «campaigns» enter enter");
    look("campaign_members", ": «campaigns» enter j enter ]");
}

#[test]
fn every_object_is_reached_by_its_name_in_either_language() {
    let schema = tcrm::schema::builtin();
    for (lang, zh) in [(Lang::Zh, true), (Lang::En, false)] {
        for object in &schema.objects {
            let mut desk = Desk::sample(lang, 80, 24);
            let name = if zh { &object.plural.zh } else { &object.plural_name };
            desk.keys(&format!(": «{name}» enter"));
            let picture = desk.picture();
            let title = picture.lines().next().unwrap_or_default().to_owned();
            assert!(title.contains(object.plural.get(lang)), "{name}: {title}");
        }
    }
}
