//! The sweep of the day: once the first screen is there and at midnight, in the background.

use super::{App, Msg};
use crate::contract::error::Error;
use crate::tui::context::{Effect, Severity};
use crate::tui::request::{Reply, Request, Slot, Ticket};
use jiff::ToSpan;
use std::time::Duration;

/// How long after the start: what the user came for goes first.
const FIRST: Duration = Duration::from_secs(3);

impl App {
    /// Plans the first sweep, where there can be pools or approvals at all.
    pub(super) fn sweep_soon(&self) -> Vec<Effect> {
        let known = ["pool", "approval"].iter().any(|name| self.shared.object(name).is_some());
        if !self.shared.writable || !known {
            return Vec::new();
        }
        vec![Effect::Later(FIRST, Msg::Sweep)]
    }

    /// Asks for what is due today, and plans the next day's.
    pub(super) fn sweep_now(&mut self) -> Vec<Effect> {
        self.serial += 2;
        let ticket = Ticket { slot: Slot(self.serial - 1), serial: self.serial };
        self.sweeping = Some(ticket);
        let mut effects = vec![Effect::Ask(ticket, Request::Sweep { dry_run: false, if_due: true })];
        let now = &self.shared.now;
        let midnight = now.start_of_day().ok().and_then(|day| day.checked_add(1.day()).ok());
        if let Some(midnight) = midnight {
            let wait = midnight.timestamp().as_millisecond() - now.timestamp().as_millisecond();
            let wait = Duration::from_millis(u64::try_from(wait).unwrap_or(0));
            effects.push(Effect::Later(wait.max(FIRST), Msg::Sweep));
        }
        effects
    }

    /// Takes the answer, if it is the sweep's.
    pub(super) fn sweep_answer(&mut self, ticket: Ticket, reply: &Reply) -> bool {
        if self.sweeping != Some(ticket) {
            return false;
        }
        self.sweeping = None;
        match reply {
            Reply::Swept(Ok(report)) if report.total() + report.overdue > 0 => {
                let told = match (report.total(), report.overdue) {
                    (0, votes) => crate::msg!("sweep-passed-today", votes = votes),
                    (number, 0) => crate::msg!("sweep-done-today", number = number),
                    (number, votes) => crate::msg!("sweep-both-today", number = number, votes = votes),
                };
                self.tell(Severity::Info, told);
            }
            Reply::Swept(Err(error)) if !matches!(error, Error::Cancelled | Error::Denied(_)) => {
                let text = self.shared.error(error, None);
                self.tell(Severity::Warning, crate::msg!("sweep-failed", why = text));
            }
            _ => {}
        }
        true
    }
}
