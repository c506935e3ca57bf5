//! What can be done with a record beyond editing it.

use super::Object;
use crate::domain::lang::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Something that can be done with a record: convert a lead, accept a task.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Action {
    /// Its name: on the command line, in rights and in the API.
    pub name: String,
    /// Its label.
    pub label: Label,
    /// The filter that a record must match for it; always, if empty.
    pub when: String,
    /// Why it can't be done with a record that doesn't match; the filter itself is shown otherwise.
    pub reason: Option<Label>,
    /// What it asks for: an object that has no records, whose fields are the action's arguments. Its name
    /// is `object.action`.
    pub form: Object,
    /// Arguments that begin with what the record has: argument → the record's field.
    pub fill: BTreeMap<String, String>,
    /// Arguments that are written to the record's field of the same name.
    pub writes: Vec<String>,
    /// Fields of the record that get a fixed value, as it would be typed (`now`, `me`, an item's key;
    /// empty to clear it).
    pub set: Vec<(String, String)>,
    /// What it does beyond that.
    pub does: UseCase,
    /// Ask before doing it, where it has no form.
    pub confirm: bool,
    /// What else it does, told with that question.
    #[serde(default)]
    pub note: Option<Label>,
    /// The operation that it takes the right for, an item of the dictionary `operation`; to modify, if empty.
    #[serde(default)]
    pub right: String,
}

/// What an action does beyond writing fields of its record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UseCase {
    /// Nothing more.
    #[default]
    Set,
    /// Marks a task done and makes an activity of it.
    Complete,
    /// Turns a lead into a customer, a contact and an opportunity.
    Convert,
    /// Logs a call and plans the next touch by its outcome.
    Call,
    /// Makes a planned activity one that happened, and what comes next of it.
    Finish,
    /// Makes a contract of a quote.
    ToContract,
    /// Makes an order of a quote or contract.
    ToOrder,
    /// Makes the payment plan of an order or contract.
    PlanPayments,
    /// Cancels the payment plans of an order for which nothing was received.
    CancelPlans,
    /// Takes up the cancelled payment plans of an order again.
    RestorePlans,
    /// Lays a payment over what is open, the oldest due first.
    Receive,
    /// Adds the customers, contacts or leads that match a filter to a campaign.
    FillMembers,
    /// Makes a lead of a campaign's member.
    Respond,
    /// Moves a record to the next stage of its pipeline.
    Advance,
    /// Moves a record to the won stage of its pipeline.
    Win,
    /// Moves a record to the lost stage of its pipeline.
    Lose,
    /// Asks for approval of a draft.
    Submit,
    /// Takes back what was submitted.
    Withdraw,
    /// Adds words and files to what was submitted.
    Supplement,
    /// Agrees to what was submitted.
    Approve,
    /// Sends back what was submitted, to its author or to an earlier step.
    SendBack,
    /// Gives one's vote to another person.
    Transfer,
    /// Adds somebody who must agree too.
    AddSigner,
    /// Lets an approved record be used in new business.
    Enable,
    /// Keeps an approved record out of new business.
    Disable,
    /// Hands a user's work over to others.
    HandOver,
}

impl UseCase {
    /// The use-cases that a schema can name, and their names.
    pub const NAMED: [(&'static str, UseCase); 26] = [
        ("set", UseCase::Set),
        ("complete", UseCase::Complete),
        ("to_contract", UseCase::ToContract),
        ("to_order", UseCase::ToOrder),
        ("plan_payments", UseCase::PlanPayments),
        ("cancel_plans", UseCase::CancelPlans),
        ("restore_plans", UseCase::RestorePlans),
        ("receive", UseCase::Receive),
        ("fill_members", UseCase::FillMembers),
        ("respond", UseCase::Respond),
        ("convert", UseCase::Convert),
        ("call", UseCase::Call),
        ("finish", UseCase::Finish),
        ("advance", UseCase::Advance),
        ("win", UseCase::Win),
        ("lose", UseCase::Lose),
        ("submit", UseCase::Submit),
        ("withdraw", UseCase::Withdraw),
        ("supplement", UseCase::Supplement),
        ("approve", UseCase::Approve),
        ("return", UseCase::SendBack),
        ("transfer", UseCase::Transfer),
        ("add_signer", UseCase::AddSigner),
        ("enable", UseCase::Enable),
        ("disable", UseCase::Disable),
        ("hand_over", UseCase::HandOver),
    ];

    /// The object of the document that it makes of the record, which is what is worked with from then on.
    pub fn makes(self) -> Option<&'static str> {
        match self {
            UseCase::ToContract => Some("contract"),
            UseCase::ToOrder => Some("order"),
            _ => None,
        }
    }

    /// Whether it is a deed of those who vote on what was submitted, or of its author.
    pub fn is_vote(self) -> bool {
        use UseCase::*;
        matches!(self, Withdraw | Supplement | Approve | SendBack | Transfer | AddSigner)
    }

    /// Whether it decides on what was submitted, or submits it.
    pub fn is_approval(self) -> bool {
        use UseCase::*;
        self.is_vote() || matches!(self, Submit | Enable | Disable)
    }
}
