//! A record with what one wants to see of it before calling.

use super::request::{Page, View};
use serde::{Deserialize, Serialize};

/// A record with what stands around it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Dossier {
    /// The record.
    pub view: View,
    /// Whom it leads to, where it is nobody itself: contact, lead and customer.
    pub whom: Vec<View>,
    /// Its contacts, or those of its customer; the primary one first.
    pub contacts: Page,
    /// What happened last.
    pub activities: Page,
    /// Open opportunities.
    pub deals: Page,
    /// Open tasks, the next one first.
    pub tasks: Page,
}
