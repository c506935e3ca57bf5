//! `tcrm`, `tcrm demo`, `tcrm init`: getting to work.

use super::args::Demo;
use super::failure::Failure;
use super::interface;
use super::output::note;
use super::progress::{Far, Progress};
use super::session::{Session, Want};
use crate::backend::Backend;
use crate::backend::local::{self, LocalBackend, OpenOptions};
use crate::backend::paths;
use crate::contract::request::SaveRequest;
use crate::demo::USUAL_CUSTOMERS;
use crate::domain::message::Message;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::msg;
use jiff::Zoned;
use std::io::{BufRead, IsTerminal, Write};
use std::path::Path;

/// Whose eyes the sample data is seen with: the sales manager.
const DEMO_USER: &str = "zhangsan";

/// So many records take a moment to make searchable that is worth a word.
const MANY: u64 = 20_000;

/// The terminal interface. Where there is no store yet, asks once how to begin.
pub(super) fn interface(session: &Session) -> Result<(), Failure> {
    if let Some(remote) = session.remote() {
        return interface::run_remote(session, &remote);
    }
    let path = session.store_path()?;
    if !local::exists(&path)? {
        if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
            return Err(Failure::Other(4, msg!("cli-no-store", path = path.display())));
        }
        let news = begin(session, &path)?;
        return interface::run(session, path, None, news);
    }
    interface::run(session, path, None, None)
}

/// Asks how to begin: empty, with sample data, or by importing a file. What is worth a word on the first screen.
fn begin(session: &Session, path: &Path) -> Result<Option<Message>, Failure> {
    note(&session.say(&msg!("cli-begin", path = path.display())));
    loop {
        match ask(session, "cli-begin-choice")?.as_str() {
            "1" | "１" => return init(session, None, 1).map(|()| None),
            "2" | "２" => {
                init(session, Some(USUAL_CUSTOMERS), 1)?;
                // Whoever isn't one of its people sees it as nobody.
                let is_one = session.open_local(Want::Read)?.me().is_some();
                return Ok((!is_one).then(|| msg!("cli-begin-sample", user = DEMO_USER)));
            }
            "3" | "３" if begin_with_file(session, path)? => return Ok(None),
            "3" | "３" => {}
            "" => return Err(Failure::Said(0)),
            other => note(&session.say(&msg!("cli-begin-none", typed = other))),
        }
    }
}

/// Asks for the file until one is brought in; whether one was.
fn begin_with_file(session: &Session, path: &Path) -> Result<bool, Failure> {
    loop {
        let file = ask(session, "cli-begin-file")?;
        if file.is_empty() {
            return Ok(false);
        }
        match bring_in(session, path, &file) {
            Err(failure) => failure.report(session.lang),
            Ok(()) => return Ok(true),
        }
    }
}

/// A store with the customers of a file. Without them there is no store: it is asked again.
fn bring_in(session: &Session, path: &Path, file: &str) -> Result<(), Failure> {
    let file = paths::read(file);
    // What can't be opened needs no store.
    std::fs::File::open(&file).map_err(|e| crate::transfer::Error::io(&file.display().to_string(), &e))?;
    create(session, path, None, 1)?;
    let all_in = super::import::customers(session, file).inspect_err(|_| local::discard(path))?;
    if !all_in {
        // The interface would cover what is to be read.
        ask(session, "cli-begin-go-on")?;
    }
    Ok(())
}

fn ask(session: &Session, key: &'static str) -> Result<String, Failure> {
    let mut out = std::io::stderr().lock();
    write!(out, "{} ", crate::i18n::text(session.lang, key))?;
    out.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// The terminal interface on a throw-away store of made-up data.
pub(super) fn demonstrate(session: &Session, demo: &Demo) -> Result<(), Failure> {
    // Gone with all that is in it when it is left.
    let folder = tempfile::Builder::new().prefix("tcrm-demo-").tempdir()?;
    let path = folder.path().join("demo.db");
    create(session, &path, Some(demo.customers), demo.seed)?;
    interface::run(session, path, Some(DEMO_USER), None)
}

/// Makes a store of made-up data.
#[cfg(feature = "network")]
pub(super) fn made_up(session: &Session, path: &Path, customers: u64) -> Result<(), Failure> {
    create(session, path, Some(customers), 1)
}

/// Makes a store. One that is there already is refused. A half-filled one is taken away again.
pub(super) fn init(session: &Session, customers: Option<u64>, seed: u64) -> Result<(), Failure> {
    let path = session.store_path()?;
    if local::exists(&path)? {
        return Err(Failure::Other(6, msg!("cli-init-exists", path = path.display())));
    }
    create(session, &path, customers, seed)?;
    if let Some(customers) = customers {
        // Nobody works with it yet: what is due in made-up data waits until somebody does.
        prepare_search(session, &session.open_unswept(Want::Write)?.into_local()?, customers)?;
    }
    let done = match customers {
        Some(_) => {
            let usual = crate::config::place::store_file().is_some_and(|usual| usual == path);
            let next = if usual { "tcrm".to_owned() } else { format!("tcrm --store {}", path.display()) };
            msg!("cli-init-demo-done", path = path.display(), next = next)
        }
        None => msg!("cli-init-done", path = path.display()),
    };
    note(&session.say(&done));
    Ok(())
}

fn create(session: &Session, path: &Path, customers: Option<u64>, seed: u64) -> Result<(), Failure> {
    let schema = session.new_schema(customers.is_some())?;
    if let Some(folder) = local::beside(path).parent() {
        std::fs::create_dir_all(folder).map_err(|e| crate::transfer::Error::io(&folder.display().to_string(), &e))?;
    }
    let options = session.open_options(path.to_owned(), Want::Write);
    match customers {
        None => {
            let login = session.login();
            let backend = LocalBackend::create(OpenOptions { user: None, ..options }, &schema)?;
            let begun = login.map_or(Ok(()), |login| first_user(session, &backend, login));
            drop(backend);
            begun.inspect_err(|_| local::discard(path))?;
        }
        Some(customers) => {
            let now = Zoned::now().with_time_zone(session.zone.clone());
            let demo = local::Demo { customers, seed, now };
            let mut bar = Progress::new();
            // The user may be one of the people that are made up: who it is comes out when it is opened.
            let nobody = OpenOptions { user: None, ..options };
            LocalBackend::create_demo(nobody, &schema, demo, &mut |done, of| {
                bar.draw(session, Far { rows: done, bytes: (done, Some(of)) });
            })?;
            bar.clear();
        }
    }
    Ok(())
}

/// Whoever makes a store is its first user.
fn first_user(session: &Session, backend: &LocalBackend, login: String) -> Result<(), Failure> {
    let schema = backend.schema();
    let Some(object) = schema.object("user") else { return Ok(()) };
    let code = object.code.as_deref().unwrap_or(&object.title);
    let login = Value::Text(login);
    let changes = Fields::from([(object.title.clone(), login.clone()), (code.to_owned(), login)]);
    let request = SaveRequest { object: object.name.clone(), target: None, changes };
    let user = session.wait(backend.save(request))?.records.into_iter().next();
    match user {
        Some(user) => root_department(session, backend, &user),
        None => Ok(()),
    }
}

/// The department that all others stand below, with its first user as head. It can be given another name.
fn root_department(session: &Session, backend: &LocalBackend, user: &Record) -> Result<(), Failure> {
    let schema = backend.schema();
    let has = |object: &str, field: &str| schema.object(object).is_some_and(|o| o.field(field).is_some());
    if !has("department", "name") || !has("department", "head") || !has("user", "department") {
        return Ok(());
    }
    let name = Value::Text(session.say(&msg!("people-root")));
    let changes = Fields::from([("name".to_owned(), name), ("head".to_owned(), Value::Ref(user.id))]);
    let request = SaveRequest { object: "department".to_owned(), target: None, changes };
    let Some(root) = session.wait(backend.save(request))?.records.into_iter().next() else { return Ok(()) };
    let changes = Fields::from([("department".to_owned(), Value::Ref(root.id))]);
    let request = SaveRequest { object: user.object.clone(), target: Some((user.id, user.version)), changes };
    session.wait(backend.save(request))?;
    Ok(())
}

/// Makes the search ready for the next start after many records came in.
pub(super) fn prepare_search(session: &Session, backend: &LocalBackend, records: u64) -> Result<(), Failure> {
    if records >= MANY && std::io::stderr().is_terminal() {
        note(&session.say(&msg!("cli-search-preparing")));
    }
    Ok(session.wait(backend.refresh_search())?)
}
