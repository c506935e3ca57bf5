//! Search as you type over all records, in memory.
mod fold;
mod gram;
mod highlight;
mod index;
mod pinyin;
mod plan;
mod query;
mod ranked;
mod segment;
mod snapshot;
#[cfg(test)]
mod tests;

pub use highlight::highlight;
pub use index::{Builder, Doc, Index};
pub use query::{Query, Tier};
pub use ranked::{Cancelled, Hit};
pub use snapshot::{SnapshotError, Stamp};
