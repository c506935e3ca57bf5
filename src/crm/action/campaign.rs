//! Campaigns: whom they reach, and the leads that come of them.

use super::Doing;
use crate::contract::error::Error;
use crate::crm::read::{answers, unreadable};
use crate::crm::rights::Operation;
use crate::crm::{Context, existing, named, object, save};
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record};
use crate::domain::value::Value;
use crate::msg;
use crate::schema::filter::{self, BindContext};
use crate::schema::model::Object;
use crate::store::{Store, Which, Write};
use std::collections::HashSet;

const CAMPAIGN: &str = "campaign";
const MEMBER: &str = "campaign_member";
const LEAD: &str = "lead";
/// The most members that are added at once.
pub(in crate::crm) const MOST_MEMBERS: u64 = 10_000;

/// Adds the customers, contacts or leads that match a filter, each once. Refused if nothing matches, or too many.
pub(super) fn fill_members(
    doing: &mut Doing<'_>,
    tx: &mut Write<'_>,
    context: &mut Context,
) -> Result<Vec<Record>, Error> {
    let (from, text) = (doing.take("object"), doing.take("filter"));
    let from = object(doing.schema, from.as_str().unwrap_or_default())?;
    let found = matching(doing, tx.store(), from, text.as_str().unwrap_or_default())?;
    let there = members(doing, tx.store(), from)?;
    let rules = doing.rules(MEMBER)?;
    let mut made = Vec::new();
    for id in found.into_iter().filter(|id| !there.contains(id)) {
        let fields =
            Fields::from([(CAMPAIGN.to_owned(), Value::Ref(doing.record.id)), (from.name.clone(), Value::Ref(id))]);
        made.push(save::create(tx, &rules, context.next_id(doing.now), fields, doing.now)?);
    }
    Ok(made)
}

fn matching(doing: &Doing<'_>, store: &Store, from: &Object, text: &str) -> Result<Vec<Id>, Error> {
    let asked = BindContext { now: doing.now, me: doing.me };
    let bound = filter::parse(doing.schema, from, text, &asked).map_err(|error| unreadable(text, error))?;
    doing.rights.may_ask(from, &bound)?;
    let bound = doing.rights.narrowed(from, bound).and(doing.rights.reach(&from.name, Operation::View).bound());
    let words = answers(from, &bound, doing.finder)?;
    let words: Vec<&[i64]> = words.iter().map(Vec::as_slice).collect();
    let which = Which { object: &from.name, filter: Some(&bound), ids: None, words: &words };
    let (number, more) = store.count(which, MOST_MEMBERS)?;
    let about = |message| Error::field("filter", named(message, doing.schema, &from.name));
    if more {
        return Err(about(msg!("campaign-too-many", most = MOST_MEMBERS)));
    }
    if number == 0 {
        return Err(about(msg!("campaign-nobody")));
    }
    let mut ids = Vec::new();
    store.scan(which, std::slice::from_ref(&from.title), |record| {
        ids.push(record.id);
        true
    })?;
    Ok(ids)
}

/// Who of an object is a member already. A contact's customer isn't one by that alone.
fn members(doing: &Doing<'_>, store: &Store, from: &Object) -> Result<HashSet<Id>, Error> {
    let member = object(doing.schema, MEMBER)?;
    let asked = BindContext { now: doing.now, me: doing.me };
    let text = format!("{CAMPAIGN}:{}", doing.record.id);
    let bound = filter::parse(doing.schema, member, &text, &asked).map_err(|error| unreadable(&text, error))?;
    let mut there = HashSet::new();
    let columns = ["customer", "contact", LEAD].map(str::to_owned);
    store.scan(Which::filtered(MEMBER, &bound), &columns, |record| {
        let who = ["contact", LEAD, "customer"].into_iter().find(|name| !record.get(name).is_empty());
        if who == Some(from.name.as_str()) {
            there.extend(record.get(&from.name).as_ref_id());
        }
        true
    })?;
    Ok(there)
}

/// Makes a lead of a member that shows interest; a member that is a lead itself counts for the campaign from now on.
pub(super) fn respond(doing: &mut Doing<'_>, tx: &mut Write<'_>, context: &mut Context) -> Result<Vec<Record>, Error> {
    let member = doing.record;
    let (interest, owner) = (doing.take("interest"), doing.take("lead_owner"));
    let rules = doing.rules(LEAD)?;
    let known = member.get("made_lead").as_ref_id().or_else(|| member.get(LEAD).as_ref_id());
    if let Some(id) = known {
        let lead = existing(tx.store(), LEAD, id)?;
        let new = [(CAMPAIGN, member.get(CAMPAIGN).clone()), ("interest", interest), ("owner", owner)];
        let missing = new.into_iter().filter(|(name, value)| !value.is_empty() && lead.get(name).is_empty());
        let changes = missing.map(|(name, value)| (name.to_owned(), value)).collect();
        let counted = save::amend(tx, &rules, id, changes)?;
        doing.changes.insert("made_lead".to_owned(), Value::Ref(id));
        return Ok(counted.into_iter().collect());
    }
    let copied = [("name", "name"), ("company", "company"), ("mobile", "phone"), ("email", "email")];
    let mut fields: Fields = copied.map(|(ours, theirs)| (ours.to_owned(), member.get(theirs).clone())).into();
    fields.insert(CAMPAIGN.to_owned(), member.get(CAMPAIGN).clone());
    fields.insert("source".to_owned(), Value::Choice(CAMPAIGN.to_owned()));
    fields.insert("interest".to_owned(), interest);
    fields.insert("owner".to_owned(), if owner.is_empty() { member.get("owner").clone() } else { owner });
    let has = |name: &str| rules.object().field(name).is_some_and(|f| !f.retired);
    fields.retain(|name, value| !value.is_empty() && has(name));
    let lead = save::create(tx, &rules, context.next_id(doing.now), fields, doing.now)?;
    doing.changes.insert("made_lead".to_owned(), Value::Ref(lead.id));
    Ok(vec![lead])
}
