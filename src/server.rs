//! The HTTP face: the API of [`crate::api`] over a store, for many users at once.
//!
//! A request comes in through `listen`, is let through by `gate`, signed in by `caller` and done by a handler of
//! `routes`. Handlers decide nothing: they ask the store on behalf of whoever is signed in.

mod app;
mod caller;
mod exports;
mod failure;
mod files;
mod gate;
mod hooks;
mod imports;
mod listen;
mod log;
mod metrics;
mod records;
mod routes;
mod sessions;
mod watching;
mod work;

pub use listen::{Running, refusal, start};
pub use log::LogFormat;

use crate::backend::local::LocalBackend;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

/// Where the server listens unless it is told otherwise.
pub const LISTEN: &str = "127.0.0.1:8377";

/// How to serve.
pub struct Options {
    /// The store, opened by nobody in particular.
    pub store: LocalBackend,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Certificate chain and private key, as PEM files.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Let in whoever has no password, where the store demands none.
    pub trusting: bool,
    /// The most bytes of a request's body, files aside.
    pub most_body: usize,
    /// How long a request may take.
    pub timeout: Duration,
    /// Requests a second of one token; 0 for any number.
    pub rate: u32,
    /// Sign-ins a minute from one address; 0 for any number.
    pub sign_ins: u32,
    /// The most connections at once.
    pub connections: usize,
    /// The first pause before a webhook is sent again; each further one is twice as long.
    pub hook_pause: Duration,
    /// What is logged.
    pub log: LogFormat,
    /// Faults on purpose.
    pub trouble: Trouble,
}

impl Options {
    /// A store served as it is by default.
    pub fn new(store: LocalBackend, listen: SocketAddr) -> Options {
        Options {
            store,
            listen,
            tls: None,
            trusting: false,
            most_body: 4 * 1024 * 1024,
            timeout: Duration::from_secs(30),
            rate: 500,
            sign_ins: 30,
            connections: 1_024,
            hook_pause: Duration::from_secs(2),
            log: LogFormat::Text,
            trouble: Trouble::default(),
        }
    }
}

/// Faults on purpose, for testing clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trouble {
    /// Every answer comes so much later.
    pub latency: Duration,
    /// Of a hundred requests so many go wrong.
    pub errors: u8,
}
