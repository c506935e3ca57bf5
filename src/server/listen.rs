//! Connections: plain or TLS, each with time limits, until the server is told to stop.

use super::app::App;
use super::{Options, hooks, routes};
use crate::contract::error::Error;
use crate::domain::message::Message;
use crate::msg;
use axum::Router;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// How long a connection may take to say what it wants.
const HEADERS: Duration = Duration::from_secs(15);
/// How long a stopping server waits for requests under way.
const GRACE: Duration = Duration::from_secs(10);

/// A server at work.
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    app: Arc<App>,
    task: JoinHandle<()>,
}

impl Running {
    /// Takes no more connections and waits for the requests under way.
    pub async fn stop(self) {
        self.app.stopping.send_replace(true);
        self.app.exports.stop();
        let _ = self.task.await;
    }

    /// Waits until it is stopped by a signal.
    pub async fn until_stopped(self) {
        wait_for_signal().await;
        self.app.log.say("stopping");
        self.stop().await;
    }
}

/// Starts a server. A failure if the address can't be listened at, the certificate can't be read, or it would be
/// served to other machines in a way that isn't safe.
pub async fn start(options: Options) -> Result<Running, Error> {
    let acceptor = options.tls.as_ref().map(|(chain, key)| acceptor(chain, key)).transpose()?;
    let failed = |error: std::io::Error| Error::Other(msg!("serve-listen", address = options.listen, reason = error));
    let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let most = options.connections;
    // From now on it notices what others do to the store, a schema that is applied beside it above all.
    drop(crate::backend::Backend::changes(&options.store));
    let app = Arc::new(App::new(options));
    hooks::start(&app).await?;
    let router = routes::router(&app);
    let task = tokio::spawn(accept(listener, acceptor, router, most, app.stopping.subscribe()));
    Ok(Running { address, app, task })
}

async fn accept(
    listener: TcpListener,
    acceptor: Option<TlsAcceptor>,
    router: Router,
    most: usize,
    mut stopping: watch::Receiver<bool>,
) {
    let (graceful, places) = (GracefulShutdown::new(), Arc::new(Semaphore::new(most)));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|stop| *stop) => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Too many open files, for example: it passes.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let router = router.clone().layer(axum::Extension(ConnectInfo(peer)));
        let (acceptor, watcher) = (acceptor.clone(), graceful.watcher());
        tokio::spawn(async move {
            match acceptor {
                None => serve(stream, router, watcher).await,
                Some(acceptor) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HEADERS, acceptor.accept::<TcpStream>(stream)).await {
                        serve(stream, router, watcher).await;
                    }
                }
            }
            drop(place);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
}

async fn serve<S>(stream: S, router: Router, watcher: hyper_util::server::graceful::Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = TowerToHyperService::new(router);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(64 * 1024);
    let connection = http.serve_connection(TokioIo::new(stream), service);
    let _ = watcher.watch(connection).await;
}

fn acceptor(chain: &Path, key: &Path) -> Result<TlsAcceptor, Error> {
    let unreadable = |path: &Path, why: &dyn std::fmt::Display| {
        Error::Other(msg!("serve-certificate", path = path.display(), reason = why))
    };
    let certificates = CertificateDer::pem_file_iter(chain).map_err(|e| unreadable(chain, &e))?;
    let certificates: Vec<_> = certificates.collect::<Result<_, _>>().map_err(|e| unreadable(chain, &e))?;
    if certificates.is_empty() {
        return Err(unreadable(chain, &crate::i18n::text(crate::domain::lang::Lang::En, "serve-no-certificate")));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|e| unreadable(key, &e))?;
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| unreadable(chain, &e))?
        .with_no_client_auth()
        .with_single_cert(certificates, secret)
        .map_err(|e| unreadable(key, &e))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Why a store may not be served like this; `None` if it may.
pub fn refusal(address: SocketAddr, has_tls: bool, plain: bool, trusting: bool, demands: bool) -> Option<Message> {
    let is_here = address.ip().is_loopback();
    if !demands && !trusting {
        return Some(msg!("serve-no-passwords"));
    }
    if !is_here && !has_tls && !plain {
        return Some(msg!("serve-plain", address = address));
    }
    (!is_here && trusting && !demands).then(|| msg!("serve-trusting", address = address))
}

async fn wait_for_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = signal(SignalKind::terminate());
        let Ok(mut terminate) = terminate else {
            let _ = tokio::signal::ctrl_c().await;
            return;
        };
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn nothing_is_served_to_other_machines_in_the_open() {
        let (here, everywhere): (SocketAddr, SocketAddr) =
            ("127.0.0.1:1".parse().unwrap(), "0.0.0.0:1".parse().unwrap());
        for (address, has_tls, plain, trusting, demands, key) in [
            (here, false, false, false, true, None),
            (here, false, false, true, false, None),
            (here, false, false, false, false, Some("serve-no-passwords")),
            (everywhere, false, false, false, true, Some("serve-plain")),
            (everywhere, true, false, false, true, None),
            (everywhere, false, true, false, true, None),
            (everywhere, true, false, true, false, Some("serve-trusting")),
            (everywhere, true, false, true, true, None),
        ] {
            let found = refusal(address, has_tls, plain, trusting, demands).map(|m| m.key.into_owned());
            assert_eq!(found.as_deref(), key, "{address} {has_tls} {plain} {trusting} {demands}");
        }
    }
}
