//! What is done in the cache of a server's data is sent to that server later.

use super::Crm;
use crate::store::Queued;

impl Crm {
    /// The next write is put down to be sent, in its own transaction.
    pub fn queue(&mut self, queued: Option<Queued>) {
        self.context.queue = queued;
    }
}
