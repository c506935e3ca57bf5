//! What may be asked of the use-cases, and what they answer: the types in which faces, backends and rules speak to each
//! other, and in which a call fails. The [`Backend`](crate::backend::Backend) asks with them, `crm` answers with them,
//! the API sends them. No I/O, and no rule.

pub mod agenda;
pub mod approvals;
pub mod configure;
pub mod dossier;
pub mod error;
pub mod lines;
pub mod log;
pub mod pool;
pub mod problem;
pub mod report;
pub mod request;
