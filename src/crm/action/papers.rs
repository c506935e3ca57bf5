//! Making one document of another without retyping: the order or contract of a quote, the order of a contract.
//! Both then refer to each other, and a document is made once.

use super::Doing;
use crate::contract::error::Error;
use crate::crm::pricing::lines_of;
use crate::crm::{Context, existing, object, save};
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::Object;
use crate::store::Write;

/// The most lines of a document.
const MOST_LINES: usize = 100_000;
/// What a document has for itself.
const OWN: [&str; 12] = [
    "code",
    "status",
    "date",
    "valid_until",
    "signed_on",
    "start",
    "end",
    "attachments",
    "remark",
    "quote",
    "contract",
    "order",
];
/// Set when the lines are there: before, the total would be negative.
const DISCOUNT: &str = "discount";

/// Makes a document of kind `target` of the record, with the action's arguments laid over what is copied.
pub(super) fn make(
    doing: &mut Doing<'_>,
    target: &str,
    tx: &mut Write<'_>,
    context: &mut Context,
) -> Result<Vec<Record>, Error> {
    let (schema, source) = (doing.schema, doing.record);
    if !source.get(target).is_empty() {
        return Err(Error::Denied(msg!("document-made-already")));
    }
    let (from, to) = (object(schema, &source.object)?, object(schema, target)?);
    let mut fields = copied(from, to, &source.fields);
    fields.insert(source.object.clone(), Value::Ref(source.id));
    if let Value::Ref(quote) = source.get("quote") {
        fields.insert("quote".to_owned(), Value::Ref(*quote));
    }
    rename(to, source, &mut fields);
    for argument in to.fields.iter().map(|f| &f.name) {
        let value = doing.take(argument);
        if !value.is_empty() {
            fields.insert(argument.clone(), value);
        }
    }
    let discount = fields.remove(DISCOUNT);
    let id = context.next_id(doing.now);
    let mut records = vec![save::create(tx, &doing.rules(target)?, id, fields, doing.now)?];
    records.extend(copy_lines(doing, tx, context, id, target)?);
    if let Some(discount) = discount {
        save::amend(tx, &doing.rules(target)?, id, Fields::from([(DISCOUNT.to_owned(), discount)]))?;
    }
    doing.changes.insert(target.to_owned(), Value::Ref(id));
    // The quote that a contract came from knows the order too.
    if let (Value::Ref(quote), "contract") = (source.get("quote"), source.object.as_str()) {
        let known = existing(tx.store(), "quote", *quote)?;
        if known.get(target).is_empty() {
            let link = Fields::from([(target.to_owned(), Value::Ref(id))]);
            records.extend(save::amend(tx, &doing.rules("quote")?, *quote, link)?);
        }
    }
    Ok(records)
}

/// The fields that both have and that say the same in both.
fn copied(from: &Object, to: &Object, fields: &Fields) -> Fields {
    let same = |name: &str| match (from.field(name), to.field(name)) {
        (Some(a), Some(b)) => a.kind == b.kind && b.is_editable() && !OWN.contains(&name),
        _ => false,
    };
    fields.iter().filter(|(name, value)| same(name) && !value.is_empty()).map(|(n, v)| (n.clone(), v.clone())).collect()
}

/// A contract has a name where the others have a subject.
fn rename(to: &Object, source: &Record, fields: &mut Fields) {
    for (ours, theirs) in [("name", "subject"), ("subject", "name")] {
        if to.field(ours).is_some() && !fields.contains_key(ours) {
            let text = [theirs, "code"].iter().map(|name| source.get(name)).find(|value| !value.is_empty());
            fields.extend(text.map(|value| (ours.to_owned(), value.clone())));
        }
    }
}

fn copy_lines(
    doing: &Doing<'_>,
    tx: &mut Write<'_>,
    context: &mut Context,
    document: Id,
    target: &str,
) -> Result<Vec<Record>, Error> {
    let source = doing.record;
    let (Some(theirs), Some(ours)) = (lines_of(&source.object), lines_of(target)) else { return Ok(Vec::new()) };
    let (from, to) = (object(doing.schema, theirs)?, object(doing.schema, ours)?);
    let rules = doing.rules(ours)?;
    let ids = tx.store().referring_ids(theirs, &source.object, source.id, MOST_LINES)?;
    let mut made = Vec::with_capacity(ids.len());
    for line in tx.store().get_many(theirs, &ids)? {
        let mut fields = copied(from, to, &line.fields);
        // What is empty stays so: nothing is looked up anew.
        let looked_up = ["unit", "discount", "tax_rate", "floor"].into_iter().filter(|name| to.field(name).is_some());
        for name in looked_up {
            fields.entry(name.to_owned()).or_insert(Value::Empty);
        }
        fields.insert(target.to_owned(), Value::Ref(document));
        made.push(save::create(tx, &rules, context.next_id(doing.now), fields, doing.now)?);
    }
    Ok(made)
}
