//! The pools: what one may take, why not, and the sweep.

use super::desk::Desk;
use tcrm::contract::request::{Query, SaveRequest};
use tcrm::domain::lang::Lang;
use tcrm::domain::record::Fields;
use tcrm::domain::value::Value;

/// Adds a pool to a desk's store.
fn pool(desk: &mut Desk, given: &[(&str, Value)]) {
    let name = ("name", Value::Text("公海".to_owned()));
    let fields = [name].into_iter().chain(given.iter().cloned());
    let changes: Fields = fields.map(|(name, value)| (name.to_owned(), value)).collect();
    desk.save(SaveRequest { object: "pool".to_owned(), target: None, changes });
}

#[test]
fn the_pools_show_what_lies_in_them_and_what_one_may_still_take() {
    for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
        let mut desk = Desk::small_in(lang);
        desk.keys("g w");
        insta::assert_snapshot!(format!("pools_none_{tag}"), desk.picture());
        pool(
            &mut desk,
            &[
                ("filter", Value::Text("level:A".to_owned())),
                ("per_day", Value::Integer(2)),
                ("capacity", Value::Integer(30)),
                ("wait_days", Value::Integer(14)),
            ],
        );
        desk.keys("R");
        for (width, height) in [(80, 24), (120, 40), (60, 15)] {
            desk.resize(width, height);
            insta::assert_snapshot!(format!("pools_{tag}_{width}"), desk.picture());
        }
        desk.resize(80, 24);
        desk.keys("enter");
        assert!(desk.picture().contains("深圳市华信科技有限公司"), "{}", desk.picture());
    }
}

#[test]
fn a_claim_over_the_limit_says_why_it_is_refused() {
    let mut desk = Desk::small_in(Lang::En);
    pool(&mut desk, &[("per_day", Value::Integer(0))]);
    desk.keys("m");
    insta::assert_snapshot!("pools_claim_refused", desk.picture());
}

#[test]
fn the_sweep_is_previewed_before_it_is_done_and_can_be_undone() {
    let mut desk = Desk::sample(Lang::En, 80, 24);
    desk.keys(": «take idle» enter");
    assert!(desk.picture().contains("No active pool"), "{}", desk.picture());
    desk.keys("esc");
    pool(&mut desk, &[("no_touch_days", Value::Integer(1))]);
    let owned = |desk: &mut Desk| {
        let filter = "-owner:empty".to_owned();
        desk.query(Query { object: "customer".to_owned(), filter, limit: 100, ..Query::default() }).rows.len()
    };
    let before = owned(&mut desk);
    desk.keys(": «take idle» enter");
    let preview = desk.picture();
    assert!(preview.contains("without follow-up") && preview.contains("back? y yes"), "{preview}");
    desk.keys("j j k n");
    assert_eq!(owned(&mut desk), before, "no is no");
    desk.keys(": «take idle» enter y");
    assert!(owned(&mut desk) < before);
    assert!(desk.picture().contains("went back to their pools"), "{}", desk.picture());
    desk.keys("u");
    assert_eq!(owned(&mut desk), before);
}
