//! The routes.

use super::payload::*;
use crate::contract::agenda::{Agenda, AgendaRequest, PlanRequest, PlanRow, Reminders, RemindersRequest};
use crate::contract::approvals::{Inbox, InboxRequest, Review};
use crate::contract::configure::{self, Outline, Plan};
use crate::contract::dossier::Dossier;
use crate::contract::log::{Log, LogRequest, Seat};
use crate::contract::pool::{PoolStanding, SweepReport, SweepRequest};
use crate::contract::report::{Report, ReportEntry};
use crate::contract::request::{self, History};
use crate::contract::request::{
    ActRequest, Aggregate, AggregateRequest, CheckAnswer, Count, DeletePreview, HistoryRequest, LinesAnswer,
    LinesRequest, Offer, Page, Permit, RenumberRequest, Renumbering, Saved, SearchAnswer, SearchRequest, Undone, View,
};
use crate::domain::event::Happening;
use crate::domain::message::Message;
use crate::domain::value::FileRef;
use crate::store::Applied;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The method of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are HTTP's")]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    /// Its name in HTTP.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// A route with its types.
pub trait Endpoint: Send + 'static {
    /// Its name, the operation's id in OpenAPI.
    const NAME: &'static str;
    /// Its method.
    const METHOD: Method;
    /// Its path behind [`BASE`](super::BASE), with `{names}`.
    const PATH: &'static str;
    /// What a token must be good for; `None` for whoever comes.
    const SCOPE: Option<Scope>;
    /// What stands behind the `?`.
    type Query: Serialize + DeserializeOwned + Send + Default;
    /// The body of the request.
    type Body: Serialize + DeserializeOwned + Send;
    /// The body of the answer.
    type Answer: Serialize + DeserializeOwned + Send;

    /// Whether it changes nothing, so that it may be asked again.
    fn reads() -> bool {
        let asks = Self::METHOD == Method::Post && Self::SCOPE == Some(Scope::Read) && Self::NAME != "Note";
        Self::METHOD == Method::Get || asks
    }
}

/// A route as it is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: &'static str,
    /// Its method.
    pub method: Method,
    /// Its path behind [`BASE`](super::BASE).
    pub path: &'static str,
    /// What a token must be good for.
    pub scope: Option<Scope>,
}

macro_rules! endpoints {
    ($($(#[doc = $doc:literal])+ $name:ident: $method:ident $path:literal $scope:expr, $query:ty, $body:ty => $answer:ty;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Endpoint for $name {
                const NAME: &'static str = stringify!($name);
                const METHOD: Method = Method::$method;
                const PATH: &'static str = $path;
                const SCOPE: Option<Scope> = $scope;
                type Query = $query;
                type Body = $body;
                type Answer = $answer;
            }
        )+

        /// All routes.
        pub const ALL: &[Listed] = &[
            $(Listed { name: stringify!($name), method: Method::$method, path: $path, scope: $scope },)+
        ];

        #[cfg(test)]
        pub(super) fn described(generator: &mut schemars::SchemaGenerator) -> Vec<super::openapi::Described> {
            vec![$(super::openapi::Described {
                listed: Listed { name: stringify!($name), method: Method::$method, path: $path, scope: $scope },
                text: concat!($($doc, "\n"),+),
                query: schemars::SchemaGenerator::default().into_root_schema_for::<$query>(),
                body: super::openapi::Content::of::<$body>(generator),
                answer: super::openapi::Content::of::<$answer>(generator),
            },)+]
        }
    };
}

const READ: Option<Scope> = Some(Scope::Read);
const WRITE: Option<Scope> = Some(Scope::Write);
const ADMIN: Option<Scope> = Some(Scope::Admin);

endpoints! {
    /// Signs a user in: gives a token for `Authorization: Bearer`.
    SignIn: Post "/sessions" None, Nothing, SignInRequest => SignedIn;
    /// Signs out: the token is good for nothing any more.
    SignOut: Delete "/sessions/current" READ, Nothing, Nothing => Nothing;
    /// Who is signed in, and what the backend can do.
    GetMe: Get "/me" READ, Nothing, Nothing => Standing;
    /// Gives the signed-in user another password, which takes the one they have now. It is done by a session, no API
    /// key, and ends the user's other sessions.
    ChangePassword: Put "/me/password" WRITE, Nothing, PasswordChange => Nothing;
    /// What the signed-in user may do with the records of each object.
    GetMyRights: Get "/me/rights" READ, Nothing, Nothing => ObjectRights;
    /// The API keys of the signed-in user; the keys themselves are told only once.
    ListKeys: Get "/keys" ADMIN, Nothing, Nothing => Vec<ApiKey>;
    /// Makes an API key for the signed-in user.
    MakeKey: Post "/keys" ADMIN, Nothing, KeyRequest => NewKey;
    /// Revokes an API key.
    RevokeKey: Delete "/keys/{key}" ADMIN, Nothing, Nothing => Nothing;
    /// The schema in force, with its ETag.
    GetSchema: Get "/schema" READ, Nothing, Nothing => AnySchema;
    /// A page of records.
    ListRecords: Get "/objects/{object}/records" READ, RecordsQuery, Nothing => Records;
    /// A page of records, by the typed form of a filter.
    QueryRecords: Post "/objects/{object}/query" READ, Nothing, TypedQuery => Records;
    /// A page of records to be taken out of the house: takes the right to do so.
    ExportRecords: Get "/objects/{object}/export" READ, RecordsQuery, Nothing => Page;
    /// How many records match, counted up to a limit.
    CountRecords: Get "/objects/{object}/count" READ, CountQuery, Nothing => Count;
    /// The same for several questions at once, in their order; null for objects that the user may not see.
    CountTogether: Post "/counts" READ, Nothing, Counts => Vec<Option<Count>>;
    /// Groups of records with their number and exact sums.
    AggregateRecords: Post "/aggregate" READ, Nothing, AggregateRequest => Aggregate;
    /// The record that a person means by an id, a code or an exact name.
    ResolveRecord: Get "/objects/{object}/resolve" READ, TextQuery, Nothing => Resolved;
    /// One whole record; its version is the ETag.
    GetRecord: Get "/objects/{object}/records/{id}" READ, Nothing, Nothing => View;
    /// A record with its contacts, last activities, open deals and tasks.
    GetDossier: Get "/objects/{object}/records/{id}/dossier" READ, Nothing, Nothing => Dossier;
    /// Creates a record, with an id of the client's own if it gives one.
    CreateRecord: Post "/objects/{object}/records" WRITE, Nothing, Creation => Saved;
    /// Changes fields of a record. `If-Match` names the version that the change was made on; a newer one is a 412 with
    /// the record as it stands.
    ChangeRecord: Patch "/objects/{object}/records/{id}" WRITE, Nothing, Change => Saved;
    /// Deletes a record, with what the schema says goes with it.
    DeleteRecord: Delete "/objects/{object}/records/{id}" WRITE, Nothing, Nothing => Saved;
    /// Deletes records in one transaction.
    DeleteRecords: Post "/delete" WRITE, Nothing, Keys => Saved;
    /// What deleting a record would take along, or why it can't be deleted.
    PreviewDelete: Get "/objects/{object}/records/{id}/delete-preview" READ, Nothing, Nothing => DeletePreview;
    /// Several writes, each a transaction of its own, each with its own result.
    Batch: Post "/batch" WRITE, Nothing, BatchRequest => BatchAnswer;
    /// The first values of a new record.
    PrepareRecord: Post "/objects/{object}/prepare" READ, Nothing, Change => View;
    /// Checks a record as it stands in a form; writes nothing.
    CheckRecord: Post "/check" READ, Nothing, request::CheckRequest => CheckAnswer;
    /// Whether an action may be done, or why not.
    GetAllowed: Get "/objects/{object}/allowed" READ, AllowedQuery, Nothing => Permit;
    /// Why a user may see a record and work on it, or may not.
    GetWhy: Get "/objects/{object}/records/{id}/why" READ, WhyQuery, Nothing => Vec<Message>;
    /// What can be done with a record beyond editing it, and why some of it can't be done now.
    ListOffers: Get "/objects/{object}/records/{id}/actions" READ, Nothing, Nothing => Vec<Offer>;
    /// The form of an action, filled from the record.
    BeginAction: Get "/objects/{object}/records/{id}/actions/{action}" READ, Nothing, Nothing => View;
    /// Does an action of the schema on a record.
    DoAction: Post "/objects/{object}/records/{id}/actions/{action}" WRITE, Nothing, Deed => Saved;
    /// Does an action: the one-line log, a reminder's, one of the schema on a record or on several.
    Act: Post "/act" WRITE, Nothing, ActRequest => Saved;
    /// What a document would come to with lines as they are to be; writes nothing.
    PreviewLines: Post "/lines" READ, Nothing, LinesRequest => LinesAnswer;
    /// Entries of the schema with the user's changes that aren't in force yet.
    GetOutline: Get "/schema/outline" READ, OfQuery, Nothing => Outline;
    /// Changes the schema beyond filling forms; nothing is in force before it is applied.
    Configure: Post "/schema/draft" WRITE, Nothing, configure::Deed => Nothing;
    /// What putting a text in force as the user's own TOML comes to; the changes that wait, if none is given.
    PlanSchema: Post "/schema/plan" READ, Nothing, SchemaText => Plan;
    /// Puts the changes that wait in force.
    ApplySchema: Post "/schema/apply" WRITE, LossQuery, Nothing => Applied;
    /// Ranked hits over all objects or some.
    Search: Post "/search" READ, Nothing, SearchRequest => SearchAnswer;
    /// The stages of a pipeline with number and sums, and their first cards.
    GetBoard: Get "/board" READ, BoardQuery, Nothing => Board;
    /// The reminders that fall due in a span of time.
    ListReminders: Post "/reminders" READ, Nothing, RemindersRequest => Reminders;
    /// A page of the inbox of approvals.
    ListInbox: Post "/inbox" READ, Nothing, InboxRequest => Inbox;
    /// All that is to be seen of an approval before it is decided.
    GetReview: Get "/approvals/{id}" READ, Nothing, Nothing => Review;
    /// Activities, tasks and reminders of some days.
    GetAgenda: Post "/agenda" READ, Nothing, AgendaRequest => Agenda;
    /// The sales plans of a year and how far they are reached.
    GetPlan: Post "/plan" READ, Nothing, PlanRequest => Vec<PlanRow>;
    /// The active pools as they are for the signed-in user.
    ListPools: Get "/pools" READ, Nothing, Nothing => Vec<PoolStanding>;
    /// Takes what owners left alone for too long back to its pools, or says what would go.
    Sweep: Post "/sweep" WRITE, Nothing, SweepRequest => SweepReport;
    /// Gives records the codes that their number rule makes now, or says what would change.
    Renumber: Post "/renumber" WRITE, Nothing, RenumberRequest => Renumbering;
    /// The journal, newest first: of one record, or overall.
    GetHistory: Post "/history" READ, Nothing, HistoryRequest => History;
    /// The log: changes and events by who, what and when.
    GetLog: Post "/log" READ, Nothing, LogRequest => Log;
    /// Who is at work with the data.
    ListSeats: Get "/online" READ, Nothing, Nothing => Vec<Seat>;
    /// Notes in the log what a client does with what it has read: an export or a print.
    Note: Post "/notes" READ, Nothing, Happening => Nothing;
    /// Takes back the last own transaction that is not yet undone.
    Undo: Post "/undo" WRITE, Nothing, Nothing => Undone;
    /// Does the last undone transaction again.
    Redo: Post "/redo" WRITE, Nothing, Nothing => Undone;
    /// Takes back a whole transaction or import by its number.
    Revert: Post "/transactions/{txn}/revert" WRITE, Nothing, Nothing => Undone;
    /// The user's settings whose keys begin with a prefix.
    ListSettings: Get "/settings" READ, PrefixQuery, Nothing => Vec<Setting>;
    /// Keeps a setting, or removes it.
    PutSetting: Put "/settings" READ, Nothing, SettingChange => Nothing;
    /// Begins an import, a job whose rows follow.
    BeginImport: Post "/imports" WRITE, Nothing, ImportPlan => ImportState;
    /// More rows of an import. Sent again with the same number they count once.
    SendImportRows: Put "/imports/{id}/rows/{number}" WRITE, Nothing, ImportRows => ImportState;
    /// How far an import is.
    GetImport: Get "/imports/{id}" WRITE, WaitQuery, Nothing => ImportState;
    /// Ends an import with the batch under way.
    StopImport: Delete "/imports/{id}" WRITE, Nothing, Nothing => ImportState;
    /// Begins an export, a job that writes a file: takes the right to take records out of the house.
    BeginExport: Post "/exports" READ, Nothing, ExportPlan => ExportState;
    /// How far an export is.
    GetExport: Get "/exports/{id}" READ, WaitQuery, Nothing => ExportState;
    /// The file that an export wrote, once it has ended.
    GetExportFile: Get "/exports/{id}/file" READ, Nothing, Nothing => Raw;
    /// Stops an export, and removes its file.
    RemoveExport: Delete "/exports/{id}" READ, Nothing, Nothing => Nothing;
    /// The reports there are.
    ListReports: Get "/reports" READ, Nothing, Nothing => Vec<ReportEntry>;
    /// A report over a span of days.
    GetReport: Get "/reports/{report}" READ, ReportQuery, Nothing => Report;
    /// Keeps a file, so that a record can refer to it.
    Attach: Post "/attachments" WRITE, NameQuery, Raw => FileRef;
    /// The content of an attached file.
    GetFile: Get "/attachments/{hash}" READ, FileQuery, Nothing => Raw;
    /// What is wrong with the stored data; nothing if it is sound.
    ListFindings: Get "/findings" ADMIN, Nothing, Nothing => Vec<Message>;
    /// Copies all data to a place beside it on the server. Gives the place.
    BackUp: Post "/backups" ADMIN, Nothing, Nothing => Place;
    /// The webhooks, for whoever may see all data.
    ListWebhooks: Get "/webhooks" ADMIN, Nothing, Nothing => Vec<Webhook>;
    /// Makes a webhook: what changes is told to an address, signed with a secret that is told only now.
    MakeWebhook: Post "/webhooks" ADMIN, Nothing, WebhookRequest => NewWebhook;
    /// Changes a webhook, or sets it to work again.
    ChangeWebhook: Patch "/webhooks/{webhook}" ADMIN, Nothing, WebhookChange => Webhook;
    /// Removes a webhook.
    RemoveWebhook: Delete "/webhooks/{webhook}" ADMIN, Nothing, Nothing => Nothing;
    /// What was last sent for a webhook, newest first, and what became of it.
    ListDeliveries: Get "/webhooks/{webhook}/deliveries" ADMIN, Nothing, Nothing => Vec<Delivery>;
    /// Sends what changed after a number of the journal once more.
    ReplayWebhook: Post "/webhooks/{webhook}/replay" ADMIN, Nothing, Replay => Webhook;
    /// What changed after a number of the journal, oldest first; deleted records as tombstones.
    ListChanges: Get "/changes" READ, ChangesQuery, Nothing => Changes;
    /// Server-sent events: `change` whenever stored data changed, `schema` when another one is in force.
    Watch: Get "/events" READ, Nothing, Nothing => Raw;
}

/// A route's path with its names filled in, ready for an address.
pub fn path_of(path: &str, values: &[&str]) -> String {
    let mut out = String::from(super::BASE);
    let mut values = values.iter();
    for part in path.split('/').skip(1) {
        out.push('/');
        match part.starts_with('{') {
            true => out.push_str(&escaped(values.next().copied().unwrap_or_default())),
            false => out.push_str(part),
        }
    }
    out
}

/// A part of a path, all but letters and digits escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_a_path_can_be_anything() {
        assert_eq!(
            path_of("/objects/{object}/records/{id}", &["a/b", "../客"]),
            "/api/v1/objects/a%2Fb/records/..%2F%E5%AE%A2"
        );
    }

    #[test]
    fn no_two_routes_are_the_same() {
        for (at, one) in ALL.iter().enumerate() {
            let same =
                |other: &&Listed| other.name == one.name || (other.path == one.path && other.method == one.method);
            assert_eq!(ALL.iter().skip(at + 1).find(same), None, "{one:?}");
        }
    }
}
