//! The field schema: objects, fields, layouts, dictionaries and rules, read from TOML.
//!
//! [`model`] holds what a schema is once it is loaded and checked. Everything else in tcrm (tables,
//! forms, lists, filters, import, export, API) is made from it. [`load`](load()) lays the user's files
//! over the built-in ones (`schema/builtin/*.toml`) and reports every mistake at once.
//!
//! # The files
//!
//! A file says only what it adds or changes: tables are joined key by key with those of the files
//! before it, everything else is replaced.
//!
//! ```toml
//! currency = "CNY"                               # of amounts that name none
//!
//! [numbers]                                      # {field} {yyyy} {yy} {mm} {dd}, and a serial at the end
//! customer = "{region}-{type}-{seq:3}"           # at least 3 digits; {serial:3}: just 3
//! order = { pattern = "D{yyyy}-{serial:5}", gap_free = true }
//!
//! [dictionaries.level.items]                     # add, change, retire
//! S = { zh = "S 战略", en = "S strategic", code = "S", color = "magenta" }
//! D = { retired = true }
//!
//! [dictionaries.level]
//! order = ["S", "A"]                             # these first
//!
//! [objects.customer.groups]                      # sections of forms and of the 360° view
//! quality = { zh = "质量", en = "Quality" }
//!
//! [objects.customer.fields]
//! phone = { required = true }                    # change a field: name only what changes
//! iso = { group = "quality", zh = "体系认证", en = "Certificate", type = "text", max = 40 }
//! audited = { zh = "审核日期", en = "Audited", type = "date", required = "iso!=empty", after = "iso" }
//!
//! [objects.customer]
//! list = ["code", "name:30", "iso", "owner"]     # `:30` is the width
//! sort = ["-updated_at"]                         # `-` is greatest first
//!
//! [objects.customer.rules.audited]
//! when = "level:S"                               # where this filter matches …
//! check = "audited!=empty"                       # … this one must
//! field = "audited"
//! zh = "战略客户必须审核"
//! en = "A strategic customer must be audited"
//!
//! [objects.customer.related]                     # tabs of the 360° view
//! audits = { zh = "审核", en = "Audits", object = "audit", field = "customer", fill = { owner = "owner" } }
//!
//! [objects.audit]                                # an object of one's own
//! zh = "审核"
//! en = "Audit"
//! plural = { zh = "审核", en = "Audits" }
//! title = "name"
//! [objects.audit.fields]
//! name = { zh = "名称", en = "Name", type = "text", required = true, search = true }
//! customer = { zh = "客户", en = "Customer", type = "reference", object = "customer", on_delete = "cascade", index = true }
//! ```
//!
//! **Actions** of an object (`[objects.X.actions.NAME]`): `zh`, `en`, `when` (a filter) with `reason`, `ask` (own
//! fields, `!` = required), `fields` (further arguments), `fill`, `set`, `does`, `confirm`. **Views** of its list
//! (`[objects.X.views.NAME]`): `zh`, `en`, `filter`, `sort`. Items of `activity_outcome` may have `next_days`, or
//! `ask_next = true`: when the next touch comes.
//!
//! **Flows** (`[flows.NAME]`): `zh`, `en`, `object`, `on` (`create`, `change`, the name of an action; several as a list), `when`
//! (a filter), `fields` (what it is about), `key_fields` (an approver is told of those that are empty), `enable`, `active`,
//! and in order `[[flows.NAME.steps]]`: `approvers` (`user:LOGIN`, `role:NAME`, `supervisor`, `supervisor:2`, `head`,
//! `field:NAME`), `mode` (`any`, `all`, `turn`), `when`, `empty` (`skip`, `admin`, `refuse`), `days`, `self`. Their objects get
//! the fields `audit`, `enabled` and `pending`, and where a flow is active the actions `submit`, `approve` and so on.
//!
//! **Labels**: `zh`, `en`; one serves for both where the other is missing. **Objects**: `plural`,
//! `plural_name` (else the name with an s), `aliases`, `title`, `code`, `subtitle`, `header`, `list`,
//! `sort`, `indexes` (lists of fields), `groups`, `fields`, `related`, `rules`, `searchable`, `editable`.
//! **Fields**: `type`, `group` (else that of the field above it in the same file), `after`, `required`,
//! `visible`, `read_only` (`true`, `false` or a filter over the record), `default` (as it would be
//! typed), `unique`, `search`, `duplicate`, `index`, `on_delete` (`restrict`, `clear`, `cascade`),
//! `help`, `retired`. **Types** and their settings: `text` (`max`, `pattern` with `*` and `?`),
//! `multiline`, `integer` (`min`, `max`), `decimal` (`scale`, `min`, `max`), `percent` (`min`, `max`),
//! `money` (`min`), `date`, `datetime`, `boolean`, `select` and `multiselect` (`dictionary`), `tags`,
//! `phone`, `email`, `url`, `region`, `reference` (`object`, `many`), `user` (`many`), `department`,
//! `code` (`rule`), `attachment`, `formula` (`formula`, `result` with the result type's own settings).
//!
//! `unset = ["key", …]` in any table takes out what an earlier file says there. `menu_order` and `object_order` at the
//! root say which menus and objects come first.
//!
//! Objects, fields and items are not deleted but `retired`, so that old values stay readable; rules and
//! related tabs with `retired = true` are gone.

pub mod compute;
pub mod condition;
pub mod diff;
pub mod edit;
pub mod error;
pub mod filter;
pub mod form;
pub mod kind;
mod load;
pub mod model;
pub mod number;
mod pipeline;
mod tree;

pub use compute::compute;
pub use diff::{Change, diff};
pub use error::SchemaError;
pub use load::{builtin_sources, load, load_alone};
pub use tree::Source;

use model::Schema;
use std::sync::OnceLock;

/// The built-in schema without any changes, for tests and for a store's first start.
pub fn builtin() -> &'static Schema {
    static BUILTIN: OnceLock<Schema> = OnceLock::new();
    // A test keeps the built-in files free of mistakes.
    BUILTIN.get_or_init(|| load(&[]).unwrap_or_default())
}

#[cfg(test)]
mod tests;
