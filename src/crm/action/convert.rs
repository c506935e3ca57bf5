//! Converting a lead: a customer, a contact and an opportunity come of it, and take its history along.

use super::Doing;
use crate::contract::error::Error;
use crate::crm::{Context, existing, object, save};
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::model::{Action, Object, Schema};
use crate::store::Write;

const CUSTOMER: &str = "customer";
/// The argument that names a new customer.
pub(super) const CUSTOMER_NAME: &str = "customer_name";
const CONTACT: &str = "contact";
const OPPORTUNITY: &str = "opportunity";
/// The most records of a lead's history.
const MOST: usize = 10_000;
/// What customer, contact and opportunity take over from the lead where they have such a field.
const TAKEN_BY_CUSTOMER: [&str; 10] = [
    "source",
    "industry",
    "region",
    "address",
    "website",
    "owner",
    "department",
    "last_contact",
    "next_contact",
    "tags",
];
const TAKEN_BY_CONTACT: [&str; 4] = ["wechat", "owner", "last_contact", "tags"];
const TAKEN_BY_OPPORTUNITY: [&str; 4] = ["source", "owner", "department", "last_contact"];

/// Fills the arguments that are not given: from the record's fields, and names from the lead's own.
pub(super) fn fill(action: &Action, lead: &Record, given: &mut Fields) {
    for (argument, from) in &action.fill {
        let own = lead.get("name");
        let value = match (lead.get(from), argument.as_str()) {
            (Value::Empty, "customer_name" | "opportunity_name") => own,
            (value, _) => value,
        };
        if !value.is_empty() {
            given.entry(argument.clone()).or_insert_with(|| value.clone());
        }
    }
}

/// The customer that would be made of the arguments; `None` where one is chosen.
pub(super) fn likely<'s>(schema: &'s Schema, arguments: &Fields) -> Option<(&'s Object, Fields)> {
    let given = |argument: &str| arguments.get(argument).cloned().unwrap_or(Value::Empty);
    if !given(CUSTOMER).is_empty() {
        return None;
    }
    let fields = Fields::from([("name".to_owned(), given("customer_name")), ("phone".to_owned(), given("phone"))]);
    Some((schema.object(CUSTOMER)?, fields))
}

/// Makes or takes the customer, makes contact and opportunity, links the history, and marks the lead converted.
pub(super) fn run(doing: &mut Doing<'_>, tx: &mut Write<'_>, context: &mut Context) -> Result<Vec<Record>, Error> {
    let mut made = Vec::new();
    let customer = match doing.take(CUSTOMER) {
        Value::Ref(id) => meet(doing, tx, id)?,
        _ => {
            let customer = new_customer(doing, tx, context)?;
            made.push(customer.clone());
            customer.id
        }
    };
    let contact = contact(doing, tx, context, customer, &mut made)?;
    let opportunity = opportunity(doing, tx, context, (customer, contact), &mut made)?;
    link_history(doing, tx, customer, contact, opportunity)?;
    let links = [(CUSTOMER, Some(customer)), (CONTACT, contact), (OPPORTUNITY, opportunity)];
    let links = links.into_iter().filter_map(|(name, id)| Some((name.to_owned(), Value::Ref(id?))));
    doing.changes.extend(links);
    doing.changes.insert("status".to_owned(), Value::Choice("converted".to_owned()));
    doing.changes.insert("next_contact".to_owned(), Value::Empty);
    Ok(made)
}

/// An existing customer has been in touch when the lead was.
fn meet(doing: &mut Doing<'_>, tx: &mut Write<'_>, id: Id) -> Result<Id, Error> {
    let customer = existing(tx.store(), CUSTOMER, id)?;
    let later = match (doing.record.get("last_contact"), customer.get("last_contact")) {
        (Value::DateTime(ours), Value::DateTime(theirs)) => ours > theirs,
        (Value::DateTime(_), _) => true,
        _ => false,
    };
    if later {
        let seen = Fields::from([("last_contact".to_owned(), doing.record.get("last_contact").clone())]);
        let seen = fitting(doing, CUSTOMER, seen)?;
        doing.linked.extend(save::amend(tx, &doing.rules(CUSTOMER)?, id, seen)?);
    }
    Ok(id)
}

fn new_customer(doing: &mut Doing<'_>, tx: &mut Write<'_>, context: &mut Context) -> Result<Record, Error> {
    let mut fields = taken(doing, &TAKEN_BY_CUSTOMER);
    fields.insert("name".to_owned(), doing.take("customer_name"));
    fields.insert("phone".to_owned(), doing.take("phone"));
    create(doing, tx, context, CUSTOMER, fields, &[("name", "customer_name"), ("phone", "phone")])
}

/// The contact of that name that the customer has already, or a new one; `None` without a name.
fn contact(
    doing: &mut Doing<'_>,
    tx: &mut Write<'_>,
    context: &mut Context,
    customer: Id,
    made: &mut Vec<Record>,
) -> Result<Option<Id>, Error> {
    let name = doing.take("contact_name");
    if name.is_empty() {
        return Ok(None);
    }
    let ids = tx.store().referring_ids(CONTACT, CUSTOMER, customer, MOST)?;
    if let Some(known) = tx.store().get_many(CONTACT, &ids)?.iter().find(|c| *c.get("name") == name) {
        return Ok(Some(known.id));
    }
    let mut fields = taken(doing, &TAKEN_BY_CONTACT);
    fields.insert("name".to_owned(), name);
    fields.insert(CUSTOMER.to_owned(), Value::Ref(customer));
    for argument in ["post", "mobile", "email"] {
        fields.insert(argument.to_owned(), doing.take(argument));
    }
    fields.insert("primary".to_owned(), Value::Boolean(ids.is_empty()));
    let contact = create(doing, tx, context, CONTACT, fields, &[("name", "contact_name")])?;
    let id = contact.id;
    made.push(contact);
    Ok(Some(id))
}

fn opportunity(
    doing: &mut Doing<'_>,
    tx: &mut Write<'_>,
    context: &mut Context,
    (customer, contact): (Id, Option<Id>),
    made: &mut Vec<Record>,
) -> Result<Option<Id>, Error> {
    if doing.take("make_opportunity") != Value::Boolean(true) {
        return Ok(None);
    }
    let mut fields = taken(doing, &TAKEN_BY_OPPORTUNITY);
    fields.insert("name".to_owned(), doing.take("opportunity_name"));
    fields.insert(CUSTOMER.to_owned(), Value::Ref(customer));
    fields.insert(CONTACT.to_owned(), contact.map_or(Value::Empty, Value::Ref));
    fields.insert("remark".to_owned(), doing.record.get("interest").clone());
    for argument in ["amount", "close_date"] {
        fields.insert(argument.to_owned(), doing.take(argument));
    }
    let opportunity = create(doing, tx, context, OPPORTUNITY, fields, &[("name", "opportunity_name")])?;
    let id = opportunity.id;
    made.push(opportunity);
    Ok(Some(id))
}

/// Activities and tasks of the lead are the customer's as well.
fn link_history(
    doing: &mut Doing<'_>,
    tx: &mut Write<'_>,
    customer: Id,
    contact: Option<Id>,
    opportunity: Option<Id>,
) -> Result<(), Error> {
    let links = [(CUSTOMER, Some(customer)), (CONTACT, contact), (OPPORTUNITY, opportunity)];
    for name in ["activity", "task"] {
        if object(doing.schema, name).is_err() {
            continue;
        }
        let ids = tx.store().referring_ids(name, &doing.record.object, doing.record.id, MOST)?;
        for record in tx.store().get_many(name, &ids)? {
            let empty = links.iter().filter(|(field, _)| record.get(field).is_empty());
            let changes = empty.filter_map(|(field, id)| Some(((*field).to_owned(), Value::Ref((*id)?)))).collect();
            let changes = fitting(doing, name, changes)?;
            doing.linked.extend(save::amend(tx, &doing.rules(name)?, record.id, changes)?);
        }
    }
    Ok(())
}

/// What the lead has in these fields.
fn taken(doing: &Doing<'_>, names: &[&str]) -> Fields {
    names.iter().map(|name| ((*name).to_owned(), doing.record.get(name).clone())).collect()
}

/// The fields that an object has and that hold something.
fn fitting(doing: &Doing<'_>, name: &str, mut fields: Fields) -> Result<Fields, Error> {
    let object = object(doing.schema, name)?;
    fields.retain(|name, value| !value.is_empty() && object.field(name).is_some_and(|f| !f.retired));
    Ok(fields)
}

/// Makes a record; what is wrong with it is told of the argument that it came from, else of the object.
fn create(
    doing: &Doing<'_>,
    tx: &mut Write<'_>,
    context: &mut Context,
    name: &str,
    fields: Fields,
    arguments: &[(&str, &str)],
) -> Result<Record, Error> {
    let mut fields = fitting(doing, name, fields)?;
    // A lead of nobody makes a customer of nobody: no default fills in who converts.
    fields.entry("owner".to_owned()).or_insert(Value::Empty);
    let made = save::create(tx, &doing.rules(name)?, context.next_id(doing.now), fields, doing.now);
    made.map_err(|error| match error {
        Error::Invalid(mut errors) => {
            let object = object(doing.schema, name).ok();
            for error in &mut errors {
                match arguments.iter().find(|(field, _)| *field == error.field) {
                    Some((_, argument)) => error.field = (*argument).to_owned(),
                    None if doing.schema.object("lead.convert").is_some_and(|f| f.field(&error.field).is_some()) => {}
                    None => {
                        let label = |lang| {
                            let field = object.and_then(|o| o.field(&error.field));
                            field.map_or(error.field.clone(), |f| f.label.get(lang).to_owned())
                        };
                        let (zh, en) = (label(crate::domain::lang::Lang::Zh), label(crate::domain::lang::Lang::En));
                        error.message = msg!("crm-convert-field", object = name, zh = zh, en = en);
                        error.field.clear();
                    }
                }
            }
            Error::Invalid(errors)
        }
        other => other,
    })
}
