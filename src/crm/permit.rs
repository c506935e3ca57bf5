//! Who may do what. Every use-case asks here first, and the faces ask the same question to say why an
//! action is not available.

use super::action::unfit;
use super::approval::{self, Ground};
use super::rights::{Operation, Sight};
use super::{Crm, NoFinder, existing, missing, named, object, pool};
use crate::contract::error::Error;
use crate::contract::request::Permit;
use crate::domain::message::Message;
use crate::domain::record::RecordKey;
use crate::msg;
use crate::schema::model::Object;
use crate::store::Which;

/// The object that there is one record of.
const COMPANY: &str = "own_company";
/// The operations that actions of the faces are.
const NAMED: [(&str, Operation); 10] = [
    ("open", Operation::View),
    ("view", Operation::View),
    ("copy", Operation::View),
    ("export", Operation::Export),
    ("add", Operation::Add),
    ("log", Operation::Add),
    ("edit", Operation::Modify),
    ("delete", Operation::Delete),
    ("import", Operation::Import),
    ("bulk", Operation::Bulk),
];

/// The operation that an action of a face, or of the schema, is.
pub(super) fn operation(object: &Object, action: &str) -> Operation {
    let named = NAMED.into_iter().find(|(name, _)| *name == action).map(|(_, operation)| operation);
    let of_schema = || object.action(action).and_then(|action| Operation::of(&action.right));
    named.or_else(of_schema).unwrap_or(Operation::Modify)
}

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

    /// The one place where roles and data scopes are asked for an action.
    fn refusal(&self, action: &str, name: &str, key: Option<&RecordKey>) -> Result<Option<Message>, Error> {
        let schema = self.schema();
        let object = object(&schema, name)?;
        let operation = operation(object, action);
        let is_reading = matches!(operation, Operation::View | Operation::Export);
        if self.context.read_only && !is_reading {
            return Ok(Some(msg!("crm-read-only-store")));
        }
        if let (Some(action), Some(key)) = (object.action(action).filter(|action| action.does.is_vote()), key) {
            let record = existing(&self.store, name, key.id)?;
            return Ok(unfit(&schema, object, action, &record, &self.context.now(), self.context.user));
        }
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        // What an action adds to a record is no change of it.
        let on = key.filter(|key| operation != Operation::Add && key.object == name).map(|key| key.id);
        if let Some(key) = key
            && !sight.reaches(Operation::View, &key.object, key.id)?
        {
            return Err(missing(&key.object, key.id));
        }
        if let Some(why) = sight.refusal(operation, name, on)? {
            return Ok(Some(why));
        }
        if is_reading {
            return Ok(None);
        }
        let by_hand = matches!(action, "add" | "edit" | "delete" | "import");
        if by_hand && !object.editable {
            return Ok(Some(named(msg!("crm-not-editable", object = name), &schema, name)));
        }
        if (action, name) == ("add", COMPANY) && self.store.count(Which::all(COMPANY), 0)?.1 {
            return Ok(Some(msg!("people-one-company")));
        }
        if let ("delete", "user", Some(key)) = (action, name, key)
            && self.context.user == Some(key.id)
        {
            return Ok(Some(msg!("crm-not-oneself")));
        }
        if let (Some(action), Some(key)) = (object.action(action), key) {
            let record = existing(&self.store, name, key.id)?;
            let (now, me) = (self.context.now(), self.context.user);
            return match unfit(&schema, object, action, &record, &now, me) {
                Some(reason) => Ok(Some(reason)),
                None => pool::action_refusal(&self.store, &schema, action, &record, (&now, me)),
            };
        }
        Ok(None)
    }
}
