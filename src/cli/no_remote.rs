//! Servers, in a program that was built without the network.

use super::connected::Connected;
use super::failure::Failure;
use super::session::Session;
use crate::backend::Backend;
use crate::config::Profile;
use crate::msg;
use std::sync::Arc;

/// A server that was named.
pub(super) struct Remote(String);

impl Remote {
    /// The server at an address.
    pub(super) fn new(url: &str, _: &Profile, _: &Session) -> Remote {
        Remote(url.to_owned())
    }

    fn refused(&self) -> Failure {
        Failure::Usage(msg!("cli-no-network", url = self.0))
    }

    /// Refused.
    pub(super) fn connect(&self) -> Result<Connected, Failure> {
        Err(self.refused())
    }

    /// Refused.
    pub(super) fn connect_interface(&self) -> Result<(Arc<dyn Backend>, String), Failure> {
        Err(self.refused())
    }
}
