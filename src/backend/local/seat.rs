//! Those who use an open store: each with a user, rights, zone and language of their own, all on the same threads,
//! connections and search index.

use super::open::{check_password, known_user, open_desk, signed_in};
use super::{LocalBackend, OnceKey, OpenOptions, Wake, session};
use crate::backend::Me;
use crate::contract::error::Error;
use crate::contract::request::{FieldBars, Permit, SaveRequest, Saved};
use crate::crm::{Context, Feed, Sightings, Told};
use crate::domain::event::{EventKind, Happening};
use crate::domain::id::Id;
use crate::domain::journal::Origin;
use crate::domain::lang::Lang;
use crate::domain::password::Password;
use crate::domain::record::RecordKey;
use crate::msg;
use crate::store::{self, OpenMode, Token};
use futures_util::future::BoxFuture;
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// On whose behalf something is done.
#[derive(Debug)]
pub(super) struct Seat {
    /// Tells it from others of the process.
    pub(super) number: u64,
    pub(super) me: Option<Me>,
    pub(super) origin: Origin,
    pub(super) zone: TimeZone,
    ahead: SignedDuration,
    pub(super) lang: Lang,
    read_only: bool,
    copies: Option<Told>,
    /// What may be seen of all records, as it was found last.
    sightings: Sightings,
}

static NEXT: AtomicU64 = AtomicU64::new(1);

impl Seat {
    /// Of who opens a store.
    pub(super) fn first(me: Option<Me>, options: &OpenOptions) -> Seat {
        let (origin, zone, lang) = (options.origin, options.zone.clone(), options.lang);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let (read_only, copies, ahead) = (options.read_only, options.copies.clone(), options.ahead);
        Seat { number, me, origin, zone, ahead, lang, read_only, copies, sightings: Sightings::default() }
    }

    /// What the rules need to know of it.
    pub(super) fn context(&self) -> Context {
        let me = self.me.as_ref().map(|me| me.id);
        let mut context = Context::new(me, self.origin, self.zone.clone()).ahead(self.ahead);
        context.read_only = self.read_only;
        context.copies = self.copies.clone();
        context.sightings = self.sightings.clone();
        context
    }
}

/// How somebody is let in at a store that is open.
#[derive(Debug, Clone)]
pub enum Entrance {
    /// By login and password. Who has no password is let in only by a store that demands none, and only if
    /// `trusting` is set.
    Login {
        /// The login; none for nobody in particular.
        login: Option<String>,
        /// The password, if one was given.
        password: Option<Password>,
        /// Let in whoever has no password.
        trusting: bool,
    },
    /// By a token that was checked already.
    Vouched(Option<Id>),
}

/// Who takes a seat at a store that is open.
#[derive(Debug, Clone)]
pub struct SeatOptions {
    /// How they are let in.
    pub entrance: Entrance,
    /// Where changes are said to come from.
    pub origin: Origin,
    /// The user's time zone.
    pub zone: TimeZone,
    /// The language of labels in search hits.
    pub lang: Lang,
}

impl LocalBackend {
    /// The same store on another one's behalf. It opens a connection to look who that is: not for a thread that
    /// mustn't wait. `NotFound` if there is no such user, `Denied` if they are not let in.
    pub fn seat(&self, options: SeatOptions) -> Result<LocalBackend, Error> {
        let shared = &self.engine.shared;
        let desk = open_desk(shared, OpenMode::ReadOnly)?;
        let store = desk.crm.store();
        let mut as_opened = OpenOptions {
            user: None,
            likely_user: None,
            password: None,
            origin: options.origin,
            zone: options.zone,
            lang: options.lang,
            ..shared.options.clone()
        };
        let me = match options.entrance {
            Entrance::Vouched(None) => signed_in(store, &as_opened)?,
            Entrance::Vouched(Some(id)) => {
                let gone = || Error::Denied(msg!("people-gone"));
                let record = store.get("user", id)?.ok_or_else(gone)?;
                let schema = store.schema();
                let code = schema.object("user").and_then(|o| o.code.clone()).unwrap_or_else(|| "login".to_owned());
                Some(known_user(store, record.get(&code).as_str().unwrap_or_default())?)
            }
            Entrance::Login { login, password, trusting } => {
                as_opened.user = login;
                as_opened.password = password;
                let refused = |error: &Error| {
                    if let Some(login) = &as_opened.user {
                        session::refuse(&as_opened, login, error);
                    }
                };
                let me = signed_in(store, &as_opened).inspect_err(refused)?;
                let has_password = match &me {
                    Some(me) => desk.crm.has_password(me.id)?,
                    None => false,
                };
                if has_password || !trusting || store.demands_passwords()? {
                    check_password(store, &as_opened, me.as_ref()).inspect_err(refused)?;
                }
                me
            }
        };
        let seat = Arc::new(Seat::first(me, &as_opened));
        let mut desk = desk;
        desk.begin(&seat)?;
        let is_limited = desk.crm.rights_now().is_ok_and(|rights| !rights.is_unlimited());
        if is_limited
            && shared.search.note_limited()
            && let Some(wake) = self.wake()
        {
            let _ = wake.send(Wake::Follow);
        }
        Ok(LocalBackend { engine: Arc::clone(&self.engine), seat, once: None, queue: None })
    }

    /// The same, and the next write is done once under a key.
    #[must_use]
    pub fn once(&self, key: Option<OnceKey>) -> LocalBackend {
        LocalBackend { engine: Arc::clone(&self.engine), seat: Arc::clone(&self.seat), once: key, queue: None }
    }

    /// What a write under a key has done, if it was done. `Conflict` if the key was used for something else.
    pub fn done_once(&self, key: OnceKey) -> BoxFuture<'static, Result<Option<Saved>, Error>> {
        self.read(move |desk, _| desk.crm.done_once(&key))
    }

    /// Creates a record with an id of the client's making. `Conflict` with the record if there is one of that id.
    pub fn save_as(&self, id: Id, request: SaveRequest) -> BoxFuture<'_, Result<Saved, Error>> {
        let tried = session::Tried::new("add", &request.object, Some(id));
        self.noting(tried, self.write_together(move |desk, _| desk.crm.save_as(id, &request)))
    }

    /// What changed after a number of the journal, oldest first; `None` if the journal isn't that far.
    pub fn feed(&self, since: i64, limit: usize) -> BoxFuture<'static, Result<Option<Feed>, Error>> {
        self.read(move |desk, _| desk.crm.feed(since, limit))
    }

    /// The newest number of the journal.
    pub fn journal_head(&self) -> BoxFuture<'static, Result<i64, Error>> {
        self.read(|desk, _| Ok(desk.crm.store().journal_head()?))
    }

    /// Whether nobody works with the store without a password.
    pub fn demands_passwords(&self) -> BoxFuture<'static, Result<bool, Error>> {
        self.read(|desk, _| Ok(desk.crm.store().demands_passwords()?))
    }

    /// Keeps a token of the user's by its hash, and notes that they signed in. Gives its number.
    pub fn add_token(&self, hash: String, token: Token) -> BoxFuture<'static, Result<i64, Error>> {
        self.write(move |desk, _| {
            let number = desk.crm.store_mut().add_token(&hash, &token)?;
            let mut what = Happening::new(EventKind::SignIn).with("token", number).with("label", &token.label);
            what.login = desk.seat.me.as_ref().map(|me| me.login.clone());
            desk.crm.note(&what)?;
            Ok(number)
        })
    }

    /// The token of a hash, whoever's it is.
    pub fn token(&self, hash: String) -> BoxFuture<'static, Result<Option<Token>, Error>> {
        self.engine.readers.call(move |desk| Ok(desk.crm.store().token(&hash)?))
    }

    /// Gives the user another password, over the network and by a session that goes on: their others end. Gives the
    /// numbers of the tokens that ended.
    pub fn set_own_password(
        &self,
        current: Option<Password>,
        new: Password,
        session: i64,
    ) -> BoxFuture<'static, Result<Vec<i64>, Error>> {
        self.write(move |desk, _| {
            let me = desk.seat.me.as_ref().ok_or_else(|| Error::Denied(msg!("passwd-nobody")))?.id;
            desk.crm.set_password(me, (current.as_ref(), &new), Some(session))
        })
    }

    /// The tokens of the user.
    pub fn tokens(&self) -> BoxFuture<'static, Result<Vec<Token>, Error>> {
        let user = self.seat.me.as_ref().map(|me| me.id);
        self.read(move |desk, _| Ok(desk.crm.store().tokens_of(user)?))
    }

    /// Forgets a token of the user's. `NotFound` if there is none.
    pub fn remove_token(&self, number: i64) -> BoxFuture<'static, Result<(), Error>> {
        let user = self.seat.me.as_ref().map(|me| me.id);
        self.write(move |desk, _| match desk.crm.store_mut().remove_token(user, number)? {
            true => Ok(()),
            false => Err(Error::NotFound(msg!("api-no-token", number = number))),
        })
    }
}

/// What can be done with records of an object at all.
const OPERATIONS: [&str; 7] = ["view", "add", "edit", "delete", "import", "export", "bulk"];

impl LocalBackend {
    /// The name of the store's file or database.
    pub fn name(&self) -> String {
        store::name(&self.engine.shared.options.path)
    }

    /// Whether an action of any name may be done, or why not.
    pub fn may(
        &self,
        action: String,
        object: String,
        key: Option<RecordKey>,
    ) -> BoxFuture<'static, Result<Permit, Error>> {
        self.read(move |desk, _| desk.crm.allowed(&action, &object, key.as_ref()))
    }

    /// For each object the fields that the user may not change, or not even see.
    pub fn field_rights(&self) -> BoxFuture<'static, Result<FieldBars, Error>> {
        self.read(|desk, _| Ok(desk.crm.rights_now()?.bars()))
    }

    /// For each object the operations that the user may do at all.
    pub fn rights(&self) -> BoxFuture<'static, Result<BTreeMap<String, Vec<String>>, Error>> {
        self.read(|desk, _| {
            let schema = desk.crm.schema();
            let mut rights = BTreeMap::new();
            for object in &schema.objects {
                let mut allowed = Vec::new();
                for operation in OPERATIONS {
                    if desk.crm.allowed(operation, &object.name, None)? == Permit::Yes {
                        allowed.push(operation.to_owned());
                    }
                }
                rights.insert(object.name.clone(), allowed);
            }
            Ok(rights)
        })
    }
}

impl LocalBackend {
    /// `Denied` unless the user may do everything: for what concerns the data as a whole.
    pub fn may_take_all(&self) -> BoxFuture<'static, Result<(), Error>> {
        self.read(|desk, _| match desk.crm.rights_now()?.may_give() {
            true => Ok(()),
            false => Err(Error::Denied(msg!("sign-in-administrator"))),
        })
    }
}
