//! What opens above a screen: pickers, prompts, questions, help.

pub mod columns;
pub mod confirm;
pub mod find;
pub mod frame;
pub mod help;
pub mod palette;
pub mod password;
pub mod picker;
pub mod plan;
pub mod prompt;
pub mod ranking;
pub mod rows;
pub mod sweep;
pub mod sync;
pub mod text;
pub mod told;
pub mod traffic;
