//! Who may do what. Every use-case asks here first, and the faces ask the same question to say why an
//! action is not available.

use super::action::unfit;
use super::approval::{self, Ground};
use super::{Crm, NoFinder, existing, named, object};
use crate::backend::error::Error;
use crate::backend::request::Permit;
use crate::domain::message::Message;
use crate::domain::record::RecordKey;
use crate::msg;

/// Actions that change nothing.
const READING: [&str; 4] = ["open", "view", "export", "copy"];

impl Crm {
    /// Whether an action may be done on an object or on one record, or why not.
    pub fn allowed(&self, action: &str, object: &str, key: Option<&RecordKey>) -> Result<Permit, Error> {
        let refusal = match self.refusal(action, object, key)? {
            None => self.not_theirs(action, object, key)?,
            some => some,
        };
        Ok(refusal.map_or(Permit::Yes, Permit::No))
    }

    /// Why an action of approvals isn't for the signed-in user now.
    fn not_theirs(&self, action: &str, name: &str, key: Option<&RecordKey>) -> Result<Option<Message>, Error> {
        let schema = self.schema();
        let action = object(&schema, name)?.action(action).filter(|action| action.does.is_approval());
        let (Some(action), Some(key)) = (action, key) else { return Ok(None) };
        let record = existing(&self.store, name, key.id)?;
        let now = self.context.now();
        let ground = Ground { schema: &schema, now: &now, me: self.context.user, finder: &NoFinder };
        approval::unfit(&self.store, &ground, &record, action.does)
    }

    /// `Denied` with the reason unless the action may be done.
    pub(super) fn require(&self, action: &str, object: &str, key: Option<&RecordKey>) -> Result<(), Error> {
        self.refusal(action, object, key)?.map_or(Ok(()), |reason| Err(Error::Denied(reason)))
    }

    /// The one place where roles and data scopes will be asked.
    fn refusal(&self, action: &str, name: &str, key: Option<&RecordKey>) -> Result<Option<Message>, Error> {
        let schema = self.schema();
        let object = object(&schema, name)?;
        if READING.contains(&action) {
            return Ok(None);
        }
        if self.context.read_only {
            return Ok(Some(msg!("crm-read-only-store")));
        }
        let by_hand = matches!(action, "add" | "edit" | "delete" | "import");
        if by_hand && !object.editable {
            return Ok(Some(named(msg!("crm-not-editable", object = name), &schema, name)));
        }
        if let ("delete", "user", Some(key)) = (action, name, key)
            && self.context.user == Some(key.id)
        {
            return Ok(Some(msg!("crm-not-oneself")));
        }
        if let (Some(action), Some(key)) = (object.action(action), key) {
            let record = existing(&self.store, name, key.id)?;
            return Ok(unfit(&schema, object, action, &record, &self.context.now(), self.context.user));
        }
        Ok(None)
    }
}
