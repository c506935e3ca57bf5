//! Working without a network, against a real server behind a way that fails.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod approvals;
mod files;
mod keeping;
mod rights;
mod stage;

use stage::*;
use std::sync::atomic::Ordering;
use tcrm::backend::Backend;
use tcrm::backend::offline::OfflineBackend;
use tcrm::backend::sync::{Link, PendingState, Settle, Syncing};
use tcrm::contract::error::Error;
use tcrm::contract::request::{ActRequest, CountRequest, DoRequest, SaveRequest, SearchRequest};
use tcrm::domain::record::Fields;
use tcrm::domain::value::Value;

fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test);
}

#[test]
fn without_a_network_ones_own_records_are_read_searched_and_counted() {
    run(async {
        let stage = Stage::new();
        let online = stage.open_synced().await;
        let mine = make(&online, "customer", &[("name", text("华信科技"))]).await;
        make(&online, "contact", &[("name", text("王芳")), ("customer", Value::Ref(mine.id))]).await;
        make(&stage.other, "customer", &[("name", text("别人的客户"))]).await;
        sync(&online).await;
        assert_eq!(names(&online, "customer", "").await, ["别人的客户", "华信科技"].map(str::to_owned));
        drop(online);
        stage.way.close();
        // The program is started anew where there is no network.
        let offline = stage.open();
        until(&offline, Link::Offline).await;
        assert_eq!(offline.me().unwrap().login, "zhangsan");
        assert_eq!(names(&offline, "customer", "").await, ["华信科技"]);
        assert_eq!(names(&offline, "contact", "customer.name:华信").await, ["王芳"]);
        let count = CountRequest { object: "customer".to_owned(), filter: String::new(), cap: 10 };
        assert_eq!(offline.count(count).await.unwrap().value, 1);
        let request = SearchRequest { text: "huaxin".to_owned(), objects: Vec::new(), limit: 5 };
        // The index of the cache is made in the background.
        let hits = loop {
            let found = offline.search(request.clone()).await.unwrap();
            if found.complete {
                break found.hits;
            }
            tokio::task::yield_now().await;
        };
        assert_eq!(hits.first().map(|hit| hit.key.id), Some(mine.id));
        assert!(offline.state().borrow().since.is_some());
    });
}

#[test]
fn whose_rights_are_limited_works_without_a_network_on_what_the_server_let_through() {
    run(async {
        let stage = Stage::new();
        sellers(&stage, &["customer", "activity"]).await;
        let (backend, customer) = apart(&stage).await;
        make(&stage.other, "customer", &[("name", text("别人的客户"))]).await;
        assert_eq!(names(&backend, "customer", "").await, ["华信科技"]);
        set(&backend, &customer, &[("short_name", text("离线改的"))]).await;
        make(&backend, "customer", &[("name", text("离线建的"))]).await;
        drop(backend);
        let backend = stage.open();
        until(&backend, Link::Offline).await;
        assert_eq!(names(&backend, "customer", "").await, ["华信科技", "离线建的"].map(str::to_owned));
        stage.way.open();
        assert!(sync(&backend).await.pending.is_empty());
        assert_eq!(get(&stage.other, &customer).await.get("short_name"), &text("离线改的"));
        let mut all = names(&stage.other, "customer", "").await;
        all.sort();
        assert_eq!(all, ["别人的客户", "华信科技", "离线建的"].map(str::to_owned));
    });
}

#[test]
fn the_cache_is_for_its_owner_only_and_keeps_no_secret() {
    run(async {
        let stage = Stage::new();
        let backend = stage.open_synced().await;
        drop(backend);
        let file = stage.cache().join("cache.db");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&file), mode(&stage.cache())), (0o600, 0o700));
        }
        let bytes = std::fs::read(file).unwrap();
        let token = stage.options().http.token;
        assert!(!bytes.windows(token.bytes().len()).any(|part| part == token.bytes()));
    });
}

#[test]
fn what_was_done_without_a_network_is_sent_in_order_and_gets_the_servers_numbers() {
    run(async {
        let stage = Stage::new();
        let backend = stage.open_synced().await;
        stage.way.close();
        let customer = make(&backend, "customer", &[("name", text("离线甲"))]).await;
        let customer = set(&backend, &customer, &[("short_name", text("甲"))]).await;
        let contact = make(&backend, "contact", &[("name", text("李雷")), ("customer", Value::Ref(customer.id))]).await;
        until(&backend, Link::Offline).await;
        assert_eq!(names(&backend, "customer", "").await, ["离线甲"]);
        assert_eq!(backend.state().borrow().waiting, 3);
        // Meanwhile somebody else takes the number that was shown here.
        let theirs = make(&stage.other, "customer", &[("name", text("在线乙"))]).await;
        assert_eq!(theirs.get("code"), customer.get("code"));
        // A form hands back the number that it showed: that is no number given by hand.
        let shown = backend.prepare("lead".to_owned(), Fields::new()).await.unwrap().record.fields;
        let lead = shown.into_iter().chain(fields(&[("name", text("新线索"))])).collect();
        let lead = SaveRequest { object: "lead".to_owned(), target: None, changes: lead };
        backend.save(lead).await.unwrap();
        make(&stage.other, "lead", &[("name", text("在线线索"))]).await;
        drop(backend);
        let backend = stage.open();
        assert_eq!(pending(&backend).await.len(), 4, "what waits survives the end of the program");
        stage.way.open();
        let report = sync(&backend).await;
        assert_eq!((report.pending.len(), report.state.waiting), (0, 0), "{report:?}");
        let there = get(&stage.other, &customer).await;
        assert_eq!((there.get("name"), there.get("short_name")), (&text("离线甲"), &text("甲")));
        assert_ne!(there.get("code"), theirs.get("code"));
        assert_eq!(get(&stage.other, &contact).await.get("customer"), &Value::Ref(customer.id));
        stage.way.close();
        assert_eq!(
            get(&backend, &customer).await,
            there,
            "the server's record has taken the place of the one made here"
        );
    });
}

#[test]
fn a_connection_that_is_cut_while_writing_neither_doubles_nor_loses() {
    run(async {
        let stage = Stage::new();
        let backend = stage.open_synced().await;
        let mut all = Vec::new();
        // The server does it, and its answer gets lost: the program goes on, and the write is sent again.
        stage.way.cut(1);
        all.push(make(&backend, "customer", &[("name", text("客户0"))]).await);
        for n in 1..12 {
            let customer = make(&backend, "customer", &[("name", text(&format!("客户{n}")))]).await;
            all.push(set(&backend, &customer, &[("short_name", text(&format!("第{n}")))]).await);
        }
        while backend.state().borrow().waiting > 0 {
            stage.way.cut(1);
            sync(&backend).await;
            stage.way.cut(0);
            sync(&backend).await;
        }
        assert!(stage.way.writes.load(Ordering::SeqCst) > all.len());
        let there = found(&stage.other, "customer", "").await;
        assert_eq!(there.len(), all.len());
        for (n, customer) in all.iter().enumerate() {
            let versions = get(&stage.other, customer).await.version;
            assert_eq!(versions, if n == 0 { 1 } else { 2 }, "客户{n} was written once, and changed once");
        }
    });
}

/// lisi is the administrator; zhangsan has the role given back, a seller's, with rights over own records of the objects.
async fn sellers(stage: &Stage, objects: &[&str]) -> tcrm::domain::record::Record {
    let user = async |login: &str| found(&stage.other, "user", &format!("login={login}")).await.remove(0);
    let administrator = [("name", text("管理员")), ("administrator", Value::Boolean(true))];
    let administrator = make(&stage.other, "role", &administrator).await;
    set(&stage.other, &user("lisi").await, &[("roles", Value::Refs(vec![administrator.id]))]).await;
    let seller = make(&stage.other, "role", &[("name", text("销售"))]).await;
    for object in objects {
        let given = [
            ("role", Value::Ref(seller.id)),
            ("object", Value::Choice((*object).to_owned())),
            ("operations", Value::Choices(["view", "add", "modify"].map(str::to_owned).to_vec())),
            ("scope", Value::Choice("own".to_owned())),
        ];
        make(&stage.other, "right", &given).await;
    }
    set(&stage.other, &user("zhangsan").await, &[("roles", Value::Refs(vec![seller.id]))]).await;
    seller
}

/// Started anew where there is no network, with what was brought from the server before.
async fn anew_without_the_server(stage: &Stage) -> OfflineBackend {
    drop(stage.open_synced().await);
    stage.way.close();
    let backend = stage.open();
    until(&backend, Link::Offline).await;
    backend
}

/// A customer that both have, and the program without a network.
async fn apart(stage: &Stage) -> (OfflineBackend, tcrm::domain::record::Record) {
    let backend = stage.open_synced().await;
    let given = [("name", text("华信科技")), ("short_name", text("华信")), ("website", text("http://a.cn"))];
    let customer = make(&backend, "customer", &given).await;
    sync(&backend).await;
    stage.way.close();
    (backend, customer)
}

#[test]
fn changes_of_different_fields_are_put_together_unasked() {
    run(async {
        let stage = Stage::new();
        let (backend, customer) = apart(&stage).await;
        let mine = set(&backend, &customer, &[("short_name", text("我的简称"))]).await;
        set(&backend, &mine, &[("name", text("我的名称"))]).await;
        set(&stage.other, &customer, &[("website", text("http://b.cn"))]).await;
        stage.way.open();
        let report = sync(&backend).await;
        assert!(report.pending.is_empty(), "{report:?}");
        let there = get(&stage.other, &customer).await;
        let values = ["name", "short_name", "website"].map(|name| there.get(name).as_str().unwrap().to_owned());
        assert_eq!(values, ["我的名称", "我的简称", "http://b.cn"]);
    });
}

#[test]
fn only_what_both_changed_is_asked_and_the_answer_is_sent() {
    run(async {
        for (keep, expected) in [(true, "我的"), (false, "他们的")] {
            let stage = Stage::new();
            let (backend, customer) = apart(&stage).await;
            let mine = [("short_name", text("我的")), ("website", text("http://mine.cn"))];
            let changed = set(&backend, &customer, &mine).await;
            set(&backend, &changed, &[("name", text("后来的"))]).await;
            let other = make(&backend, "customer", &[("name", text("无关的"))]).await;
            set(&stage.other, &customer, &[("short_name", text("他们的"))]).await;
            stage.way.open();
            let report = sync(&backend).await;
            let states: Vec<PendingState> = report.pending.iter().map(|p| p.state).collect();
            assert_eq!(states, [PendingState::Conflict, PendingState::Held]);
            assert_eq!((report.state.conflicts, report.state.waiting), (1, 1));
            assert_eq!(get(&stage.other, &other).await.get("name"), &text("无关的"), "the rest goes on");
            let asked: Vec<_> = report.pending[0].fields.iter().filter(|f| f.asked).collect();
            assert_eq!(asked.len(), 1);
            assert_eq!((&asked[0].base, &asked[0].mine), (&text("华信"), &text("我的")));
            assert_eq!((asked[0].field.as_str(), &asked[0].theirs), ("short_name", &Some(text("他们的"))));
            let kept = if keep { vec!["short_name".to_owned()] } else { Vec::new() };
            backend.settle(report.pending[0].number, Settle::Keep(kept)).await.unwrap();
            let report = sync(&backend).await;
            assert!(report.pending.is_empty(), "{report:?}");
            let there = get(&stage.other, &customer).await;
            let values = ["name", "short_name", "website"].map(|name| there.get(name).as_str().unwrap().to_owned());
            assert_eq!(values, ["后来的", expected, "http://mine.cn"]);
        }
    });
}

#[test]
fn what_the_server_refuses_is_kept_with_its_reason_until_the_user_decides() {
    run(async {
        let stage = Stage::new();
        let (backend, customer) = apart(&stage).await;
        set(&backend, &customer, &[("short_name", text("改了"))]).await;
        let lead = make(&backend, "lead", &[("name", text("新线索"))]).await;
        stage.other.delete(vec![key(&customer)]).await.unwrap();
        stage.way.open();
        let report = sync(&backend).await;
        let [refused] = report.pending.as_slice() else { panic!("{report:?}") };
        assert_eq!((refused.state, refused.title.as_str()), (PendingState::Rejected, "华信科技"));
        assert!(matches!(refused.problem, Some(Error::NotFound(_))), "{:?}", refused.problem);
        assert_eq!(refused.fields[0].mine, text("改了"));
        assert_eq!(get(&stage.other, &lead).await.get("name"), &text("新线索"));
        assert_eq!(report.state.rejected, 1);
        // Tried again it is refused again; given up it is gone.
        backend.settle(refused.number, Settle::Retry).await.unwrap();
        assert_eq!(sync(&backend).await.state.rejected, 1);
        backend.settle(refused.number, Settle::Discard).await.unwrap();
        assert!(pending(&backend).await.is_empty());
        assert!(backend.settle(refused.number, Settle::Discard).await.is_err());
    });
}

#[test]
fn a_refused_creation_is_amended_and_what_depends_on_it_follows() {
    run(async {
        let stage = Stage::new();
        let backend = stage.open_synced().await;
        stage.way.close();
        let given = [("name", text("重号")), ("code", text("K-1"))];
        let customer = make(&backend, "customer", &given).await;
        let contact = make(&backend, "contact", &[("name", text("甲")), ("customer", Value::Ref(customer.id))]).await;
        make(&stage.other, "customer", &[("name", text("先来的")), ("code", text("K-1"))]).await;
        stage.way.open();
        let report = sync(&backend).await;
        let states: Vec<PendingState> = report.pending.iter().map(|p| p.state).collect();
        assert_eq!(states, [PendingState::Rejected, PendingState::Held], "{report:?}");
        assert!(matches!(report.pending[0].problem, Some(Error::Invalid(_))));
        let amended = fields(&[("code", text("K-2"))]);
        backend.settle(report.pending[0].number, Settle::Amend(amended)).await.unwrap();
        assert!(sync(&backend).await.pending.is_empty());
        assert_eq!(get(&stage.other, &customer).await.get("code"), &text("K-2"));
        assert_eq!(get(&stage.other, &contact).await.get("customer"), &Value::Ref(customer.id));
    });
}

#[test]
fn a_refused_change_is_amended_and_put_together_with_what_others_did_meanwhile() {
    run(async {
        let stage = Stage::new();
        make(&stage.other, "customer", &[("name", text("先来的")), ("code", text("K-1"))]).await;
        let (backend, customer) = apart(&stage).await;
        set(&backend, &customer, &[("code", text("K-1")), ("short_name", text("我的"))]).await;
        stage.way.open();
        let report = sync(&backend).await;
        let [refused] = report.pending.as_slice() else { panic!("{report:?}") };
        assert!(matches!(refused.problem, Some(Error::Invalid(_))), "{:?}", refused.problem);
        // What is still wrong is told at once, and the values are those that were put in last.
        let wrong = fields(&[("code", text("K-1")), ("website", text("http://mine.cn"))]);
        let told = backend.settle(refused.number, Settle::Amend(wrong)).await;
        assert!(matches!(told, Err(Error::Invalid(_))), "{told:?}");
        let mine = pending(&backend).await.remove(0).fields;
        let mine = |name: &str| mine.iter().find(|field| field.field == name).map(|field| field.mine.clone());
        assert_eq!([mine("website"), mine("short_name")], [Some(text("http://mine.cn")), Some(text("我的"))]);
        stage.way.close();
        set(&stage.other, &customer, &[("website", text("http://theirs.cn")), ("phone", text("0755-1"))]).await;
        let right = fields(&[("code", text("K-2")), ("name", text("新名称"))]);
        backend.settle(refused.number, Settle::Amend(right)).await.unwrap();
        assert_eq!(get(&backend, &customer).await.get("name"), &text("新名称"), "seen here before it is sent");
        stage.way.open();
        let report = sync(&backend).await;
        assert!(report.pending.is_empty(), "{report:?}");
        let there = get(&stage.other, &customer).await;
        let values =
            ["name", "code", "short_name", "website", "phone"].map(|n| there.get(n).as_str().unwrap().to_owned());
        assert_eq!(values, ["新名称", "K-2", "我的", "http://mine.cn", "0755-1"]);
    });
}

#[test]
fn what_an_action_made_here_is_found_again_by_what_comes_after_it() {
    run(async {
        let stage = Stage::new();
        let (backend, customer) = apart(&stage).await;
        let line = "电话：对报价有兴趣".to_owned();
        let about = Some(key(&customer));
        let saved = backend.act(ActRequest::Log { about, line }).await.unwrap();
        let activity = saved.records.iter().find(|record| record.object == "activity").unwrap().clone();
        set(&backend, &activity, &[("content", text("改过的内容"))]).await;
        stage.way.open();
        let report = sync(&backend).await;
        assert!(report.pending.is_empty(), "{report:?}");
        let there = found(&stage.other, "activity", "").await;
        assert_eq!(there.len(), 1);
        assert_eq!(there[0].get("content"), &text("改过的内容"));
        stage.way.close();
        assert_eq!(found(&backend, "activity", "").await.len(), 1, "not beside the one that was made here");
    });
}

#[test]
fn a_task_is_done_without_a_network_and_only_once() {
    run(async {
        let stage = Stage::new();
        let backend = stage.open_synced().await;
        let task = make(&backend, "task", &[("subject", text("回电话"))]).await;
        sync(&backend).await;
        stage.way.close();
        let deed = DoRequest {
            action: "complete".to_owned(),
            key: key(&task),
            fields: Fields::new(),
            comment: "已回".to_owned(),
            version: Some(task.version),
        };
        backend.act(ActRequest::Do(deed)).await.unwrap();
        assert_eq!(get(&backend, &task).await.get("state"), &Value::Choice("done".to_owned()));
        stage.way.open();
        stage.way.cut(1);
        sync(&backend).await;
        stage.way.cut(0);
        assert!(sync(&backend).await.pending.is_empty());
        assert_eq!(get(&stage.other, &task).await.get("state"), &Value::Choice("done".to_owned()));
        assert_eq!(found(&stage.other, "activity", "").await.len(), 1);
    });
}

#[test]
fn what_a_server_may_have_forgotten_is_not_done_twice_unasked() {
    run(async {
        let stage = Stage::new();
        let backend = stage.open_synced().await;
        let customer = make(&backend, "customer", &[("name", text("华信科技"))]).await;
        sync(&backend).await;
        let line = ActRequest::Log { about: Some(key(&customer)), line: "call 报价".to_owned() };
        stage.way.close();
        backend.act(line).await.unwrap();
        stage.way.cut(usize::MAX);
        stage.way.open();
        sync(&backend).await;
        assert_eq!(found(&stage.other, "activity", "").await.len(), 1, "it was done, and the answer was lost");
        drop(backend);
        stage.way.close();
        stage.way.cut(0);
        // Weeks go by: the server forgets the key.
        let file = |path: std::path::PathBuf| rusqlite::Connection::open(path).unwrap();
        file(stage.folder.path().join("server.tcrm")).execute("DELETE FROM _request", []).unwrap();
        let weeks_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(400);
        let old = format!("0123-{:x}", weeks_ago.as_nanosecond());
        file(stage.cache().join("cache.db")).execute("UPDATE _outbox SET key = ?1", [old]).unwrap();
        stage.way.open();
        let backend = stage.open();
        let report = sync(&backend).await;
        let [waits] = &report.pending[..] else { panic!("{report:?}") };
        assert_eq!(waits.state, PendingState::Rejected);
        let Some(Error::Conflict { message, .. }) = &waits.problem else { panic!("{waits:?}") };
        assert_eq!(message.key, "offline-unsure");
        assert_eq!(found(&stage.other, "activity", "").await.len(), 1);
        backend.settle(waits.number, Settle::Retry).await.unwrap();
        assert!(sync(&backend).await.pending.is_empty());
        assert_eq!(found(&stage.other, "activity", "").await.len(), 2, "whoever says so sends it again");
    });
}

#[test]
fn the_last_thing_that_waits_can_be_taken_back() {
    run(async {
        let stage = Stage::new();
        let (backend, customer) = apart(&stage).await;
        // Reading finds out that the server is away: what is done from now on isn't sent for certain.
        names(&backend, "customer", "").await;
        until(&backend, Link::Offline).await;
        set(&backend, &customer, &[("short_name", text("改了"))]).await;
        // Another process is about to send it.
        let sending = std::fs::File::create(stage.cache().join("sync.lock")).unwrap();
        sending.lock().unwrap();
        assert!(matches!(backend.undo().await, Err(Error::Offline(why)) if why.key == "offline-busy"));
        assert_eq!(pending(&backend).await.len(), 1);
        drop(sending);
        backend.undo().await.unwrap();
        assert_eq!(get(&backend, &customer).await.get("short_name"), &text("华信"));
        assert!(pending(&backend).await.is_empty());
        assert!(
            matches!(backend.undo().await, Err(Error::Offline(_))),
            "what is on the server is its own to take back"
        );
        stage.way.open();
        sync(&backend).await;
        assert_eq!(get(&stage.other, &customer).await.version, customer.version);
    });
}

#[test]
fn what_others_changed_and_deleted_comes_in() {
    run(async {
        let stage = Stage::new();
        let backend = stage.open_synced().await;
        let kept = make(&backend, "customer", &[("name", text("留"))]).await;
        let gone = make(&backend, "customer", &[("name", text("去"))]).await;
        sync(&backend).await;
        set(&stage.other, &kept, &[("short_name", text("新"))]).await;
        stage.other.delete(vec![key(&gone)]).await.unwrap();
        sync(&backend).await;
        stage.way.close();
        assert_eq!(names(&backend, "customer", "").await, ["留"]);
        assert_eq!(get(&backend, &kept).await.get("short_name"), &text("新"));
    });
}

#[test]
fn a_feed_that_is_not_known_any_more_is_begun_again() {
    run(async {
        let stage = Stage::new();
        let (backend, customer) = apart(&stage).await;
        let waiting = make(&backend, "customer", &[("name", text("还没发"))]).await;
        drop(backend);
        // The server's journal is another one by now: it doesn't go as far as what was heard of it.
        let cache = tcrm::backend::local::OpenOptions::new(stage.cache().join("cache.db"));
        let cache =
            tcrm::backend::local::LocalBackend::open(tcrm::backend::local::OpenOptions { unattended: true, ..cache });
        let cache = cache.unwrap().seat(tcrm::backend::local::SeatOptions {
            entrance: tcrm::backend::local::Entrance::Vouched(None),
            origin: tcrm::domain::journal::Origin::Cli,
            zone: jiff::tz::TimeZone::UTC,
            lang: tcrm::domain::lang::Lang::En,
        });
        cache.unwrap().put_setting("offline/feed".to_owned(), Some("999999".to_owned())).await.unwrap();
        set(&stage.other, &customer, &[("short_name", text("新"))]).await;
        stage.way.open();
        let backend = stage.open();
        let report = sync(&backend).await;
        assert!(report.pending.is_empty());
        stage.way.close();
        assert_eq!(get(&backend, &customer).await.get("short_name"), &text("新"));
        assert_eq!(get(&backend, &waiting).await.get("name"), &text("还没发"));
    });
}

#[test]
fn a_schema_that_changed_meanwhile_is_taken_over_with_what_waits() {
    run(async {
        let stage = Stage::new();
        let (backend, customer) = apart(&stage).await;
        set(&backend, &customer, &[("short_name", text("改了"))]).await;
        let mut schema = tcrm::schema::builtin().clone();
        let object = schema.objects.iter_mut().find(|object| object.name == "customer").unwrap();
        let mut field = object.field("short_name").unwrap().clone();
        field.name = "nickname".to_owned();
        object.fields.insert(3, field);
        stage.other.apply_schema(schema, false).await.unwrap();
        let there = get(&stage.other, &customer).await;
        set(&stage.other, &there, &[("nickname", text("阿华"))]).await;
        stage.way.open();
        let report = sync(&backend).await;
        assert!(report.pending.is_empty(), "{report:?}");
        stage.way.close();
        let here = get(&backend, &customer).await;
        assert_eq!((here.get("nickname"), here.get("short_name")), (&text("阿华"), &text("改了")));
        assert!(backend.schema().object("customer").unwrap().field("nickname").is_some());
    });
}

#[test]
fn a_token_that_is_revoked_loses_nothing() {
    run(async {
        let stage = Stage::new();
        let (backend, customer) = apart(&stage).await;
        set(&backend, &customer, &[("short_name", text("改了"))]).await;
        stage.way.open();
        tokio::task::spawn_blocking({
            let options = stage.options().http;
            move || tcrm::backend::http::HttpBackend::sign_out(&options).unwrap()
        })
        .await
        .unwrap();
        let report = sync(&backend).await;
        assert_eq!(report.state.link, Link::SignedOut);
        assert_eq!((report.state.waiting, report.pending[0].state), (1, PendingState::Waiting));
        assert_eq!(names(&backend, "customer", "").await, ["华信科技"]);
    });
}

#[test]
fn without_a_cache_and_without_a_network_nothing_is_made_up() {
    let stage = Stage::new();
    stage.way.close();
    assert!(matches!(OfflineBackend::open(stage.options()), Err(Error::Offline(_))));
    assert!(!OfflineBackend::has_cache(&stage.cache()));
}

#[test]
fn an_invalid_change_is_refused_at_once_and_not_put_down() {
    run(async {
        let stage = Stage::new();
        let (backend, customer) = apart(&stage).await;
        let target = Some((customer.id, customer.version));
        let empty = SaveRequest { object: "customer".to_owned(), target, changes: fields(&[("name", Value::Empty)]) };
        assert!(matches!(backend.save(empty).await, Err(Error::Invalid(_))));
        assert!(pending(&backend).await.is_empty());
    });
}
