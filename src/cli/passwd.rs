//! `tcrm passwd`: setting a password, and demanding them of everybody.

use super::args::Passwd;
use super::assign;
use super::failure::Failure;
use super::output::note;
use super::secret;
use super::session::{Session, Want};
use crate::backend::Backend;
use crate::contract::error::Error;
use crate::domain::id::Id;
use crate::domain::message::FieldError;
use crate::domain::password::Password;
use crate::msg;
use std::io::IsTerminal;

/// Sets a password, of the acting user or of another, or says whether passwords are demanded.
pub(super) fn run(session: &Session, args: &Passwd) -> Result<(), Failure> {
    if session.remote().is_some() {
        return own(session, args);
    }
    let backend = session.open_local(Want::Write)?;
    if let Some(demand) = args.demand {
        let on = demand == super::args::Switch::On;
        session.wait(backend.demand_passwords(on))?;
        note(&session.say(&if on { msg!("passwd-demanded") } else { msg!("passwd-not-demanded") }));
        return Ok(());
    }
    let me = backend.me();
    let user: Id = match (&args.whose, &me) {
        (Some(user), _) => assign::record(session, &backend, "user", user)?.id,
        (None, Some(me)) => me.id,
        (None, None) => return Err(Failure::Usage(msg!("passwd-who"))),
    };
    let is_own = me.is_some_and(|me| me.id == user);
    let current = match is_own && session.wait(backend.has_password(user))? {
        false => None,
        // What was given to sign in need not be given again.
        true => Some(match session.given_password() {
            Some(password) => password,
            None => secret::ask(session, &msg!("passwd-current"))?,
        }),
    };
    let new = new_one(session)?;
    session.wait(backend.set_password(user, current, new)).map_err(unlabelled)?;
    note(&session.say(&msg!("passwd-done")));
    Ok(())
}

/// One's own password at a server: others', and whether any is demanded, are for whoever has the store.
fn own(session: &Session, args: &Passwd) -> Result<(), Failure> {
    if args.demand.is_some() || args.whose.is_some() {
        return Err(Failure::Other(5, msg!("passwd-elsewhere")));
    }
    let backend = session.open(Want::Write)?;
    let current = secret::ask(session, &msg!("passwd-current"))?;
    let current = Some(current).filter(|password| !password.is_empty());
    session.wait(backend.change_password(current, new_one(session)?)).map_err(unlabelled)?;
    note(&session.say(&msg!("passwd-done-there")));
    Ok(())
}

/// The new password; at a terminal it is typed twice.
fn new_one(session: &Session) -> Result<Password, Failure> {
    let new = secret::ask(session, &msg!("passwd-new"))?;
    if std::io::stdin().is_terminal() && secret::ask(session, &msg!("passwd-again"))? != new {
        return Err(Failure::Other(3, msg!("passwd-differ")));
    }
    Ok(new)
}

/// The reason alone: there is no field to point at.
fn unlabelled(error: Error) -> Error {
    match error {
        Error::Invalid(errors) => {
            let bare = |error: FieldError| FieldError { field: String::new(), ..error };
            Error::Invalid(errors.into_iter().map(bare).collect())
        }
        other => other,
    }
}
