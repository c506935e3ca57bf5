//! Forms driven by keys, against made-up answers of a backend.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may stop at the first surprise")]

use crate::schema::model::Schema;

/// The built-in schema.
pub(super) fn schema() -> Schema {
    crate::schema::load(&[]).unwrap()
}
