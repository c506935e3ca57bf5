//! stub
pub mod record_text;
