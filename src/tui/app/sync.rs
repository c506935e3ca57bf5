//! How it stands with the server, in the header line.

use super::App;
use crate::backend::sync::Link;
use crate::msg;

impl App {
    /// Whether the server is there, and what waits, is to be decided or was refused; nothing for a store of this machine.
    pub(super) fn sync_text(&self) -> Option<String> {
        let (state, shared) = (self.shared.sync.as_ref()?, &self.shared);
        let zone = shared.now.time_zone();
        let since = state.since.map(|at| at.to_zoned(zone.clone()));
        let link = match (state.link, since) {
            (Link::Online, _) => shared.text("sync-online"),
            (Link::Connecting, _) => shared.text("sync-connecting"),
            (Link::SignedOut, _) => shared.text("sync-signed-out"),
            (Link::Offline, None) => shared.text("sync-away"),
            (Link::Offline, Some(since)) => {
                let form = if since.date() == shared.now.date() { "%H:%M" } else { "%m-%d" };
                shared.message(&msg!("sync-away-since", time = since.strftime(form)))
            }
        };
        let counts = [
            (state.waiting, msg!("sync-count-waiting", count = state.waiting)),
            (state.conflicts, msg!("sync-count-conflicts", count = state.conflicts)),
            (state.rejected, msg!("sync-count-rejected", count = state.rejected)),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| shared.message(&text));
        Some(std::iter::once(link).chain(counts).collect::<Vec<_>>().join(" · "))
    }
}
