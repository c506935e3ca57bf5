//! `tcrm inbox`: what waits for one's approval, what one has submitted and decided, and all about one of them.

use super::args::InboxArgs;
use super::failure::Failure;
use super::output::{self, look, note, print_json, print_line, record_json, value_json};
use super::session::{Session, Want};
use super::table::Table;
use crate::contract::approvals::{Difference, Inbox, InboxRequest, InboxRow, Review, Tray};
use crate::contract::request::From;
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::i18n;
use crate::msg;
use crate::schema::kind;
use crate::schema::model::{Object, Schema};
use serde_json::{Map, Value as Json, json};

/// What is told of a submission beside what it changes.
const TOLD: [&str; 3] = ["comment", "attachments", "answer"];

/// Shows a tray, or one approval.
pub(super) fn run(session: &Session, args: &InboxArgs) -> Result<(), Failure> {
    let backend = session.open(Want::Read)?;
    if let Some(id) = &args.id {
        let id = session.wait(backend.resolve("approval".to_owned(), id.clone()))?;
        let review = session.wait(backend.review(id))?;
        return show(session, &backend.schema(), &review, args.json);
    }
    let tray = match (args.mine, args.done) {
        (true, _) => Tray::Mine,
        (_, true) => Tray::Done,
        _ => Tray::Pending,
    };
    let inbox = session.wait(backend.inbox(InboxRequest { tray, from: From::Start, limit: args.limit }))?;
    if args.count {
        let number = inbox.count.value;
        return if args.json { print_json(&json!({ "count": number })) } else { print_line(&number.to_string()) };
    }
    if args.json {
        return print_json(&inbox.rows.iter().map(|row| row_json(session, row)).collect());
    }
    print(session, &backend.schema(), &inbox)
}

fn row_json(session: &Session, row: &InboxRow) -> Json {
    json!({
        "approval": row.approval.id.to_string(), "object": row.about.object, "id": row.about.id.to_string(),
        "title": row.title, "flow": row.flow.get(session.lang), "kind": row.kind, "by": row.by,
        "at": row.at.to_string(), "due": row.due.map(|day| day.to_string()), "state": row.state, "step": row.step,
        "instead_of": row.instead,
    })
}

fn print(session: &Session, schema: &Schema, inbox: &Inbox) -> Result<(), Failure> {
    let names = ["at", "flow", "title", "kind", "state", "by", "due", "approval"];
    let head = |name: &&str| (i18n::text(session.lang, &format!("inbox-{name}")), false);
    let item = |dictionary: &str, key: &str| {
        let item = schema.dictionary(dictionary).and_then(|d| d.item(key));
        item.map_or(key.to_owned(), |item| item.label.get(session.lang).to_owned())
    };
    let row = |row: &InboxRow| {
        let state = if item("approval_state", &row.state) == row.state { "vote_state" } else { "approval_state" };
        vec![
            row.at.to_zoned(session.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string(),
            row.flow.get(session.lang).to_owned(),
            row.title.clone(),
            item("approval_kind", &row.kind),
            item(state, &row.state),
            row.by.clone(),
            row.due.map(|day| day.to_string()).unwrap_or_default(),
            row.approval.id.to_string(),
        ]
    };
    let rows = inbox.rows.iter().map(row).collect();
    output::print_table(Table { head: names.iter().map(head).collect(), rows }, &names)?;
    if inbox.more {
        note(&session.say(&msg!("cli-list-more", shown = inbox.rows.len())));
    }
    Ok(())
}

fn show(session: &Session, schema: &Schema, review: &Review, as_json: bool) -> Result<(), Failure> {
    let about = schema.object(&review.record.object);
    if as_json {
        return print_json(&review_json(session, schema, review));
    }
    let text = |key: &str| i18n::text(session.lang, key);
    let title = review.approval.get("name").as_str().unwrap_or_default();
    let label = |object: &Object| object.label.get(session.lang).to_owned();
    let head = format!("{}: {} {title}", review.flow.get(session.lang), about.map(label).unwrap_or_default());
    print_line(&super::table::clean(&head))?;
    let mut pairs = Vec::new();
    let vote = |message: &Message| session.say(message);
    if let Some((action, _)) = &review.action {
        let known = about.and_then(|o| o.action(action)).map(|a| a.label.get(session.lang).to_owned());
        pairs.push((text("inbox-action"), known.unwrap_or_else(|| action.clone())));
    }
    for difference in &review.differences {
        pairs.push(changed(session, schema, about, difference, review));
    }
    for duplicate in &review.duplicates {
        pairs.push((text("inbox-duplicate"), format!("{} {}", duplicate.title, duplicate.key.id)));
    }
    let field_label = |name: &String| {
        about.and_then(|o| o.field(name)).map_or(name.clone(), |f| f.label.get(session.lang).to_owned())
    };
    let approval = schema.object("approval");
    for name in TOLD {
        let Some(field) = approval.and_then(|o| o.field(name)) else { continue };
        let text = kind::format(&field.kind, review.approval.get(name), &look(session, schema, &review.titles));
        if !text.is_empty() {
            pairs.push((field.label.get(session.lang).to_owned(), text));
        }
    }
    if !review.missing.is_empty() {
        let names: Vec<String> = review.missing.iter().map(field_label).collect();
        pairs.push((text("inbox-missing"), names.join(", ")));
    }
    if let Some(refusal) = &review.refusal {
        pairs.push((text("inbox-refusal"), vote(refusal)));
    }
    let mut out = output::stdout();
    output::print_pairs(&mut out, &pairs)?;
    Ok(std::io::Write::flush(&mut out)?)
}

/// A field's label, and what stood and stands in it.
fn changed(
    session: &Session,
    schema: &Schema,
    about: Option<&Object>,
    difference: &Difference,
    review: &Review,
) -> (String, String) {
    let look = look(session, schema, &review.titles);
    let Some(field) = about.and_then(|o| o.field(&difference.field)) else {
        return (difference.field.clone(), String::new());
    };
    let [before, after] = [&difference.before, &difference.after].map(|value| kind::format(&field.kind, value, &look));
    let text = if review.compared { format!("{before} → {after}") } else { after };
    (field.label.get(session.lang).to_owned(), text)
}

fn review_json(session: &Session, schema: &Schema, review: &Review) -> Json {
    let id = |id: Id| id.to_string();
    let differences: Vec<Json> = review
        .differences
        .iter()
        .map(|d| json!({ "field": d.field, "before": value_json(&d.before, &review.titles), "after": value_json(&d.after, &review.titles) }))
        .collect();
    let votes = |vote: &crate::domain::record::Record| {
        let fields = schema.object(&vote.object).map(|o| o.fields.as_slice()).unwrap_or_default();
        let kept = ["step", "approver", "state", "decided_at", "decided_by", "comment", "due"];
        record_json(vote, fields.iter().filter(|f| kept.contains(&f.name.as_str())), &review.titles)
    };
    let action = review.action.as_ref().map(|(name, arguments)| {
        let arguments: Map<String, Json> =
            arguments.iter().map(|(name, value)| (name.clone(), value_json(value, &review.titles))).collect();
        json!({ "name": name, "arguments": arguments })
    });
    let same: Vec<Json> =
        review.duplicates.iter().map(|d| json!({ "id": id(d.key.id), "title": d.title, "fields": d.fields })).collect();
    json!({
        "approval": id(review.approval.id), "flow": review.flow.get(session.lang),
        "object": review.record.object, "id": id(review.record.id),
        "title": review.approval.get("name").as_str(), "state": review.approval.get("state").as_str(),
        "comment": review.approval.get("comment").as_str(), "answer": review.approval.get("answer").as_str(),
        "attachments": kind::to_json(review.approval.get("attachments")),
        "step": review.step.get(session.lang), "steps": review.steps,
        "changes": differences, "action": action, "duplicates": same, "missing": review.missing,
        "votes": review.votes.iter().map(votes).collect::<Vec<_>>(),
        "refusal": review.refusal.as_ref().map(|message| session.say(message)),
    })
}
