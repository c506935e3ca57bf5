//! Parts of screens that show data: a list, a record from all sides, the journal, sums in short.

pub mod detail;
pub mod figure;
pub mod history;
pub mod lines;
pub mod list;
pub mod tabs;
