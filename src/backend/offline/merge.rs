//! Two changes of one record put together field by field.

use crate::domain::record::Fields;
use crate::domain::value::Value;
use std::collections::BTreeSet;

/// What becomes of a change where others changed the record meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Merged {
    /// The fields to be sent: changed only here.
    pub(super) send: BTreeSet<String>,
    /// The fields to be asked about: changed on both sides, to different values.
    pub(super) ask: BTreeSet<String>,
}

/// Compares the fields of a change: what stood there when it was made, what it put there, and what stands there now.
pub(super) fn merge(base: &Fields, mine: &Fields, theirs: &Fields) -> Merged {
    let of = |fields: &Fields, name: &str| fields.get(name).cloned().unwrap_or(Value::Empty);
    let mut merged = Merged::default();
    for (name, mine) in mine {
        let (base, theirs) = (of(base, name), of(theirs, name));
        if *mine == theirs || *mine == base {
            continue;
        }
        let side = if theirs == base { &mut merged.send } else { &mut merged.ask };
        side.insert(name.clone());
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(given: &[(&str, &str)]) -> Fields {
        given.iter().map(|(name, text)| ((*name).to_owned(), Value::text(text))).collect()
    }

    #[test]
    fn only_what_both_changed_to_different_values_is_asked() {
        let names = |names: &[&str]| -> BTreeSet<String> { names.iter().map(|n| (*n).to_owned()).collect() };
        for (base, mine, theirs, send, ask) in [
            ("a", "b", "a", &["f"][..], &[][..]),
            ("a", "b", "c", &[], &["f"]),
            ("a", "b", "b", &[], &[]),
            ("a", "a", "c", &[], &[]),
            ("", "b", "", &["f"], &[]),
            ("a", "", "a", &["f"], &[]),
            ("a", "", "c", &[], &["f"]),
            ("a", "", "", &[], &[]),
        ] {
            let merged = merge(&fields(&[("f", base)]), &fields(&[("f", mine)]), &fields(&[("f", theirs)]));
            assert_eq!((merged.send, merged.ask), (names(send), names(ask)), "{base:?} {mine:?} {theirs:?}");
        }
    }
}
