//! The routes and the way of a request to its handler.

use super::app::App;
use super::caller::{self, Caller};
use super::failure::Failure;
use super::gate::{self, Source, Who};
use super::{exports, files, hooks, imports, records, sessions, watching, work};
use crate::api::payload::Nothing;
use crate::api::{BASE, Endpoint, IDEMPOTENCY_KEY, JSON, MOST_ROWS, Method, OPENAPI, ProblemKind, SCHEMA};
use crate::backend::Backend;
use crate::backend::local::{LocalBackend, OnceKey};
use crate::contract::error::Error;
use crate::contract::request::Saved;
use crate::domain::id::Id;
use crate::domain::lang::Lang;
use crate::domain::record::RecordKey;
use crate::msg;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, get, on};
use axum::{RequestPartsExt, middleware};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

/// The most bytes of a body that is too large which are waited for.
const MOST_DRAINED: usize = 64 * 1024 * 1024;

/// A request as its handler sees it.
pub(super) struct Call<E: Endpoint> {
    pub(super) app: Arc<App>,
    pub(super) caller: Caller,
    pub(super) lang: Lang,
    pub(super) query: E::Query,
    pub(super) body: E::Body,
    pub(super) parts: Parts,
    path: Vec<(String, String)>,
    digest: String,
}

/// An answer with what stands in its head.
pub(super) struct Answer<T> {
    pub(super) body: T,
    pub(super) status: StatusCode,
    /// Without quotes.
    pub(super) etag: Option<String>,
}

impl<T> From<T> for Answer<T> {
    fn from(body: T) -> Answer<T> {
        Answer { body, status: StatusCode::OK, etag: None }
    }
}

impl<E: Endpoint> Call<E> {
    /// A part of the path.
    pub(super) fn part(&self, name: &str) -> &str {
        self.path.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// The object of the path.
    pub(super) fn object(&self) -> String {
        self.part("object").to_owned()
    }

    /// The id of the path.
    pub(super) fn id(&self) -> Result<Id, Failure> {
        let text = self.part("id");
        text.parse().map_err(|_| Error::NotFound(msg!("api-no-id", id = text)).into())
    }

    /// The record of the path.
    pub(super) fn key(&self) -> Result<RecordKey, Failure> {
        Ok(RecordKey { object: self.object(), id: self.id()? })
    }

    pub(super) fn backend(&self) -> &LocalBackend {
        &self.caller.backend
    }

    /// Does a write, once under the request's key if it has one.
    pub(super) async fn once<F>(&self, work: impl FnOnce(LocalBackend) -> F) -> Result<Saved, Failure>
    where
        F: Future<Output = Result<Saved, Error>>,
    {
        let key = self.parts.headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok());
        let key = key.map(|key| OnceKey { key: key.to_owned(), digest: self.digest.clone() });
        once(&self.caller.backend, key, work).await
    }

    /// The request's key for one part of it.
    pub(super) fn once_key(&self, part: usize) -> Option<OnceKey> {
        let key = self.parts.headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok())?;
        Some(OnceKey { key: format!("{key}/{part}"), digest: self.digest.clone() })
    }
}

/// Does a write, once under a key.
pub(super) async fn once<F>(
    backend: &LocalBackend,
    key: Option<OnceKey>,
    work: impl FnOnce(LocalBackend) -> F,
) -> Result<Saved, Failure>
where
    F: Future<Output = Result<Saved, Error>>,
{
    let Some(key) = key else { return Ok(work(backend.clone()).await?) };
    if key.key.is_empty() || key.key.len() > 200 {
        return Err(Failure::Server(ProblemKind::Malformed, msg!("api-bad-key")));
    }
    if let Some(saved) = backend.done_once(key.clone()).await? {
        return Ok(saved);
    }
    match work(backend.once(Some(key.clone()))).await {
        Ok(saved) => Ok(saved),
        // The same request may have come in twice at once: one of them did it.
        Err(error) => match backend.done_once(key).await {
            Ok(Some(saved)) => Ok(saved),
            _ => Err(error.into()),
        },
    }
}

/// The routes so far.
pub(super) struct Routes {
    app: Arc<App>,
    router: Router,
}

impl Routes {
    /// A route with its handler.
    pub(super) fn on<E, A, F>(mut self, _: E, handler: impl Fn(Call<E>) -> F + Clone + Send + Sync + 'static) -> Routes
    where
        E: Endpoint,
        A: Into<Answer<E::Answer>>,
        F: Future<Output = Result<A, Failure>> + Send,
    {
        let app = Arc::clone(&self.app);
        let handle = move |request: Request| {
            let (app, handler) = (Arc::clone(&app), handler.clone());
            async move { answer::<E, A, F>(app, handler, request).await }
        };
        self.router = self.router.route(&format!("{BASE}{}", E::PATH), on(filter(E::METHOD), handle));
        self
    }

    /// A route whose handler deals with bytes.
    pub(super) fn raw<E, F>(
        mut self,
        _: E,
        handler: impl Fn(Call<E>, Body) -> F + Clone + Send + Sync + 'static,
    ) -> Routes
    where
        E: Endpoint,
        F: Future<Output = Result<Response<Body>, Failure>> + Send,
    {
        let app = Arc::clone(&self.app);
        let handle = move |request: Request| {
            let (app, handler) = (Arc::clone(&app), handler.clone());
            async move { raw_answer::<E, F>(app, handler, request).await }
        };
        self.router = self.router.route(&format!("{BASE}{}", E::PATH), on(filter(E::METHOD), handle));
        self
    }
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::Get => MethodFilter::GET,
        Method::Post => MethodFilter::POST,
        Method::Put => MethodFilter::PUT,
        Method::Patch => MethodFilter::PATCH,
        Method::Delete => MethodFilter::DELETE,
    }
}

/// All routes behind the gate.
pub(super) fn router(app: &Arc<App>) -> Router {
    let routes = Routes { app: Arc::clone(app), router: Router::new() };
    let routes = work::routes(records::routes(sessions::routes(routes)));
    let routes = watching::routes(files::routes(imports::routes(hooks::routes(exports::routes(routes)))));
    let (alive, ready, figures) = (Arc::clone(app), Arc::clone(app), Arc::clone(app));
    let compressed = SizeAbove::new(512)
        .and(NotForContentType::const_new("text/event-stream"))
        .and(NotForContentType::const_new("application/octet-stream"));
    routes
        .router
        .route(&format!("{BASE}/openapi.json"), get(|| async { ([(header::CONTENT_TYPE, JSON)], OPENAPI) }))
        .route("/healthz", get(move || async move { format!("up {} s\n", alive.started.elapsed().as_secs()) }))
        .route("/readyz", get(move || async move { is_ready(&ready).await }))
        .route("/metrics", get(move || async move { figures.metrics.text(figures.started.elapsed()) }))
        .fallback(|request: Request| async move {
            let lang = caller::language(request.headers());
            Failure::Server(ProblemKind::NotFound, msg!("api-no-route")).response(lang)
        })
        .layer(CompressionLayer::new().gzip(true).compress_when(compressed))
        .layer(middleware::from_fn_with_state(Arc::clone(app), gate::pass))
}

async fn is_ready(app: &App) -> impl IntoResponse + use<> {
    let stopping = *app.stopping.borrow();
    match app.store.journal_head().await {
        Ok(_) if !stopping => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "not ready\n"),
    }
}

async fn answer<E, A, F>(app: Arc<App>, handler: impl Fn(Call<E>) -> F, request: Request) -> Response<Body>
where
    E: Endpoint,
    A: Into<Answer<E::Answer>>,
    F: Future<Output = Result<A, Failure>> + Send,
{
    let lang = caller::language(request.headers());
    let (mut who, told) = (None, app.schema());
    let most = app.most_body;
    let result = async {
        let (parts, body) = request.into_parts();
        let (app, caller, parts) = let_in::<E>(app, parts, &mut who).await?;
        let bytes = read(body, most, &parts).await?;
        let call = call_of::<E>(app, caller, lang, parts, &bytes).await?;
        handler(call).await
    };
    let mut response = match result.await {
        Ok(done) => done.into().response(),
        Err(failure) => failure.response(lang),
    };
    if let Ok(version) = HeaderValue::from_str(&told.version) {
        response.headers_mut().insert(SCHEMA, version);
    }
    if let Some(token) = who {
        response.extensions_mut().insert(Who(token));
    }
    response
}

async fn raw_answer<E, F>(app: Arc<App>, handler: impl Fn(Call<E>, Body) -> F, request: Request) -> Response<Body>
where
    E: Endpoint,
    F: Future<Output = Result<Response<Body>, Failure>> + Send,
{
    let lang = caller::language(request.headers());
    let mut who = None;
    let result = async {
        let (parts, body) = request.into_parts();
        let (app, caller, parts) = let_in::<E>(app, parts, &mut who).await?;
        let call = call_of::<E>(app, caller, lang, parts, b"{}").await?;
        handler(call, body).await
    };
    let mut response = result.await.unwrap_or_else(|failure| failure.response(lang));
    if let Some(token) = who {
        response.extensions_mut().insert(Who(token));
    }
    response
}

/// Whoever calls, if they may call this route now.
async fn let_in<E: Endpoint>(
    app: Arc<App>,
    parts: Parts,
    who: &mut Option<i64>,
) -> Result<(Arc<App>, Caller, Parts), Failure> {
    let Some(scope) = E::SCOPE else {
        let nobody = sessions::nobody(&app);
        return Ok((app, nobody, parts));
    };
    let caller = caller::of(&app, &parts.headers).await?;
    *who = Some(caller.token);
    app.rates.take(Source::Token(caller.token))?;
    if !caller.scopes.contains(&scope) {
        let message = msg!("api-scope", scope = scope.name());
        return Err(Failure::Server(ProblemKind::Denied, message));
    }
    Ok((app, caller, parts))
}

async fn call_of<E: Endpoint>(
    app: Arc<App>,
    caller: Caller,
    lang: Lang,
    mut parts: Parts,
    bytes: &[u8],
) -> Result<Call<E>, Failure> {
    let malformed = |reason: &dyn std::fmt::Display| {
        Failure::Server(ProblemKind::Malformed, msg!("api-malformed", reason = reason))
    };
    let params = parts.extract::<RawPathParams>().await.map_err(|e| malformed(&e))?;
    let path = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let text = parts.uri.query().unwrap_or_default();
    let query = serde_urlencoded::from_str(text).map_err(|e| malformed(&e))?;
    let given = if bytes.is_empty() { b"{}" } else { bytes };
    if given.trim_ascii_start().first() != Some(&b'{') {
        // A list of values in the right order would do as well: nobody should come to rely on that.
        return Err(malformed(&"{ expected"));
    }
    let body = serde_json::from_slice(given).map_err(|e| malformed(&e))?;
    let mut digest = Sha256::new();
    for part in [parts.method.as_str().as_bytes(), parts.uri.path().as_bytes(), bytes] {
        digest.update(part);
        digest.update([0]);
    }
    let digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Call { app, caller, lang, query, body, parts, path, digest })
}

/// The body, if it is JSON or nothing, and not too large.
async fn read(body: Body, most: usize, parts: &Parts) -> Result<Bytes, Failure> {
    let too_large = || Failure::Server(ProblemKind::TooLarge, msg!("api-too-large", limit = most / 1024));
    let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > most) {
        drain(body, length.unwrap_or_default()).await;
        return Err(too_large());
    }
    let bytes = axum::body::to_bytes(body, most).await.map_err(|_| too_large())?;
    Ok(bytes)
}

/// Takes what is too large without keeping it: whoever is still sending doesn't hear why otherwise. What is larger than
/// anybody sends by mistake is not waited for.
async fn drain(body: Body, length: usize) {
    if length > MOST_DRAINED {
        return;
    }
    let mut rest = body.into_data_stream();
    while let Some(Ok(_)) = rest.next().await {}
}

impl<T: serde::Serialize> Answer<T> {
    fn response(self) -> Response<Body> {
        let body = match serde_json::to_vec(&self.body) {
            Ok(body) => body,
            Err(error) => {
                let failure = Failure::Server(ProblemKind::Other, msg!("api-malformed", reason = error));
                return failure.response(Lang::En);
            }
        };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(JSON));
        if let Some(etag) = self.etag.and_then(|etag| HeaderValue::from_str(&format!("\"{etag}\"")).ok()) {
            headers.insert(header::ETAG, etag);
        }
        response
    }
}

/// Nothing more to say.
pub(super) fn done(_: ()) -> Nothing {
    Nothing {}
}

/// A number of rows as the backend takes it.
pub(super) fn rows(limit: usize) -> usize {
    limit.clamp(1, MOST_ROWS)
}

/// The schema in force.
pub(super) fn schema(backend: &LocalBackend) -> Arc<crate::schema::model::Schema> {
    backend.schema()
}
