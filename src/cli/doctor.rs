//! `tcrm doctor`: is everything as it should be?

use super::failure::Failure;
use super::output::{note, print_json, print_pairs, stdout};
use super::session::{Session, Want};
use crate::backend::Backend;
use crate::backend::local;
use crate::contract::request::CountRequest;
use crate::{i18n, msg};
use serde_json::{Map, Value as Json, json};
use std::io::{IsTerminal, Write};
use std::path::Path;

/// Counts beyond this say nothing more about health.
const COUNT: u64 = 100_000_000;

/// Checks the store's integrity and tells the facts of configuration and terminal. With `fix`, first removes the
/// content of attached files that nothing can bring back.
pub(super) fn run(session: &Session, fix: bool, as_json: bool) -> Result<(), Failure> {
    let path = session.store_path()?;
    let mut facts = facts(session, &path);
    let mut problems = Vec::new();
    let mut code = 1;
    if local::exists(&path)? {
        match store(session, &path, fix, &mut facts, &mut problems) {
            Err(Failure::Backend(error)) => {
                code = error.exit_code();
                problems.push(Failure::Backend(error).message(session.lang));
            }
            other => other?,
        }
    } else {
        problems.push(i18n::message(session.lang, &msg!("cli-no-store", path = path.display())));
    }
    if as_json {
        let facts: Map<String, Json> = facts.into_iter().map(|(k, v)| (k.to_owned(), json!(v))).collect();
        print_json(&json!({ "facts": facts, "problems": problems }))?;
    } else {
        let label = |key: &str| i18n::text(session.lang, &format!("cli-doctor-{key}"));
        let pairs: Vec<(String, String)> = facts.into_iter().map(|(k, v)| (label(k), v)).collect();
        let mut out = stdout();
        print_pairs(&mut out, &pairs)?;
        for problem in &problems {
            writeln!(out, "! {problem}")?;
        }
        if problems.is_empty() {
            writeln!(out, "{}", label("good"))?;
        }
        out.flush()?;
    }
    if problems.is_empty() { Ok(()) } else { Err(Failure::Said(code)) }
}

/// Removes what is kept for nothing: content of files that nothing names, events beyond their time.
fn tidy(session: &Session, path: &Path) -> Result<(), Failure> {
    let backend = session.open_as_it_is(path.to_owned(), Want::Write)?;
    let (number, bytes) = session.wait(backend.remove_orphaned_files())?;
    if number > 0 {
        let size = format!("{:.1}", bytes as f64 / 1_048_576.0);
        note(&session.say(&msg!("cli-doctor-fixed", number = number, size = size)));
    }
    let events = session.wait(backend.keep_events())?;
    if events > 0 {
        note(&session.say(&msg!("log-events-removed", number = events)));
    }
    Ok(())
}

fn facts(session: &Session, path: &Path) -> Vec<(&'static str, String)> {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let none = || i18n::text(session.lang, "cli-doctor-none");
    let size = crossterm::terminal::size().map_or_else(|_| none(), |(w, h)| format!("{w}×{h}"));
    let terminal = if std::io::stdout().is_terminal() { size } else { none() };
    let config = session.config.file.as_ref().map_or_else(none, |p| p.display().to_string());
    vec![
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("config", config),
        ("language", session.lang.tag().to_owned()),
        ("zone", session.zone.iana_name().unwrap_or("UTC").to_owned()),
        (
            "terminal",
            format!("{terminal} TERM={} COLORTERM={}", variable("TERM"), variable("COLORTERM")).trim().to_owned(),
        ),
        (
            "locale",
            [variable("LC_ALL"), variable("LC_CTYPE"), variable("LANG")]
                .into_iter()
                .find(|v| !v.is_empty())
                .unwrap_or_else(none),
        ),
        ("store", path.display().to_string()),
    ]
}

fn store(
    session: &Session,
    path: &Path,
    fix: bool,
    facts: &mut Vec<(&'static str, String)>,
    problems: &mut Vec<String>,
) -> Result<(), Failure> {
    if let Ok(meta) = std::fs::metadata(path) {
        facts.push(("size", format!("{:.1} MiB", meta.len() as f64 / 1_048_576.0)));
    }
    if fix {
        tidy(session, path)?;
    }
    let backend = session.open_as_it_is(path.to_owned(), Want::Search)?;
    let mut counts = Vec::new();
    for object in &backend.schema().objects {
        let request = CountRequest { object: object.name.clone(), filter: String::new(), cap: COUNT };
        let count = session.wait(backend.count(request))?;
        counts.push(format!("{} {}", object.plural.get(session.lang), count.value));
    }
    facts.push(("records", counts.join(", ")));
    let started = std::time::Instant::now();
    session.wait(backend.search_ready())?;
    facts.push(("search", format!("{} ms", started.elapsed().as_millis())));
    let chain = session.wait(backend.chain())?;
    if chain.transactions > 0 {
        facts.push(("journal", format!("{} #{} {}", chain.transactions, chain.last.0, chain.last.1)));
    }
    let findings = session.wait(backend.doctor())?;
    problems.extend(findings.iter().map(|f| session.say(f)));
    Ok(())
}
