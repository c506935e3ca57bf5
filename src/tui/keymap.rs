//! Keys to actions: the catalogue's defaults with the user's own laid over, checked for clashes.

use crate::domain::message::Message;
use crate::msg;
use crate::tui::action::{Action, CATALOGUE, Scope};
use crate::tui::input::{Key, KeyError, Keys};
use std::collections::BTreeMap;

/// What a sequence of keys means in some scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// An action.
    Action(Action),
    /// The beginning of longer sequences: what may follow.
    Pending(Vec<(Key, Action)>),
    /// Nothing.
    None,
}

/// The keys of every action.
#[derive(Debug, Clone, Default)]
pub struct Keymap {
    bindings: BTreeMap<Action, Vec<Vec<Key>>>,
}

impl Keymap {
    /// The default keys with the user's: `own` gives for an action's name its key sequences (none: no key).
    /// Every mistake is reported at once, by the name of the action it stands at.
    pub fn new<'a>(own: impl IntoIterator<Item = (&'a str, &'a [String])>) -> Result<Keymap, Vec<(String, Message)>> {
        let mut errors = Vec::new();
        let mut bindings = defaults();
        let mut changed = Vec::new();
        for (name, keys) in own {
            let Some(action) = Action::named(name) else {
                errors.push((name.to_owned(), unknown_action(name)));
                continue;
            };
            let mut sequences = Vec::new();
            for key in keys {
                match parse_sequence(key) {
                    Ok(sequence) if !sequence.is_empty() => sequences.push(sequence),
                    Ok(_) => errors.push((name.to_owned(), msg!("keymap-empty-key"))),
                    Err(wrong) => errors.push((name.to_owned(), wrong.message())),
                }
            }
            bindings.insert(action, sequences);
            changed.push(action);
        }
        let map = Keymap { bindings };
        if changed.is_empty() && errors.is_empty() {
            // The defaults alone have no clash: a test sees to that.
            return Ok(map);
        }
        for (one, other, keys) in map.clashes() {
            // Blame the user's own line, whichever of the two it is.
            let (at, with) = if changed.contains(&one) { (one, other) } else { (other, one) };
            errors.push(clash(at, &keys, with.entry().name));
        }
        for ((at, keys), others) in map.hidden(&changed) {
            let others: Vec<&str> = others.iter().map(|a| a.entry().name).collect();
            errors.push(clash(at, &keys, &others.join(", ")));
        }
        if errors.is_empty() { Ok(map) } else { Err(errors) }
    }

    /// Pairs of actions that can't both be reached: the same keys, or one's keys begin the other's,
    /// in scopes that are in force together, an inner scope's hiding an outer's single key aside.
    fn clashes(&self) -> Vec<(Action, Action, Vec<Key>)> {
        let mut all: Vec<(Action, &Vec<Key>)> = Vec::new();
        for (action, sequences) in &self.bindings {
            all.extend(sequences.iter().map(|s| (*action, s)));
        }
        let mut found = Vec::new();
        for (i, (one, a)) in all.iter().enumerate() {
            for (other, b) in all.iter().skip(i + 1) {
                let (sa, sb) = (one.entry().scope, other.entry().scope);
                let begins = a.starts_with(b) || b.starts_with(a);
                let shadows = a == b && sa != sb && inner(sa, sb);
                if one != other && sa.meets(sb) && begins && !shadows {
                    found.push((*one, *other, (*a).clone()));
                }
            }
        }
        found
    }

    /// Keys of the user's own that an action of an inner scope has, so that they would do something else there, and
    /// own keys of an inner scope that take the last one from an action of an outer scope: whose line is to blame, and
    /// the actions that have the keys too. What the defaults hide is meant so.
    fn hidden(&self, changed: &[Action]) -> BTreeMap<(Action, Vec<Key>), Vec<Action>> {
        let defaults = defaults();
        let of = |bindings: &BTreeMap<Action, Vec<Vec<Key>>>, action: Action, keys: &Vec<Key>| {
            bindings.get(&action).is_some_and(|all| all.contains(keys))
        };
        let mut found: BTreeMap<(Action, Vec<Key>), Vec<Action>> = BTreeMap::new();
        for (within, keys) in self.bindings.iter().flat_map(|(a, all)| all.iter().map(move |keys| (*a, keys))) {
            let scope = within.entry().scope;
            let taken = |keys: &Vec<Key>| {
                self.bindings.iter().any(|(other, all)| other.entry().scope == scope && all.contains(keys))
            };
            for (beyond, all) in self.bindings.iter().filter(|(_, all)| all.contains(keys)) {
                let place = beyond.entry().scope;
                let hides = place != scope && scope.meets(place) && inner(scope, place) && depth(scope) < depth(place);
                if !hides || of(&defaults, within, keys) && of(&defaults, *beyond, keys) {
                    continue;
                }
                if changed.contains(beyond) && !of(&defaults, *beyond, keys) {
                    found.entry((*beyond, keys.clone())).or_default().push(within);
                } else if changed.contains(&within) && all.iter().all(taken) {
                    found.entry((within, keys.clone())).or_default().push(*beyond);
                }
            }
        }
        found
    }

    /// What the keys typed so far mean, the innermost scope first.
    pub fn find(&self, scopes: &[Scope], keys: &[Key]) -> Match {
        let mut following: Vec<(Key, Action)> = Vec::new();
        for scope in scopes {
            for (action, sequences) in &self.bindings {
                if action.entry().scope != *scope {
                    continue;
                }
                for sequence in sequences {
                    if sequence == keys {
                        return Match::Action(*action);
                    }
                    if let Some(next) = sequence.strip_prefix(keys).and_then(|rest| rest.first())
                        && !following.iter().any(|(k, _)| k == next)
                    {
                        following.push((*next, *action));
                    }
                }
            }
        }
        if following.is_empty() { Match::None } else { Match::Pending(following) }
    }

    /// An action's keys, as they are shown.
    pub fn keys(&self, action: Action) -> Vec<String> {
        self.bindings.get(&action).map(|s| s.iter().map(|k| show_sequence(k)).collect()).unwrap_or_default()
    }

    /// The first key of an action, as it is shown; empty if it has none.
    pub fn first_key(&self, action: Action) -> String {
        self.keys(action).into_iter().next().unwrap_or_default()
    }
}

fn defaults() -> BTreeMap<Action, Vec<Vec<Key>>> {
    let keys = |own: &[&str]| own.iter().filter_map(|k| parse_sequence(k).ok()).collect();
    CATALOGUE.iter().map(|e| (e.action, keys(e.keys))).collect()
}

/// The mistake of an action's keys, by its name.
fn clash(at: Action, keys: &[Key], others: &str) -> (String, Message) {
    let name = at.entry().name;
    (name.to_owned(), msg!("keymap-clash", action = name, keys = show_sequence(keys), other = others))
}

/// How far out a scope is: keys of the one further in count first.
fn depth(scope: Scope) -> usize {
    match scope {
        Scope::Global => 3,
        Scope::Move => 2,
        Scope::Record => 1,
        _ => 0,
    }
}

/// Whether keys of one scope may hide the same keys of the other: the inner one wins.
fn inner(a: Scope, b: Scope) -> bool {
    let outer = |s: Scope| matches!(s, Scope::Move | Scope::Global | Scope::Record);
    outer(a) != outer(b) || (a == Scope::Move) != (b == Scope::Move)
}

fn parse_sequence(text: &str) -> Result<Vec<Key>, KeyError> {
    text.parse::<Keys>().map(|k| k.0)
}

fn show_sequence(keys: &[Key]) -> String {
    Keys(keys.to_vec()).to_string()
}

fn unknown_action(name: &str) -> Message {
    let nearest = CATALOGUE.iter().map(|e| e.name).max_by(|a, b| {
        let score = |n: &str| strsim::jaro_winkler(n, name);
        score(a).total_cmp(&score(b))
    });
    msg!("keymap-unknown-action", name = name, nearest = nearest.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]
    use super::*;

    fn keys(text: &str) -> Vec<Key> {
        parse_sequence(text).unwrap()
    }

    #[test]
    fn the_defaults_have_no_clash() {
        assert_eq!(Keymap::new([]).unwrap().clashes(), []);
    }

    #[test]
    fn inner_scopes_win_and_sequences_wait_for_more() {
        let map = Keymap::new([]).unwrap();
        let list = [Scope::List, Scope::Record, Scope::Move, Scope::Global];
        assert_eq!(map.find(&list, &keys("l")), Match::Action(Action::ListIn));
        assert_eq!(map.find(&list, &keys("g g")), Match::Action(Action::Top));
        let Match::Pending(next) = map.find(&list, &keys("g")) else { panic!("g begins sequences") };
        assert!(next.iter().any(|(_, a)| *a == Action::Find));
        assert_eq!(map.find(&[Scope::Form], &keys("g")), Match::None);
    }

    #[test]
    fn own_keys_replace_defaults_and_every_mistake_is_told() {
        let own = |name: &'static str, key: &str| (name, vec![key.to_owned()]);
        let good = [own("record.edit", "ctrl-x e")];
        let map = Keymap::new(good.iter().map(|(n, k)| (*n, k.as_slice()))).unwrap();
        assert_eq!(map.first_key(Action::Edit), "ctrl-x e");

        let bad = [own("record.edit", "d"), own("record.edlt", "e"), own("list.add", "hyper-q")];
        let errors = Keymap::new(bad.iter().map(|(n, k)| (*n, k.as_slice()))).unwrap_err();
        let at = |name: &str| errors.iter().find(|(n, _)| n == name).map(|(_, m)| m.key.to_string());
        assert_eq!(at("record.edit").as_deref(), Some("keymap-clash"));
        assert_eq!(at("record.edlt").as_deref(), Some("keymap-unknown-action"));
        assert_eq!(at("list.add").as_deref(), Some("keymap-unknown-key"));
    }

    #[test]
    fn a_key_that_would_do_something_else_in_some_place_is_a_clash() {
        for (own, expected) in [
            // In lists `a` adds a record, and so it does elsewhere.
            (&[("record.edit", &["a"][..])][..], Some(("record.edit", "list.add"))),
            (&[("record.edit", &["e", "a"])], Some(("record.edit", "list.add"))),
            // Editing could not be reached in lists any more.
            (&[("list.add", &["e"])], Some(("list.add", "record.edit"))),
            (&[("list.add", &["e"]), ("record.edit", &["e", "F2"])], None),
            (&[("list.add", &["X"]), ("board.add", &["X"]), ("detail.add", &["X"])], None),
            // As it is without a word of one's own.
            (&[("record.edit", &["e"]), ("list.add", &["a"])], None),
        ] {
            let own: Vec<(&str, Vec<String>)> =
                own.iter().map(|(name, keys)| (*name, keys.iter().map(|k| (*k).to_owned()).collect())).collect();
            let told = Keymap::new(own.iter().map(|(n, k)| (*n, k.as_slice()))).err().unwrap_or_default();
            let first = told.first().map(|(at, message)| {
                let other = message.args.iter().find(|(name, _)| name == "other").map(|(_, text)| text.clone());
                (at.clone(), other.unwrap_or_default())
            });
            match (first, expected) {
                (None, None) => {}
                (Some((at, others)), Some((blamed, other))) => {
                    assert!(at == blamed && others.contains(other), "{own:?}: {at}: {others}");
                    assert_eq!(told.len(), 1, "{own:?}: once: {told:?}");
                }
                (found, _) => panic!("{own:?}: {found:?}"),
            }
        }
    }
}
