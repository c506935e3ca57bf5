//! The reports as a manager reads them: choosing one, its days, its records.

use super::desk::{Desk, check};
use ratatui::style::Modifier;
use tcrm::domain::lang::Lang;

#[test]
fn a_report_is_read_beside_the_list_of_all() {
    for (name, script) in [("reports", "7"), ("reports_figures", "7 enter j"), ("reports_nested", "7 j j j j enter")] {
        for (width, height) in [(80, 24), (120, 40), (50, 15)] {
            for (lang, tag) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
                let mut desk = Desk::sample(lang, width, height);
                desk.keys(script);
                insta::assert_snapshot!(format!("{name}_{tag}_{width}x{height}"), desk.picture());
            }
        }
    }
}

/// The figure under the cursor; none while the keys are with the list of reports.
fn figure(desk: &Desk) -> Option<String> {
    let (buf, _) = desk.buffer();
    let right = buf.area.width - 2;
    let row = (1..buf.area.height - 1).find(|y| buf[(right, *y)].modifier.contains(Modifier::REVERSED))?;
    desk.text().lines().nth(row.into()).map(str::to_owned)
}

/// How many records it tells.
fn told(figure: &str) -> &str {
    figure.split_whitespace().find(|word| word.parse::<u64>().is_ok()).unwrap()
}

#[test]
fn a_figure_opens_the_records_behind_it() {
    let mut followed = 0;
    for report in 0..10 {
        let mut desk = Desk::sample(Lang::En, 120, 40);
        desk.keys("7").keys(&"j ".repeat(report)).keys("s «all» enter");
        if desk.shows("There is nothing in these days") {
            continue;
        }
        let figure = figure(desk.keys("tab")).unwrap();
        let count = told(&figure);
        desk.keys("enter");
        assert!(desk.text().lines().next().unwrap().contains(&format!("1/{count} ")), "{count}\n{}", desk.text());
        followed += 1;
    }
    assert!(followed >= 7, "{followed}");
}

#[test]
fn the_records_behind_a_figure_lead_back_to_it() {
    let mut desk = Desk::sample(Lang::En, 120, 40);
    desk.keys("7 s «all» enter enter j");
    let here = figure(&desk);
    desk.keys("enter");
    let records = desk.text();
    // What is typed there is taken back first, not the filter that the figure gave.
    desk.keys("/ «zzzz» enter");
    assert_ne!(desk.text(), records);
    desk.keys("esc");
    assert_eq!(desk.text(), records);
    desk.keys("esc");
    assert!(desk.shows("All days"), "{}", desk.text());
    assert_eq!(figure(&desk), here);
}

#[test]
fn days_and_a_filter_narrow_a_report() {
    let mut desk = Desk::sample(Lang::En, 120, 40);
    desk.keys("7");
    assert!(desk.shows("-01-01..") && desk.shows("-12-31"), "{}", desk.text());
    desk.keys("s «other» enter «2031» enter");
    assert!(desk.shows("2031-01-01..2031-12-31") && desk.shows("There is nothing in these days"), "{}", desk.text());
    desk.keys("s «other» enter «2031-13» enter");
    assert!(desk.shows("2031-01-01..2031-12-31"), "what is no date changes nothing\n{}", desk.text());
    desk.keys("s «all» enter / «owner:nobody-of-this-name»");
    assert!(!desk.shows("Prospecting"), "{}", desk.text());
    desk.keys("esc");
    assert!(desk.shows("Prospecting"), "{}", desk.text());
}

#[test]
fn the_keys_go_between_reports_and_figures() {
    // Without deals there is nothing to go to.
    check(&[("7 enter j", &["Open deals by month", "There is nothing in these days"])]);
    let mut desk = Desk::sample(Lang::En, 120, 40);
    desk.keys("7 enter j");
    let here = figure(&desk);
    assert!(here.as_ref().is_some_and(|line| line.contains("Engaging")), "{here:?}");
    desk.keys("esc");
    assert_eq!(figure(&desk), None);
    assert!(desk.selected().contains("Deals by stage"), "{}", desk.selected());
    desk.keys("tab");
    assert_eq!(figure(&desk), here, "the cursor is where it was");
    desk.keys("h j");
    assert!(desk.selected().contains("Open deals by month"), "{}", desk.selected());
}
