//! The API's contract as checks that any server can be held against. What they make they remove again.

mod checks;
mod report;

pub use report::{Outcome, Report, Result as CheckResult};

use crate::api::Method;
use crate::backend::http::{HttpOptions, RawAnswer, RawRequest, Talk};
use crate::contract::error::Error;
use serde_json::{Value as Json, json};
use std::time::Instant;

/// A check: says what is wrong.
type Check = fn(&mut Run) -> Result<(), String>;

/// The object whose records are made and removed.
const OBJECT: &str = "customer";

/// The checks under way.
pub(crate) struct Run {
    talk: Talk,
    /// What the names of all records made begin with.
    mark: String,
    /// Records that are to be removed.
    made: Vec<String>,
}

/// An answer, read.
pub(crate) struct Reply {
    status: u16,
    raw: RawAnswer,
    json: Json,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        self.raw.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// An error unless the status is that.
    fn is(&self, status: u16) -> Result<&Reply, String> {
        if self.status == status {
            return Ok(self);
        }
        let body: String = String::from_utf8_lossy(&self.raw.body).chars().take(300).collect();
        Err(format!("expected {status}, got {}: {body}", self.status))
    }

    /// An error unless it is a problem document of that status and kind.
    fn is_problem(&self, status: u16, kind: &str) -> Result<&Reply, String> {
        self.is(status)?;
        let media = self.header("content-type").unwrap_or_default();
        if !media.starts_with("application/problem+json") {
            return Err(format!("expected application/problem+json, got {media:?}"));
        }
        for name in ["type", "title", "status", "detail", "kind"] {
            if self.json.get(name).is_none() {
                return Err(format!("the problem document has no {name}"));
            }
        }
        same("kind", self.at("/kind")?, &json!(kind))?;
        Ok(self)
    }

    fn at(&self, pointer: &str) -> Result<&Json, String> {
        self.json.pointer(pointer).ok_or_else(|| format!("the answer has no {pointer}: {}", self.json))
    }

    fn text(&self, pointer: &str) -> Result<String, String> {
        let found = self.at(pointer)?;
        found.as_str().map(str::to_owned).ok_or_else(|| format!("{pointer} is no text: {found}"))
    }
}

fn same(what: &str, found: &Json, expected: &Json) -> Result<(), String> {
    if found == expected { Ok(()) } else { Err(format!("{what}: expected {expected}, got {found}")) }
}

impl Run {
    fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<&Json>) -> Result<Reply, String> {
        let body = body.map(|json| json.to_string().into_bytes());
        self.ask_bytes(method, path, headers, body, true)
    }

    fn ask_bytes(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
        signed_in: bool,
    ) -> Result<Reply, String> {
        let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let request = RawRequest { method, path: path.to_owned(), headers, body, signed_in };
        let raw = self.talk.ask(request).map_err(|error| format!("{} {path}: {error}", method.name()))?;
        let json = serde_json::from_slice(&raw.body).unwrap_or(Json::Null);
        Ok(Reply { status: raw.status, json, raw })
    }

    fn get(&self, path: &str) -> Result<Reply, String> {
        self.ask(Method::Get, path, &[], None)
    }

    fn post(&self, path: &str, body: &Json) -> Result<Reply, String> {
        self.ask(Method::Post, path, &[], Some(body))
    }

    /// A new record: its id and version.
    fn make(&mut self, name: &str) -> Result<(String, i64), String> {
        let fields = json!({ "fields": { "name": format!("{} {name}", self.mark) } });
        let reply = self.post(&format!("/objects/{OBJECT}/records"), &fields)?;
        reply.is(201)?;
        let id = reply.text("/records/0/id")?;
        self.made.push(id.clone());
        Ok((id, reply.at("/records/0/version")?.as_i64().unwrap_or_default()))
    }

    fn remove(&self, id: &str) -> Result<Reply, String> {
        self.ask(Method::Delete, &format!("/objects/{OBJECT}/records/{id}"), &[], None)
    }
}

/// Holds a server against the contract. A failure if it can't be talked to at all.
pub fn run(options: &HttpOptions, mut tell: impl FnMut(&Outcome)) -> Result<Report, Error> {
    let talk = Talk::new(options)?;
    let mark = format!("conformance {:x}", jiff::Timestamp::now().as_millisecond());
    let mut run = Run { talk, mark, made: Vec::new() };
    run.get("/me").map_err(|why| Error::Offline(crate::domain::message::Message::literal(why)))?;
    let mut report = Report { url: options.url.clone(), outcomes: Vec::new() };
    for (section, name, check) in checks::ALL {
        let began = Instant::now();
        let result = match check(&mut run) {
            Ok(()) => CheckResult::Passed,
            Err(why) => CheckResult::Failed(why),
        };
        let outcome = Outcome { section, name, result, took: began.elapsed() };
        tell(&outcome);
        report.outcomes.push(outcome);
    }
    Ok(report)
}
