//! `tcrm why`: why a user may see a record, or may not.

use super::args::Why;
use super::assign;
use super::failure::Failure;
use super::output::{print_json, stdout};
use super::session::{Session, Want};
use serde_json::json;
use std::io::Write;

/// Tells it, line by line.
pub(super) fn run(session: &Session, args: &Why) -> Result<(), Failure> {
    let backend = session.open(Want::Read)?;
    let user = assign::record(session, &*backend, "user", &args.who)?;
    let key = assign::record(session, &*backend, &args.object, &args.id)?;
    let told = session.wait(backend.why(user.id, key))?;
    if args.json {
        let lines = told.iter().map(|m| json!({ "key": m.key, "text": session.say(m) }));
        return print_json(&lines.collect());
    }
    let mut out = stdout();
    for message in &told {
        writeln!(out, "{}", super::table::clean(&session.say(message)))?;
    }
    Ok(out.flush()?)
}
