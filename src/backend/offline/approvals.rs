//! Approvals without the server: what waited for the user when it was there is read here, and what is decided about it
//! is put down to be sent. Carried out it is by the server alone: only there is all that a decision may touch.

use super::state::{self, is_away, is_signed_out};
use super::{Inner, kept};
use crate::api::typing::Typed;
use crate::backend::Backend;
use crate::backend::http::{HttpBackend, Sent};
use crate::contract::approvals::{Inbox, InboxRequest, InboxRow, Review, Tray};
use crate::contract::error::Error;
use crate::contract::request::{ActRequest, Count, DoRequest, From, Permit};
use crate::domain::id::Id;
use crate::domain::record::RecordKey;
use crate::msg;
use crate::schema::model::UseCase;
use std::collections::{BTreeSet, HashSet};

/// The most approvals of a tray that are kept.
const MOST_ROWS: usize = 200;
/// The most of a tray that are kept with all that is to be seen of them.
const MOST_REVIEWS: usize = 50;
/// The objects whose records say what waits for whom.
pub(super) const OBJECTS: [&str; 2] = ["approval", "approval_vote"];
const APPROVAL: &str = "approval";

/// The name under which a tray is kept.
fn tray_key(tray: Tray) -> String {
    format!("{}{}", kept::INBOX, tray.key())
}

fn review_key(id: Id) -> String {
    format!("{}{id}", kept::REVIEW)
}

impl Inner {
    /// Keeps the user's inbox as the server has it now. What can't be seen of it isn't kept.
    pub(super) async fn keep_inbox(&self, http: &HttpBackend) -> Result<(), Error> {
        let mut wanted = BTreeSet::new();
        for tray in Tray::ALL {
            let request = InboxRequest { tray, limit: MOST_ROWS, ..InboxRequest::default() };
            let inbox = match http.inbox(request).await {
                Ok(inbox) => inbox,
                Err(error) if is_away(&error) || is_signed_out(&error) => return Err(error),
                Err(_) => continue,
            };
            let before: Option<Inbox> = state::get(&self.cache, &tray_key(tray)).await?;
            let known: Vec<InboxRow> = before.map(|inbox| inbox.rows).unwrap_or_default();
            for row in inbox.rows.iter().take(MOST_REVIEWS) {
                let name = review_key(row.approval.id);
                if wanted.insert(name.clone()) && !(known.contains(row) && self.has_kept(&name).await?) {
                    self.keep_review(http, row.approval.id).await?;
                }
            }
            state::keep(&self.cache, &tray_key(tray), &inbox).await?;
        }
        for (name, _) in self.cache.settings(kept::REVIEW.to_owned()).await? {
            if !wanted.contains(&name) {
                self.cache.put_setting(name, None).await?;
            }
        }
        Ok(())
    }

    async fn keep_review(&self, http: &HttpBackend, id: Id) -> Result<(), Error> {
        match http.review(id).await {
            Ok(review) => state::keep(&self.cache, &review_key(id), &review).await,
            Err(error) if is_away(&error) || is_signed_out(&error) => Err(error),
            Err(_) => self.cache.put_setting(review_key(id), None).await,
        }
    }

    async fn has_kept(&self, name: &str) -> Result<bool, Error> {
        Ok(self.cache.settings(name.to_owned()).await?.iter().any(|(found, _)| found == name))
    }

    /// A page of the inbox as it was when the server was there, without what was decided since.
    pub(super) async fn kept_inbox(&self, request: &InboxRequest) -> Result<Inbox, Error> {
        let unknown = || Error::Offline(msg!("offline-no-inbox"));
        let mut inbox: Inbox = state::get(&self.cache, &tray_key(request.tray)).await?.ok_or_else(unknown)?;
        if request.tray == Tray::Pending {
            let decided = self.decided().await?;
            let all = inbox.rows.len();
            inbox.rows.retain(|row| !decided.contains(&row.approval.id));
            let gone = u64::try_from(all - inbox.rows.len()).unwrap_or_default();
            inbox.count = Count { value: inbox.count.value.saturating_sub(gone), ..inbox.count };
        }
        if let From::After(cursor) = &request.from {
            let seen = inbox.rows.iter().position(|row| row.cursor == *cursor).map_or(inbox.rows.len(), |at| at + 1);
            inbox.rows.drain(..seen);
        }
        inbox.more = inbox.rows.len() > request.limit;
        inbox.rows.truncate(request.limit);
        Ok(inbox)
    }

    /// The approvals about which a decision waits to be sent.
    async fn decided(&self) -> Result<HashSet<Id>, Error> {
        let rows = self.cache.outbox().await?.into_iter();
        let of = rows.filter(|row| row.state == super::push::WAITING && row.queued.object == APPROVAL);
        Ok(of.filter_map(|row| row.queued.record).collect())
    }

    /// All that was to be seen of an approval when the server was there.
    pub(super) async fn kept_review(&self, id: Id) -> Result<Review, Error> {
        let kept: Option<Review> = state::get(&self.cache, &review_key(id)).await?;
        let mut review = kept.ok_or_else(|| Error::Offline(msg!("offline-no-review")))?;
        review.type_by(&self.cache.schema());
        if review.refusal.is_none() && self.decided().await?.contains(&id) {
            review.refusal = Some(msg!("offline-decided"));
        }
        Ok(review)
    }

    /// What an action does, if there is such an action.
    pub(super) fn use_case(&self, deed: &DoRequest) -> Option<UseCase> {
        let schema = self.schema();
        schema.object(&deed.key.object)?.action(&deed.action).map(|action| action.does)
    }

    /// Whether a write is put down for the server without being done here.
    pub(super) fn is_for_server(&self, sent: &Sent) -> bool {
        let Sent::Act(ActRequest::Do(deed)) = sent else { return false };
        use UseCase::{AddSigner, Approve, SendBack, Submit, Transfer, Withdraw};
        matches!(self.use_case(deed), Some(Submit | Withdraw | Approve | SendBack | Transfer | AddSigner))
    }

    /// Whether a decision can be put down, by what was known of it; on which version it is made.
    pub(super) async fn may_put_down(&self, deed: &DoRequest) -> Result<Option<i64>, Error> {
        let waits = |sent: Sent| matches!(sent, Sent::Act(ActRequest::Do(other)) if (&other.key, &other.action) == (&deed.key, &deed.action));
        let rows = self.cache.outbox().await?;
        if rows.iter().any(|row| super::read_json(&row.queued.request).is_some_and(waits)) {
            return Err(Error::Denied(msg!("offline-decided")));
        }
        if deed.key.object == APPROVAL {
            let review = self.kept_review(deed.key.id).await?;
            let own = self.use_case(deed) == Some(UseCase::Withdraw);
            return match review.refusal.filter(|_| !own) {
                Some(why) => Err(Error::Denied(why)),
                None => Ok(Some(review.approval.version)),
            };
        }
        if self.cache.copy_of(deed.key.clone()).await?.is_none() || self.use_case(deed) != Some(UseCase::Submit) {
            return Err(Error::Offline(msg!("offline-in-inbox")));
        }
        let backend: &dyn Backend = &self.seat;
        match backend.allowed("submit", deed.key.object.clone(), Some(deed.key.clone())).await? {
            Permit::Yes => Ok(deed.version),
            Permit::No(why) => Err(Error::Denied(why)),
        }
    }

    /// What an approval is called, as it was known.
    pub(super) async fn approval_title(&self, key: &RecordKey) -> Option<String> {
        if key.object != APPROVAL {
            return None;
        }
        let review = self.kept_review(key.id).await.ok()?;
        review.approval.get("name").as_str().map(str::to_owned)
    }
}
