//! Webhooks: what changes is sent from the journal, in order and at least once, signed over time and body, and again
//! with growing pauses where it isn't taken.

mod kept;
mod sending;

use super::app::App;
use super::caller;
use super::failure::Failure;
use super::routes::{Answer, Call, Routes};
use crate::api::Endpoint;
use crate::api::endpoint::*;
use crate::api::payload::*;
use crate::contract::error::Error;
use crate::msg;
use axum::http::StatusCode;
use jiff::Timestamp;
use kept::Hook;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// The most webhooks.
const MOST: usize = 32;

/// The webhooks of a store.
pub(super) struct Hooks {
    all: Mutex<BTreeMap<u64, Hook>>,
    /// Held by whoever changes one: what others change meanwhile is not lost. The greatest number that was given: a
    /// number that was somebody's is nobody else's.
    editing: tokio::sync::Mutex<u64>,
    /// Something about them changed.
    changed: watch::Sender<u64>,
    /// The first pause after a failure.
    pause: Duration,
}

impl Hooks {
    pub(super) fn new(pause: Duration) -> Hooks {
        Hooks { all: Mutex::default(), editing: tokio::sync::Mutex::default(), changed: watch::Sender::new(0), pause }
    }

    fn get(&self, number: u64) -> Option<Hook> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).get(&number).cloned()
    }

    /// What nobody wants to be told of is passed over, unless it is to be sent from elsewhere by now. It isn't kept:
    /// after a start it is passed over again.
    fn pass_over(&self, number: u64, (since, next): (i64, i64)) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hook) = all.get_mut(&number).filter(|hook| hook.shown.next == since) {
            hook.shown.next = next;
        }
    }

    fn tell(&self) {
        self.changed.send_modify(|n| *n += 1);
    }
}

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on(ListWebhooks, |call: Call<ListWebhooks>| async move {
            administrator(&call).await?;
            let all = call.app.hooks.all.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(all.values().map(|hook| hook.shown.clone()).collect::<Vec<_>>())
        })
        .on(MakeWebhook, make)
        .on(ChangeWebhook, change)
        .on(RemoveWebhook, |call: Call<RemoveWebhook>| async move {
            administrator(&call).await?;
            let number = find(&call)?.shown.webhook;
            kept::remove(&call.app, number).await?;
            call.app.hooks.tell();
            Ok(Nothing {})
        })
        .on(ListDeliveries, |call: Call<ListDeliveries>| async move {
            administrator(&call).await?;
            Ok(find(&call)?.deliveries.into_iter().rev().collect::<Vec<_>>())
        })
        .on(ReplayWebhook, replay)
}

/// Begins to send what waits.
pub(super) async fn start(app: &Arc<App>) -> Result<(), Error> {
    let found = kept::load(app).await?;
    let numbers: Vec<u64> = found.keys().copied().collect();
    *app.hooks.editing.lock().await = numbers.last().copied().unwrap_or_default();
    *app.hooks.all.lock().unwrap_or_else(PoisonError::into_inner) = found;
    for number in numbers {
        tokio::spawn(sending::follow(Arc::clone(app), number));
    }
    Ok(())
}

/// Webhooks tell of everything: they are for whoever may see everything.
async fn administrator<E: Endpoint>(call: &Call<E>) -> Result<(), Failure> {
    Ok(call.backend().may_take_all().await?)
}

fn find<E: Endpoint>(call: &Call<E>) -> Result<Hook, Failure> {
    let text = call.part("webhook");
    let found = text.parse().ok().and_then(|number| call.app.hooks.get(number));
    found.ok_or_else(|| missing(call))
}

fn missing<E: Endpoint>(call: &Call<E>) -> Failure {
    Error::NotFound(msg!("api-no-webhook", number = call.part("webhook"))).into()
}

/// An address that can be sent to, and objects that there are.
fn check(app: &App, url: &str, objects: &[String]) -> Result<(), Error> {
    let is_url = reqwest::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !is_url {
        return Err(Error::field("url", msg!("api-webhook-url", url = url)));
    }
    let schema = crate::backend::Backend::schema(&app.store);
    match objects.iter().find(|name| schema.object(name).is_none()) {
        Some(name) => Err(Error::field("objects", msg!("crm-no-object", object = name))),
        None => Ok(()),
    }
}

async fn make(call: Call<MakeWebhook>) -> Result<Answer<NewWebhook>, Failure> {
    administrator(&call).await?;
    let WebhookRequest { url, objects, since } = call.body.clone();
    check(&call.app, &url, &objects)?;
    let head = call.app.store.journal_head().await?;
    let secret = caller::new_token()?;
    let mut last = call.app.hooks.editing.lock().await;
    if call.app.hooks.all.lock().unwrap_or_else(PoisonError::into_inner).len() >= MOST {
        return Err(Error::Conflict { message: msg!("api-webhook-full", most = MOST), theirs: None }.into());
    }
    *last += 1;
    let number = *last;
    let webhook = Webhook {
        webhook: number,
        url,
        objects,
        active: true,
        created_at: Timestamp::now(),
        next: since.unwrap_or(head).clamp(0, head),
        failures: 0,
        retry_at: None,
        problem: None,
    };
    let hook = Hook { shown: webhook.clone(), secret: secret.clone(), deliveries: Vec::new() };
    kept::put(&call.app, hook).await?;
    tokio::spawn(sending::follow(Arc::clone(&call.app), number));
    Ok(Answer { body: NewWebhook { secret, webhook }, status: StatusCode::CREATED, etag: None })
}

async fn change(call: Call<ChangeWebhook>) -> Result<Webhook, Failure> {
    administrator(&call).await?;
    let number = find(&call)?.shown.webhook;
    let WebhookChange { url, objects, active } = call.body.clone();
    let change = |hook: &mut Hook| {
        let shown = &mut hook.shown;
        shown.url = url.unwrap_or_else(|| shown.url.clone());
        shown.objects = objects.unwrap_or_else(|| shown.objects.clone());
        shown.active = active.unwrap_or(shown.active);
        hook.again();
        check(&call.app, &hook.shown.url, &hook.shown.objects)
    };
    let changed = kept::edit(&call.app, number, change).await?;
    call.app.hooks.tell();
    changed.ok_or_else(|| missing(&call))
}

async fn replay(call: Call<ReplayWebhook>) -> Result<Webhook, Failure> {
    administrator(&call).await?;
    let number = find(&call)?.shown.webhook;
    let head = call.app.store.journal_head().await?;
    let from_there = |hook: &mut Hook| {
        hook.shown.next = call.body.since.clamp(0, head);
        hook.again();
        Ok(())
    };
    let changed = kept::edit(&call.app, number, from_there).await?;
    call.app.hooks.tell();
    changed.ok_or_else(|| missing(&call))
}
