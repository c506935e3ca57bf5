//! What a change of an entry means for what is stored.

use super::chooses_from;
use crate::contract::error::Error;
use crate::domain::message::Message;
use crate::domain::record::Fields;
use crate::domain::value::Value;
use crate::msg;
use crate::schema::edit::Difference;
use crate::schema::filter::{Bound, Test};
use crate::schema::model::{Object, PIPELINED, Schema};
use crate::store::{Store, Which};

/// The schemas before and after, over what is stored.
pub(super) struct Touch<'t> {
    pub(super) store: &'t Store,
    pub(super) old: &'t Schema,
    pub(super) new: &'t Schema,
}

/// A remark, and whether something is lost or left without meaning.
type Remark = (Message, bool);

impl Touch<'_> {
    pub(super) fn of(&self, change: &Difference) -> Result<Vec<Remark>, Error> {
        let place = &change.place;
        let gone = change.after.is_none();
        let retires =
            |fields: &Option<Fields>| fields.as_ref().is_some_and(|f| f.get("retired") == Some(&Value::Boolean(true)));
        let leaves = gone || (retires(&change.after) && !retires(&change.before));
        Ok(match place.kind.name {
            "item" if leaves => self.item(&place.whose, &place.key, gone)?,
            "dictionary" if gone => vec![],
            "object" if gone => self.object(&place.key)?,
            "field" => self.field(change)?,
            "stage" if leaves => self.stage(&place.whose, &place.key)?,
            "pipeline" if leaves => self.pipeline(&place.key, gone)?,
            "flow" => self.flow(&place.key)?,
            "step" => {
                let mut remarks = self.approvers(change)?;
                remarks.extend(self.flow(&place.whose)?);
                remarks
            }
            "number" if !gone && change.before.is_some() => self.number(&place.key),
            _ => Vec::new(),
        })
    }

    fn count(&self, object: &Object, bound: &Bound) -> Result<u64, Error> {
        Ok(self.store.count(Which::filtered(&object.name, bound), u64::MAX)?.0)
    }

    fn equal(field: &str, key: &str) -> Bound {
        let value = Value::Choice(key.to_owned());
        Bound::Test { field: field.to_owned(), test: Test::AnyOf(vec![value]) }
    }

    /// Records that hold an item.
    fn item(&self, dictionary: &str, key: &str, gone: bool) -> Result<Vec<Remark>, Error> {
        let mut remarks = Vec::new();
        for object in &self.old.objects {
            for field in object.fields.iter().filter(|f| chooses_from(f, dictionary)) {
                let number = self.count(object, &Self::equal(&field.name, key))?;
                if number > 0 {
                    let place = format!("{}.{}", object.name, field.name);
                    remarks.push(match gone {
                        true => (msg!("touch-item-gone", number = number, place = place), true),
                        false => (msg!("touch-item-retired", number = number, place = place), false),
                    });
                }
            }
        }
        Ok(remarks)
    }

    fn object(&self, name: &str) -> Result<Vec<Remark>, Error> {
        let Some(object) = self.old.object(name) else { return Ok(Vec::new()) };
        let number = self.count(object, &Bound::All)?;
        Ok(vec![(msg!("touch-object-gone", number = number), number > 0)])
    }

    fn field(&self, change: &Difference) -> Result<Vec<Remark>, Error> {
        let (object, name) = (&change.place.whose, &change.place.key);
        let Some(object) = self.old.object(object) else { return Ok(Vec::new()) };
        let empty = Bound::Test { field: name.clone(), test: Test::Empty };
        let of = |fields: &Option<Fields>, what: &str| fields.as_ref().and_then(|f| f.get(what)).cloned();
        let there = object.field(name).is_some();
        let all = self.count(object, &Bound::All)?;
        let filled = if there { all.saturating_sub(self.count(object, &empty)?) } else { 0 };
        let mut remarks = Vec::new();
        if change.after.is_none() {
            remarks.push((msg!("touch-field-gone", number = filled), filled > 0));
            return Ok(remarks);
        }
        if change.before.is_none() {
            remarks.push((msg!("touch-field-new", number = all), false));
        } else if of(&change.before, "type") != of(&change.after, "type") && filled > 0 {
            remarks.push((msg!("touch-field-type", number = filled), false));
        }
        let always = Some(Value::Choice("always".to_owned()));
        if of(&change.after, "required") == always && of(&change.before, "required") != always && all > filled {
            remarks.push((msg!("touch-field-required", number = all - filled), false));
        }
        let retired = Some(Value::Boolean(true));
        if of(&change.after, "retired") == retired && of(&change.before, "retired") != retired && filled > 0 {
            remarks.push((msg!("touch-field-retired", number = filled), false));
        }
        Ok(remarks)
    }

    fn stage(&self, pipeline: &str, key: &str) -> Result<Vec<Remark>, Error> {
        let Some(object) = self.old.object(PIPELINED) else { return Ok(Vec::new()) };
        let number = self.count(object, &Self::equal("pipeline", pipeline).and(Self::equal("stage", key)))?;
        Ok(if number > 0 { vec![(msg!("touch-stage", number = number), true)] } else { Vec::new() })
    }

    fn pipeline(&self, name: &str, gone: bool) -> Result<Vec<Remark>, Error> {
        let Some(object) = self.old.object(PIPELINED) else { return Ok(Vec::new()) };
        let number = self.count(object, &Self::equal("pipeline", name))?;
        Ok(if number > 0 { vec![(msg!("touch-pipeline", number = number), gone)] } else { Vec::new() })
    }

    /// What is under way ends as it began.
    fn flow(&self, name: &str) -> Result<Vec<Remark>, Error> {
        let Some(object) = self.old.object("approval") else { return Ok(Vec::new()) };
        let number = self.count(object, &Self::equal("flow", name).and(Self::equal("state", "pending")))?;
        Ok(if number > 0 { vec![(msg!("touch-flow", number = number), false)] } else { Vec::new() })
    }

    /// Approvers of a step that nobody is.
    fn approvers(&self, change: &Difference) -> Result<Vec<Remark>, Error> {
        let Some(Value::Choices(approvers)) = change.after.as_ref().and_then(|fields| fields.get("approvers")) else {
            return Ok(Vec::new());
        };
        let mut remarks = Vec::new();
        for approver in approvers {
            let Some((kind, name)) = approver.split_once(':') else { continue };
            let (object, field) = match kind {
                "user" => ("user", "login"),
                "role" => ("role", "name"),
                _ => continue,
            };
            if self.store.find_equal(object, field, &Value::Text(name.trim().to_owned()), 1)?.is_empty() {
                remarks.push(match kind {
                    "user" => (msg!("touch-approver-gone", login = name), false),
                    _ => (msg!("touch-role-gone", role = name), false),
                });
            }
        }
        Ok(remarks)
    }

    fn number(&self, rule: &str) -> Vec<Remark> {
        let users = self.new.objects.iter().filter(|o| o.fields.iter().any(|f| f.kind.rule() == Some(rule)));
        users.map(|object| (msg!("touch-number", object = &object.name), false)).collect()
    }
}
