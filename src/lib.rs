//! tcrm, the CRM in the terminal.
//!
//! # The layers
//!
//! Dependencies go one way, top to bottom:
//!
//! ```text
//! main → cli, tui, server         the faces
//!          │
//!       backend                   trait Backend: what a face may ask; local: a store in this process; http: a server
//!          │
//!       crm                       the use-cases: permission → validation → rule → one transaction → audit
//!          │
//!          │
//!       store, search             SQL persistence with its journal; the search index
//!          │
//!       contract                  what may be asked of the use-cases and what they answer, as types: all above speak it
//!          │
//!       schema                    objects, fields, dictionaries: load, check, parse and show values
//!          │
//!       domain                    ids, values, filter grammar, dates, formulas; no I/O, no clock
//! beside them: api (the contract of the server and of backend::http), conformance (that contract as checks), config,
//! i18n, transfer (formats in and out), demo (made-up data)
//! ```
//!
//! # The way of a key press
//!
//! [`tui::run`] reads it and hands it to [`tui::app::App::update`]. The keymap turns it into an
//! [`tui::action::Action`] by the scopes of the top [`tui::layer::Layer`], which takes it or lets it fall
//! through to the application. What is to be done outside comes back as [`tui::context::Effect`]s: a
//! question to the [`backend::Backend`] runs on the runtime, and its answer is the next message. When the
//! queue is empty the state is drawn into a buffer, and [`tui::renderer`] writes what differs.
//!
//! # Where to add
//!
//! * **a field or object**: `src/schema/builtin/*.toml`. Table, form, list, filter, import, export follow.
//! * **a setting of the schema**: read it in `schema::load`, and give it a field in `src/schema/builtin/meta/*.toml`:
//!   its form, preview and `tcrm schema set` follow. A new kind of entry is a line of [`schema::form::KINDS`].
//! * **a field type**: a variant of [`schema::model::Kind`]; the compiler then asks for its column
//!   (`store::column`), its reading and showing (`schema::kind`) and its editor (`tui::form::editor`).
//! * **a pipeline, a reminder**: `[pipelines.NAME]` and `[reminders.NAME]` of the schema; board and agenda follow.
//! * **an action on records** (accept, junk, release): a line under `[objects.X.actions]` of the schema. Menu, form,
//!   command line, undo follow. One that does more than set fields is a variant of [`schema::model::UseCase`] and a
//!   file in `crm::action`.
//! * **a report**: an entry of `ALL` in [`backend::report`] and its title in `src/i18n/*/report.ftl`. Screen, command and API
//!   follow.
//! * **what must be approved**: a table under `[flows]` of the schema. Draft, submission, inbox, reminders follow; the
//!   rules of steps and votes are [`domain::workflow`]'s, their records `crm::approval`'s.
//! * **a use-case**: a method of [`crm::Crm`] and of [`backend::Backend`], and a test in `tests/backend_contract`.
//! * **a screen or popup**: a file in `tui::screen` or `tui::popup` that implements [`tui::layer::Layer`], and an
//!   action that opens it.
//! * **an action**: a line of the catalogue in [`tui::action`] and its title in `src/i18n/*/actions.ftl`. Keymap,
//!   hint bar, help, palette and the README's key table follow.
//! * **a command**: a variant in `cli::args`, a file in `src/cli`, its texts in `src/i18n/*/cli.ftl`.
//! * **a route of the API**: a line in [`api::endpoint`], its handler under `server`, its method in `backend::http`; then
//!   `UPDATE_OPENAPI=1 cargo test --lib openapi`.
//! * **a format**: a file in `transfer`.
//! * **a text**: a key in `src/i18n/{en,zh-CN}/*.ftl`; a test compares the two.

#[cfg(feature = "network")]
pub mod api;
pub mod backend;
pub mod cli;
pub mod config;
#[cfg(feature = "network")]
pub mod conformance;
pub mod contract;
pub mod crm;
pub mod demo;
pub mod domain;
pub mod i18n;
pub mod schema;
pub mod search;
#[cfg(feature = "network")]
pub mod server;
pub mod store;
pub mod transfer;
pub mod tui;
