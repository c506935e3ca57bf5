//! The log: changes and events by who, what and when; refusals are noted, sessions are seen.

use super::*;
use tcrm::contract::log::{Log, LogFilter, LogPart, LogRequest, LogRow};
use tcrm::domain::event::{Event, EventKind, Happening};

async fn log(backend: &dyn Backend, filter: LogFilter) -> Log {
    backend.log(LogRequest { filter, before: None, limit: 100 }).await.unwrap()
}

async fn events(backend: &dyn Backend) -> Vec<Event> {
    let log = log(backend, LogFilter { part: LogPart::Events, ..LogFilter::default() }).await;
    let of = |row| match row {
        LogRow::Event(event) => event,
        LogRow::Change(entry) => panic!("{entry:?}"),
    };
    // Over HTTP everybody signs in with a token, which is noted.
    log.rows.into_iter().map(of).filter(|event| !event.what.detail.contains_key("token")).collect()
}

fn kinds(events: &[Event]) -> Vec<EventKind> {
    events.iter().map(|e| e.what.kind).collect()
}

#[tokio::test]
async fn a_refusal_is_noted_with_who_what_and_why() {
    let (_stage, one, other) = two_users().await;
    let who = customer(&*one, "华信科技").await;
    let refused = other.act(perform("claim", key(&who), &[], "")).await;
    assert!(matches!(refused, Err(Error::Denied(_))));
    let noted = events(&*one).await;
    let [event] = noted.as_slice() else { panic!("{noted:?}") };
    assert_eq!((event.what.kind, event.user), (EventKind::Denied, Some(other.me().unwrap().id)));
    assert_eq!((event.what.object.as_deref(), event.what.record), (Some("customer"), Some(who.id)));
    assert_eq!(event.what.detail["action"], "claim");
    assert_eq!(event.what.login.as_deref(), Some("lisi"));
    let why = tcrm::contract::log::detail(event, tcrm::domain::lang::Lang::En);
    assert!(!why.contains('{') && why.contains("claim"), "{why}");
}

#[tokio::test]
async fn exports_and_prints_are_noted_and_a_face_can_note_nothing_else() {
    let (_stage, one, _) = two_users().await;
    let export = Happening::new(EventKind::Export).about("customer", None).with("filter", "level:a").with("count", 3);
    one.note(export.clone()).await.unwrap();
    assert_eq!(events(&*one).await[0].what.detail, export.detail);
    let forged = one.note(Happening::new(EventKind::SignIn)).await;
    assert!(matches!(forged, Err(Error::Denied(_))), "{forged:?}");
    assert_eq!(events(&*one).await.len(), 1);
}

#[tokio::test]
async fn changes_and_events_stand_in_one_order_and_come_page_by_page() {
    let (_stage, one, other) = two_users().await;
    let mut whos = Vec::new();
    for n in 0..6 {
        let by = if n % 2 == 0 { &one } else { &other };
        whos.push(customer(&**by, &format!("客户{n}")).await);
        by.note(Happening::new(EventKind::Export).about("customer", None).with("count", n)).await.unwrap();
    }
    let all = log(&*one, LogFilter::default()).await;
    assert!(all.rows.windows(2).all(|pair| pair[0].at() >= pair[1].at()));
    assert!(all.more.is_none() && all.rows.len() > 12, "{}", all.rows.len());
    for limit in [1, 3, 5] {
        let (mut paged, mut before) = (Vec::new(), None);
        loop {
            let page = one.log(LogRequest { filter: LogFilter::default(), before, limit }).await.unwrap();
            assert!(page.rows.len() <= limit);
            paged.extend(page.rows);
            before = page.more;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(paged, all.rows, "pages of {limit}");
    }
    assert_eq!(all.titles.get(&whos[0].id).map(String::as_str), Some("客户0"));
    assert_eq!(all.titles.get(&one.me().unwrap().id).map(String::as_str), Some("张三"));
}

#[tokio::test]
async fn the_log_is_filtered_by_user_record_and_field() {
    let (stage, one, other) = two_users().await;
    let who = customer(&*one, "华信科技").await;
    let who = other.save(change(&who, &[("city", text("北京"))])).await.unwrap().records.remove(0);
    one.save(change(&who, &[("website", text("https://a.cn"))])).await.unwrap();
    let count = async |filter: LogFilter| log(&*one, filter).await.rows.len();
    let about = || LogFilter { object: Some("customer".to_owned()), record: Some(who.id), ..LogFilter::default() };
    assert_eq!(count(about()).await, 3);
    for (user, expected) in [("lisi", 1), ("李四", 1), ("me", 2)] {
        assert_eq!(count(LogFilter { user: Some(user.to_owned()), ..about() }).await, expected, "{user}");
    }
    assert_eq!(count(LogFilter { field: Some("city".to_owned()), ..about() }).await, 1);
    assert_eq!(count(LogFilter { until: Some(jiff::Timestamp::UNIX_EPOCH), ..about() }).await, 0);

    let stranger = LogFilter { user: Some("stranger".to_owned()), ..LogFilter::default() };
    let unknown = one.log(LogRequest { filter: stranger.clone(), before: None, limit: 9 }).await;
    assert!(matches!(unknown, Err(Error::NotFound(_))), "{unknown:?}");
    assert!(matches!(LocalBackend::open(stage.options(Some("stranger"))), Err(Error::NotFound(_))));
    let found = log(&*one, stranger).await.rows;
    assert!(
        matches!(found.as_slice(), [LogRow::Event(e)] if e.what.kind == EventKind::Refused && e.user.is_none()),
        "who was not let in is found by the login that was tried: {found:?}"
    );
}

#[tokio::test]
async fn a_session_is_noted_from_its_beginning_to_its_end_and_seen_meanwhile() {
    let (stage, one, _) = two_users().await;
    let session = LocalBackend::open(OpenOptions { session: true, ..stage.options(Some("lisi")) }).unwrap();
    // Whoever asks over the network is at work too: that is shown elsewhere.
    let processes = async || {
        let seats = one.online().await.unwrap();
        seats.into_iter().filter(|seat| seat.token.is_none()).collect::<Vec<_>>()
    };
    assert!(processes().await.len() <= 1);
    // The session is noted before the index is made.
    session.search_ready().await.unwrap();
    let seats = processes().await;
    let [seat] = seats.as_slice() else { panic!("{seats:?}") };
    assert_eq!((seat.name.as_str(), seat.origin, seat.certain), ("李四", Origin::Tui, true));
    assert_eq!(seat.process, std::process::id().to_string());
    drop(session);
    assert!(processes().await.is_empty());
    assert_eq!(kinds(&events(&*one).await), [EventKind::SignOut, EventKind::SignIn]);
}

#[tokio::test]
async fn schemas_and_backups_are_noted_in_the_store_and_in_the_copy() {
    if crate::OVER_HTTP || crate::ON_POSTGRES {
        // About the file: no server works on a store that is replaced.
        return;
    }
    let (stage, one, _) = two_users().await;
    let store = LocalBackend::open(stage.options(Some("zhangsan"))).unwrap();
    let mut schema = (*store.schema()).clone();
    schema.keep_events_days = Some(10);
    store.apply_schema(schema.clone(), false).await.unwrap();
    store.apply_schema(schema, false).await.unwrap();
    let copy = stage.path().with_extension("copy");
    store.backup(copy.clone()).await.unwrap();
    assert_eq!(kinds(&events(&*one).await), [EventKind::Backup, EventKind::Schema], "once: the second changed nothing");
    let copied = LocalBackend::open(OpenOptions { read_only: true, ..OpenOptions::new(&copy) }).unwrap();
    assert_eq!(events(&copied).await.len(), 2);
    drop((copied, store, one));
    LocalBackend::restore(&copy, &stage.path(), Some("root")).unwrap();
    let noted = events(&*stage.open(None)).await;
    assert_eq!((noted[0].what.kind, noted[0].what.login.as_deref()), (EventKind::Restore, Some("root")));
}

#[tokio::test]
async fn what_is_only_read_is_noted_too_and_keeps_its_promise_to_change_no_data() {
    let (stage, one, _) = two_users().await;
    let reader = LocalBackend::open(OpenOptions { read_only: true, ..stage.options(Some("lisi")) }).unwrap();
    reader.note(Happening::new(EventKind::Export).about("customer", None)).await.unwrap();
    assert!(matches!(reader.save(creation("customer", &[("name", text("x"))])).await, Err(Error::Denied(_))));
    assert_eq!(kinds(&events(&*one).await), [EventKind::Export], "a store opened for reading refuses all: no news");
    assert!(reader.doctor().await.unwrap().is_empty());
    assert!(one.query(list("customer", "")).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn events_are_kept_as_long_as_the_schema_says() {
    if crate::OVER_HTTP {
        // About the file: signing in over HTTP would put events of today before the old ones.
        return;
    }
    let (stage, one, _) = two_users().await;
    let now = jiff::Timestamp::now();
    let days = |n: i64| now - jiff::SignedDuration::from_hours(24 * n);
    let mut store = tcrm::store::Store::open(&stage.path(), tcrm::store::OpenMode::ReadWrite).unwrap();
    for age in [800, 20, 11, 9] {
        let context = tcrm::store::Context::new(None, days(age), Origin::Cli);
        store.note(&context, &Happening::new(EventKind::Backup)).unwrap();
    }
    drop(store);
    let backend = LocalBackend::open(stage.options(None)).unwrap();
    assert_eq!(backend.keep_events().await.unwrap(), 1, "two years unless the schema says otherwise");
    let with = |days| {
        let mut schema = (*backend.schema()).clone();
        schema.keep_events_days = Some(days);
        backend.apply_schema(schema, false)
    };
    with(0).await.unwrap();
    assert_eq!(backend.keep_events().await.unwrap(), 0, "for ever");
    with(10).await.unwrap();
    assert_eq!(backend.keep_events().await.unwrap(), 2);
    let left = events(&*one).await;
    assert_eq!(left.iter().filter(|e| e.what.kind == EventKind::Backup).count(), 1);
    assert_eq!(left[0].what.kind, EventKind::Retention);
    assert!(backend.doctor().await.unwrap().is_empty());
    assert!(backend.chain().await.unwrap().transactions > 0, "changes are kept for ever");
}
