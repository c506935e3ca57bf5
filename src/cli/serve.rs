//! `tcrm serve`.

use super::args::{LogShape, Serve};
use super::failure::Failure;
use super::output::note;
use super::session::{Session, Want};
use crate::backend::local::{self, LocalBackend, OpenOptions};
use crate::domain::journal::Origin;
use crate::msg;
use crate::server::{self, LogFormat, Options, Trouble};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;

/// Serves a store until a signal comes.
pub(super) fn run(session: &Session, args: &Serve) -> Result<(), Failure> {
    let listen = address(&args.listen)?;
    let tls = match (&args.cert, &args.key) {
        (Some(cert), Some(key)) => Some((cert.clone(), key.clone())),
        (None, None) => None,
        _ => return Err(Failure::Usage(msg!("cli-serve-pair"))),
    };
    let (path, throwaway) = match args.demo {
        Some(customers) => made_up(session, customers)?,
        None => (args.file.clone().map_or_else(|| session.store_path(), Ok)?, None),
    };
    if !local::exists(&path)? {
        return Err(Failure::Other(4, msg!("cli-no-store", path = path.display())));
    }
    let usual = session.open_options(path.clone(), Want::Write);
    // Nobody in particular opens it: each request is somebody's own.
    let options = OpenOptions {
        user: None,
        likely_user: None,
        unattended: true,
        session: true,
        origin: Origin::System,
        search: true,
        ..usual
    };
    let store = LocalBackend::open(options)?;
    let demands = session.wait(store.demands_passwords())?;
    let trusting = args.open || args.demo.is_some();
    if let Some(why) = server::refusal(listen, tls.is_some(), args.plain, trusting, demands) {
        return Err(Failure::Usage(why));
    }
    let secure = tls.is_some();
    let options = Options {
        tls,
        trusting,
        rate: args.rate,
        timeout: Duration::from_secs(args.timeout),
        log: match args.log {
            LogShape::Text => LogFormat::Text,
            LogShape::Json => LogFormat::Json,
            LogShape::None => LogFormat::None,
        },
        trouble: Trouble { latency: Duration::from_millis(args.latency), errors: args.errors },
        ..Options::new(store, listen)
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let served = runtime.block_on(async {
        let running = server::start(options).await?;
        let scheme = if secure { "https" } else { "http" };
        let url = format!("{scheme}://{}", running.address);
        note(&session.say(&msg!("cli-serving", path = path.display(), url = url)));
        running.until_stopped().await;
        Ok::<(), Failure>(())
    });
    runtime.shutdown_timeout(Duration::from_secs(5));
    drop(throwaway);
    served
}

/// A store of made-up data that is gone with the server.
fn made_up(session: &Session, customers: u64) -> Result<(PathBuf, Option<TempDir>), Failure> {
    let folder = tempfile::Builder::new().prefix("tcrm-serve-").tempdir()?;
    let path = folder.path().join("demo.db");
    super::setup::made_up(session, &path, customers)?;
    Ok((path, Some(folder)))
}

/// `ADDRESS:PORT`, or a port alone on this machine.
fn address(text: &str) -> Result<SocketAddr, Failure> {
    let port = text.trim_start_matches(':').parse::<u16>().ok().map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let here = text.strip_prefix("localhost:").and_then(|port| port.parse::<u16>().ok());
    let here = here.map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let full = text.parse::<SocketAddr>().ok();
    full.or(here).or(port).ok_or_else(|| Failure::Usage(msg!("cli-serve-address", text = text)))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;

    #[test]
    fn an_address_without_a_machine_is_this_one() {
        for (text, expected) in [
            ("8377", "127.0.0.1:8377"),
            (":8377", "127.0.0.1:8377"),
            ("localhost:80", "127.0.0.1:80"),
            ("0.0.0.0:1", "0.0.0.0:1"),
            ("[::1]:9", "[::1]:9"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), expected);
        }
        for bad in ["", "x", "1.2.3.4", "host:80", "99999"] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }
}
