//! A server for a stage, and backends that are its clients.

use super::*;
use std::sync::Mutex;
use tcrm::backend::http::{HttpBackend, HttpOptions};
use tcrm::backend::offline::{OfflineBackend, OfflineOptions};
use tcrm::domain::password::Password;
use tcrm::server::{self, LogFormat, Options};
use tokio::runtime::Runtime;

/// A server on a runtime of its own.
pub(super) struct Serving {
    runtime: Option<Runtime>,
    address: std::net::SocketAddr,
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Serving {
    fn start(stage: &Stage) -> Serving {
        let store = LocalBackend::open(OpenOptions { origin: Origin::Api, ..stage.options(None) }).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let here = "127.0.0.1:0".parse().unwrap();
        let options =
            Options { trusting: true, rate: 0, sign_ins: 0, log: LogFormat::None, ..Options::new(store, here) };
        let (told, address) = std::sync::mpsc::channel();
        runtime.spawn(async move {
            let running = server::start(options).await.unwrap();
            told.send(running.address).unwrap();
            // It runs until its runtime ends.
            std::future::pending::<()>().await;
            drop(running);
        });
        let address = address.recv().unwrap();
        Serving { runtime: Some(runtime), address }
    }
}

/// A client of the stage's server, which is started for the first one.
pub(super) fn open(
    stage: &Stage,
    server: &Mutex<Option<Serving>>,
    user: Option<&str>,
) -> Result<Box<dyn Backend>, Error> {
    let address = server.lock().unwrap().get_or_insert_with(|| Serving::start(stage)).address;
    let options = stage.options(user);
    let url = format!("http://{address}");
    let client = HttpOptions {
        origin: options.origin,
        zone: options.zone,
        ..HttpOptions::new(&url, Password::new(""), stage.folder.path().join("cache"))
    };
    let signed_in = HttpBackend::sign_in(&client, user.map(str::to_owned), None, "test")?;
    let client = HttpOptions { token: Password::new(signed_in.token), ..client };
    if crate::CACHED {
        let folder = tempfile::tempdir_in(stage.folder.path()).unwrap().keep();
        let options = OfflineOptions { follow: false, ..OfflineOptions::new(client, folder) };
        return Ok(Box::new(OfflineBackend::open(options)?));
    }
    Ok(Box::new(HttpBackend::open(client)?))
}
