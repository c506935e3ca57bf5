//! What every request passes: limits, the clock, faults on purpose, the log.

use super::app::App;
use super::failure::Failure;
use super::{caller, log};
use crate::api::ProblemKind;
use crate::msg;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::stream;
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The most sources whose rates are watched.
const MOST: usize = 10_000;

/// How many requests each token and address has left.
pub(super) struct Rates {
    per_second: f64,
    sign_ins_per_second: f64,
    sign_ins: f64,
    left: Mutex<HashMap<Source, (f64, Instant)>>,
}

/// Where requests come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Source {
    /// A token, by its number.
    Token(i64),
    /// An address that signs in.
    SignIn(IpAddr),
}

impl Rates {
    pub(super) fn new(per_second: u32, sign_ins_per_minute: u32) -> Rates {
        let sign_ins = f64::from(sign_ins_per_minute);
        let left = Mutex::default();
        Rates { per_second: f64::from(per_second), sign_ins_per_second: sign_ins / 60.0, sign_ins, left }
    }

    /// Takes one; a failure that says when to come back if there is none left.
    pub(super) fn take(&self, source: Source) -> Result<(), Failure> {
        let (rate, most) = match source {
            Source::Token(_) => (self.per_second, self.per_second * 2.0),
            Source::SignIn(_) => (self.sign_ins_per_second, self.sign_ins),
        };
        if rate <= 0.0 {
            return Ok(());
        }
        let now = Instant::now();
        let mut all = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            all.retain(|_, (_, at)| now.duration_since(*at) < Duration::from_secs(60));
        }
        let (left, at) = all.entry(source).or_insert((most, now));
        *left = (*left + now.duration_since(*at).as_secs_f64() * rate).min(most);
        *at = now;
        if *left < 1.0 {
            let seconds = ((1.0 - *left) / rate).ceil();
            return Err(Failure::TooMany(seconds as u64));
        }
        *left -= 1.0;
        Ok(())
    }
}

/// The number under which a request's user and token are told to the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who(pub(super) i64);

/// Lets a request through and notes what became of it.
pub(super) async fn pass(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unknown", |path| path.as_str()).to_owned();
    let from = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let lang = caller::language(request.headers());
    let streams = route.ends_with("/events");
    let fault = trouble(&app, &route).await;
    let answered = async {
        match fault {
            Some(Fault::Refuse) => Failure::Server(ProblemKind::Offline, msg!("api-on-purpose")).response(lang),
            Some(Fault::Fail) => Failure::Server(ProblemKind::Other, msg!("api-on-purpose")).response(lang),
            Some(fault) => spoiled(fault, next.run(request).await),
            None => next.run(request).await,
        }
    };
    let mut response = match streams {
        true => answered.await,
        false => match tokio::time::timeout(app.timeout, answered).await {
            Ok(response) => response,
            Err(_) => Failure::Server(ProblemKind::Timeout, msg!("api-timeout")).response(lang),
        },
    };
    if response.status() == StatusCode::METHOD_NOT_ALLOWED && response.headers().get(header::CONTENT_TYPE).is_none() {
        response = Failure::Server(ProblemKind::NoSuchMethod, msg!("api-no-method")).response(lang);
    }
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    let took = began.elapsed();
    let status = response.status().as_u16();
    app.metrics.note(&method, &route, status, took);
    let token = response.extensions().get::<Who>().map(|who| who.0);
    app.log.request(&log::Line { method: name(&method), route: &route, status, took, token, from });
    response
}

fn name(method: &Method) -> &str {
    method.as_str()
}

#[derive(Debug, Clone, Copy)]
enum Fault {
    /// Not now.
    Refuse,
    /// An error of the server's.
    Fail,
    /// The work is done, and the answer is nonsense.
    Garbage,
    /// The work is done, and half the answer comes.
    Half,
}

/// The latency, and a fault if it is this request's turn.
async fn trouble(app: &App, route: &str) -> Option<Fault> {
    let trouble = app.trouble;
    if !trouble.latency.is_zero() {
        tokio::time::sleep(trouble.latency).await;
    }
    if trouble.errors == 0 || !route.starts_with(crate::api::BASE) {
        return None;
    }
    let mut random = [0_u8; 2];
    getrandom::fill(&mut random).ok()?;
    let [turn, kind] = random;
    if u16::from(turn) * 100 / 256 >= u16::from(trouble.errors) {
        return None;
    }
    Some(match kind % 4 {
        0 => Fault::Refuse,
        1 => Fault::Fail,
        2 => Fault::Garbage,
        _ => Fault::Half,
    })
}

/// An answer that doesn't arrive as it was meant.
fn spoiled(fault: Fault, response: Response) -> Response {
    let (mut parts, body) = response.into_parts();
    let body = match fault {
        Fault::Garbage => {
            parts.headers.remove(header::CONTENT_LENGTH);
            Body::from("<html><body>It works!</body></html>")
        }
        _ => {
            drop(body);
            let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            Body::from_stream(stream::iter([Ok(Bytes::from_static(b"{\"rows\":[{\"rec")), Err(broken)]))
        }
    };
    Response::from_parts(parts, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_much_is_told_when_to_come_back_and_others_are_not_held_up() {
        let rates = Rates::new(2, 1);
        let here = IpAddr::from([127, 0, 0, 1]);
        assert!((0..4).all(|_| rates.take(Source::Token(1)).is_ok()));
        assert!(matches!(rates.take(Source::Token(1)), Err(Failure::TooMany(1))));
        assert!(rates.take(Source::Token(2)).is_ok());
        assert!(rates.take(Source::SignIn(here)).is_ok());
        assert!(matches!(rates.take(Source::SignIn(here)), Err(Failure::TooMany(55..=60))));
        let free = Rates::new(0, 0);
        assert!((0..100).all(|_| free.take(Source::Token(1)).is_ok()));
    }
}
