//! Approval flows: who must agree to what, step by step. Data and pure rules; who the people are is asked of
//! [`People`].

mod course;
#[cfg(test)]
mod tests;

pub use course::{Progress, Vote, VoteState, decide, first_votes, leave, sign_too, transfer};

use crate::domain::id::Id;
use crate::domain::lang::Label;
use serde::{Deserialize, Serialize};

/// How far a chain of supervisors or stand-ins is followed.
const MOST_LEVELS: usize = 32;

/// What has to be approved, and by whom. A copy is kept with each approval, so that it ends as it began.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Flow {
    /// Its name.
    pub name: String,
    /// Its label.
    pub label: Label,
    /// The object whose records it watches.
    pub object: String,
    /// What begins it.
    pub on: Vec<Event>,
    /// Only for the records that this filter matches; for all, if empty.
    pub when: String,
    /// The fields that it is about: those whose change is to be approved, and those that stand still meanwhile.
    /// All fields that people enter, if empty.
    pub fields: Vec<String>,
    /// Fields that an approver is told of when they are empty.
    pub key_fields: Vec<String>,
    /// Approved records can be used in new business only when they are enabled.
    pub enable: bool,
    /// Whether it is in force.
    pub active: bool,
    /// Its steps in order; at least one.
    pub steps: Vec<Step>,
}

/// What begins a flow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// A new record: it is a draft until it is approved.
    Create,
    /// A change of a record that is in force: the new values wait.
    Change,
    /// An action of the schema: it is carried out when it is approved.
    Action(String),
}

impl Flow {
    /// Whether it begins with new records.
    pub fn is_on_create(&self) -> bool {
        self.on.contains(&Event::Create)
    }

    /// Whether it begins with changes.
    pub fn is_on_change(&self) -> bool {
        self.on.contains(&Event::Change)
    }

    /// Whether it begins with an action.
    pub fn is_on_action(&self, action: &str) -> bool {
        self.on.iter().any(|event| matches!(event, Event::Action(name) if name == action))
    }

    /// Whether it is about a field.
    pub fn watches(&self, field: &str) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|f| f == field)
    }
}

/// One step of a flow.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Step {
    /// Its label; empty where the number will do.
    pub label: Label,
    /// Who decides.
    pub approvers: Vec<Approver>,
    /// How many of them must agree.
    pub mode: Mode,
    /// Only for the records that this filter matches; for all, if empty.
    pub when: String,
    /// What becomes of the step if there is nobody to decide.
    pub empty: Empty,
    /// Days until it is to be decided.
    pub days: Option<u32>,
    /// What becomes of votes that are not cast until then.
    pub overdue: Overdue,
    /// Whoever submits may approve too.
    pub own: bool,
}

/// Who decides in a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Approver {
    /// The user of a login name.
    User(String),
    /// All users who have a role.
    Role(String),
    /// The supervisor of whoever submits: 1 is the direct one.
    Supervisor(u8),
    /// The head of the department of whoever submits; of the one above for heads themselves.
    Head,
    /// The users in a field of the record.
    Field(String),
}

/// How many approvers of a step must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// One of them.
    #[default]
    Any,
    /// Each of them, in any order.
    All,
    /// Each of them, one after the other.
    Turn,
}

/// What becomes of a step that has nobody to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Empty {
    /// It is left out.
    Skip,
    /// An administrator decides.
    Admin,
    /// Nothing can be submitted; what is under way goes back to its author.
    #[default]
    Refuse,
}

/// What becomes of a vote that is not cast in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overdue {
    /// It waits on, and is told of.
    #[default]
    Remind,
    /// It passes to the supervisor of whoever was to cast it.
    Supervisor,
    /// It passes to whoever decides the next step; where there is none, to the supervisor.
    Next,
}

/// What a flow asks of the organisation.
pub trait People {
    /// How asking fails.
    type Error;
    /// Whether a user is there and may act.
    fn is_active(&self, user: Id) -> Result<bool, Self::Error>;
    /// The user of a login name.
    fn of_login(&self, login: &str) -> Result<Option<Id>, Self::Error>;
    /// All users who have a role.
    fn of_role(&self, role: &str) -> Result<Vec<Id>, Self::Error>;
    /// The users in a field of the record at hand.
    fn of_field(&self, field: &str) -> Result<Vec<Id>, Self::Error>;
    /// A user's direct supervisor.
    fn supervisor(&self, user: Id) -> Result<Option<Id>, Self::Error>;
    /// The head of a user's department; of the one above for heads themselves.
    fn head(&self, user: Id) -> Result<Option<Id>, Self::Error>;
    /// Those who decide where nobody else is there.
    fn administrators(&self) -> Result<Vec<Id>, Self::Error>;
    /// Whoever acts for a user that is away now.
    fn delegate(&self, user: Id) -> Result<Option<Id>, Self::Error>;
}

/// Where a flow comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// These decide in the step of this number.
    Step(usize, Vec<Id>),
    /// There is no step left: it is approved.
    Through,
    /// The step of this number has nobody to decide, and must not be left out.
    Nobody(usize),
}

/// The next step from `from` on that somebody has to decide. `holds` says whether a step's condition does.
pub fn enter<P: People>(
    flow: &Flow,
    from: usize,
    author: Option<Id>,
    people: &P,
    mut holds: impl FnMut(&Step) -> bool,
) -> Result<Entered, P::Error> {
    for (at, step) in flow.steps.iter().enumerate().skip(from) {
        if !holds(step) {
            continue;
        }
        let mut found = approvers(step, author, people)?;
        if found.is_empty() && step.empty == Empty::Admin {
            found = fit(people.administrators()?, step, author, people)?;
        }
        match (found.is_empty(), step.empty) {
            (false, _) => return Ok(Entered::Step(at, found)),
            (true, Empty::Skip) => {}
            (true, Empty::Admin | Empty::Refuse) => return Ok(Entered::Nobody(at)),
        }
    }
    Ok(Entered::Through)
}

/// The first step from `from` on that has nobody to decide and must not be left out, all conditions as they are now.
pub fn blocked<P: People>(
    flow: &Flow,
    from: usize,
    author: Option<Id>,
    people: &P,
    mut holds: impl FnMut(&Step) -> bool,
) -> Result<Option<usize>, P::Error> {
    let mut at = from;
    loop {
        match enter(flow, at, author, people, &mut holds)? {
            Entered::Step(step, _) => at = step + 1,
            Entered::Through => return Ok(None),
            Entered::Nobody(step) => return Ok(Some(step)),
        }
    }
}

/// Those who decide in a step: each once, in the order named, without those who left, and without the author unless
/// the step allows it.
pub fn approvers<P: People>(step: &Step, author: Option<Id>, people: &P) -> Result<Vec<Id>, P::Error> {
    let mut found = Vec::new();
    for approver in &step.approvers {
        match approver {
            Approver::User(login) => found.extend(people.of_login(login)?),
            Approver::Role(role) => found.extend(people.of_role(role)?),
            Approver::Field(field) => found.extend(people.of_field(field)?),
            Approver::Head => {
                if let Some(author) = author {
                    found.extend(people.head(author)?);
                }
            }
            Approver::Supervisor(level) => {
                if let Some(author) = author {
                    found.extend(above(author, usize::from(*level), people)?);
                }
            }
        }
    }
    fit(found, step, author, people)
}

fn fit<P: People>(found: Vec<Id>, step: &Step, author: Option<Id>, people: &P) -> Result<Vec<Id>, P::Error> {
    let mut fit: Vec<Id> = Vec::new();
    for id in found {
        let is_own = Some(id) == author && !step.own;
        if !is_own && !fit.contains(&id) && people.is_active(id)? {
            fit.push(id);
        }
    }
    Ok(fit)
}

/// The n-th supervisor of a user; nobody where the chain ends or closes on itself before.
pub fn above<P: People>(user: Id, levels: usize, people: &P) -> Result<Option<Id>, P::Error> {
    let mut seen = vec![user];
    let mut at = user;
    for _ in 0..levels.min(MOST_LEVELS) {
        match people.supervisor(at)? {
            Some(next) if !seen.contains(&next) => {
                seen.push(next);
                at = next;
            }
            _ => return Ok(None),
        }
    }
    Ok((at != user).then_some(at))
}

/// Who takes over a vote of a step that was not cast in time: the nearest whom the step names for that, who may decide
/// in it and had no vote in it yet. `None` where it stays with `approver`.
pub fn heir<P: People>(
    (flow, at): (&Flow, usize),
    votes: &[Vote],
    approver: Id,
    author: Option<Id>,
    people: &P,
    holds: impl FnMut(&Step) -> bool,
) -> Result<Option<Id>, P::Error> {
    let Some(step) = flow.steps.get(at).filter(|step| step.overdue != Overdue::Remind) else { return Ok(None) };
    let mut named = Vec::new();
    if step.overdue == Overdue::Next
        && let Entered::Step(_, next) = enter(flow, at + 1, author, people, holds)?
    {
        named.extend(next);
    }
    let mut seen = vec![approver];
    while let Some(next) = seen.last().map(|last| people.supervisor(*last)).transpose()?.flatten() {
        if seen.contains(&next) || seen.len() > MOST_LEVELS {
            break;
        }
        seen.push(next);
    }
    named.extend(seen.into_iter().skip(1));
    let fit = fit(named, step, author, people)?;
    Ok(fit.into_iter().find(|id| !votes.iter().any(|vote| vote.approver == *id)))
}

/// Whoever acts for a user that is away: the end of the chain of delegates. `None` if the user is there, or the chain
/// ends with somebody who left or closes on itself.
pub fn stand_in<P: People>(user: Id, people: &P) -> Result<Option<Id>, P::Error> {
    let mut seen = vec![user];
    let mut at = user;
    while let Some(next) = people.delegate(at)? {
        if seen.contains(&next) || seen.len() > MOST_LEVELS || !people.is_active(next)? {
            return Ok(None);
        }
        seen.push(next);
        at = next;
    }
    Ok((at != user).then_some(at))
}

/// Whether `me` may cast a vote of `approver`'s: as that person, or standing in; the author never where the step
/// forbids it.
pub fn may_vote<P: People>(approver: Id, me: Id, author: Option<Id>, own: bool, people: &P) -> Result<bool, P::Error> {
    if Some(me) == author && !own {
        return Ok(false);
    }
    Ok(approver == me || stand_in(approver, people)? == Some(me))
}
