//! A work log drafted from what was done: a heading for each day, a line for each deed.

use crate::contract::agenda::{AgendaItem, AgendaKind};
use crate::domain::lang::Lang;
use crate::i18n;
use crate::msg;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// The most characters of what is told of one deed.
const TOLD: usize = 200;

/// The draft of some days, in the order of the items. What is not done is left out.
pub fn draft(items: &[AgendaItem], lang: Lang, zone: &TimeZone) -> String {
    let mut text = String::new();
    let mut day: Option<Date> = None;
    for item in items.iter().filter(|item| item.done) {
        let this = item.due.day(zone);
        if day != Some(this) {
            if day.is_some() {
                text.push('\n');
            }
            let weekday = i18n::text(lang, &format!("form-weekday-{}", this.weekday().to_monday_one_offset()));
            text.push_str(&format!("{this} {weekday}\n"));
            day = Some(this);
        }
        text.push_str(&line(item, lang, zone));
    }
    text
}

/// The subject of a log of a day, or of the week that begins with it.
pub fn subject(first: Date, week: bool, lang: Lang) -> String {
    let message = if week { msg!("work-log-week", day = first) } else { msg!("work-log-day", day = first) };
    i18n::message(lang, &message)
}

fn line(item: &AgendaItem, lang: Lang, zone: &TimeZone) -> String {
    let at = item.due.moment(zone).to_zoned(zone.clone()).strftime("%H:%M").to_string();
    let what = match item.kind {
        AgendaKind::Task => i18n::text(lang, "work-log-task"),
        _ => item.label.get(lang).to_owned(),
    };
    let mut line = format!("- {at} {what}");
    for part in [item.about.as_str(), item.text.get(lang)].into_iter().filter(|part| !part.is_empty()) {
        line.push_str(&format!(" · {part}"));
    }
    let told = item.content.split_whitespace().collect::<Vec<_>>().join(" ");
    if !told.is_empty() && told != item.text.get(lang) {
        let cut = told.char_indices().nth(TOLD).map_or(told.len(), |(at, _)| at);
        line.push_str(&format!(": {}", told.get(..cut).unwrap_or_default()));
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use crate::contract::agenda::Due;
    use crate::domain::id::Id;
    use crate::domain::lang::Label;
    use crate::domain::record::RecordKey;

    #[test]
    fn what_was_done_is_told_by_days() {
        let zone = TimeZone::get("Asia/Shanghai").unwrap();
        let item = |kind, at: &str, text: &str, done| AgendaItem {
            kind,
            record: RecordKey { object: "activity".to_owned(), id: Id::from_i64(1).unwrap() },
            due: Due::At(at.parse().unwrap()),
            minutes: None,
            text: Label::same(text),
            label: Label { zh: "电话".to_owned(), en: "Call".to_owned() },
            about: "甲公司".to_owned(),
            owner: String::new(),
            content: "要求\n报价".to_owned(),
            place: String::new(),
            done,
            urgent: false,
            reminder: None,
        };
        let items = [
            item(AgendaKind::Activity, "2026-11-20T09:00:00+08:00", "电话沟通", true),
            item(AgendaKind::Task, "2026-11-20T17:30:00+08:00", "发合同", true),
            item(AgendaKind::Activity, "2026-11-21T09:00:00+08:00", "计划", false),
            item(AgendaKind::Activity, "2026-11-22T00:30:00+08:00", "夜里", true),
        ];
        let expected = "2026-11-20 周五\n- 09:00 电话 · 甲公司 · 电话沟通: 要求 报价\n\
                        - 17:30 任务 · 甲公司 · 发合同: 要求 报价\n\n2026-11-22 周日\n\
                        - 00:30 电话 · 甲公司 · 夜里: 要求 报价\n";
        assert_eq!(draft(&items, Lang::Zh, &zone), expected);
        assert_eq!(draft(&[], Lang::En, &zone), "");
    }
}
