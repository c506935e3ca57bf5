//! Webhooks as they are kept in the store: as settings of nobody that are on disk before anybody is told.

use crate::api::payload::{Delivery, Webhook};
use crate::backend::Backend;
use crate::contract::error::Error;
use crate::server::app::App;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::PoisonError;

const PREFIX: &str = "webhook/";
/// Deliveries that are remembered of each.
const MOST_DELIVERIES: usize = 50;

/// A webhook with what nobody is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Hook {
    pub(super) shown: Webhook,
    pub(super) secret: String,
    /// What was sent last, oldest first.
    pub(super) deliveries: Vec<Delivery>,
}

impl Hook {
    /// It is tried at once, whatever failed before.
    pub(super) fn again(&mut self) {
        (self.shown.failures, self.shown.retry_at, self.shown.problem) = (0, None, None);
    }

    pub(super) fn note(&mut self, delivery: Delivery) {
        let over = (self.deliveries.len() + 1).saturating_sub(MOST_DELIVERIES);
        self.deliveries.drain(..over);
        self.deliveries.push(delivery);
    }
}

/// All that are kept.
pub(super) async fn load(app: &App) -> Result<BTreeMap<u64, Hook>, Error> {
    let found = app.store.settings(PREFIX.to_owned()).await?;
    let hooks = found.into_iter().filter_map(|(_, text)| serde_json::from_str::<Hook>(&text).ok());
    Ok(hooks.map(|hook| (hook.shown.webhook, hook)).collect())
}

/// Keeps one, first in the store: for whoever holds [`Hooks::editing`](super::Hooks).
pub(super) async fn put(app: &App, hook: Hook) -> Result<(), Error> {
    let number = hook.shown.webhook;
    app.store.keep_setting(format!("{PREFIX}{number}"), serde_json::to_string(&hook).ok()).await?;
    app.hooks.all.lock().unwrap_or_else(PoisonError::into_inner).insert(number, hook);
    Ok(())
}

/// Changes one as it stands by then: what it is afterwards, or nothing if it isn't there any more.
pub(super) async fn edit(
    app: &App,
    number: u64,
    change: impl FnOnce(&mut Hook) -> Result<(), Error>,
) -> Result<Option<Webhook>, Error> {
    let _alone = app.hooks.editing.lock().await;
    let Some(mut hook) = app.hooks.get(number) else { return Ok(None) };
    change(&mut hook)?;
    let shown = hook.shown.clone();
    put(app, hook).await?;
    Ok(Some(shown))
}

/// Forgets one.
pub(super) async fn remove(app: &App, number: u64) -> Result<(), Error> {
    let _alone = app.hooks.editing.lock().await;
    app.store.keep_setting(format!("{PREFIX}{number}"), None).await?;
    app.hooks.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    Ok(())
}
