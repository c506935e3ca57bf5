//! What an approver wants to see of what was submitted.

use super::course::Case;
use super::{APPROVAL, Ground, approvals, read, read_arguments, state, step_label, unfit, watched};
use crate::contract::approvals::{Difference, Review};
use crate::contract::error::Error;
use crate::crm::duplicate::duplicates;
use crate::crm::rights::{Operation, Sight};
use crate::crm::{Crm, Finder, existing, key, missing, object};
use crate::domain::id::Id;
use crate::domain::record::{Fields, Record};
use crate::schema::model::{Object, Schema, UseCase};

impl Crm {
    /// Everything about one approval: what changes, what it is like, what is missing, who voted.
    pub fn review(&self, id: Id, finder: &dyn Finder) -> Result<Review, Error> {
        let schema = self.schema();
        object(&schema, APPROVAL)?;
        let now = self.context.now();
        let ground = Ground { schema: &schema, now: &now, me: self.context.user, finder };
        let rights = self.rights()?;
        let sight = Sight { store: &self.store, rights: &rights };
        let case = Case::of(existing(&self.store, APPROVAL, id)?)?;
        let mut record = case.record(&self.store)?;
        let votes = case.all_votes(&self.store)?;
        let refusal = unfit(&self.store, &ground, &case.approval, UseCase::Approve)?;
        // Whoever is to vote on it may see it.
        let me = self.context.user;
        let is_party = refusal.is_none()
            || case.author() == me
            || votes
                .iter()
                .any(|vote| [vote.get("approver"), vote.get("decided_by")].iter().any(|v| v.as_ref_id() == me));
        if !is_party && !sight.reaches(Operation::View, APPROVAL, id)? {
            return Err(missing(APPROVAL, id));
        }
        let about = object(&schema, &record.object)?;
        let proposed = case.proposed(&schema, &record)?;
        let (mut differences, compared) = self.differences(&schema, about, &case, &record)?;
        let mut open: Fields = differences.iter().map(|d| (d.field.clone(), d.after.clone())).collect();
        rights.strip_fields(&record.object, &mut open);
        differences.retain(|d| open.contains_key(&d.field));
        let action = case.approval.get("action").as_str().map(|name| {
            (name.to_owned(), read_arguments(&ground, &record.object, name, case.approval.get("proposal")))
        });
        let missing = case.flow.key_fields.iter().filter(|name| about.field(name).is_some_and(|f| !f.retired));
        let missing = missing.filter(|name| proposed.get(*name).is_none_or(|v| v.is_empty())).cloned().collect();
        let titles = self.review_titles(&case, &record, (&votes, &differences, &action))?;
        let step = step_label(&case.flow, case.step());
        let mut same = duplicates(&self.store, about, Some(record.id), &proposed, finder)?;
        let ids: Vec<Id> = same.iter().map(|duplicate| duplicate.key.id).collect();
        let seen = sight.among(Operation::View, &about.name, &ids)?;
        same.retain(|duplicate| seen.contains(&duplicate.key.id));
        sight.hide(&about.name, [&mut record])?;
        let mut approval = case.approval;
        ["rule", "proposal", "base"].iter().for_each(|inner| drop(approval.fields.remove(*inner)));
        Ok(Review {
            flow: case.flow.label.clone(),
            step,
            steps: case.flow.steps.len(),
            differences,
            compared,
            action,
            duplicates: same,
            missing,
            refusal,
            votes,
            titles,
            record,
            approval,
        })
    }

    /// What differs from what is in force or was last submitted; of a first submission all that it says.
    fn differences(
        &self,
        schema: &Schema,
        about: &Object,
        case: &Case,
        record: &Record,
    ) -> Result<(Vec<Difference>, bool), Error> {
        if case.approval.get("kind").as_str() == Some("change") {
            // Once it is decided, what stood there is known from when it was submitted.
            let before =
                if state(&case.approval) == "pending" { record.fields.clone() } else { base(about, &case.approval) };
            let changed = case.proposal(schema)?.into_iter().map(|(field, after)| {
                let before = before.get(&field).cloned().unwrap_or_default();
                Difference { field, before, after }
            });
            return Ok((changed.collect(), true));
        }
        let earlier = approvals(&self.store, schema, &key(record))?.into_iter().find(|other| {
            let same = other.get("flow") == case.approval.get("flow") && other.id < case.approval.id;
            same && matches!(state(other), "approved" | "returned" | "resubmitted")
        });
        let was = earlier.as_ref().map(|other| base(about, other)).unwrap_or_default();
        let now = base(about, &case.approval);
        let of = |fields: &Fields, name: &str| fields.get(name).cloned().unwrap_or_default();
        let all = watched(about, &case.flow).map(|field| {
            let (before, after) = (of(&was, &field.name), of(&now, &field.name));
            Difference { field: field.name.clone(), before, after }
        });
        Ok((all.filter(|d| d.before != d.after).collect(), earlier.is_some()))
    }

    fn review_titles(
        &self,
        case: &Case,
        record: &Record,
        (votes, differences, action): (&[Record], &[Difference], &Option<(String, Fields)>),
    ) -> Result<crate::domain::record::Titles, Error> {
        let mut titles = self.store.titles_of(votes.iter().chain([record, &case.approval]))?;
        let side = |fields: Fields| Record { fields, ..record.clone() };
        let before = differences.iter().map(|d| (d.field.clone(), d.before.clone())).collect();
        let after = differences.iter().map(|d| (d.field.clone(), d.after.clone())).collect();
        titles.extend(self.store.titles_of([&side(before), &side(after)])?);
        if let Some((name, arguments)) = action {
            let form = Record { object: format!("{}.{name}", record.object), ..side(arguments.clone()) };
            titles.extend(self.store.titles_of([&form])?);
        }
        Ok(titles)
    }
}

fn base(object: &Object, approval: &Record) -> Fields {
    read(object, approval.get("base"))
}
