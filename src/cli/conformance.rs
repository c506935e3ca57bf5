//! `tcrm conformance`: is a server as the API says?

use super::args::Conformance;
use super::failure::Failure;
use super::output::{print_json, stdout};
use super::remote::Remote;
use super::session::Session;
use crate::config::Profile;
use crate::conformance::{self, CheckResult};
use crate::msg;
use std::io::Write;

/// Holds a server against the contract, section by section.
pub(super) fn run(session: &Session, args: &Conformance) -> Result<(), Failure> {
    let named = args.server.as_ref().map(|url| Remote::new(url, &Profile::default(), session));
    let remote = named.or_else(|| session.remote()).ok_or_else(|| Failure::Usage(msg!("cli-which-server")))?;
    let mut section = "";
    let report = conformance::run(&remote.options()?, |outcome| {
        if args.json {
            return;
        }
        let mut out = stdout();
        if section != outcome.section {
            section = outcome.section;
            let _ = writeln!(out, "{section}");
        }
        // A closed pipe doesn't stop the checks: they clean up behind them.
        let _ = match &outcome.result {
            CheckResult::Passed => writeln!(out, "  ok    {}", outcome.name),
            CheckResult::Failed(why) => writeln!(out, "  FAIL  {}\n        {why}", outcome.name),
        };
        let _ = out.flush();
    })?;
    if let Some(path) = &args.junit {
        let name = path.display().to_string();
        std::fs::write(path, report.junit()).map_err(|e| crate::transfer::Error::io(&name, &e))?;
    }
    let (all, failed) = (report.outcomes.len(), report.failed());
    if args.json {
        print_json(&report.json())?;
    } else {
        let mut out = stdout();
        writeln!(out, "{}", session.say(&msg!("cli-conformance-done", passed = all - failed, all = all)))?;
        out.flush()?;
    }
    if failed == 0 { Ok(()) } else { Err(Failure::Said(1)) }
}
