//! The field schema: objects, fields, dictionaries, layouts and rules, read from TOML.
//!
//! `model` holds what a schema is once it is loaded and checked. Everything else in tcrm (tables,
//! forms, lists, filters, import, export, API) is made from it.

pub mod model;
