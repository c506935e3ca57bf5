//! Reminders, the agenda and recurring tasks by a clock that stands.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use jiff::{Timestamp, Zoned};
use tcrm::backend::local::{LocalBackend, OpenOptions};
use tcrm::contract::agenda::{
    AgendaItem, AgendaKind, AgendaRequest, Due, Reminder, ReminderDeed, RemindersRequest, Whose,
};
use tcrm::contract::error::Error;
use tcrm::contract::request::{ActRequest, DoRequest, SaveRequest, Saved};
use tcrm::crm::{Context, Crm, NoFinder};
use tcrm::domain::id::Id;
use tcrm::domain::journal::Origin;
use tcrm::domain::record::{Fields, Record, RecordKey};
use tcrm::domain::value::Value;
use tcrm::schema::{self, Source};
use tcrm::store::{OpenMode, Store};
use tempfile::TempDir;

/// A store with a boss, a seller under her and another one, and a clock.
struct Office {
    folder: TempDir,
    boss: Id,
    seller: Id,
}

fn at(text: &str) -> Zoned {
    format!("{text}+08:00[Asia/Shanghai]").parse().unwrap()
}

const NOW: &str = "2026-11-22T10:30:00";

impl Office {
    fn new() -> Office {
        Office::with_schema("")
    }

    fn with_schema(own: &str) -> Office {
        let folder = tempfile::tempdir().unwrap();
        let schema = schema::load(&[Source { name: "own.toml", text: own }]).unwrap();
        drop(Store::create(&folder.path().join("crm.db"), &schema).unwrap());
        let mut office = Office { folder, boss: Id::from_i64(1).unwrap(), seller: Id::from_i64(1).unwrap() };
        let mut crm = office.crm(None, NOW, 1);
        office.boss = add(&mut crm, "user", &[("login", text("li")), ("name", text("李四"))]).id;
        let seller = [("login", text("zhang")), ("name", text("张三")), ("supervisor", Value::Ref(office.boss))];
        office.seller = add(&mut crm, "user", &seller).id;
        office
    }

    fn crm(&self, user: Option<Id>, now: &str, seed: u64) -> Crm {
        let store = Store::open(&self.folder.path().join("crm.db"), OpenMode::ReadWrite).unwrap();
        Crm::new(store, Context::fixed(user, Origin::Tui, at(now), seed))
    }

    fn seller(&self, now: &str) -> Crm {
        self.crm(Some(self.seller), now, seed(now))
    }

    fn boss(&self, now: &str) -> Crm {
        self.crm(Some(self.boss), now, seed(now) + 1)
    }
}

/// Ids differ by moment and seed.
fn seed(now: &str) -> u64 {
    now.bytes().map(u64::from).sum()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn choice(key: &str) -> Value {
    Value::Choice(key.to_owned())
}

fn moment(text: &str) -> Value {
    Value::DateTime(at(text).timestamp())
}

fn date(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

fn add(crm: &mut Crm, object: &str, given: &[(&str, Value)]) -> Record {
    let changes: Fields = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    crm.save(&SaveRequest { object: object.to_owned(), target: None, changes }).unwrap().records.remove(0)
}

/// A customer of the seller's, of a level, last contacted at a time.
fn customer(crm: &mut Crm, name: &str, level: &str, contacted: &str) -> Record {
    let record = add(crm, "customer", &[("name", text(name)), ("level", choice(level))]);
    let activity = [("subject", text("电话")), ("customer", Value::Ref(record.id)), ("at", moment(contacted))];
    add(crm, "activity", &activity);
    record
}

fn asked(of: Whose, until: &str) -> RemindersRequest {
    RemindersRequest { from: None, until: at(until).timestamp(), include_snoozed: false, of, limit: 50 }
}

fn due(crm: &Crm, until: &str) -> Vec<Reminder> {
    crm.reminders(&asked(Whose::Me, until)).unwrap().items
}

fn texts(items: &[Reminder]) -> Vec<String> {
    items.iter().map(|r| r.text.zh.clone()).collect()
}

fn remind(crm: &mut Crm, reminder: &Reminder, deed: ReminderDeed) -> Result<(), Error> {
    crm.act(&ActRequest::Remind { reminder: reminder.key.clone(), deed }, &NoFinder).map(drop)
}

#[test]
fn customers_without_contact_are_reminded_of_by_their_level() {
    let office = Office::new();
    let mut crm = office.seller(NOW);
    customer(&mut crm, "甲公司", "A", "2026-11-01T09:00:00");
    customer(&mut crm, "乙公司", "C", "2026-11-01T09:00:00");
    customer(&mut crm, "丙公司", "A", "2026-11-20T09:00:00");
    add(&mut crm, "customer", &[("name", text("丁公司")), ("level", choice("A"))]);
    let found = due(&crm, NOW);
    assert_eq!(texts(&found), ["甲公司：自 2026-11-01 09:00 起没有联系"]);
    assert_eq!(found[0].due, Due::Day("2026-11-15".parse().unwrap()), "14 days for an A");
    assert_eq!(found[0].label.en, "No contact");
    // What is 60 days for a C comes with the new year.
    let found = due(&crm, "2026-12-31T00:00:00");
    assert_eq!(found.len(), 3, "{:?}", texts(&found));
    let lost = crm.query(
        &tcrm::contract::request::Query {
            object: "customer".to_owned(),
            filter: "name:甲".to_owned(),
            limit: 1,
            ..Default::default()
        },
        &NoFinder,
    );
    let record = &lost.unwrap().rows[0].record;
    let changes = Fields::from([("status".to_owned(), choice("lost"))]);
    crm.save(&SaveRequest { object: "customer".to_owned(), target: Some((record.id, record.version)), changes })
        .unwrap();
    assert!(due(&crm, NOW).is_empty(), "the rule's filter leaves lost customers out");
}

#[test]
fn what_was_dealt_with_is_gone_until_its_date_moves_on() {
    let office = Office::new();
    let mut crm = office.seller(NOW);
    let one = customer(&mut crm, "甲公司", "A", "2026-11-01T09:00:00");
    let first = due(&crm, NOW).remove(0);
    remind(&mut crm, &first, ReminderDeed::Considered).unwrap();
    assert!(due(&crm, NOW).is_empty());
    // Three weeks after the next contact there is another reminder.
    add(&mut crm, "activity", &[("subject", text("回访")), ("customer", Value::Ref(one.id)), ("at", moment(NOW))]);
    let crm = office.seller("2026-12-20T09:00:00");
    let next = due(&crm, "2026-12-20T09:00:00");
    assert_eq!(next.len(), 1);
    assert_ne!(next[0].key, first.key);
}

#[test]
fn a_snoozed_reminder_comes_back_and_undo_brings_it_back_at_once() {
    let office = Office::new();
    let mut crm = office.seller(NOW);
    customer(&mut crm, "甲公司", "A", "2026-11-01T09:00:00");
    let one = due(&crm, NOW).remove(0);
    let until = at("2026-11-25T09:00:00").timestamp();
    remind(&mut crm, &one, ReminderDeed::Snooze(until)).unwrap();
    assert!(due(&crm, NOW).is_empty());
    assert!(due(&crm, "2026-11-25T08:59:59").is_empty());
    let back = due(&crm, "2026-11-25T09:00:00");
    assert_eq!((back[0].due, back[0].snoozed), (Due::At(until), Some(until)));
    let all = RemindersRequest { include_snoozed: true, ..asked(Whose::Me, NOW) };
    assert_eq!(crm.reminders(&all).unwrap().items.len(), 1);
    crm.undo().unwrap();
    assert_eq!(due(&crm, NOW).len(), 1);
    let late = ReminderDeed::Snooze(at("2026-11-22T10:00:00").timestamp());
    assert!(matches!(remind(&mut crm, &one, late), Err(Error::Invalid(_))), "a time that is past");
    // Snoozed twice is one mark.
    for day in ["2026-11-23T09:00:00", "2026-11-24T09:00:00"] {
        remind(&mut crm, &one, ReminderDeed::Snooze(at(day).timestamp())).unwrap();
    }
    assert!(due(&crm, "2026-11-23T12:00:00").is_empty());
    assert_eq!(due(&crm, "2026-11-24T12:00:00").len(), 1);
}

#[test]
fn reminders_by_hand_fall_due_at_their_minute() {
    let office = Office::new();
    let mut crm = office.seller(NOW);
    add(&mut crm, "reminder", &[("text", text("给王总回电话")), ("due", moment("2026-11-22T15:00:00"))]);
    assert!(due(&crm, NOW).is_empty());
    let answer = crm.reminders(&asked(Whose::Me, NOW)).unwrap();
    assert_eq!(answer.next, Some(at("2026-11-22T15:00:00").timestamp()), "the timer waits for it");
    let one = due(&crm, "2026-11-22T15:00:00").remove(0);
    assert_eq!(one.text.en, "给王总回电话");
    remind(&mut crm, &one, ReminderDeed::Snooze(at("2026-11-23T09:00:00").timestamp())).unwrap();
    assert!(due(&crm, "2026-11-22T18:00:00").is_empty());
    let back = due(&crm, "2026-11-23T09:00:00").remove(0);
    assert_eq!(back.due, Due::At(at("2026-11-23T09:00:00").timestamp()));
    remind(&mut crm, &back, ReminderDeed::Done).unwrap();
    assert!(due(&crm, "2026-12-23T09:00:00").is_empty());
    let quiet = crm.reminders(&asked(Whose::Me, NOW)).unwrap();
    assert_eq!(quiet.next, Some(at("2026-11-23T00:00:00").timestamp()), "midnight, when days fall due");
}

#[test]
fn the_supervisor_sees_what_was_left_too_long_and_nobody_else() {
    let office = Office::new();
    let mut crm = office.seller(NOW);
    add(&mut crm, "task", &[("subject", text("发合同")), ("due", moment("2026-11-12T09:00:00"))]);
    add(&mut crm, "task", &[("subject", text("寄样品")), ("due", moment("2026-11-20T09:00:00"))]);
    assert_eq!(due(&crm, NOW).len(), 2);
    let boss = office.boss(NOW);
    let seen = due(&boss, NOW);
    assert_eq!(texts(&seen), ["发合同"], "a week late");
    assert!(seen[0].escalated && seen[0].owner.as_ref().unwrap().1 == "张三");
    let team = boss.reminders(&asked(Whose::Team, NOW)).unwrap().items;
    assert_eq!(team.len(), 2);
    let everyone = office.crm(None, NOW, 9).reminders(&asked(Whose::Me, NOW)).unwrap().items;
    assert_eq!(everyone.len(), 2, "without a user all are seen");
    assert_eq!(boss.reminders(&asked(Whose::User(office.boss), NOW)).unwrap().items.len(), 0);
}

#[test]
fn birthdays_come_every_year_also_on_leap_days() {
    let office = Office::new();
    let mut crm = office.seller(NOW);
    let company = add(&mut crm, "customer", &[("name", text("甲公司"))]);
    for (name, day) in [("王一", "1988-02-29"), ("王二", "1990-11-24"), ("王三", "1990-01-01")] {
        add(
            &mut crm,
            "contact",
            &[("name", text(name)), ("customer", Value::Ref(company.id)), ("birthday", date(day))],
        );
    }
    let found = due(&crm, NOW);
    assert_eq!(texts(&found), ["甲公司 王二：1990-11-24"], "three days before");
    assert_eq!(found[0].key.occurrence, "2026");
    remind(&mut crm, &found[0], ReminderDeed::Done).unwrap();
    assert!(due(&crm, NOW).is_empty());
    assert_eq!(texts(&due(&office.seller("2027-11-21T09:00:00"), "2027-11-21T09:00:00")), ["甲公司 王二：1990-11-24"]);
    let leap = due(&crm, "2027-02-25T09:00:00");
    assert_eq!(leap[0].due, Due::Day("2027-02-25".parse().unwrap()), "three days before the 28th");
    let turn = due(&crm, "2026-12-30T09:00:00");
    assert_eq!((turn[0].text.zh.as_str(), turn[0].key.occurrence.as_str()), ("甲公司 王三：1990-01-01", "2027"));
}

#[test]
fn rules_of_ones_own_watch_any_date_and_built_in_ones_can_be_retired() {
    let own = r#"
[objects.lead.fields]
trial_ends = { group = "other", zh = "试用到期", en = "Trial ends", type = "date" }
[reminders.trial]
zh = "试用"
en = "Trial"
text = { zh = "{name} 试用 {trial_ends} 到期", en = "Trial of {name} ends {trial_ends}" }
object = "lead"
filter = "-status:junk"
date = "trial_ends"
days = -7
[reminders.task_due]
retired = true
"#;
    let office = Office::with_schema(own);
    let mut crm = office.seller(NOW);
    add(&mut crm, "lead", &[("name", text("试用客户")), ("trial_ends", date("2026-11-29"))]);
    add(&mut crm, "lead", &[("name", text("还早")), ("trial_ends", date("2026-11-30"))]);
    add(&mut crm, "task", &[("subject", text("发合同")), ("due", moment("2026-11-12T09:00:00"))]);
    assert_eq!(texts(&due(&crm, NOW)), ["试用客户 试用 2026-11-29 到期"]);
}

fn agenda(crm: &Crm, from: Option<&str>, to: &str, done: bool) -> Vec<AgendaItem> {
    let from = from.map(|day| day.parse().unwrap());
    crm.agenda(&AgendaRequest { from, to: to.parse().unwrap(), of: Whose::Me, done, limit: 100 }).unwrap().items
}

fn named(items: &[AgendaItem]) -> Vec<String> {
    items.iter().map(|i| i.text.zh.clone()).collect()
}

#[test]
fn the_agenda_has_tasks_planned_activities_and_reminders_by_time() {
    let office = Office::new();
    let mut crm = office.seller(NOW);
    let company = customer(&mut crm, "甲公司", "A", "2026-11-10T09:00:00");
    let refer = Value::Ref(company.id);
    add(
        &mut crm,
        "task",
        &[("subject", text("发合同")), ("due", moment("2026-11-20T09:00:00")), ("priority", choice("high"))],
    );
    add(&mut crm, "task", &[("subject", text("下月的事")), ("due", moment("2026-12-20T09:00:00"))]);
    let visit = [
        ("kind", choice("visit")),
        ("subject", text("拜访")),
        ("state", choice("planned")),
        ("at", moment("2026-11-23T14:00:00")),
        ("minutes", Value::Integer(60)),
        ("customer", refer),
    ];
    add(&mut crm, "activity", &visit);
    add(&mut crm, "reminder", &[("text", text("回电话")), ("due", moment("2026-11-23T08:00:00"))]);
    let items = agenda(&crm, None, "2026-12-01", false);
    assert_eq!(named(&items), ["发合同", "回电话", "拜访", "甲公司：自 2026-11-10 09:00 起没有联系"]);
    assert!(items[0].urgent && items[0].kind == AgendaKind::Task);
    assert_eq!((items[2].about.as_str(), items[2].minutes, items[2].label.zh.as_str()), ("甲公司", Some(60), "拜访"));
    assert!(items[3].reminder.is_some());
    assert_eq!(named(&agenda(&crm, Some("2026-11-23"), "2026-11-24", false)), ["回电话", "拜访"]);
    let done = agenda(&crm, Some("2026-11-10"), "2026-11-11", true);
    assert_eq!(named(&done), ["电话"], "what was done on a day");
    assert!(done[0].done);
}

#[test]
fn tasks_take_no_place_from_reminders_in_a_short_agenda() {
    let office = Office::new();
    let mut crm = office.seller(NOW);
    customer(&mut crm, "甲公司", "A", "2026-11-10T09:00:00");
    let due = |hour: i8| moment(&format!("2026-11-28T{hour:02}:00:00"));
    for hour in 9..12 {
        add(&mut crm, "task", &[("subject", text("任务")), ("due", due(hour))]);
    }
    let (from, to) = (None, "2026-12-01".parse().unwrap());
    let request = AgendaRequest { from, to, of: Whose::Me, done: false, limit: 2 };
    let shown = crm.agenda(&request).unwrap();
    assert_eq!(named(&shown.items), ["甲公司：自 2026-11-10 09:00 起没有联系", "任务", "任务"]);
    assert!(shown.more, "one task is not shown");
}

#[test]
fn what_waits_for_approval_is_told_once_before_and_after_it_is_due() {
    let own = r#"
[flows.new_customer]
active = true
steps = [{ approvers = ["user:li"], days = 2 }]
"#;
    let office = Office::with_schema(own);
    let mut crm = office.seller(NOW);
    let company = add(&mut crm, "customer", &[("name", text("甲公司"))]);
    let key = RecordKey { object: "customer".to_owned(), id: company.id };
    let (fields, comment) = (Fields::new(), String::new());
    let request = DoRequest { action: "submit".to_owned(), key, fields, comment, version: None };
    crm.act(&ActRequest::Do(request), &NoFinder).unwrap();
    let told = |now: &str| {
        let crm = office.boss(now);
        let rules: Vec<String> = due(&crm, now).into_iter().map(|r| r.key.rule).collect();
        rules.join(" ")
    };
    assert_eq!(told("2026-11-23T12:00:00"), "approval");
    for late in ["2026-11-24T08:00:00", "2026-11-27T08:00:00"] {
        assert_eq!(told(late), "approval_due", "{late}");
    }
}

fn complete(crm: &mut Crm, task: &Record) -> Saved {
    let key = RecordKey { object: "task".to_owned(), id: task.id };
    let (fields, comment) = (Fields::new(), String::new());
    let request = DoRequest { action: "complete".to_owned(), key, fields, comment, version: None };
    crm.act(&ActRequest::Do(request), &NoFinder).unwrap()
}

#[test]
fn a_recurring_task_makes_its_next_one_when_it_is_done() {
    let office = Office::new();
    let mut crm = office.seller(NOW);
    let given = [
        ("subject", text("月报")),
        ("due", moment("2026-08-31T17:00:00")),
        ("repeat", choice("month")),
        ("repeat_count", Value::Integer(6)),
        ("priority", choice("high")),
    ];
    let mut task = add(&mut crm, "task", &given);
    let mut days = Vec::new();
    loop {
        let done = complete(&mut crm, &task);
        let Some(next) = done.records.into_iter().rfind(|r| r.object == "task" && r.id != task.id) else { break };
        let Value::DateTime(due) = next.get("due") else { break };
        days.push(due.to_zoned(at(NOW).time_zone().clone()).datetime().to_string());
        assert_eq!((next.get("priority"), next.get("state")), (&choice("high"), &choice("open")));
        task = next;
    }
    // Months that went by are let pass, and the end of the month is kept.
    assert_eq!(days, ["2026-11-30T17:00:00", "2026-12-31T17:00:00", "2027-01-31T17:00:00"], "six times in all");
    assert_eq!(task.get("repeat_from"), &date("2026-08-31"));
    let undone = crm.undo().unwrap();
    assert!(undone.touched >= 1);
}

#[test]
fn a_daily_task_keeps_its_hour_through_clock_changes() {
    let office = Office::new();
    let zoned = |text: &str| -> Zoned { format!("{text}[Europe/Berlin]").parse().unwrap() };
    let store = Store::open(&office.folder.path().join("crm.db"), OpenMode::ReadWrite).unwrap();
    let now = zoned("2026-03-28T10:00:00");
    let mut crm = Crm::new(store, Context::fixed(Some(office.seller), Origin::Tui, now, 3));
    let due: Timestamp = zoned("2026-03-28T02:30:00").timestamp();
    let task =
        add(&mut crm, "task", &[("subject", text("x")), ("due", Value::DateTime(due)), ("repeat", choice("day"))]);
    let done = complete(&mut crm, &task);
    let next = done.records.iter().rfind(|r| r.object == "task").unwrap();
    assert_eq!(next.get("due"), &Value::DateTime(zoned("2026-03-29T03:30:00").timestamp()), "02:30 is skipped");
}

#[test]
fn deals_that_stand_still_are_reminded_of_by_the_days_of_their_pipelines_stage() {
    let office = Office::new();
    let start = "2026-11-01T09:00:00";
    let mut crm = office.seller(start);
    let buyer = Value::Ref(add(&mut crm, "customer", &[("name", text("甲公司"))]).id);
    let amount: Value = Value::Money(tcrm::domain::value::Money { amount: 100.into(), currency: "CNY".to_owned() });
    for (name, pipeline, stage) in
        [("新购", "standard", "proposal"), ("续费", "renewal", "proposal"), ("初谈", "standard", "prospecting")]
    {
        let given = [("pipeline", choice(pipeline)), ("stage", choice(stage)), ("name", text(name))];
        let more = [("customer", buyer.clone()), ("amount", amount.clone())];
        add(&mut crm, "opportunity", &[given.as_slice(), more.as_slice()].concat());
    }
    let still = |crm: &Crm, until: &str| -> Vec<(String, Due)> {
        let found = due(crm, until).into_iter().filter(|r| r.key.rule == "rotting");
        found.map(|r| (r.text.zh.chars().take(2).collect(), r.due)).collect()
    };
    let (sold, renewed) = (Due::Day("2026-11-22".parse().unwrap()), Due::Day("2026-11-15".parse().unwrap()));
    assert_eq!(still(&crm, "2026-11-14T23:00:00"), []);
    let both = [("新购".to_owned(), sold), ("续费".to_owned(), renewed)];
    assert_eq!(still(&crm, NOW), both, "21 days in one pipeline, 14 in the other");
}

#[test]
fn a_touch_that_would_fall_on_a_weekend_is_planned_for_monday() {
    let office = Office::new();
    // Three days later.
    for (today, next) in [
        ("2026-11-24", "2026-11-27"),
        ("2026-11-25", "2026-11-30"),
        ("2026-11-26", "2026-11-30"),
        ("2026-11-27", "2026-11-30"),
    ] {
        let mut crm = office.seller(&format!("{today}T10:30:00"));
        let company = add(&mut crm, "customer", &[("name", text(today))]);
        let request = DoRequest {
            action: "call".to_owned(),
            key: RecordKey { object: "customer".to_owned(), id: company.id },
            fields: Fields::from([("outcome".to_owned(), choice("interested"))]),
            comment: String::new(),
            version: None,
        };
        let done = crm.act(&ActRequest::Do(request), &NoFinder).unwrap();
        let called = done.records.iter().find(|r| r.id == company.id).unwrap();
        assert_eq!(called.get("next_contact"), &date(next), "{today}");
    }
}

#[test]
fn the_first_reminders_are_the_first_of_all_however_few_are_asked_for() {
    let office = Office::new();
    let mut boss = office.boss(NOW);
    let mut people = vec![office.boss, office.seller];
    for number in 0..7 {
        let given = [("login", text(&format!("u{number}"))), ("name", text(&format!("员工{number}")))];
        let given = given.into_iter().chain([("supervisor", Value::Ref(people[number]))]);
        people.push(add(&mut boss, "user", &given.collect::<Vec<_>>()).id);
    }
    for number in 0..120usize {
        let owner = ("owner", Value::Ref(people[number * 7 % people.len()]));
        let day = format!("2026-{:02}-{:02}", 9 + number % 3, 1 + number * 11 % 28);
        let about = text(&format!("事{number}"));
        match number % 4 {
            0 => add(&mut boss, "task", &[("subject", about), ("due", moment(&format!("{day}T09:00:00"))), owner]),
            1 => add(&mut boss, "reminder", &[("text", about), ("due", moment(&format!("{day}T10:00:00"))), owner]),
            2 => add(&mut boss, "customer", &[("name", about), ("next_contact", date(&day)), owner]),
            _ => {
                let of = add(&mut boss, "customer", &[("name", about.clone()), owner.clone()]);
                let born = date(&format!("1988-{}", &day[5..]));
                add(
                    &mut boss,
                    "contact",
                    &[("name", about), ("customer", Value::Ref(of.id)), ("birthday", born), owner],
                )
            }
        };
    }
    let all = |of, from: Option<&str>, until: &str, include_snoozed, limit| {
        let from = from.map(|from| at(from).timestamp());
        let request = RemindersRequest { from, until: at(until).timestamp(), include_snoozed, of, limit };
        office.boss(NOW).reminders(&request).unwrap()
    };
    // Some are put off, the oldest too: they are due when that is over.
    let known = all(Whose::Team, None, NOW, false, 1_000).items;
    assert!(known.len() > 60, "{}", known.len());
    for (number, reminder) in known.iter().rev().enumerate().step_by(5) {
        let until = at(if number % 2 == 0 { "2026-11-22T11:00:00" } else { "2026-11-25T08:00:00" }).timestamp();
        remind(&mut boss, reminder, ReminderDeed::Snooze(until)).unwrap();
    }
    let later = "2026-11-22T12:00:00";
    let back = all(Whose::Team, None, later, false, 3).items;
    assert!(back.iter().all(|r| r.due == Due::At(at("2026-11-22T11:00:00").timestamp())), "{:?}", texts(&back));
    let week = all(Whose::Team, Some("2026-11-25T00:00:00"), "2026-11-26T00:00:00", false, 1_000).items;
    assert!(week.iter().any(|r| r.due == Due::At(at("2026-11-25T08:00:00").timestamp())), "{:?}", texts(&week));
    for of in [Whose::Me, Whose::Team, Whose::Everyone, Whose::User(office.seller)] {
        for (from, until) in [(None, later), (None, "2026-12-20T00:00:00"), (Some("2026-10-20T00:00:00"), later)] {
            for put_off in [false, true] {
                let whole = all(of, from, until, put_off, 1_000);
                assert!(!whole.more);
                for limit in [1, 4, 9, 33] {
                    let part = all(of, from, until, put_off, limit);
                    let expected = &whole.items[..limit.min(whole.items.len())];
                    assert_eq!(texts(&part.items), texts(expected), "{of:?} {from:?} {until} {put_off} {limit}");
                    assert_eq!(part.items, expected);
                    assert_eq!(part.more, whole.items.len() > limit);
                }
            }
        }
    }
}

#[test]
fn a_store_that_an_older_program_made_gets_the_indexes_it_lacks_after_its_first_page() {
    let office = Office::new();
    let path = office.folder.path().join("crm.db");
    let has = || {
        let conn = rusqlite::Connection::open(&path).unwrap();
        let sql = "SELECT count(*) FROM sqlite_master WHERE name = 'customer__owner__next_contact'";
        conn.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap()
    };
    rusqlite::Connection::open(&path).unwrap().execute_batch("DROP INDEX customer__owner__next_contact").unwrap();
    for (read_only, expected) in [(true, 0), (false, 1)] {
        let options = OpenOptions { read_only, search: true, ..OpenOptions::new(&path) };
        let backend = LocalBackend::open(options).unwrap();
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while !read_only && has() != expected {
            assert!(std::time::Instant::now() < deadline, "the index is never made");
            std::thread::yield_now();
        }
        drop(backend);
        assert_eq!(has(), expected, "read only: {read_only}");
    }
}
