//! The first records of many by a date: what is found in one place narrows what is looked for in the next.

use crate::domain::id::Id;
use jiff::{Timestamp, ToSpan};

/// A span of time, half open, and from which end it is walked through.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span {
    pub(crate) from: Option<Timestamp>,
    pub(crate) until: Timestamp,
    pub(crate) latest_first: bool,
}

impl Span {
    /// Whether a moment lies in it.
    pub(crate) fn holds(&self, at: Timestamp) -> bool {
        at < self.until && self.from.is_none_or(|from| at >= from)
    }
}

/// What was found so far: of all that was added the first by moment, as many as are wanted.
#[derive(Debug)]
pub(crate) struct First<T> {
    kept: Vec<(Timestamp, Id, T)>,
    latest_first: bool,
    limit: usize,
}

impl<T> First<T> {
    /// Nothing yet; at least one is wanted.
    pub(crate) fn new(latest_first: bool, limit: usize) -> First<T> {
        First { kept: Vec::new(), latest_first, limit: limit.max(1) }
    }

    /// Adds things with their moments. One whose moment lies outside of the narrowed span is of no use.
    pub(crate) fn add(&mut self, found: impl IntoIterator<Item = (Timestamp, Id, T)>) {
        self.kept.extend(found);
        let latest_first = self.latest_first;
        // What was kept is in order already.
        self.kept.sort_by(|(at, id, _), (other, other_id, _)| {
            let order = (at, id).cmp(&(other, other_id));
            if latest_first { order.reverse() } else { order }
        });
        self.kept.truncate(self.limit);
    }

    /// The part of a span where others may lie that come before the last of those kept.
    pub(crate) fn narrowed(&self, span: Span) -> Span {
        let Some((last, ..)) = self.kept.get(self.limit - 1) else { return span };
        if self.latest_first {
            return Span { from: span.from.max(Some(*last)), ..span };
        }
        let after = last.saturating_add(1.millisecond()).unwrap_or(*last);
        Span { until: span.until.min(after), ..span }
    }

    /// The last of those kept, where no more are wanted: of others at its moment only those that come before it by
    /// their ids are of use.
    pub(crate) fn last(&self) -> Option<(Timestamp, Id)> {
        self.kept.get(self.limit - 1).map(|(at, id, _)| (*at, *id))
    }

    /// What was kept, in order.
    pub(crate) fn into_kept(self) -> Vec<T> {
        self.kept.into_iter().map(|(.., found)| found).collect()
    }
}

/// People in groups to ask the store about, ever larger ones: what the first have narrows what the others are asked
/// for. An empty group stands for nobody.
pub(crate) fn groups(people: &[Option<Id>]) -> Vec<Vec<Id>> {
    let mut groups = Vec::new();
    if people.contains(&None) {
        groups.push(Vec::new());
    }
    let ids: Vec<Id> = people.iter().flatten().copied().collect();
    let (mut rest, mut size) = (ids.as_slice(), 1);
    while let Some((group, others)) = rest.split_at_checked(size.min(rest.len())).filter(|(group, _)| !group.is_empty())
    {
        groups.push(group.to_vec());
        (rest, size) = (others, size * 4);
    }
    groups
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use proptest::prelude::*;

    fn id(number: i64) -> Id {
        Id::from_i64(number).unwrap()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn people_come_in_growing_groups_and_nobody_first() {
        let people: Vec<Option<Id>> = (1..=9).map(|n| Some(id(n))).chain([None]).collect();
        let sizes: Vec<usize> = groups(&people).iter().map(Vec::len).collect();
        assert_eq!(sizes, [0, 1, 4, 4]);
        assert_eq!(groups(&people).concat(), (1..=9).map(id).collect::<Vec<_>>());
        assert!(groups(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn what_is_asked_for_in_narrowed_spans_is_the_first_of_all(
            places in prop::collection::vec(prop::collection::vec(0i64..60, 0..20), 0..12),
            limit in 1usize..15,
            latest_first: bool,
        ) {
            let whole = Span { from: (!latest_first).then(|| at(5)), until: at(50), latest_first };
            let mut first = First::new(latest_first, limit);
            let (mut all, mut number) = (Vec::new(), 0);
            for place in &places {
                let (span, last) = (first.narrowed(whole), first.last());
                let mut given: Vec<(Timestamp, Id, i64)> = Vec::new();
                for second in place {
                    number += 1;
                    if whole.holds(at(*second)) {
                        all.push((at(*second), number));
                    }
                    let useless = |(moment, last): (Timestamp, Id)| {
                        moment == at(*second) && if latest_first { id(number) < last } else { id(number) > last }
                    };
                    if span.holds(at(*second)) && !last.is_some_and(useless) {
                        given.push((at(*second), id(number), number));
                    }
                }
                // Each place gives no more than are wanted.
                given.sort();
                if latest_first {
                    given.reverse();
                }
                given.truncate(limit);
                first.add(given);
            }
            all.sort();
            if latest_first {
                all.reverse();
            }
            let expected: Vec<i64> = all.into_iter().map(|(_, number)| number).take(limit).collect();
            prop_assert_eq!(first.into_kept(), expected);
        }
    }
}
