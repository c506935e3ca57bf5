//! The schema that everything is shown by: the one in force, and the forms of one in the making.

use super::App;
use crate::schema::model::{Forms, Schema};
use crate::tui::request::Reply;
use std::sync::Arc;

impl App {
    /// Takes up the schema in force, where it is another one than before.
    pub fn take_schema(&mut self, schema: &Arc<Schema>) {
        if Arc::ptr_eq(&self.in_force, schema) {
            return;
        }
        self.in_force = Arc::clone(schema);
        self.shared.schema = Arc::clone(schema);
    }

    /// Takes up the forms of a schema in the making, which offer what it has.
    pub(super) fn take_forms(&mut self, reply: &Reply) {
        let forms = match reply {
            Reply::Outline(Ok(outline)) => &outline.forms,
            Reply::SchemaPlan(Ok(plan)) => &plan.forms,
            _ => return,
        };
        let forms = Forms::other(Arc::clone(forms));
        self.shared.schema = Arc::new(Schema { forms, ..(*self.in_force).clone() });
    }
}
