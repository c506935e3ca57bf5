//! Requests and answers: one pool of connections, time limits, tries, and what a failure means.

use super::HttpOptions;
use crate::api::endpoint::{GetSchema, path_of};
use crate::api::problem::MEDIA_TYPE;
use crate::api::{BASE, Endpoint, IDEMPOTENCY_KEY, JSON, Method, ORIGIN, Problem, SCHEMA, ZONE};
use crate::backend::traffic::{Body, Exchange, Traffic};
use crate::contract::error::Error;
use crate::domain::journal::Origin;
use crate::domain::message::Message;
use crate::domain::password::Password;
use crate::msg;
use crate::schema::model::Schema;
use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{RequestBuilder, Response, StatusCode};
use std::error::Error as _;
use std::path::Path;
use std::time::{Duration, Instant};

/// How often what only reads is tried.
const TRIES: u32 = 3;
/// The first pause between tries; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(120);
/// The longest pause that a server may ask for without the user being told.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(8);
/// How long an idle connection is kept: less than servers do, so that none is closed as a request goes out on it.
const IDLE: Duration = Duration::from_secs(10);
/// What of a request's head is of use to whoever repeats it.
const TOLD: [&str; 6] = ["content-type", "accept-language", "if-match", "if-none-match", IDEMPOTENCY_KEY, ZONE];
/// The most bytes of an answer.
const MOST: usize = 256 * 1024 * 1024;

/// Asks a server.
pub(super) struct Client {
    http: reqwest::Client,
    base: String,
    token: Password,
    headers: HeaderMap,
    timeout: Duration,
    /// What was asked and answered.
    pub(super) traffic: Traffic,
}

/// What is known of a request before it is sent.
struct Asked {
    at: Timestamp,
    began: Instant,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Body,
}

impl Asked {
    fn of(request: &reqwest::Request) -> Asked {
        let url = request.url();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let told =
            |name: &str| request.headers().get(name)?.to_str().ok().map(|value| (name.to_owned(), value.to_owned()));
        let path = format!("{}{query}", url.path());
        Asked {
            at: Timestamp::now(),
            began: Instant::now(),
            method: request.method().to_string(),
            headers: TOLD.iter().copied().filter_map(told).collect(),
            body: Body::new(request.body().and_then(reqwest::Body::as_bytes).unwrap_or_default(), &path),
            path,
        }
    }
}

/// An answer with the version of the schema that it was made by.
pub(super) struct Answered<T> {
    pub(super) body: T,
    pub(super) schema: Option<String>,
}

/// A request as it is written.
#[derive(Debug, Clone)]
pub struct RawRequest {
    /// The method.
    pub method: Method,
    /// The path, with or without `/api/v1`.
    pub path: String,
    /// What stands in the head beside what always does.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
    /// With the token.
    pub signed_in: bool,
}

/// An answer as it came.
#[derive(Debug, Clone)]
pub struct RawAnswer {
    /// The status.
    pub status: u16,
    /// The head, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

struct Whole {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// A key that no other write has.
pub(super) fn random_key() -> String {
    let mut random = [0_u8; 16];
    // Without random bits the time tells writes apart.
    let _ = getrandom::fill(&mut random);
    let digits: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{digits}-{:x}", jiff::Timestamp::now().as_nanosecond())
}

impl Client {
    pub(super) fn new(options: &HttpOptions) -> Result<Client, Error> {
        let base = options.url.trim().trim_end_matches('/').trim_end_matches(BASE).to_owned();
        if !(base.starts_with("https://") || base.starts_with("http://")) {
            return Err(Error::field("url", msg!("http-no-url", url = options.url)));
        }
        // Whoever was first has chosen.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let failed = |why: &dyn std::fmt::Display| Error::Other(msg!("http-setup", reason = why));
        let mut builder = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .tcp_nodelay(true)
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("tcrm/", env!("CARGO_PKG_VERSION")));
        if base.starts_with("http://") {
            // Nothing is to be verified: no certificates are needed, and a machine may have none.
            builder = builder.tls_certs_only(std::iter::empty());
        } else if let Some(path) = &options.certificates {
            builder = builder.tls_certs_merge(certificates(path)?);
        }
        let http = builder.build().map_err(|e| failed(&e))?;
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(options.lang.tag()));
        let zone = options.zone.iana_name().and_then(|name| HeaderValue::from_str(name).ok());
        zone.map(|name| headers.insert(ZONE, name));
        let origin = match options.origin {
            Origin::Tui => "tui",
            Origin::Cli => "cli",
            _ => "api",
        };
        headers.insert(ORIGIN, HeaderValue::from_static(origin));
        let (token, timeout, traffic) = (options.token.clone(), options.timeout, Traffic::default());
        Ok(Client { http, base, token, headers, timeout, traffic })
    }

    /// The server's address.
    pub(super) fn url(&self) -> &str {
        &self.base
    }

    /// Asks a route; what only reads is tried again.
    pub(super) async fn call<E: Endpoint>(
        &self,
        path: &[&str],
        query: &E::Query,
        body: &E::Body,
    ) -> Result<Answered<E::Answer>, Error> {
        let request = || self.request::<E>(path, query, body);
        let whole = if E::reads() { self.try_often(request).await? } else { self.send(request()?).await? };
        self.read(whole)
    }

    /// Sends a write once.
    pub(super) async fn write<E: Endpoint>(
        &self,
        path: &[&str],
        version: Option<i64>,
        key: &str,
        body: &E::Body,
    ) -> Result<Answered<E::Answer>, Error> {
        let mut request = self.request::<E>(path, &E::Query::default(), body)?.header(IDEMPOTENCY_KEY, key);
        if let Some(version) = version {
            request = request.header(header::IF_MATCH, format!("\"{version}\""));
        }
        let whole = self.send(request).await?;
        self.read(whole)
    }

    /// The schema in force and its version; `None` if it is the one that is known.
    pub(super) async fn schema(&self, known: Option<&str>) -> Result<Option<(String, Schema)>, Error> {
        let path = path_of(GetSchema::PATH, &[]);
        let whole = self
            .try_often(|| {
                let request = self.builder(Method::Get, &path);
                Ok(match known {
                    Some(known) => request.header(header::IF_NONE_MATCH, format!("\"{known}\"")),
                    None => request,
                })
            })
            .await?;
        if whole.status == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        let etag = whole.headers.get(header::ETAG).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let version = etag.trim_matches('"').to_owned();
        Ok(Some((version, self.read::<Schema>(whole)?.body)))
    }

    /// Asks something by method and path.
    pub(super) async fn raw(&self, asked: RawRequest) -> Result<RawAnswer, Error> {
        let path = &asked.path;
        let slash = if path.starts_with('/') { "" } else { "/" };
        let is_whole = ["/api/", "/healthz", "/readyz", "/metrics"].iter().any(|start| path.starts_with(start));
        let base = if is_whole { "" } else { BASE };
        let path = format!("{base}{slash}{path}");
        let mut request = match asked.signed_in {
            true => self.builder(asked.method, &path),
            false => self.unsigned(asked.method, &path),
        };
        request = request.timeout(self.timeout);
        let broken = |why: &dyn std::fmt::Display| Error::Other(msg!("http-setup", reason = why));
        let mut given = HeaderMap::new();
        for (name, value) in &asked.headers {
            let name: header::HeaderName = name.parse().map_err(|e| broken(&e))?;
            given.insert(name, value.parse().map_err(|e| broken(&e))?);
        }
        request = request.headers(given);
        if let Some(body) = asked.body {
            request = request.header(header::CONTENT_TYPE, JSON).body(body);
        }
        let whole = self.send(request).await?;
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let headers = whole.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        Ok(RawAnswer { status: whole.status.as_u16(), headers, body: whole.body })
    }

    /// Begins an answer that goes on.
    pub(super) async fn stream(&self, path: &str) -> Result<Response, Error> {
        let response = self.builder(Method::Get, path).send().await.map_err(|e| self.broken(&e))?;
        match response.status() {
            StatusCode::OK => Ok(response),
            _ => Err(self.refused(&self.whole(response).await?)),
        }
    }

    /// A request with a body of bytes, whose answer is a body of bytes.
    pub(super) async fn bytes(
        &self,
        method: Method,
        path: &str,
        body: Option<reqwest::Body>,
    ) -> Result<Vec<u8>, Error> {
        let mut request = self.builder(method, path).timeout(self.timeout * 10);
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, "application/octet-stream").body(body);
        }
        let whole = self.send(request).await?;
        if whole.status.is_success() { Ok(whole.body) } else { Err(self.refused(&whole)) }
    }

    fn request<E: Endpoint>(&self, path: &[&str], query: &E::Query, body: &E::Body) -> Result<RequestBuilder, Error> {
        let broken = |why: &dyn std::fmt::Display| Error::Other(msg!("http-setup", reason = why));
        let mut path = path_of(E::PATH, path);
        let query = serde_urlencoded::to_string(query).map_err(|e| broken(&e))?;
        if !query.is_empty() {
            path.push('?');
            path.push_str(&query);
        }
        let request = self.builder(E::METHOD, &path).timeout(self.timeout);
        let text = serde_json::to_vec(body).map_err(|e| broken(&e))?;
        Ok(match E::METHOD {
            Method::Get | Method::Delete => request,
            _ => request.header(header::CONTENT_TYPE, JSON).body(text),
        })
    }

    fn builder(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.unsigned(method, path);
        if self.token.is_empty() {
            return request;
        }
        request.bearer_auth(String::from_utf8_lossy(self.token.bytes()))
    }

    fn unsigned(&self, method: Method, path: &str) -> RequestBuilder {
        let method = match method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        self.http.request(method, format!("{}{path}", self.base)).headers(self.headers.clone())
    }

    async fn try_often(&self, request: impl Fn() -> Result<RequestBuilder, Error>) -> Result<Whole, Error> {
        let mut pause = PAUSE;
        for _ in 1..TRIES {
            let result = self.send(request()?).await;
            let wait = match &result {
                Ok(whole) => match again(whole) {
                    Some(wait) => wait.unwrap_or(pause),
                    None => return result,
                },
                Err(Error::Offline(_) | Error::Other(_)) => pause,
                Err(_) => return result,
            };
            tokio::time::sleep(jittered(wait)).await;
            pause *= 2;
        }
        self.send(request()?).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Whole, Error> {
        let request = request.build().map_err(|e| self.broken(&e))?;
        let asked = Asked::of(&request);
        let result = match self.http.execute(request).await {
            Ok(response) => self.whole(response).await,
            Err(error) => Err(self.broken(&error)),
        };
        self.note(asked, &result);
        result
    }

    fn note(&self, asked: Asked, result: &Result<Whole, Error>) {
        let (status, answer, problem) = match result {
            Ok(whole) => (Some(whole.status.as_u16()), whole.body.as_slice(), None),
            Err(error) => (None, [].as_slice(), Some(error.to_string())),
        };
        self.traffic.note(Exchange {
            request: asked.body,
            answer: Body::new(answer, &asked.path),
            at: asked.at,
            took: asked.began.elapsed(),
            method: asked.method,
            server: self.base.clone(),
            path: asked.path,
            headers: asked.headers,
            status,
            problem,
        });
    }

    async fn whole(&self, mut response: Response) -> Result<Whole, Error> {
        let (status, headers) = (response.status(), response.headers().clone());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| self.broken(&e))? {
            if body.len() + chunk.len() > MOST {
                return Err(self.garbage("too long"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Whole { status, headers, body })
    }

    fn read<T: serde::de::DeserializeOwned>(&self, whole: Whole) -> Result<Answered<T>, Error> {
        if !whole.status.is_success() {
            return Err(self.refused(&whole));
        }
        let kind = whole.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if !kind.starts_with(JSON) {
            return Err(self.garbage(if kind.is_empty() { "?" } else { kind }));
        }
        let body = serde_json::from_slice(&whole.body).map_err(|e| self.garbage(&e.to_string()))?;
        let schema = whole.headers.get(SCHEMA).and_then(|v| v.to_str().ok()).map(str::to_owned);
        Ok(Answered { body, schema })
    }

    fn garbage(&self, reason: &str) -> Error {
        Error::Other(msg!("http-garbage", url = self.base, reason = reason))
    }

    /// What a connection that failed means.
    fn broken(&self, error: &reqwest::Error) -> Error {
        let mut reason = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            reason = cause.to_string();
            source = cause.source();
        }
        if error.is_timeout() {
            return Error::Timeout(msg!("http-timeout", url = self.base));
        }
        if error.is_connect() {
            return Error::Offline(msg!("http-offline", url = self.base, reason = reason));
        }
        Error::Offline(msg!("http-cut", url = self.base, reason = reason))
    }

    /// What an answer that is no success means: what it says, or what its status says.
    fn refused(&self, whole: &Whole) -> Error {
        let kind = whole.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
        if kind.starts_with(MEDIA_TYPE)
            && let Ok(problem) = serde_json::from_slice::<Problem>(&whole.body)
        {
            return Error::from(problem);
        }
        let (url, status) = (&self.base, whole.status.as_u16());
        let say = |key: &'static str| Message::new(key).with("url", url).with("status", status);
        match status {
            401 => Error::Denied(say("http-signed-out")),
            403 | 407 => Error::Denied(say("http-denied")),
            404 | 405 => Error::NotFound(say("http-no-api")),
            408 | 504 => Error::Timeout(msg!("http-timeout", url = url)),
            409 | 412 => Error::Conflict { message: say("http-conflict"), theirs: None },
            413 => Error::Other(say("http-too-large")),
            429 => Error::Timeout(say("http-too-many")),
            301 | 302 | 307 | 308 => {
                let to = whole.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default();
                Error::Other(say("http-moved").with("to", to))
            }
            502 | 503 => Error::Offline(say("http-away")),
            _ => Error::Other(say("http-failed")),
        }
    }
}

/// Whether an answer says that asking again may help, and when.
fn again(whole: &Whole) -> Option<Option<Duration>> {
    if !matches!(whole.status.as_u16(), 429 | 502 | 503 | 504) {
        return None;
    }
    let after = whole.headers.get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
    match after.map(Duration::from_secs) {
        Some(wait) if wait > LONGEST_PAUSE => None,
        wait => Some(wait),
    }
}

/// Somewhere between half of a pause and all of it: those who failed together don't come back together.
fn jittered(pause: Duration) -> Duration {
    let mut random = [0_u8; 1];
    let _ = getrandom::fill(&mut random);
    let [share] = random;
    pause / 2 + pause / 2 * u32::from(share) / 255
}

fn certificates(path: &Path) -> Result<Vec<reqwest::Certificate>, Error> {
    let failed =
        |why: &dyn std::fmt::Display| Error::Other(msg!("serve-certificate", path = path.display(), reason = why));
    let pem = std::fs::read(path).map_err(|e| failed(&e))?;
    reqwest::Certificate::from_pem_bundle(&pem).map_err(|e| failed(&e))
}
