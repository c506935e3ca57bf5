#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use super::*;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

/// A company made up for a test.
#[derive(Debug, Clone, Default)]
struct Firm {
    left: BTreeSet<Id>,
    bosses: BTreeMap<Id, Id>,
    heads: BTreeMap<Id, Id>,
    roles: BTreeMap<String, Vec<Id>>,
    away: BTreeMap<Id, Id>,
    admins: Vec<Id>,
    field: Vec<Id>,
}

impl People for Firm {
    type Error = Infallible;
    fn is_active(&self, user: Id) -> Result<bool, Infallible> {
        Ok(!self.left.contains(&user))
    }
    fn of_login(&self, login: &str) -> Result<Option<Id>, Infallible> {
        Ok(login.strip_prefix('u').and_then(|n| n.parse().ok()).and_then(Id::from_i64))
    }
    fn of_role(&self, role: &str) -> Result<Vec<Id>, Infallible> {
        Ok(self.roles.get(role).cloned().unwrap_or_default())
    }
    fn of_field(&self, _: &str) -> Result<Vec<Id>, Infallible> {
        Ok(self.field.clone())
    }
    fn supervisor(&self, user: Id) -> Result<Option<Id>, Infallible> {
        Ok(self.bosses.get(&user).copied())
    }
    fn head(&self, user: Id) -> Result<Option<Id>, Infallible> {
        Ok(self.heads.get(&user).copied())
    }
    fn administrators(&self) -> Result<Vec<Id>, Infallible> {
        Ok(self.admins.clone())
    }
    fn delegate(&self, user: Id) -> Result<Option<Id>, Infallible> {
        Ok(self.away.get(&user).copied())
    }
}

fn id(n: i64) -> Id {
    Id::from_i64(n).unwrap()
}

fn user(n: i64) -> Approver {
    Approver::User(format!("u{n}"))
}

fn step(approvers: Vec<Approver>, mode: Mode, empty: Empty) -> Step {
    Step { approvers, mode, empty, ..Step::default() }
}

fn flow(steps: Vec<Step>) -> Flow {
    Flow { steps, ..Flow::default() }
}

#[test]
fn approvers_are_found_each_once_without_the_author_and_those_who_left() {
    let mut firm = Firm { field: vec![id(8)], admins: vec![id(9)], ..Firm::default() };
    firm.bosses = [(id(1), id(2)), (id(2), id(3)), (id(3), id(2))].into();
    firm.heads = [(id(1), id(4))].into();
    firm.roles = [("finance".to_owned(), vec![id(5), id(6), id(1)])].into();
    firm.left = [id(6)].into();
    let find = |approvers: Vec<Approver>, own: bool| {
        let step = Step { approvers, own, ..Step::default() };
        let Ok(found) = approvers_of(&step, &firm);
        found
    };
    let role = || Approver::Role("finance".to_owned());
    for (given, own, expected) in [
        (vec![user(7), user(7), Approver::User("nobody".to_owned())], false, vec![7]),
        (vec![role()], false, vec![5]),
        (vec![role()], true, vec![5, 1]),
        (vec![Approver::Supervisor(1)], false, vec![2]),
        (vec![Approver::Supervisor(2)], false, vec![3]),
        (vec![Approver::Supervisor(3)], false, vec![]),
        (vec![Approver::Supervisor(200)], false, vec![]),
        (vec![Approver::Head, Approver::Field("owner".to_owned())], false, vec![4, 8]),
        (vec![user(1)], false, vec![]),
        (vec![user(6)], false, vec![]),
    ] {
        let expected: Vec<Id> = expected.into_iter().map(id).collect();
        assert_eq!(find(given.clone(), own), expected, "{given:?}");
    }
}

fn approvers_of(step: &Step, firm: &Firm) -> Result<Vec<Id>, Infallible> {
    approvers(step, Some(id(1)), firm)
}

#[test]
fn an_empty_step_is_left_out_or_goes_to_an_administrator_or_stops() {
    let firm = Firm { admins: vec![id(9)], ..Firm::default() };
    let nobody = Firm::default();
    for (policy, firm, expected) in [
        (Empty::Skip, &firm, Entered::Step(1, vec![id(2)])),
        (Empty::Admin, &firm, Entered::Step(0, vec![id(9)])),
        (Empty::Admin, &nobody, Entered::Nobody(0)),
        (Empty::Refuse, &firm, Entered::Nobody(0)),
    ] {
        let steps = vec![step(vec![Approver::Head], Mode::Any, policy), step(vec![user(2)], Mode::Any, policy)];
        let Ok(entered) = enter(&flow(steps.clone()), 0, Some(id(1)), firm, |_| true);
        assert_eq!(entered, expected, "{policy:?}");
        let Ok(second) = enter(&flow(steps.clone()), 1, Some(id(1)), firm, |_| true);
        assert_eq!(second, Entered::Step(1, vec![id(2)]));
        let Ok(through) = enter(&flow(steps), 0, Some(id(1)), firm, |_| false);
        assert_eq!(through, Entered::Through);
    }
    let steps = vec![step(vec![user(2)], Mode::Any, Empty::Refuse), step(vec![user(1)], Mode::Any, Empty::Refuse)];
    let Ok(blocked) = blocked(&flow(steps), 0, Some(id(1)), &firm, |_| true);
    assert_eq!(blocked, Some(1), "the author alone stands in the second step");
}

#[test]
fn a_stand_in_acts_for_who_is_away_but_never_for_the_author() {
    let mut firm = Firm { away: [(id(2), id(3)), (id(3), id(4))].into(), ..Firm::default() };
    let may = |firm: &Firm, approver: i64, me: i64, own: bool| {
        let Ok(may) = may_vote(id(approver), id(me), Some(id(4)), own, firm);
        may
    };
    assert!(may(&firm, 2, 2, false), "who is away may still act");
    assert!(!may(&firm, 2, 3, false), "the delegate is away too");
    assert!(!may(&firm, 2, 4, false), "the end of the chain is the author");
    assert!(may(&firm, 2, 4, true));
    firm.away.insert(id(4), id(2));
    let Ok(none) = stand_in(id(2), &firm);
    assert_eq!(none, None, "a circle of delegates");
    firm.away = [(id(2), id(3))].into();
    assert!(may(&firm, 2, 3, false));
    firm.left.insert(id(3));
    assert!(!may(&firm, 2, 3, false));
}

#[test]
fn the_votes_of_a_step_come_to_its_end_by_its_mode() {
    use VoteState::*;
    let states = |votes: &[Vote]| votes.iter().map(|v| v.state).collect::<Vec<_>>();
    let people = [id(1), id(2), id(3)];

    let mut any = first_votes(Mode::Any, &people);
    assert_eq!(decide(&mut any, Mode::Any, 1, true), Some(Progress::Passed));
    assert_eq!(states(&any), [Dropped, Approved, Dropped]);
    assert_eq!(decide(&mut any, Mode::Any, 0, true), None, "it is decided");

    let mut all = first_votes(Mode::All, &people);
    assert_eq!(decide(&mut all, Mode::All, 2, true), Some(Progress::Open));
    assert_eq!(leave(&mut all, Mode::All, id(1)), Progress::Open);
    assert_eq!(decide(&mut all, Mode::All, 1, true), Some(Progress::Passed));

    let mut turn = first_votes(Mode::Turn, &people);
    assert_eq!(states(&turn), [Waiting, Queued, Queued]);
    assert_eq!(decide(&mut turn, Mode::Turn, 1, true), None, "it isn't their turn");
    assert_eq!(decide(&mut turn, Mode::Turn, 0, true), Some(Progress::Open));
    assert_eq!(leave(&mut turn, Mode::Turn, id(2)), Progress::Open);
    assert_eq!(states(&turn), [Approved, Dropped, Waiting]);
    assert_eq!(decide(&mut turn, Mode::Turn, 2, false), Some(Progress::Returned));

    let mut deserted = first_votes(Mode::All, &people[..1]);
    assert_eq!(leave(&mut deserted, Mode::All, id(1)), Progress::Deserted);
}

#[test]
fn a_signer_must_agree_and_a_transferred_vote_counts_as_the_first() {
    let mut votes = first_votes(Mode::Any, &[id(1), id(2)]);
    assert!(sign_too(&mut votes, id(3)) && !sign_too(&mut votes, id(2)), "two has a vote already");
    assert_eq!(decide(&mut votes, Mode::Any, 0, true), Some(Progress::Open), "the signer has not agreed");
    assert_eq!(votes[1].state, VoteState::Dropped);
    assert!(transfer(&mut votes, 2, id(4)) && votes[3].extra);
    assert_eq!(decide(&mut votes, Mode::Any, 3, true), Some(Progress::Passed));

    let mut votes = first_votes(Mode::Turn, &[id(1), id(2)]);
    assert!(!transfer(&mut votes, 0, id(2)), "two comes later anyway");
    assert!(transfer(&mut votes, 0, id(5)));
    assert_eq!(votes[1].state, VoteState::Queued);
    assert_eq!(decide(&mut votes, Mode::Turn, 2, true), Some(Progress::Open));
    assert_eq!(votes[1].state, VoteState::Waiting);
    let mut votes = first_votes(Mode::Any, &[id(1)]);
    sign_too(&mut votes, id(2));
    assert_eq!(leave(&mut votes, Mode::Any, id(1)), Progress::Deserted, "signers alone don't decide");
}

/// What may happen while a flow is under way.
#[derive(Debug, Clone)]
enum Happening {
    Approve(usize),
    Transfer(usize, i64),
    SignToo(i64),
    Leave(i64),
    Overdue(usize),
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (0usize..8).prop_map(Happening::Approve),
        1 => (0usize..8, 1i64..10).prop_map(|(at, to)| Happening::Transfer(at, to)),
        1 => (1i64..10).prop_map(Happening::SignToo),
        1 => (1i64..10).prop_map(Happening::Leave),
        2 => (0usize..8).prop_map(Happening::Overdue),
    ]
}

fn any_step() -> impl Strategy<Value = Step> {
    let approver = prop_oneof![
        (1i64..10).prop_map(user),
        Just(Approver::Role("r".to_owned())),
        (1u8..4).prop_map(Approver::Supervisor),
        Just(Approver::Head),
    ];
    let mode = prop_oneof![Just(Mode::Any), Just(Mode::All), Just(Mode::Turn)];
    let empty = prop_oneof![Just(Empty::Skip), Just(Empty::Admin), Just(Empty::Refuse)];
    let overdue = prop_oneof![Just(Overdue::Remind), Just(Overdue::Supervisor), Just(Overdue::Next)];
    (prop::collection::vec(approver, 0..4), mode, empty, overdue, any::<bool>(), any::<bool>()).prop_map(
        |(approvers, mode, empty, overdue, own, holds)| {
            let when = if holds { String::new() } else { "never".to_owned() };
            Step { approvers, mode, empty, overdue, own, when, ..Step::default() }
        },
    )
}

fn firm() -> impl Strategy<Value = Firm> {
    let pairs = || prop::collection::btree_map((1i64..10).prop_map(id), (1i64..10).prop_map(id), 0..9);
    (
        pairs(),
        pairs(),
        prop::collection::btree_set((1i64..10).prop_map(id), 0..3),
        prop::collection::vec((1i64..10).prop_map(id), 0..4),
    )
        .prop_map(|(bosses, heads, left, role)| Firm {
            bosses,
            heads,
            left,
            roles: [("r".to_owned(), role)].into(),
            admins: vec![id(9), id(8)],
            ..Firm::default()
        })
}

#[test]
fn a_late_vote_goes_up_until_somebody_new_may_cast_it() {
    let firm = Firm {
        bosses: [(id(2), id(3)), (id(3), id(1)), (id(1), id(4)), (id(4), id(2))].into(),
        left: [id(5)].into(),
        ..Firm::default()
    };
    let with = |overdue| Step { overdue, ..step(vec![user(2)], Mode::Any, Empty::Skip) };
    let next = step(vec![user(5), user(6)], Mode::Any, Empty::Skip);
    let to = |overdue, votes: &[Vote], author: i64| {
        let flow = flow(vec![with(overdue), next.clone()]);
        let Ok(heir) = heir((&flow, 0), votes, id(2), Some(id(author)), &firm, |_| true);
        heir
    };
    let votes = first_votes(Mode::Any, &[id(2)]);
    assert_eq!(to(Overdue::Remind, &votes, 1), None);
    assert_eq!(to(Overdue::Supervisor, &votes, 1), Some(id(3)));
    assert_eq!(to(Overdue::Next, &votes, 1), Some(id(6)), "not to who left");
    let mut later = votes.clone();
    assert!(transfer(&mut later, 0, id(3)));
    assert_eq!(to(Overdue::Supervisor, &later, 1), Some(id(4)), "never to the author");
    assert!(transfer(&mut later, 1, id(4)));
    assert_eq!(to(Overdue::Supervisor, &later, 1), None, "the circle ends");
}

proptest! {
    /// Whatever happens on the way, a flow comes to its end; it is approved only if every step whose condition held
    /// was agreed to as its mode asks, never by the author where that is forbidden.
    #[test]
    fn no_path_skips_an_approver_and_none_deadlocks(
        steps in prop::collection::vec(any_step(), 1..5),
        mut firm in firm(),
        happenings in prop::collection::vec(happening(), 0..40),
    ) {
        let author = id(1);
        let flow = flow(steps);
        let holds = |step: &Step| step.when.is_empty();
        let mut happenings = happenings.into_iter();
        let mut passed: BTreeMap<usize, Vec<Vote>> = BTreeMap::new();
        let mut asked: BTreeMap<usize, Vec<Id>> = BTreeMap::new();
        let mut from = 0;
        let approved = 'flow: loop {
            let Ok(entered) = enter(&flow, from, Some(author), &firm, holds);
            let (at, people) = match entered {
                Entered::Step(at, people) => (at, people),
                Entered::Through => break true,
                Entered::Nobody(_) => break false,
            };
            let step = &flow.steps[at];
            let mut votes = first_votes(step.mode, &people);
            asked.insert(at, people);
            let mut rounds = 0;
            loop {
                rounds += 1;
                prop_assert!(rounds < 200, "a step goes on for ever");
                let waiting: Vec<usize> = (0..votes.len()).filter(|i| votes[*i].state == VoteState::Waiting).collect();
                prop_assert!(!waiting.is_empty(), "an open step where nobody can vote: {votes:?}");
                let progress = match happenings.next().unwrap_or(Happening::Approve(0)) {
                    Happening::Approve(n) => decide(&mut votes, step.mode, waiting[n % waiting.len()], true).unwrap(),
                    Happening::Transfer(n, to) if id(to) != author && !firm.left.contains(&id(to)) => {
                        transfer(&mut votes, waiting[n % waiting.len()], id(to));
                        Progress::Open
                    }
                    Happening::SignToo(to) if id(to) != author && !firm.left.contains(&id(to)) => {
                        sign_too(&mut votes, id(to));
                        Progress::Open
                    }
                    Happening::Leave(who) if votes.iter().any(|v| v.approver == id(who) && v.state.is_open()) => {
                        firm.left.insert(id(who));
                        leave(&mut votes, step.mode, id(who))
                    }
                    Happening::Overdue(n) => {
                        let late = waiting[n % waiting.len()];
                        let Ok(to) = heir((&flow, at), &votes, votes[late].approver, Some(author), &firm, holds);
                        prop_assert!(to.is_none() || step.overdue != Overdue::Remind);
                        if let Some(to) = to {
                            prop_assert!(!firm.left.contains(&to), "to somebody who left");
                            prop_assert!(transfer(&mut votes, late, to), "to somebody who votes already");
                        }
                        Progress::Open
                    }
                    _ => Progress::Open,
                };
                match progress {
                    Progress::Open => {}
                    Progress::Passed => {
                        passed.insert(at, votes);
                        from = at + 1;
                        continue 'flow;
                    }
                    Progress::Deserted => {
                        // The step begins anew with those who are there.
                        from = at;
                        continue 'flow;
                    }
                    Progress::Returned => unreachable!("nobody sends it back here"),
                }
            }
        };
        if !approved {
            return Ok(());
        }
        for (at, step) in flow.steps.iter().enumerate() {
            let Some(votes) = passed.get(&at) else {
                let was_empty = step.empty == Empty::Skip;
                prop_assert!(!holds(step) || was_empty, "step {at} was skipped");
                continue;
            };
            let agreed = |vote: &Vote| vote.state == VoteState::Approved;
            prop_assert!(votes.iter().any(|v| agreed(v) && !v.extra));
            prop_assert!(votes.iter().filter(|v| v.extra).all(|v| agreed(v)
                || v.state == VoteState::Transferred || firm.left.contains(&v.approver)));
            prop_assert!(step.own || votes.iter().all(|v| v.approver != author));
            if step.mode != Mode::Any {
                for who in &asked[&at] {
                    let own = votes.iter().find(|v| v.approver == *who && !v.extra).unwrap();
                    prop_assert!(agreed(own) || own.state == VoteState::Transferred || firm.left.contains(who));
                }
            }
        }
    }
}
