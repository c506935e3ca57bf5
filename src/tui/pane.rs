//! Parts of screens that show data: a list, a record from all sides, the journal.

pub mod detail;
pub mod history;
pub mod lines;
pub mod list;
pub mod tabs;
