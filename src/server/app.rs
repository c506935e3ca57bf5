//! What all requests share.

use super::caller::Seats;
use super::exports::Exports;
use super::gate::Rates;
use super::hooks::Hooks;
use super::imports::Imports;
use super::log::Log;
use super::metrics::Metrics;
use super::{Options, Trouble};
use crate::backend::Backend;
use crate::backend::local::LocalBackend;
use crate::schema::model::Schema;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// The server's state.
pub(super) struct App {
    /// The store, on behalf of nobody.
    pub(super) store: LocalBackend,
    pub(super) seats: Seats,
    pub(super) imports: Imports,
    pub(super) exports: Exports,
    pub(super) hooks: Hooks,
    pub(super) metrics: Metrics,
    pub(super) rates: Rates,
    pub(super) log: Log,
    pub(super) trusting: bool,
    pub(super) most_body: usize,
    pub(super) timeout: Duration,
    pub(super) trouble: Trouble,
    pub(super) started: Instant,
    /// Turns to `true` when the server is to stop.
    pub(super) stopping: watch::Sender<bool>,
    schema: Mutex<Option<Told>>,
}

/// A schema as it is told.
#[derive(Clone)]
pub(super) struct Told {
    of: Arc<Schema>,
    /// Its ETag, without quotes.
    pub(super) version: Arc<str>,
    /// Its JSON.
    pub(super) json: Arc<[u8]>,
}

impl App {
    pub(super) fn new(options: Options) -> App {
        App {
            store: options.store,
            seats: Seats::default(),
            imports: Imports::default(),
            exports: Exports::default(),
            hooks: Hooks::new(options.hook_pause),
            metrics: Metrics::default(),
            rates: Rates::new(options.rate, options.sign_ins),
            log: Log::new(options.log),
            trusting: options.trusting,
            most_body: options.most_body,
            timeout: options.timeout,
            trouble: options.trouble,
            started: Instant::now(),
            stopping: watch::Sender::new(false),
            schema: Mutex::new(None),
        }
    }

    /// The schema in force with its version.
    pub(super) fn schema(&self) -> Told {
        let schema = self.store.schema();
        let mut told = self.schema.lock().unwrap_or_else(PoisonError::into_inner);
        match &*told {
            Some(told) if Arc::ptr_eq(&told.of, &schema) => told.clone(),
            _ => {
                let json: Arc<[u8]> = serde_json::to_vec(&*schema).unwrap_or_default().into();
                let digest = Sha256::digest(&json);
                let version: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
                let new = Told { of: schema, version: version.into(), json };
                *told = Some(new.clone());
                new
            }
        }
    }
}
