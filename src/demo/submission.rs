//! What the made-up people have submitted for approval, where the store's schema has the flows for it: by the rules,
//! not behind their back.

use crate::contract::error::Error;
use crate::contract::request::{ActRequest, DoRequest, From, Query, SaveRequest};
use crate::crm::{Context, Crm, NoFinder};
use crate::domain::id::Id;
use crate::domain::journal::Origin;
use crate::domain::record::{Fields, Record, RecordKey};
use crate::domain::value::Value;
use crate::store::{self, Store, StoreError};
use jiff::{ToSpan, Zoned};

/// New customers that are in question.
const CUSTOMERS: usize = 4;
/// Whose people submit.
const BOSS: &str = "zhangsan";

/// Submits new customers, a change of one, expenses and a quote below the floor. Gives the store back.
pub fn submit(store: Store, seed: u64, now: &Zoned) -> Result<Store, Error> {
    let schema = store.schema();
    if schema.flows_of("customer").next().is_none() {
        return Ok(store);
    }
    let begun = now.saturating_sub(3.days());
    let context = Context::fixed(None, Origin::System, begun, seed);
    let mut people = Submitting { crm: Crm::new(store, context) };
    people.customers()?;
    people.expenses()?;
    people.quote()?;
    Ok(people.crm.into_store())
}

struct Submitting {
    crm: Crm,
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

impl Submitting {
    fn found(&self, object: &str, filter: &str, limit: usize) -> Result<Vec<Record>, Error> {
        let (object, filter) = (object.to_owned(), filter.to_owned());
        let query = Query { object, filter, from: From::Start, limit, ..Query::default() };
        Ok(self.crm.query(&query, &NoFinder)?.rows.into_iter().map(|row| row.record).collect())
    }

    /// Somebody does an action.
    fn act(&mut self, who: Option<Id>, action: &str, record: &Record, comment: &str) -> Result<(), Error> {
        self.crm.set_user(who);
        let key = RecordKey { object: record.object.clone(), id: record.id };
        let mut fields = Fields::new();
        if !comment.is_empty() {
            fields.insert("comment".to_owned(), text(comment));
        }
        let request = DoRequest { action: action.to_owned(), key, fields, comment: String::new(), version: None };
        self.crm.act(&ActRequest::Do(request), &NoFinder).map(drop)
    }

    /// Customers of the boss's people that nothing was sold to yet become drafts again and are submitted: one of
    /// them was sent back, one is approved and is to be renamed.
    fn customers(&mut self) -> Result<(), Error> {
        let filter = format!("owner.supervisor:{BOSS} ordered:empty status:prospective");
        let customers = self.found("customer", &filter, CUSTOMERS)?;
        self.make_drafts(&customers)?;
        for (at, customer) in customers.iter().enumerate() {
            let owner = customer.get("owner").as_ref_id();
            self.act(owner, "submit", customer, "")?;
            match at {
                0 => {
                    self.act(None, "approve", customer, "")?;
                    self.act(None, "enable", customer, "")?;
                    self.rename(owner, customer)?;
                }
                1 => self.act(None, "return", customer, "请补充税号和开票信息")?,
                _ => {}
            }
        }
        Ok(())
    }

    fn make_drafts(&mut self, customers: &[Record]) -> Result<(), Error> {
        let context = store::Context::new(None, self.crm.now().timestamp(), Origin::System);
        self.crm.store_mut().write::<_, StoreError>(&context, |tx| {
            for customer in customers {
                let draft = Fields::from([
                    ("audit".to_owned(), Value::Choice("draft".to_owned())),
                    ("enabled".to_owned(), Value::Boolean(false)),
                ]);
                tx.update("customer", customer.id, None, draft)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn rename(&mut self, who: Option<Id>, customer: &Record) -> Result<(), Error> {
        let key = RecordKey { object: "customer".to_owned(), id: customer.id };
        let record = self.crm.get(&key)?.record;
        let name = format!("{}（集团）", record.get("name").as_str().unwrap_or_default());
        let changes = Fields::from([
            ("name".to_owned(), text(&name)),
            ("bank".to_owned(), text("中国工商银行深圳分行")),
            ("bank_account".to_owned(), text("4000 0211 0920 0123 456")),
        ]);
        self.crm.set_user(who);
        let request = SaveRequest { object: key.object, target: Some((record.id, record.version)), changes };
        self.crm.save(&request).map(drop)
    }

    /// Two of the made-up expenses are applications still.
    fn expenses(&mut self) -> Result<(), Error> {
        if self.crm.schema().flows_of("expense").next().is_none() {
            return Ok(());
        }
        let filter = format!("owner.supervisor:{BOSS} status:planned amount>=1000");
        let expenses = self.found("expense", &filter, 2)?;
        let context = store::Context::new(None, self.crm.now().timestamp(), Origin::System);
        self.crm.store_mut().write::<_, StoreError>(&context, |tx| {
            for expense in &expenses {
                let draft = Fields::from([("audit".to_owned(), Value::Choice("draft".to_owned()))]);
                tx.update("expense", expense.id, None, draft)?;
            }
            Ok(())
        })?;
        expenses.iter().try_for_each(|expense| self.act(expense.get("owner").as_ref_id(), "submit", expense, ""))
    }

    /// A draft of a quote below the floor is to be sent.
    fn quote(&mut self) -> Result<(), Error> {
        let filter = format!("owner.supervisor:{BOSS} status:draft below_floor>0");
        let quotes = self.found("quote", &filter, 1)?;
        quotes.iter().try_for_each(|quote| self.act(quote.get("owner").as_ref_id(), "send", quote, ""))
    }
}
