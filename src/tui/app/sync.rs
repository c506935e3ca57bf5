//! How it stands with the server, in the header line.

use super::App;
use crate::backend::sync::Link;
use crate::msg;
use crate::tui::action::Action;
use crate::tui::context::{Context, Effect, Wishes};
use crate::tui::request::Request;

impl App {
    /// Whoever asks for what is there now wants the server asked that was away, and not only when its turn comes.
    pub(super) fn look_for_server(&mut self, action: Action) -> Vec<Effect> {
        let is_away = self.shared.sync.as_ref().is_some_and(|state| state.link != Link::Online);
        if action != Action::Refresh || !is_away {
            return Vec::new();
        }
        let mut wishes = Wishes::default();
        let mut cx = Context { shared: &self.shared, serial: &mut self.serial, out: &mut wishes };
        let slot = cx.slot();
        cx.ask(slot, Request::Sync);
        wishes.effects
    }

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
