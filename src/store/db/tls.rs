//! An encrypted connection to PostgreSQL: by rustls, to a server that shows a certificate for its name.

use crate::store::address::{Address, Encryption};
use ::postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use ::postgres::{Client, Config, NoTls};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::TlsConnector;

/// How long a server may take to answer at all.
const CONNECT: Duration = Duration::from_secs(10);

impl Address {
    /// Connects to the database.
    pub(in crate::store) fn connect(&self) -> super::Result<Client> {
        let mut config = Config::new();
        config.host(&self.host).port(self.port).user(&self.user).dbname(&self.database);
        config.application_name("tcrm").connect_timeout(CONNECT);
        if let Some(password) = self.password().map_err(super::Error::Unwritable)? {
            config.password(password);
        }
        let connected = match self.encryption {
            Encryption::Off => {
                config.ssl_mode(::postgres::config::SslMode::Disable);
                config.connect(NoTls)
            }
            Encryption::Verified => {
                config.ssl_mode(::postgres::config::SslMode::Require);
                let trusted = self.trusted().map_err(super::Error::Unwritable)?;
                config.connect(Encrypted(Arc::new(trusted)))
            }
        };
        Ok(connected.inspect_err(|error| {
            if error.code() == Some(&::postgres::error::SqlState::INVALID_PASSWORD) {
                self.refused();
            }
        })?)
    }

    /// What tells the server to stop what a connection is doing. Where it can't be told, it goes on.
    pub(in crate::store) fn tell(&self, client: &Client) -> crate::store::stop::Tell {
        let (token, address) = (client.cancel_token(), self.clone());
        Arc::new(move || match address.encryption {
            Encryption::Off => drop(token.cancel_query(NoTls)),
            Encryption::Verified => {
                if let Ok(trusted) = address.trusted() {
                    drop(token.cancel_query(Encrypted(Arc::new(trusted))));
                }
            }
        })
    }

    /// Whom to trust: the named certificates, or the system's.
    fn trusted(&self) -> Result<ClientConfig, String> {
        let mut roots = RootCertStore::empty();
        match &self.certificates {
            Some(file) => {
                let failed = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
                for certificate in CertificateDer::pem_file_iter(file).map_err(|e| failed(&e))? {
                    roots.add(certificate.map_err(|e| failed(&e))?).map_err(|e| failed(&e))?;
                }
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        Ok(builder.map_err(|e| e.to_string())?.with_root_certificates(roots).with_no_client_auth())
    }
}

/// Makes encrypted connections.
#[derive(Clone)]
struct Encrypted(Arc<ClientConfig>);

/// One that is about to be made to a name.
struct Connecting(TlsConnector, Option<ServerName<'static>>);

/// An encrypted connection.
struct Stream<S>(Box<tokio_rustls::client::TlsStream<S>>);

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Encrypted {
    type Stream = Stream<S>;
    type TlsConnect = Connecting;
    type Error = io::Error;

    fn make_tls_connect(&mut self, domain: &str) -> io::Result<Connecting> {
        let name = ServerName::try_from(domain.to_owned()).ok();
        Ok(Connecting(TlsConnector::from(Arc::clone(&self.0)), name))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Connecting {
    type Stream = Stream<S>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Stream<S>>> + Send>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let name = self.1.ok_or_else(|| io::Error::other("no name that a certificate could be for"))?;
            Ok(Stream(Box::new(self.0.connect(name, stream).await?)))
        })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Stream<S> {
    fn channel_binding(&self) -> ChannelBinding {
        ChannelBinding::none()
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Stream<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
