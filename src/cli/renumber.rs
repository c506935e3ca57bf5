//! `tcrm renumber`: the codes that an object's number rule makes now, foreseen and given.

use super::args::Renumber;
use super::failure::Failure;
use super::output::{self, note, print_json};
use super::session::{Session, Want, with_object};
use super::table::Table;
use crate::contract::request::{RenumberRequest, Renumbered};
use crate::i18n;
use crate::msg;
use serde_json::json;

/// Shows what would change, or changes it.
pub(super) fn run(session: &Session, args: &Renumber) -> Result<(), Failure> {
    let want = if args.apply { Want::Write } else { Want::Read };
    let (backend, object) = with_object(session, &args.object, want)?;
    let filter = args.filter.join(" ");
    let request = RenumberRequest { object: object.name.clone(), filter, all: args.all, apply: args.apply };
    let done = session.wait(backend.renumber(request))?;
    if args.json {
        let row = |r: &Renumbered| json!({ "id": r.key.id.to_string(), "title": r.title, "from": r.from, "to": r.to });
        return print_json(&json!({
            "object": object.name, "pattern": done.pattern, "changed": done.changed, "kept": done.kept,
            "txn": done.txn, "records": done.rows.iter().map(row).collect::<Vec<_>>(),
        }));
    }
    let names = ["from", "to", "title"];
    let head = |name: &&str| (i18n::text(session.lang, &format!("cli-renumber-{name}")), false);
    let rows = done.rows.iter().map(|r| vec![r.from.clone(), r.to.clone(), r.title.clone()]).collect();
    if !done.rows.is_empty() {
        output::print_table(Table { head: names.iter().map(head).collect(), rows }, &names)?;
    }
    if done.changed > done.rows.len() as u64 {
        note(&session.say(&msg!("cli-sweep-more", shown = done.rows.len())));
    }
    let (changed, kept, rule) = (done.changed, done.kept, &done.pattern);
    note(&session.say(&match done.txn {
        Some(txn) => msg!("cli-renumber-done", changed = changed, kept = kept, txn = txn),
        None => msg!("cli-renumber-dry", changed = changed, kept = kept, rule = rule),
    }));
    Ok(())
}
