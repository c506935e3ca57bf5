//! Doing an action of the schema: what it would come to, and how far it is when it takes a while.

use super::failure::Failure;
use super::output::{note, print_json, print_line};
use super::progress::{Far, Progress as Bar};
use super::session::Session;
use crate::backend::Backend;
use crate::contract::error::Error;
use crate::contract::request::{ActRequest, CheckRequest, DoRequest, Progress, Saved};
use crate::domain::message::Message;
use crate::msg;
use crate::schema::model::Action;
use serde_json::{Map, Value as Json, json};
use std::pin::pin;
use std::time::Duration;

/// Fewer records are done before a line about them could be read.
const MANY: u64 = 2_000;
/// How often the line is looked at.
const TICK: Duration = Duration::from_millis(100);

/// Does an action, with a line on stderr that tells how far it is. Ctrl-C takes back what a long one has done so far.
pub(super) fn perform(session: &Session, backend: &dyn Backend, request: DoRequest) -> Result<Saved, Error> {
    let progress = Progress::default();
    let act = backend.act(ActRequest::DoTelling(request, progress.clone()));
    let mut bar = Bar::new();
    let done = session.wait(async {
        let mut act = pin!(act);
        loop {
            tokio::select! {
                done = &mut act => return done,
                _ = tokio::signal::ctrl_c() => {
                    bar.clear();
                    if progress.is_stopped() {
                        return Err(Error::Cancelled);
                    }
                    progress.stop();
                    note(&session.say(&msg!("cli-do-stopping")));
                }
                () = tokio::time::sleep(TICK) => {
                    let (done, all) = progress.far();
                    if all >= MANY && !progress.is_stopped() {
                        bar.draw(session, Far { rows: done, bytes: (done, Some(all)) });
                    }
                }
            }
        }
    });
    bar.clear();
    done
}

/// Says what an action would come to, and does nothing. What is wrong with its arguments fails.
pub(super) fn preview(
    session: &Session,
    backend: &dyn Backend,
    action: &Action,
    request: DoRequest,
    as_json: bool,
) -> Result<(), Failure> {
    let mut fields = session.wait(backend.begin(action.name.clone(), request.key.clone()))?.record.fields;
    fields.extend(request.fields);
    let check = CheckRequest { object: action.form.name.clone(), id: Some(request.key.id), fields, duplicates: false };
    let answer = session.wait(backend.check(check))?;
    if !answer.errors.is_empty() {
        return Err(Error::Invalid(answer.errors).into());
    }
    if as_json {
        return print_json(&json!({ "notes": answer.notes.iter().map(|n| note_json(session, n)).collect::<Vec<_>>() }));
    }
    answer.notes.iter().try_for_each(|note| print_line(&session.say(note)))
}

fn note_json(session: &Session, note: &Message) -> Json {
    let labels = ["zh", "en"];
    let args = note.args.iter().filter(|(name, _)| !labels.contains(&name.as_ref()));
    let value = |text: &str| text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number));
    let mut map: Map<String, Json> = args.map(|(name, text)| (name.to_string(), value(text))).collect();
    map.insert("text".to_owned(), json!(session.say(note)));
    Json::Object(map)
}
