//! Passwords and signing in: hashes made with argon2, what is too weak, and how long too many failures lock a user
//! out.

use super::{Crm, existing, object, people, title};
use crate::contract::error::Error;
use crate::domain::event::{EventKind, Happening};
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::password::Password;
use crate::domain::record::{Record, RecordKey};
use crate::msg;
use crate::schema::model::USER;
use crate::store::{KeptPassword, Store};
use argon2::{Algorithm, Argon2, Params, Version};
use jiff::{SignedDuration, Timestamp};

/// So many failures lock a user out.
const MOST_FAILURES: u32 = 5;
/// For how long at first; twice as long with every further failure.
const LOCKED: SignedDuration = SignedDuration::from_mins(15);
/// The longest lock.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// Memory in KiB, passes and lanes of new hashes.
const COST: (u32, u32, u32) = (19_456, 2, 1);
const SALT: usize = 16;
const HASH: usize = 32;
const NAME: &str = "argon2id";

/// The refusal that asks for a password.
pub const WANTED: &str = "sign-in-wanted";
/// The refusal of a wrong one.
pub const WRONG: &str = "sign-in-wrong";

/// `Denied` unless the user has a password and it was given. `store` is written to if it can be: failures count.
pub(crate) fn sign_in(
    store: &mut Store,
    user: Option<Id>,
    password: Option<&Password>,
    now: Timestamp,
) -> Result<(), Error> {
    let user = user.ok_or_else(|| Error::Denied(msg!("sign-in-who")))?;
    people::admit(store, Some(user))?;
    let record = existing(store, USER, user)?;
    let name = name_of(store, &record);
    let kept = store.password(user)?.ok_or_else(|| Error::Denied(msg!("sign-in-none", name = &name)))?;
    let wanted = || Error::Denied(Message::new(WANTED).with("name", &name));
    prove(store, &record, &kept, (password, wanted), now)
}

/// `Denied` unless the password that is kept of a user was given, and not by guessing on and on.
fn prove(
    store: &mut Store,
    record: &Record,
    kept: &KeptPassword,
    (password, wanted): (Option<&Password>, impl FnOnce() -> Error),
    now: Timestamp,
) -> Result<(), Error> {
    let user = record.id;
    if let Some(minutes) = locked(kept, now) {
        return Err(Error::Denied(msg!("sign-in-locked", name = name_of(store, record), minutes = minutes)));
    }
    let password = password.ok_or_else(wanted)?;
    // Counted before it is tried, so that several at once are as many.
    let failures = store.fail_password(user).unwrap_or(kept.failures);
    if !matches(&kept.hash, password)? {
        let until = lock_after(failures).and_then(|time| now.checked_add(time).ok());
        if until.is_some() {
            store.note_password(user, failures, until)?;
        }
        return Err(Error::Denied(Message::new(WRONG)));
    }
    // A store that can't be written to counted nothing.
    let _ = store.note_password(user, 0, None);
    Ok(())
}

/// How long so many failures lock out.
fn lock_after(failures: u32) -> Option<SignedDuration> {
    let further = failures.checked_sub(MOST_FAILURES)?;
    let factor = 1_i32.checked_shl(further.min(16)).unwrap_or(i32::MAX);
    Some(LOCKED.checked_mul(factor).unwrap_or(LONGEST).min(LONGEST))
}

/// The minutes that a user is still locked out; a clock that was set back doesn't lock for longer than a lock is.
fn locked(kept: &KeptPassword, now: Timestamp) -> Option<i64> {
    let left = now.duration_until(kept.locked_until?);
    let longest = lock_after(kept.failures).unwrap_or(LOCKED);
    (left > SignedDuration::ZERO && left <= longest).then(|| left.as_mins() + 1)
}

impl Crm {
    /// Gives a user another password. Their own takes the one they have now; others' take the right to change users.
    /// Whoever is signed in as that user over the network is so no longer, but for the session `but`: gives the numbers
    /// of the tokens that ended. `Invalid` for `password` with the reason if it is too weak, for `current` if that is
    /// wrong; `Denied` while too many wrong ones lock the user out.
    pub fn set_password(
        &mut self,
        user: Id,
        (current, new): (Option<&Password>, &Password),
        but: Option<i64>,
    ) -> Result<Vec<i64>, Error> {
        let me = self.context.user;
        let key = RecordKey { object: USER.to_owned(), id: user };
        let record = existing(&self.store, USER, user)?;
        if me == Some(user) {
            self.writable()?;
            self.prove_oneself(&record, current)?;
        } else {
            self.require("edit", USER, Some(&key))?;
            self.may_give()?;
        }
        let text = |field: &str| record.get(field).as_str().unwrap_or_default().to_owned();
        let names = [text("login"), text("name")];
        let names: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        if let Some(reason) = new.weakness(&names) {
            return Err(Error::field("password", reason));
        }
        if me == Some(user) && current == Some(new) {
            return Err(Error::field("password", msg!("passwd-same")));
        }
        let hash = hashed(new)?;
        let (stamp, what) = (self.stamp(&self.context.now(), None), Happening::new(EventKind::Password));
        Ok(self.store.change_password(user, &hash, but, (&stamp, &what.about(USER, Some(user))))?)
    }

    /// `Invalid` for `current` unless that is the user's password, if they have one. A wrong one is noted, and counts
    /// as one at signing in: a session that was left open is no place to guess it.
    fn prove_oneself(&mut self, record: &Record, current: Option<&Password>) -> Result<(), Error> {
        let Some(kept) = self.store.password(record.id)? else { return Ok(()) };
        let now = self.context.now().timestamp();
        let wanted = || Error::field("current", Message::new(WRONG));
        let refused = match prove(&mut self.store, record, &kept, (current, wanted), now) {
            Ok(()) => return Ok(()),
            Err(Error::Denied(why)) if why.key == WRONG => Error::field("current", why),
            Err(error) => error,
        };
        let why = match &refused {
            Error::Invalid(errors) => errors.first().map(|error| &error.message),
            Error::Denied(why) => Some(why),
            _ => None,
        };
        let why = why.and_then(|why| serde_json::to_string(why).ok()).unwrap_or_default();
        self.note(&Happening::new(EventKind::Refused).about(USER, Some(record.id)).with("why", why))?;
        Err(refused)
    }

    /// Whether a user has a password.
    pub fn has_password(&self, user: Id) -> Result<bool, Error> {
        Ok(self.store.password(user)?.is_some())
    }

    /// Demands passwords of everybody from now on, or not any more. Refused to whoever has none: they would lock
    /// themselves out.
    pub fn demand_passwords(&mut self, on: bool) -> Result<(), Error> {
        self.writable()?;
        self.may_give()?;
        let has_one = match self.context.user {
            Some(me) => self.has_password(me)?,
            None => false,
        };
        if on && !has_one {
            return Err(Error::Denied(msg!("sign-in-first-oneself")));
        }
        self.store.demand_passwords(on)?;
        let what = if on { "demanded" } else { "free" };
        self.note(&Happening::new(EventKind::Password).with("action", what)).map(drop)
    }

    /// Whose password is what, and whether any is needed, is for administrators.
    fn may_give(&self) -> Result<(), Error> {
        if self.rights()?.may_give() { Ok(()) } else { Err(Error::Denied(msg!("sign-in-administrator"))) }
    }

    fn writable(&self) -> Result<(), Error> {
        if self.context.read_only { Err(Error::Denied(msg!("crm-read-only-store"))) } else { Ok(()) }
    }
}

fn name_of(store: &Store, user: &Record) -> String {
    let schema = store.schema();
    object(&schema, USER).map_or_else(|_| user.id.to_string(), |o| title(o, &user.fields, user.id))
}

/// A new hash, with all that is needed to compare another password with it.
fn hashed(password: &Password) -> Result<String, Error> {
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).map_err(|error| Error::Other(msg!("sign-in-failed", reason = error)))?;
    let (memory, passes, lanes) = COST;
    let hash = argon(password, &salt, COST)?;
    Ok(format!("${NAME}$v=19$m={memory},t={passes},p={lanes}${}${}", hex(&salt), hex(&hash)))
}

/// Whether a password is the one of a hash. `Corrupt` if the hash can't be read.
fn matches(kept: &str, password: &Password) -> Result<bool, Error> {
    let corrupt = || Error::Corrupt(msg!("sign-in-corrupt"));
    let parts: Vec<&str> = kept.split('$').collect();
    let ["", NAME, "v=19", cost, salt, hash] = parts.as_slice() else { return Err(corrupt()) };
    let numbers: Vec<u32> = cost.split(',').filter_map(|part| part.split_once('=')?.1.parse().ok()).collect();
    let [memory, passes, lanes] = numbers.as_slice() else { return Err(corrupt()) };
    let (salt, hash) = (unhex(salt).ok_or_else(corrupt)?, unhex(hash).ok_or_else(corrupt)?);
    let given = argon(password, &salt, (*memory, *passes, *lanes))?;
    // In the same time, wherever they differ.
    let differing = given.iter().zip(&hash).fold(given.len() ^ hash.len(), |sum, (a, b)| sum | usize::from(a ^ b));
    Ok(differing == 0)
}

fn argon(password: &Password, salt: &[u8], (memory, passes, lanes): (u32, u32, u32)) -> Result<[u8; HASH], Error> {
    let failed = |error: argon2::Error| Error::Other(msg!("sign-in-failed", reason = error));
    let params = Params::new(memory, passes, lanes, Some(HASH)).map_err(failed)?;
    let mut hash = [0; HASH];
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon.hash_password_into(password.bytes(), salt, &mut hash).map_err(failed)?;
    Ok(hash)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn a_hash_knows_its_password_and_no_two_are_the_same() {
        let secret = Password::new("k7-vogel-9");
        let (one, other) = (hashed(&secret).unwrap(), hashed(&secret).unwrap());
        assert_ne!(one, other);
        assert!(matches(&one, &secret).unwrap() && matches(&other, &secret).unwrap());
        assert!(!matches(&one, &Password::new("k7-vogel-8")).unwrap());
        assert!(!one.contains("vogel"));
        for broken in ["", "x", "$argon2id$v=19$m=8,t=1$00$00", "$argon2id$v=19$m=19456,t=2,p=1$zz$00"] {
            assert!(matches(broken, &secret).is_err(), "{broken}");
        }
    }

    #[test]
    fn locks_double_up_to_a_day() {
        let minutes = |failures| lock_after(failures).map(|time| time.as_mins());
        assert_eq!(
            [4, 5, 6, 7, 11, 12, 400].map(minutes),
            [None, Some(15), Some(30), Some(60), Some(960), Some(1_440), Some(1_440)]
        );
    }

    #[test]
    fn a_clock_that_was_set_back_locks_nobody_out_for_longer() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        let until = |minutes: i64| Some(now.checked_add(SignedDuration::from_mins(minutes)).unwrap());
        let kept = |minutes| KeptPassword { hash: String::new(), failures: 5, locked_until: until(minutes) };
        assert_eq!(locked(&kept(10), now), Some(11));
        assert_eq!(locked(&kept(-1), now), None);
        assert_eq!(locked(&kept(60 * 24 * 365), now), None);
    }
}
