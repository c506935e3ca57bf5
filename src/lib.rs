//! tcrm, the CRM in the terminal.

pub mod backend;
pub mod cli;
pub mod config;
pub mod crm;
pub mod demo;
pub mod domain;
pub mod i18n;
pub mod schema;
pub mod search;
pub mod store;
pub mod transfer;
pub mod tui;
