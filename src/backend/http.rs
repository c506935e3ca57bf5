//! A CRM API as a [`Backend`](super::Backend): every question is a request to a server that speaks [`crate::api`].
//!
//! Requests run on a runtime of the backend's own, so that connections outlive whoever asks. What only reads is tried
//! again where the way was at fault, and given up when nobody waits for it any more; what writes is sent once, under a
//! key by which the server does it once.

mod answers;
mod client;
mod files;
mod imports;
mod sending;
mod watching;

pub use client::{RawAnswer, RawRequest};
pub use files::attached;
pub use sending::Sent;

use super::Me;
use crate::api::Endpoint;
use crate::api::endpoint::{GetMe, SignIn, SignOut};
use crate::api::payload::{Nothing, Scope, SignInRequest, SignedIn, Standing};
use crate::api::typing::Typed;
use crate::contract::error::Error;
use crate::contract::request::Capabilities;
use crate::domain::journal::Origin;
use crate::domain::lang::Lang;
use crate::domain::password::Password;
use crate::msg;
use crate::schema::model::Schema;
use client::{Answered, Client};
use futures_util::future::BoxFuture;
use jiff::tz::TimeZone;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::watch as channel;
use tokio::task::JoinHandle;

/// How to reach a server.
#[derive(Debug, Clone)]
pub struct HttpOptions {
    /// Its address: `https://crm.example.com`.
    pub url: String,
    /// The token of a session, or an API key.
    pub token: Password,
    /// Where changes are said to come from.
    pub origin: Origin,
    /// The user's time zone.
    pub zone: TimeZone,
    /// The language of texts.
    pub lang: Lang,
    /// How long an answer may take.
    pub timeout: Duration,
    /// A file of further certificates to trust, as PEM.
    pub certificates: Option<PathBuf>,
    /// The folder that attached files and the schema are kept in.
    pub cache: PathBuf,
}

impl HttpOptions {
    /// A server by its address and a token, with what is usual.
    pub fn new(url: impl Into<String>, token: Password, cache: PathBuf) -> HttpOptions {
        HttpOptions {
            url: url.into(),
            token,
            origin: Origin::Cli,
            zone: TimeZone::system(),
            lang: Lang::En,
            timeout: Duration::from_secs(30),
            certificates: None,
            cache,
        }
    }
}

/// A server that speaks the API.
pub struct HttpBackend {
    inner: Arc<Inner>,
    engine: Engine,
    me: Option<Me>,
    capabilities: Capabilities,
    name: String,
    listener: Mutex<Option<JoinHandle<()>>>,
}

/// Asks a server by method and path, for whoever wants to see what it says.
pub struct Talk {
    client: Arc<Client>,
    engine: Engine,
}

impl Talk {
    /// With a server; nothing is asked yet.
    pub fn new(options: &HttpOptions) -> Result<Talk, Error> {
        Ok(Talk { client: Arc::new(Client::new(options)?), engine: Engine::new()? })
    }

    /// Asks something, waiting for the answer on this thread. An answer of any status is no failure.
    pub fn ask(&self, request: RawRequest) -> Result<RawAnswer, Error> {
        let client = Arc::clone(&self.client);
        self.engine.wait(async move { client.raw(request).await })
    }
}

/// What every request needs.
struct Inner {
    client: Client,
    schema: RwLock<(Arc<str>, Arc<Schema>)>,
    /// Only one at a time fetches the schema.
    fetching: tokio::sync::Mutex<()>,
    changes: channel::Sender<u64>,
    cache: PathBuf,
    /// Writes whose answers were lost: what was asked, and under which key.
    unsure: Mutex<HashMap<String, String>>,
}

/// The runtime that the connections live on.
struct Engine(Option<Runtime>);

impl Engine {
    fn new() -> Result<Engine, Error> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let made = builder.worker_threads(1).thread_name("http").enable_all().build();
        made.map(|runtime| Engine(Some(runtime))).map_err(|e| Error::Other(msg!("http-runtime", reason = e)))
    }

    fn handle(&self) -> Option<&Handle> {
        self.0.as_ref().map(Runtime::handle)
    }

    /// Does something on the runtime, and waits for it on this thread.
    fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, waiting) = std::sync::mpsc::channel();
        if let Some(handle) = self.handle() {
            handle.spawn(async move {
                let _ = answer.send(work.await);
            });
        }
        waiting.recv().unwrap_or_else(|_| Err(Error::Other(msg!("backend-job-lost"))))
    }
}

impl Drop for Engine {
    /// Connections are not waited for.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Ends a task when nobody waits for it.
struct EndOnDrop<T>(JoinHandle<T>, bool);

impl<T> Drop for EndOnDrop<T> {
    fn drop(&mut self) {
        if self.1 {
            self.0.abort();
        }
    }
}

impl HttpBackend {
    /// Signs in at a server, waiting for the answer on this thread. `Denied` with the server's reason.
    pub fn sign_in(
        options: &HttpOptions,
        login: Option<String>,
        password: Option<&Password>,
        label: &str,
    ) -> Result<SignedIn, Error> {
        let text = |p: &Password| String::from_utf8_lossy(p.bytes()).into_owned();
        let request =
            SignInRequest { login, password: password.map(text), label: label.to_owned(), scopes: Vec::new() };
        let (client, engine) = (Client::new(options)?, Engine::new()?);
        engine.wait(async move { Ok(client.call::<SignIn>(&[], &Nothing {}, &request).await?.body) })
    }

    /// Signs out: the token is good for nothing any more.
    pub fn sign_out(options: &HttpOptions) -> Result<(), Error> {
        let (client, engine) = (Client::new(options)?, Engine::new()?);
        engine.wait(async move { client.call::<SignOut>(&[], &Nothing {}, &Nothing {}).await.map(drop) })
    }

    /// Connects with a server, waiting for its schema on this thread. `Denied` if it doesn't let the token in,
    /// `Offline` if it can't be reached, `Other` if it isn't a server of this API.
    pub fn open(options: HttpOptions) -> Result<HttpBackend, Error> {
        let (client, engine) = (Client::new(&options)?, Engine::new()?);
        let kept = watching::kept_schema(&options);
        let (client, standing, version, schema) = engine.wait(async move {
            let known = kept.as_ref().map(|(version, _)| version.clone());
            let me = client.call::<GetMe>(&[], &Nothing {}, &Nothing {});
            let schema = client.schema(known.as_deref());
            let (me, schema) = futures_util::future::try_join(me, schema).await?;
            let (version, schema) = match (schema, kept) {
                (Some(new), _) => new,
                (None, Some(kept)) => kept,
                (None, None) => return Err(Error::Other(msg!("http-garbage", url = client.url(), reason = "schema"))),
            };
            let standing: Standing = me.body;
            Ok((client, standing, version, schema))
        })?;
        watching::keep_schema(&options, &version, &schema);
        let writes = standing.scopes.contains(&Scope::Write);
        let Capabilities { write, undo, import } = standing.capabilities;
        let capabilities = Capabilities { write: write && writes, undo: undo && writes, import: import && writes };
        let inner = Arc::new(Inner {
            client,
            schema: RwLock::new((version.into(), Arc::new(schema))),
            fetching: tokio::sync::Mutex::new(()),
            changes: channel::Sender::new(0),
            cache: options.cache,
            unsure: Mutex::default(),
        });
        let listener = Mutex::new(None);
        Ok(HttpBackend { inner, engine, me: standing.me, capabilities, name: standing.name, listener })
    }

    /// What the server calls its data.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs work on the backend's runtime; what only reads ends when nobody waits for it.
    fn run<T, F>(&self, reads: bool, work: impl FnOnce(Arc<Inner>) -> F) -> BoxFuture<'static, Result<T, Error>>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let Some(handle) = self.engine.handle() else {
            return Box::pin(std::future::ready(Err(Error::Other(msg!("backend-job-lost")))));
        };
        let mut task = EndOnDrop(handle.spawn(work(Arc::clone(&self.inner))), reads);
        Box::pin(async move {
            let result = (&mut task.0).await;
            result.unwrap_or_else(|_| Err(Error::Other(msg!("backend-job-lost"))))
        })
    }

    /// Asks a route.
    fn ask<E: Endpoint>(
        &self,
        path: Vec<String>,
        query: E::Query,
        body: E::Body,
    ) -> BoxFuture<'static, Result<E::Answer, Error>>
    where
        E::Answer: 'static,
        E::Query: Sync + 'static,
        E::Body: Sync + 'static,
    {
        self.run(E::reads(), move |inner| async move { inner.ask::<E>(&path, &query, &body).await })
    }

    /// The same, with the types of the schema.
    fn ask_typed<E: Endpoint>(
        &self,
        path: Vec<String>,
        query: E::Query,
        body: E::Body,
    ) -> BoxFuture<'static, Result<E::Answer, Error>>
    where
        E::Answer: Typed + 'static,
        E::Query: Sync + 'static,
        E::Body: Sync + 'static,
    {
        self.run(E::reads(), move |inner| async move {
            let answer = inner.ask::<E>(&path, &query, &body).await?;
            Ok(inner.in_types(answer))
        })
    }

    /// A write, under a key by which it is done once.
    fn write<E: Endpoint>(
        &self,
        path: Vec<String>,
        version: Option<i64>,
        body: E::Body,
    ) -> BoxFuture<'static, Result<E::Answer, Error>>
    where
        E::Answer: Typed + 'static,
        E::Query: Sync + 'static,
        E::Body: Sync + 'static,
    {
        self.run(false, move |inner| async move {
            let answer = inner.write::<E>(&path, version, &body).await?;
            Ok(inner.in_types(answer))
        })
    }
}

impl Inner {
    fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.schema.read().unwrap_or_else(PoisonError::into_inner).1)
    }

    async fn ask<E: Endpoint>(&self, path: &[String], query: &E::Query, body: &E::Body) -> Result<E::Answer, Error> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        self.taken(self.client.call::<E>(&path, query, body).await).await
    }

    /// Sends a write under a key. A write whose answer was lost keeps its key, so that sending it again is safe.
    async fn write<E: Endpoint>(
        &self,
        path: &[String],
        version: Option<i64>,
        body: &E::Body,
    ) -> Result<E::Answer, Error> {
        let what = format!("{} {path:?} {version:?} {}", E::NAME, serde_json::to_string(body).unwrap_or_default());
        let key = {
            let mut unsure = self.unsure.lock().unwrap_or_else(PoisonError::into_inner);
            unsure.entry(what.clone()).or_insert_with(client::random_key).clone()
        };
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let result = self.client.write::<E>(&path, version, &key, body).await;
        let is_sure = !matches!(&result, Err(Error::Offline(_) | Error::Timeout(_) | Error::Other(_)));
        if is_sure {
            self.unsure.lock().unwrap_or_else(PoisonError::into_inner).remove(&what);
        }
        self.written(result).await
    }

    /// What a write came to; if anything, whoever watches is told.
    async fn written<T>(&self, result: Result<Answered<T>, Error>) -> Result<T, Error> {
        let answer = self.taken(result).await?;
        self.changes.send_modify(|n| *n += 1);
        Ok(answer)
    }

    /// The body of an answer, once the schema that it was made by is known.
    async fn taken<T>(&self, result: Result<Answered<T>, Error>) -> Result<T, Error> {
        let answer = result.map_err(|error| self.in_types(error))?;
        self.take_up(answer.schema.as_deref()).await?;
        Ok(answer.body)
    }

    /// What came over the wire, with the types of the schema.
    fn in_types<T: Typed>(&self, mut came: T) -> T {
        came.type_by(&self.schema());
        came
    }

    /// Fetches the schema if another one is in force by now.
    async fn take_up(&self, version: Option<&str>) -> Result<(), Error> {
        let Some(version) = version else { return Ok(()) };
        if self.is_known(version) {
            return Ok(());
        }
        let _one = self.fetching.lock().await;
        if self.is_known(version) {
            return Ok(());
        }
        if let Some((version, schema)) = self.client.schema(None).await? {
            *self.schema.write().unwrap_or_else(PoisonError::into_inner) = (version.into(), Arc::new(schema));
            self.changes.send_modify(|n| *n += 1);
        }
        Ok(())
    }

    fn is_known(&self, version: &str) -> bool {
        *self.schema.read().unwrap_or_else(PoisonError::into_inner).0 == *version
    }
}

impl Drop for HttpBackend {
    fn drop(&mut self) {
        if let Some(listener) = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take() {
            listener.abort();
        }
    }
}
