//! tcrm

pub mod search;
