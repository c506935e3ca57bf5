//! What a face may ask: the one interface between the faces and the rules.
//!
//! Every call is asynchronous and object-safe. Dropping a call's future cancels the work behind it.
//! An empty answer and a failed one are different types.

pub mod dossier;
#[cfg(feature = "network")]
pub mod http;
pub mod local;
#[cfg(feature = "network")]
pub mod offline;
pub mod paths;
pub mod printing;
pub mod report;
pub mod sync;
pub mod texts;
pub mod traffic;
pub mod work_log;

use crate::contract::agenda::{Agenda, AgendaRequest, PlanRequest, PlanRow, Reminders, RemindersRequest};
use crate::contract::approvals::{Inbox, InboxRequest, Review};
use crate::contract::configure::{Deed, Outline, Plan};
use crate::contract::error::Error;
use crate::contract::log::{Log, LogRequest, Seat};
use crate::contract::pool::{PoolStanding, SweepReport, SweepRequest};
use crate::contract::request::*;
pub use crate::contract::request::{History, Me};
use crate::domain::event::Happening;
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::password::Password;
use crate::domain::record::{Fields, RecordKey};
use crate::domain::value::FileRef;
use crate::schema::model::Schema;
use crate::store::Applied;
use futures_util::future::BoxFuture;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::watch;

/// The result of a call.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, Error>>;

/// A source of CRM data: a local store, a CRM API, or a connector to another system.
pub trait Backend: Send + Sync {
    /// The schema in force.
    fn schema(&self) -> Arc<Schema>;

    /// The user on whose behalf all calls are made; `None` in a store without users.
    fn me(&self) -> Option<Me>;

    /// What this backend can't do.
    fn capabilities(&self) -> Capabilities;

    /// A page of records.
    fn query(&self, query: Query) -> Answer<'_, Page>;

    /// A page of records to be taken out of the house: only those for which the user has the right to do so.
    fn export(&self, query: Query) -> Answer<'_, Page>;

    /// How many records match, counted up to a limit.
    fn count(&self, request: CountRequest) -> Answer<'_, Count>;

    /// The same for several at once, in their order; `None` for objects that the user may not see.
    fn counts(&self, requests: Vec<CountRequest>) -> Answer<'_, Vec<Option<Count>>>;

    /// Groups of records with their number and exact sums. `Invalid` for fields that can't be grouped or added up.
    fn aggregate(&self, request: AggregateRequest) -> Answer<'_, Aggregate>;

    /// One whole record. `NotFound` if there is none.
    fn get(&self, key: RecordKey) -> Answer<'_, View>;

    /// The record of an object that a person means by an id, a code or an exact name.
    /// `NotFound` if there is none, `Ambiguous` with the candidates if there are several.
    fn resolve(&self, object: String, text: String) -> Answer<'_, Id>;

    /// Ranked hits over all objects or some.
    fn search(&self, request: SearchRequest) -> Answer<'_, SearchAnswer>;

    /// The first values of a new record: defaults, the given fields, computed ones, a preview of its code.
    fn prepare(&self, object: String, given: Fields) -> Answer<'_, View>;

    /// Checks a record as it stands in a form: field errors, computed fields, which fields are shown,
    /// required or read-only, and candidates for duplicates. Writes nothing.
    fn check(&self, request: CheckRequest) -> Answer<'_, CheckAnswer>;

    /// Creates or changes a record. `Invalid` with every failing field; `Conflict` with the stored
    /// record if it has a newer version than the request's.
    fn save(&self, request: SaveRequest) -> Answer<'_, Saved>;

    /// Deletes records in one transaction, with what the schema says goes with them.
    fn delete(&self, keys: Vec<RecordKey>) -> Answer<'_, Saved>;

    /// What deleting a record would take along, as object name and number, or why it can't be deleted.
    fn delete_preview(&self, key: RecordKey) -> Answer<'_, DeletePreview>;

    /// Whether an action may be done, or why not. `key` is `None` for actions on the whole object.
    fn allowed(&self, action: ActionName, object: String, key: Option<RecordKey>) -> Answer<'_, Permit>;

    /// Why a user may see a record and work on it, or may not: the rights one by one, and what they come to.
    fn why(&self, user: Id, key: RecordKey) -> Answer<'_, Vec<Message>>;

    /// What can be done with a record beyond editing it, and why some of it can't be done now.
    fn offers(&self, key: RecordKey) -> Answer<'_, Vec<Offer>>;

    /// The form of an action on a record, filled from the record: a view of the pseudo-object
    /// `object.action` with the record's id and version. `Denied` if the action can't be done now.
    fn begin(&self, action: String, key: RecordKey) -> Answer<'_, View>;

    /// Does an action beyond plain saving: the one-line log, or an action of the schema.
    fn act(&self, request: ActRequest) -> Answer<'_, Saved>;

    /// What a document would come to with lines as they are to be, nothing written; its lines as they are for an empty
    /// request.
    fn lines(&self, request: LinesRequest) -> Answer<'_, LinesAnswer>;

    /// The reminders that fall due in a span of time, by rules and by hand.
    fn reminders(&self, request: RemindersRequest) -> Answer<'_, Reminders>;

    /// A page of the inbox of approvals.
    fn inbox(&self, request: InboxRequest) -> Answer<'_, Inbox>;

    /// All that is to be seen of an approval before it is decided. `NotFound` if there is none.
    fn review(&self, approval: Id) -> Answer<'_, Review>;

    /// Activities, tasks and reminders of some days, by time.
    fn agenda(&self, request: AgendaRequest) -> Answer<'_, Agenda>;

    /// The sales plans of a year and how far they are reached.
    fn plan(&self, request: PlanRequest) -> Answer<'_, Vec<PlanRow>>;

    /// The active pools as they are for the signed-in user, in their order.
    fn pools(&self) -> Answer<'_, Vec<PoolStanding>>;

    /// Takes what owners left alone for too long back to its pools, as one whole to [`Backend::revert`]; or says
    /// what would go. Doing it again does nothing.
    fn sweep(&self, request: SweepRequest) -> Answer<'_, SweepReport>;

    /// Gives records the codes that their number rule makes now, in one transaction, or says what would change.
    fn renumber(&self, request: RenumberRequest) -> Answer<'_, Renumbering>;

    /// The journal, newest first: of one record, or overall.
    fn history(&self, request: HistoryRequest) -> Answer<'_, History>;

    /// The log: changes and events by who, what and when, newest first.
    fn log(&self, request: LogRequest) -> Answer<'_, Log>;

    /// Who is at work with the data, the latest first.
    fn online(&self) -> Answer<'_, Vec<Seat>>;

    /// Notes in the log what a face does with what it has read: an export or a print, before it is done.
    fn note(&self, what: Happening) -> Answer<'_, ()>;

    /// Takes back the last own transaction that is not yet undone. `Conflict` if another changed its records since.
    fn undo(&self) -> Answer<'_, Undone>;

    /// Does the last undone transaction again.
    fn redo(&self) -> Answer<'_, Undone>;

    /// The user's settings (columns, views, drafts) whose keys begin with a prefix.
    fn settings(&self, prefix: String) -> Answer<'_, Vec<(String, String)>>;

    /// Keeps a setting, or removes it.
    fn put_setting(&self, key: String, value: Option<String>) -> Answer<'_, ()>;

    /// Imports rows: see [`ImportRequest`].
    fn import(&self, request: ImportRequest) -> Answer<'_, ImportReport>;

    /// Takes back a whole transaction or import by its number.
    fn revert(&self, txn: i64) -> Answer<'_, Undone>;

    /// Keeps a copy of a file of this machine, so that a record can refer to it. `NotFound` if there is no
    /// such file, `Invalid` if it is none, can't be read or is too large.
    fn attach(&self, path: PathBuf) -> Answer<'_, FileRef>;

    /// A read-only copy of an attached file on this machine, under its own name, for other programs to
    /// open. It is reached through the record that names it; without one only by whoever attached it, or may see
    /// everything. `NotFound` if it isn't or is lost, `Corrupt` if it is damaged.
    fn file(&self, file: FileRef, of: Option<RecordKey>) -> Answer<'_, PathBuf>;

    /// Gives the signed-in user another password. `Invalid` for `current` or `password` with the reason; `Denied` where
    /// passwords are not this backend's to change, or nobody is signed in.
    fn change_password(&self, current: Option<Password>, new: Password) -> Answer<'_, ()> {
        drop((current, new));
        Box::pin(async { Err(Error::Denied(crate::msg!("passwd-elsewhere"))) })
    }

    /// What is wrong with the stored data; nothing if it is sound.
    fn findings(&self) -> Answer<'_, Vec<Message>>;

    /// Copies all data to a new place of the backend's choice, while it is in use. Gives the place.
    fn back_up(&self) -> Answer<'_, PathBuf>;

    /// The last requests to a server, where there is one.
    fn traffic(&self) -> Option<Vec<std::sync::Arc<traffic::Exchange>>> {
        None
    }

    /// The side of it that works without a network, if it has one.
    fn syncing(&self) -> Option<&dyn sync::Syncing> {
        None
    }

    /// Entries of the schema with the user's changes that aren't in force yet: those of a form (`schema/dictionary`),
    /// or the parts of the entry of a path (`objects.customer`). `Denied` to all but administrators.
    fn outline(&self, of: String) -> Answer<'_, Outline>;

    /// Changes the schema beyond filling forms; what is saved of a form `schema/…` is kept the same way. Nothing is
    /// in force before [`Backend::apply_changes`].
    fn configure(&self, deed: Deed) -> Answer<'_, ()>;

    /// What putting a text in force as the user's own TOML comes to; the changes that wait, if none is given.
    fn schema_plan(&self, text: Option<String>) -> Answer<'_, Plan>;

    /// Puts the changes that wait in force. `Invalid` with what would be lost by it, unless that is allowed; then
    /// the store is copied first.
    fn apply_changes(&self, allow_loss: bool) -> Answer<'_, Applied>;

    /// A counter that moves whenever stored data changed, by this process or another.
    fn changes(&self) -> watch::Receiver<u64>;
}
