//! The server over real sockets: who is let in, limits, encryption, stopping; webhooks, exports, reports, hostile input.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]

mod hooks;
mod hostile;
mod inspector;
mod jobs;
mod link;
mod listening;
mod serving;
mod tuples;

use serde_json::{Value as Json, json};
use std::time::Duration;
use tcrm::api::Method;
use tcrm::backend::Backend;
use tcrm::backend::http::{HttpBackend, HttpOptions, RawAnswer, RawRequest, Talk};
use tcrm::backend::local::{Demo, LocalBackend, OpenOptions};
use tcrm::contract::request::SaveRequest;
use tcrm::domain::id::Id;
use tcrm::domain::password::Password;
use tcrm::domain::value::Value;
use tcrm::server::{self, LogFormat, Options, Running};

/// A store that is served.
struct House {
    folder: tempfile::TempDir,
    store: LocalBackend,
    runtime: Option<tokio::runtime::Runtime>,
    running: Option<Running>,
}

impl Drop for House {
    fn drop(&mut self) {
        drop(self.running.take());
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl House {
    /// Without passwords. chief may do everything, zhangsan and lisi see what is theirs.
    fn new() -> House {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("house.tcrm");
        let store = LocalBackend::create(OpenOptions::new(&path), tcrm::schema::builtin()).unwrap();
        let house = House::of(folder, store);
        let administrator = house.add("role", &[("name", text("管理员")), ("administrator", Value::Boolean(true))]);
        let seller = house.add("role", &[("name", text("销售"))]);
        let operations = ["view", "add", "modify", "delete"].map(str::to_owned).to_vec();
        for object in ["customer", "contact", "opportunity"] {
            let given = [
                ("role", Value::Ref(seller)),
                ("object", Value::Choice(object.to_owned())),
                ("operations", Value::Choices(operations.clone())),
                ("scope", Value::Choice("own".to_owned())),
            ];
            house.add("right", &given);
        }
        for (login, role) in [("chief", administrator), ("zhangsan", seller), ("lisi", seller)] {
            let roles = Value::Refs(vec![role]);
            house.add("user", &[("login", text(login)), ("name", text(login)), ("roles", roles)]);
        }
        house
    }

    /// Made-up data.
    fn demo(customers: u64) -> House {
        let folder = tempfile::tempdir().unwrap();
        let options = OpenOptions::new(folder.path().join("demo.tcrm"));
        let demo = Demo { customers, seed: 7, now: jiff::Zoned::now() };
        let store = LocalBackend::create_demo(options, tcrm::schema::builtin(), demo, &mut |_, _| ()).unwrap();
        House::of(folder, store)
    }

    fn of(folder: tempfile::TempDir, store: LocalBackend) -> House {
        House::with(folder, store, trusting)
    }

    fn with(folder: tempfile::TempDir, store: LocalBackend, change: impl FnOnce(&mut Options)) -> House {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut house = House { folder, store, runtime: Some(runtime), running: None };
        house.start(change);
        house
    }

    fn start(&mut self, change: impl FnOnce(&mut Options)) {
        let mut options = Options::new(self.store.clone(), "127.0.0.1:0".parse().unwrap());
        options.log = LogFormat::None;
        change(&mut options);
        self.running = Some(self.runtime().block_on(server::start(options)).unwrap());
    }

    fn stop(&mut self) {
        let running = self.running.take().unwrap();
        self.runtime().block_on(running.stop());
    }

    fn runtime(&self) -> &tokio::runtime::Runtime {
        self.runtime.as_ref().unwrap()
    }

    fn port(&self) -> u16 {
        self.running.as_ref().unwrap().address.port()
    }

    fn add(&self, object: &str, given: &[(&str, Value)]) -> Id {
        let changes = given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let request = SaveRequest { object: object.to_owned(), target: None, changes };
        self.runtime().block_on(self.store.save(request)).unwrap().records[0].id
    }

    fn options(&self, token: &str) -> HttpOptions {
        let url = format!("http://127.0.0.1:{}", self.port());
        HttpOptions::new(url, Password::new(token), self.folder.path().join("cache"))
    }

    /// A token of a user; of nobody in particular without a name.
    fn token(&self, login: &str) -> String {
        let login = Some(login.to_owned()).filter(|login| !login.is_empty());
        HttpBackend::sign_in(&self.options(""), login, None, "test").unwrap().token
    }

    fn raw(&self, token: &str, method: Method, path: &str, body: Option<&[u8]>) -> RawAnswer {
        let body = body.map(<[u8]>::to_vec);
        let request = RawRequest { method, path: path.to_owned(), headers: Vec::new(), body, signed_in: true };
        Talk::new(&self.options(token)).unwrap().ask(request).unwrap()
    }

    fn ask(&self, token: &str, method: Method, path: &str, body: Option<Json>) -> (u16, Json) {
        let body = body.map(|json| json.to_string());
        let answer = self.raw(token, method, path, body.as_ref().map(String::as_bytes));
        (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    /// A new customer: its id.
    fn customer(&self, token: &str, name: &str) -> String {
        let body = json!({ "fields": { "name": name } });
        let (status, made) = self.ask(token, Method::Post, "/objects/customer/records", Some(body));
        assert_eq!(status, 201, "{made}");
        made["records"][0]["id"].as_str().unwrap().to_owned()
    }
}

/// No passwords and no limits.
fn trusting(options: &mut Options) {
    options.trusting = true;
    options.rate = 0;
    options.sign_ins = 0;
    options.hook_pause = Duration::from_millis(20);
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
