//! Sending what changed for one webhook, as long as it is there.

use super::kept::{self, Hook};
use crate::api::JSON;
use crate::api::payload::{Changed, Delivery, Dispatch};
use crate::backend::Backend;
use crate::contract::error::Error;
use crate::server::app::App;
use crate::server::watching::changed;
use jiff::Timestamp;
use reqwest::header::CONTENT_TYPE;
use ring::hmac;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Entries of the journal that are looked at together.
const TOGETHER: usize = 200;
/// The longest pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// What stands for "gone for good".
const GONE: u16 = 410;

/// What there is to send.
struct Batch {
    changes: Vec<Changed>,
    since: i64,
    next: i64,
}

/// Sends what changes for a webhook until it is removed or the server stops.
pub(in crate::server) async fn follow(app: Arc<App>, number: u64) {
    let (mut hooks, mut stopping) = (app.hooks.changed.subscribe(), app.stopping.subscribe());
    let mut changes = app.store.changes();
    while let Some(hook) = app.hooks.get(number) {
        hooks.borrow_and_update();
        changes.borrow_and_update();
        let pause = match step(&app, hook).await {
            Ok(Some(pause)) => pause,
            Ok(None) => Duration::ZERO,
            // The store is busy or gone: there is nothing to do but to try later.
            Err(_) => app.hooks.pause,
        };
        if *stopping.borrow() {
            return;
        }
        if pause.is_zero() {
            continue;
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = hooks.changed() => {}
            _ = changes.changed(), if pause == LONGEST_PAUSE => {}
            _ = stopping.wait_for(|stop| *stop) => return,
        }
    }
}

/// Sends what is next, if it is time. Gives how long to wait for the next step unless something happens before;
/// [`LONGEST_PAUSE`] until something changes.
async fn step(app: &App, hook: Hook) -> Result<Option<Duration>, Error> {
    if !hook.shown.active {
        return Ok(Some(LONGEST_PAUSE));
    }
    if let Some(at) = hook.shown.retry_at {
        let left = Timestamp::now().duration_until(at);
        if left.is_positive() {
            return Ok(Some(left.unsigned_abs()));
        }
    }
    let Some(batch) = next(app, &hook).await? else { return Ok(Some(LONGEST_PAUSE)) };
    if batch.changes.is_empty() {
        return pass_over(app, hook.shown.webhook, &batch).await;
    }
    let delivery = send(&hook, &batch).await;
    settle(app, hook, &batch, delivery).await
}

/// Leaves out what nobody wants to be told of.
async fn pass_over(app: &App, number: u64, batch: &Batch) -> Result<Option<Duration>, Error> {
    if batch.next > batch.since {
        app.hooks.pass_over(number, (batch.since, batch.next));
        return Ok(None);
    }
    let from_the_end = |hook: &mut Hook| {
        hook.shown.next = batch.next;
        Ok(())
    };
    kept::edit(app, number, from_the_end).await.map(|_| None)
}

/// What comes next in the journal; `None` if there is nothing.
async fn next(app: &App, hook: &Hook) -> Result<Option<Batch>, Error> {
    let since = hook.shown.next;
    let Some(feed) = app.store.feed(since, TOGETHER).await? else {
        // The journal is another one by now, from a backup: what comes is told from its end on.
        let next = app.store.journal_head().await?;
        return Ok(Some(Batch { changes: Vec::new(), since, next }));
    };
    if feed.next == since {
        return Ok(None);
    }
    let objects = &hook.shown.objects;
    let wanted = feed.entries.into_iter().filter(|entry| objects.is_empty() || objects.contains(&entry.object));
    Ok(Some(Batch { changes: wanted.map(changed).collect(), since, next: feed.next }))
}

/// Keeps what became of it, and gives the pause before it is tried again. What was changed about the webhook meanwhile
/// stays.
async fn settle(app: &App, sent: Hook, batch: &Batch, delivery: Delivery) -> Result<Option<Duration>, Error> {
    let mut pause = None;
    let note = |hook: &mut Hook| {
        let is_same = (hook.shown.next, &hook.shown.url) == (sent.shown.next, &sent.shown.url);
        if delivery.status == Some(GONE) {
            hook.shown.active = false;
        }
        match &delivery.problem {
            None if is_same => {
                hook.again();
                hook.shown.next = batch.next;
            }
            Some(_) if is_same => {
                let wait = backoff(app.hooks.pause, hook.shown.failures);
                hook.shown.failures += 1;
                hook.shown.retry_at = Timestamp::now().checked_add(wait).ok();
                hook.shown.problem.clone_from(&delivery.problem);
                pause = Some(wait);
            }
            _ => {}
        }
        hook.note(delivery);
        Ok(())
    };
    kept::edit(app, sent.shown.webhook, note).await?;
    Ok(pause)
}

/// The pause after so many failures: each twice as long, an hour at most.
fn backoff(first: Duration, failures: u32) -> Duration {
    first.saturating_mul(1 << failures.min(20)).min(LONGEST_PAUSE - Duration::from_secs(1))
}

/// The signature of a body that is sent at a second.
fn signature(secret: &str, second: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(format!("{second}.").as_bytes());
    context.update(body);
    let digits: String = context.sign().as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("t={second},v1={digits}")
}

async fn send(hook: &Hook, batch: &Batch) -> Delivery {
    let (at, began) = (Timestamp::now(), Instant::now());
    let name = format!("{}-{}-{}", hook.shown.webhook, batch.since, batch.next);
    let told = Dispatch {
        webhook: hook.shown.webhook,
        delivery: name.clone(),
        next: batch.next,
        changes: batch.changes.clone(),
    };
    let (status, problem) = match post(hook, &told, at).await {
        Ok(status) if (200..300).contains(&status) => (Some(status), None),
        Ok(status) => (Some(status), Some(format!("HTTP {status}"))),
        Err(why) => (None, Some(why)),
    };
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (since, next, changes) = (batch.since, batch.next, batch.changes.len());
    Delivery { delivery: name, at, since, next, changes, status, problem, ms }
}

/// Sends a body. The status of the answer, or why there is none.
async fn post(hook: &Hook, told: &Dispatch, at: Timestamp) -> Result<u16, String> {
    let body = serde_json::to_vec(told).map_err(|error| error.to_string())?;
    // Whoever was first has chosen.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("tcrm/", env!("CARGO_PKG_VERSION")));
    if hook.shown.url.starts_with("http://") {
        // Nothing is to be verified: no certificates are needed, and a machine may have none.
        builder = builder.tls_certs_only(std::iter::empty());
    }
    let client = builder.build().map_err(|error| error.to_string())?;
    let request = client
        .post(&hook.shown.url)
        .header(CONTENT_TYPE, JSON)
        .header("tcrm-delivery", &told.delivery)
        .header("tcrm-signature", signature(&hook.secret, at.as_second(), &body));
    let answer = request.body(body).send().await.map_err(|error| reason(&error))?;
    Ok(answer.status().as_u16())
}

/// The innermost reason, without the address: that is known.
fn reason(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(cause) = reason.source() {
        reason = cause;
    }
    reason.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_over_time_and_body() {
        // As `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac secret` says.
        let expected = "t=1700000000,v1=49f24e537407743fa4a0242bb63b94b9a47ee99cbbe071ccd8a22550ae411686";
        assert_eq!(signature("secret", 1_700_000_000, b"{\"a\":1}"), expected);
        assert_ne!(signature("secret", 1_700_000_001, b"{\"a\":1}"), expected);
    }

    #[test]
    fn pauses_grow_and_end_at_an_hour() {
        let first = Duration::from_secs(2);
        let pauses: Vec<u64> = [0, 1, 2, 5, 12, 40].map(|failures| backoff(first, failures).as_secs()).to_vec();
        assert_eq!(pauses, [2, 4, 8, 64, 3_599, 3_599]);
    }
}
