//! How the votes of one step go on.

use super::Mode;
use crate::domain::id::Id;

/// One person's vote in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Vote {
    /// Whose it is.
    pub approver: Id,
    /// How it stands.
    pub state: VoteState,
    /// The signer was added: it must agree whatever the step's mode is.
    pub extra: bool,
}

/// How a vote stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoteState {
    /// Its turn comes later.
    Queued,
    /// It is to be cast.
    Waiting,
    /// Agreed.
    Approved,
    /// Sent back.
    Returned,
    /// Given to another person.
    Transferred,
    /// Not needed any more.
    Dropped,
}

impl VoteState {
    /// Its key in the store.
    pub fn key(self) -> &'static str {
        match self {
            VoteState::Queued => "queued",
            VoteState::Waiting => "waiting",
            VoteState::Approved => "approved",
            VoteState::Returned => "returned",
            VoteState::Transferred => "transferred",
            VoteState::Dropped => "dropped",
        }
    }

    /// The state of a key.
    pub fn of(key: &str) -> Option<VoteState> {
        use VoteState::*;
        [Queued, Waiting, Approved, Returned, Transferred, Dropped].into_iter().find(|state| state.key() == key)
    }

    /// Whether it may still be cast.
    pub fn is_open(self) -> bool {
        matches!(self, VoteState::Queued | VoteState::Waiting)
    }
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Votes are to be cast.
    Open,
    /// Enough agreed.
    Passed,
    /// Somebody sent it back.
    Returned,
    /// All who were to decide are gone, and nobody agreed.
    Deserted,
}

/// The votes of a step when it begins.
pub fn first_votes(mode: Mode, approvers: &[Id]) -> Vec<Vote> {
    let state = |at: usize| if mode == Mode::Turn && at > 0 { VoteState::Queued } else { VoteState::Waiting };
    approvers.iter().enumerate().map(|(at, id)| Vote { approver: *id, state: state(at), extra: false }).collect()
}

/// Casts a vote that waits: agreed, or sent back. `None` if the vote doesn't wait.
pub fn decide(votes: &mut [Vote], mode: Mode, at: usize, agreed: bool) -> Option<Progress> {
    let vote = votes.get_mut(at).filter(|vote| vote.state == VoteState::Waiting)?;
    vote.state = if agreed { VoteState::Approved } else { VoteState::Returned };
    Some(settle(votes, mode))
}

/// Gives a vote that waits to another person; false if it doesn't wait, or that person has an open vote in the step.
pub fn transfer(votes: &mut Vec<Vote>, at: usize, to: Id) -> bool {
    let is_in = votes.iter().any(|vote| vote.approver == to && vote.state.is_open());
    let Some(vote) = votes.get_mut(at).filter(|vote| vote.state == VoteState::Waiting && !is_in) else { return false };
    vote.state = VoteState::Transferred;
    let new = Vote { approver: to, state: VoteState::Waiting, extra: vote.extra };
    votes.push(new);
    true
}

/// Adds a signer; false if that person has an open vote in the step.
pub fn sign_too(votes: &mut Vec<Vote>, signer: Id) -> bool {
    let is_in = votes.iter().any(|vote| vote.approver == signer && vote.state.is_open());
    if !is_in {
        votes.push(Vote { approver: signer, state: VoteState::Waiting, extra: true });
    }
    !is_in
}

/// Takes out the open votes of somebody who left.
pub fn leave(votes: &mut [Vote], mode: Mode, gone: Id) -> Progress {
    for vote in votes.iter_mut().filter(|vote| vote.approver == gone && vote.state.is_open()) {
        vote.state = VoteState::Dropped;
    }
    settle(votes, mode)
}

/// What the votes come to: drops those that aren't needed any more, and lets the next in turn vote.
fn settle(votes: &mut [Vote], mode: Mode) -> Progress {
    let drop_open = |votes: &mut [Vote], all: bool| {
        for vote in votes.iter_mut().filter(|vote| vote.state.is_open() && (all || !vote.extra)) {
            vote.state = VoteState::Dropped;
        }
    };
    if votes.iter().any(|vote| vote.state == VoteState::Returned) {
        drop_open(votes, true);
        return Progress::Returned;
    }
    let agreed = votes.iter().any(|vote| !vote.extra && vote.state == VoteState::Approved);
    if mode == Mode::Any && agreed {
        drop_open(votes, false);
    }
    let waits = votes.iter().any(|vote| !vote.extra && vote.state == VoteState::Waiting);
    if mode == Mode::Turn
        && !waits
        && let Some(next) = votes.iter_mut().find(|vote| vote.state == VoteState::Queued)
    {
        next.state = VoteState::Waiting;
    }
    match votes.iter().any(|vote| vote.state.is_open()) {
        false if agreed => Progress::Passed,
        false => Progress::Deserted,
        true if votes.iter().any(|vote| !vote.extra && vote.state.is_open()) || agreed => Progress::Open,
        // Added signers alone don't decide a step.
        true => Progress::Deserted,
    }
}
