//! Rules that say whose a new record is.

use crate::domain::lang::Label;
use serde::{Deserialize, Serialize};

/// A rule that gives new records without an owner to one of several people.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Assignment {
    /// Its name.
    pub name: String,
    /// Its label.
    pub label: Label,
    /// The object whose new records it gives away.
    pub object: String,
    /// Only the records that this filter matches.
    pub filter: String,
    /// The field with the user that it fills.
    pub to: String,
    /// The logins of those who take part.
    pub users: Vec<String>,
    /// The role whose members take part.
    pub role: Option<String>,
    /// The department whose people take part, those of departments below too.
    pub department: Option<String>,
    /// How they share the work.
    pub share: Sharing,
    /// Which records count as work; all, if empty.
    pub open: String,
    /// Fields that get a fixed value with it, as it would be typed.
    pub set: Vec<(String, String)>,
}

/// How people share work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// In turn: whoever got nothing for the longest time.
    #[default]
    RoundRobin,
    /// Whoever has the least open; in turn among equals.
    LeastLoaded,
}

impl Sharing {
    /// The names in a schema.
    pub const NAMED: [(&'static str, Sharing); 2] =
        [("round_robin", Sharing::RoundRobin), ("least_loaded", Sharing::LeastLoaded)];
}
