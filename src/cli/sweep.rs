//! `tcrm sweep`: takes back to the pools what owners left alone for too long.

use super::args::Sweep;
use super::failure::Failure;
use super::output::{self, note, print_json};
use super::progress::{Far, Progress};
use super::session::{Session, Want};
use super::table::{Table, clean};
use crate::backend::Backend;
use crate::contract::pool::{PassedOn, SweepReport, SweepRequest, SweptRow};
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use crate::i18n;
use crate::msg;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

/// Takes back what is idle, or says what would go.
pub(super) fn run(session: &Session, args: &Sweep) -> Result<(), Failure> {
    let want = if args.dry_run { Want::Read } else { Want::Write };
    let backend = session.open_unswept(want)?;
    let report = work(session, &*backend, args.dry_run)?;
    if args.json {
        print_json(&report_json(&report, args.dry_run))?;
    } else {
        tell(session, &report, args.dry_run)?;
    }
    let broken = report.pools.iter().any(|pool| pool.problem.is_some());
    match (report.stopped, broken) {
        (true, _) => Err(Failure::Said(1)),
        (_, true) => Err(Failure::Said(3)),
        _ => Ok(()),
    }
}

/// Waits for the sweep, drawing how far it is; Ctrl-C ends it with the batch under way.
fn work(session: &Session, backend: &dyn Backend, dry_run: bool) -> Result<SweepReport, Failure> {
    let (told, progress) = channel();
    let stop = Arc::new(AtomicBool::new(false));
    let request = SweepRequest { dry_run, if_due: false, progress: Some(told), stop: Arc::clone(&stop) };
    session.wait(async {
        let mut line = Progress::new();
        let mut done = 0;
        let mut work = backend.sweep(request);
        let mut clock = tokio::time::interval(Duration::from_millis(100));
        loop {
            tokio::select! {
                report = &mut work => {
                    line.clear();
                    return Ok(report?);
                }
                _ = tokio::signal::ctrl_c() => {
                    line.clear();
                    if dry_run || stop.swap(true, Ordering::SeqCst) {
                        return Err(Failure::Other(1, msg!("cli-cancelled")));
                    }
                    note(&session.say(&msg!("cli-import-stopping")));
                }
                _ = clock.tick() => {
                    done = progress.try_iter().last().unwrap_or(done);
                    line.draw(session, Far { rows: done, bytes: (0, None) });
                }
            }
        }
    })
}

fn tell(session: &Session, report: &SweepReport, dry_run: bool) -> Result<(), Failure> {
    let names = ["pool", "title", "owner", "since", "reason"];
    let head = |name: &&str| (i18n::text(session.lang, &format!("cli-sweep-{name}")), false);
    let rows = report.rows.iter().map(|row| cells(session, row)).collect();
    if !report.rows.is_empty() {
        output::print_table(Table { head: names.iter().map(head).collect(), rows }, &names)?;
    }
    for pool in &report.pools {
        match &pool.problem {
            Some(problem) => note(&clean(&session.say(problem))),
            None => note(&clean(&session.say(&msg!(
                "cli-sweep-of",
                pool = &pool.name,
                touch = pool.touch,
                deal = pool.deal
            )))),
        }
    }
    for vote in &report.passed_on {
        note(&clean(&session.say(&passed_on(session.lang, vote))));
    }
    let shown = report.rows.len() as u64;
    if report.total() > shown {
        note(&session.say(&msg!("cli-sweep-more", shown = shown)));
    }
    note(&session.say(&match (report.pools.is_empty(), dry_run, report.txn) {
        (true, ..) if report.overdue == 0 => msg!("cli-sweep-none"),
        (_, true, _) if report.total() + report.overdue == 0 => msg!("cli-sweep-nothing"),
        (_, true, _) if report.overdue == 0 => msg!("cli-sweep-dry", number = report.total()),
        (_, true, _) => msg!("cli-sweep-dry-votes", number = report.total(), votes = report.overdue),
        (_, _, None) => msg!("cli-sweep-nothing"),
        (_, _, Some(txn)) => done(report, txn),
    }));
    Ok(())
}

/// What a sweep did, and how it is taken back.
pub(super) fn done(report: &SweepReport, txn: i64) -> Message {
    match (report.total(), report.overdue) {
        (0, votes) => msg!("cli-sweep-passed", votes = votes, txn = txn),
        (number, 0) => msg!("cli-sweep-done", number = number, txn = txn),
        (number, votes) => msg!("cli-sweep-done-votes", number = number, votes = votes, txn = txn),
    }
}

fn passed_on(lang: Lang, vote: &PassedOn) -> Message {
    let flow = vote.flow.get(lang);
    msg!("sweep-passed-on", flow = flow, title = &vote.title, from = &vote.from, to = &vote.to)
}

fn cells(session: &Session, row: &SweptRow) -> Vec<String> {
    let reason = if row.deal { "cli-sweep-no-deal" } else { "cli-sweep-no-touch" };
    vec![
        row.pool.clone(),
        row.title.clone(),
        row.owner.1.clone(),
        row.since.to_string(),
        i18n::text(session.lang, reason),
    ]
}

fn report_json(report: &SweepReport, dry_run: bool) -> Json {
    let row = |row: &SweptRow| {
        json!({
            "object": row.key.object, "id": row.key.id.to_string(), "title": row.title, "pool": row.pool,
            "owner": { "id": row.owner.0.to_string(), "title": row.owner.1 }, "since": row.since.to_string(),
            "reason": if row.deal { "recycled_deal" } else { "recycled_touch" },
        })
    };
    let passed = |vote: &PassedOn| json!({ "approval": vote.id.to_string(), "title": vote.title, "from": vote.from, "to": vote.to });
    let pools = report.pools.iter().map(|pool| {
        json!({
            "id": pool.id.to_string(), "name": pool.name, "object": pool.object, "no_touch": pool.touch,
            "no_deal": pool.deal, "problem": pool.problem.as_ref().map(ToString::to_string),
        })
    });
    json!({
        "dry_run": dry_run, "total": report.total(), "overdue": report.overdue, "txn": report.txn, "stopped": report.stopped,
        "passed_on": report.passed_on.iter().map(passed).collect::<Vec<_>>(),
        "pools": pools.collect::<Vec<_>>(), "records": report.rows.iter().map(row).collect::<Vec<_>>(),
    })
}
