//! Approvals: submitting, voting, what waits, what stands still, and who may do what.

mod inbox;

use super::*;
use tcrm::contract::approvals::{Inbox, InboxRequest, Tray};
use tcrm::domain::message::Message;
use tcrm::schema::Source;

/// A firm with wang above zhang and li, ma above wang, and the flows of a schema.
struct Firm {
    stage: Stage,
    people: BTreeMap<&'static str, Id>,
    /// Each at a terminal of their own; nobody in particular under the empty name.
    seats: BTreeMap<&'static str, Box<dyn Backend>>,
}

const PEOPLE: [(&str, Option<&str>); 5] =
    [("ma", None), ("wang", Some("ma")), ("zhang", Some("wang")), ("li", Some("wang")), ("chen", None)];

const SALES: &str = r#"
[flows.new_customer]
active = true
[flows.customer_finance]
active = true
steps = [{ approvers = ["user:chen"], days = 2 }]
[flows.quote_floor]
active = true
[flows.expense]
active = true
[flows.reimbursement]
active = true
steps = [{ approvers = ["user:chen"] }]
"#;

impl Firm {
    async fn new(schema: &str) -> Firm {
        let stage = Stage::bare();
        let schema = tcrm::schema::load(&[Source { name: "test.toml", text: schema }]).unwrap();
        drop(LocalBackend::create(stage.options(None), &schema).unwrap());
        let nobody = stage.open(None);
        let mut people = BTreeMap::new();
        for (login, boss) in PEOPLE {
            let mut given = vec![("login", text(login)), ("name", text(&format!("{login} name")))];
            given.extend(boss.map(|boss| ("supervisor", Value::Ref(people[boss]))));
            people.insert(login, add(&*nobody, "user", &given).await.id);
        }
        let mut seats = BTreeMap::from([("", nobody)]);
        seats.extend(PEOPLE.map(|(login, _)| (login, stage.open(Some(login)))));
        Firm { stage, people, seats }
    }

    fn as_user(&self, login: &str) -> &dyn Backend {
        &*self.seats[login]
    }

    async fn act(&self, login: &str, action: &str, record: &Record, given: &[(&str, Value)]) -> Result<Saved, Error> {
        self.as_user(login).act(perform(action, key(record), given, "")).await
    }

    async fn now(&self, record: &Record) -> Record {
        self.as_user("").get(key(record)).await.unwrap().record
    }

    async fn approval(&self, of: &Record) -> Record {
        let page = self.as_user("").query(list("approval", &format!("{}:{}", of.object, of.id))).await.unwrap();
        let newest = page.rows.into_iter().map(|row| row.record).max_by_key(|record| record.id);
        newest.unwrap()
    }
}

fn comment(words: &str) -> [(&'static str, Value); 1] {
    [("comment", text(words))]
}

fn why(result: Result<Saved, Error>) -> String {
    match result {
        Err(Error::Denied(Message { key, .. }) | Error::Conflict { message: Message { key, .. }, .. }) => {
            key.into_owned()
        }
        other => panic!("not refused: {other:?}"),
    }
}

fn audit(record: &Record) -> (&str, &Value) {
    (record.get("audit").as_str().unwrap_or_default(), record.get("enabled"))
}

async fn order_for(backend: &dyn Backend, customer: &Record) -> Result<Saved, Error> {
    backend.save(creation("order", &[("customer", Value::Ref(customer.id))])).await
}

#[tokio::test]
async fn a_new_customer_is_submitted_returned_corrected_approved_enabled_and_picked() {
    let firm = Firm::new(SALES).await;
    let zhang = firm.as_user("zhang");
    let customer = customer(zhang, "华信科技").await;
    assert_eq!(audit(&customer), ("draft", &Value::Boolean(false)));
    let refused = order_for(zhang, &customer).await.unwrap_err();
    assert_eq!(errors(refused)["customer"], "crm-reference-unfit");

    assert_eq!(why(firm.act("wang", "approve", &customer, &[]).await), "approval-none");
    firm.act("zhang", "submit", &customer, &[]).await.unwrap();
    let submitted = firm.now(&customer).await;
    assert_eq!((audit(&submitted).0, submitted.get("pending")), ("submitted", &Value::Integer(1)));
    assert_eq!(why(firm.act("zhang", "submit", &customer, &[]).await), "approval-no-draft");
    for stranger in ["zhang", "li", "ma", "chen"] {
        assert_eq!(why(firm.act(stranger, "approve", &customer, &[]).await), "approval-not-yours", "{stranger}");
    }
    let moved = zhang.save(change(&submitted, &[("tax_number", text("91110"))])).await.unwrap_err();
    assert_eq!(errors(moved)["tax_number"], "approval-locked");
    let free = zhang.save(change(&submitted, &[("remark", text("电话里谈过"))])).await.unwrap();
    assert_eq!(free.records[0].get("remark"), &text("电话里谈过"), "what the flow isn't about is free");

    let bare = firm.act("wang", "return", &customer, &[]).await.unwrap_err();
    assert_eq!(errors(bare)["comment"], "value-required");
    firm.act("wang", "return", &customer, &comment("缺税号")).await.unwrap();
    let returned = firm.now(&customer).await;
    assert_eq!((audit(&returned).0, returned.get("pending")), ("returned", &Value::Empty));
    let approval = firm.approval(&customer).await;
    assert_eq!((approval.get("state"), approval.get("answer")), (&choice("returned"), &text("缺税号")));

    zhang.save(change(&returned, &[("tax_number", text("91110"))])).await.unwrap();
    firm.act("zhang", "submit", &customer, &[]).await.unwrap();
    firm.act("wang", "approve", &customer, &comment("好")).await.unwrap();
    let approved = firm.now(&customer).await;
    assert_eq!(audit(&approved), ("approved", &Value::Boolean(false)));
    assert_eq!(approved.get("tax_number"), &text("91110"));
    let refused = order_for(zhang, &customer).await.unwrap_err();
    assert_eq!(errors(refused)["customer"], "crm-reference-unfit", "it isn't enabled");
    firm.act("wang", "enable", &customer, &[]).await.unwrap();
    order_for(zhang, &customer).await.unwrap();
    firm.act("wang", "disable", &customer, &[]).await.unwrap();
    assert!(order_for(zhang, &customer).await.is_err());
    let states: Vec<String> = {
        let mut approvals = zhang.query(list("approval", "")).await.unwrap().rows;
        approvals.sort_by_key(|row| row.record.id);
        approvals.iter().map(|row| row.record.get("state").as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(states, ["resubmitted", "approved"]);
}

#[tokio::test]
async fn a_change_of_an_approved_customer_waits_while_the_approved_values_stay_in_force() {
    let firm = Firm::new(SALES).await;
    let zhang = firm.as_user("zhang");
    let old = firm.as_user("");
    let customer = customer(zhang, "华信科技").await;
    firm.act("zhang", "submit", &customer, &[]).await.unwrap();
    firm.act("wang", "approve", &customer, &[]).await.unwrap();
    firm.act("wang", "enable", &customer, &[]).await.unwrap();
    let record = firm.now(&customer).await;

    let given = [("bank", text("工商银行")), ("remark", text("换银行"))];
    let saved = zhang.save(change(&record, &given)).await.unwrap();
    assert!(saved.records.iter().any(|r| r.object == "approval"), "{:?}", saved.records);
    let record = firm.now(&customer).await;
    assert_eq!((record.get("bank"), record.get("remark")), (&Value::Empty, &text("换银行")));
    assert_eq!(audit(&record), ("approved", &Value::Boolean(true)));
    order_for(zhang, &customer).await.unwrap();
    let again = zhang.save(change(&record, &[("bank", text("建设银行"))])).await.unwrap_err();
    assert_eq!(errors(again)["bank"], "approval-locked");
    firm.act("chen", "approve", &customer, &[]).await.unwrap();
    let record = firm.now(&customer).await;
    assert_eq!(record.get("bank"), &text("工商银行"));

    // The name was approved by the flow of new customers: two flows don't go in one.
    let both = [("bank", text("建设银行")), ("name", text("华信"))];
    let refused = zhang.save(change(&record, &both)).await.unwrap_err();
    assert!(errors(refused).values().any(|key| key == "approval-two-flows"));
    zhang.save(change(&record, &[("name", text("华信"))])).await.unwrap();
    assert_eq!(firm.now(&customer).await.get("name"), &text("华信科技"));
    assert_eq!(why(firm.act("li", "withdraw", &customer, &[]).await), "approval-not-author");
    firm.act("zhang", "withdraw", &customer, &[]).await.unwrap();
    assert_eq!(firm.now(&customer).await.get("pending"), &Value::Empty);

    // Wrong as a whole: nothing is submitted.
    let limit = Value::Money(Money { amount: 10.into(), currency: "CNY".into() });
    let record = firm.now(&customer).await;
    let wrong = zhang.save(change(&record, &[("credit_limit", limit)])).await.unwrap_err();
    assert!(errors(wrong).contains_key("credit_term"));
    // Taking back what an approval brought is for the approver, as a whole.
    let chen = firm.as_user("chen");
    chen.undo().await.unwrap();
    assert_eq!(old.get(key(&customer)).await.unwrap().record.get("bank"), &Value::Empty);
}

#[tokio::test]
async fn records_from_before_a_flow_are_in_force_and_changes_of_theirs_wait_too() {
    let firm = Firm::new("").await;
    let zhang = firm.as_user("zhang");
    let customer = customer(zhang, "华信科技").await;
    assert_eq!(audit(&customer), ("", &Value::Empty));
    let schema = tcrm::schema::load(&[Source { name: "on.toml", text: SALES }]).unwrap();
    let backend = LocalBackend::open(firm.stage.options(None)).unwrap();
    backend.apply_schema(schema, false).await.unwrap();
    let zhang = firm.as_user("zhang");
    order_for(zhang, &customer).await.unwrap();
    zhang.save(change(&customer, &[("name", text("华信"))])).await.unwrap();
    let record = firm.now(&customer).await;
    assert_eq!(record.get("name"), &text("华信"), "only the flow of changes is about it");
    zhang.save(change(&record, &[("bank", text("工商银行"))])).await.unwrap();
    assert_eq!(firm.now(&customer).await.get("bank"), &Value::Empty);
}

#[tokio::test]
async fn what_nobody_typed_can_make_a_draft_approved() {
    let firm = Firm::new(SALES).await;
    let zhang = firm.as_user("zhang");
    let given = [("name", text("华信")), ("audit", choice("approved")), ("enabled", Value::Boolean(true))];
    let made = zhang.save(creation("customer", &given)).await.unwrap().records.remove(0);
    assert_eq!(audit(&made), ("draft", &Value::Boolean(false)));
    let forced = zhang.save(change(&made, &[("audit", choice("approved"))])).await.unwrap_err();
    assert_eq!(errors(forced)["audit"], "crm-read-only-field");
    assert_eq!(why(firm.act("zhang", "enable", &made, &[]).await), "approval-not-approved");
}

#[tokio::test]
async fn an_expense_goes_from_application_to_approval_to_reimbursement_to_approval() {
    let firm = Firm::new(SALES).await;
    let zhang = firm.as_user("zhang");
    let expense = |amount: i64| {
        let amount = Value::Decimal(Decimal::from(amount));
        [("subject", text("展位")), ("amount", amount), ("status", choice("planned"))]
    };
    let small = add(zhang, "expense", &expense(200)).await;
    assert_eq!(audit(&small).0, "", "the flow isn't about small amounts");
    firm.act("zhang", "incur", &small, &[]).await.unwrap();

    let large = add(zhang, "expense", &expense(20_000)).await;
    assert_eq!(audit(&large).0, "draft");
    assert_eq!(why(firm.act("zhang", "incur", &large, &[]).await), "schema-rule");
    firm.act("zhang", "submit", &large, &[]).await.unwrap();
    firm.act("wang", "approve", &large, &[]).await.unwrap();
    assert_eq!(audit(&firm.now(&large).await).0, "submitted", "so much is for ma too");
    firm.act("ma", "approve", &large, &[]).await.unwrap();
    firm.act("zhang", "incur", &large, &[]).await.unwrap();
    let record = firm.now(&large).await;
    assert_eq!((audit(&record).0, record.get("status")), ("approved", &choice("incurred")));

    firm.act("zhang", "reimburse", &large, &[]).await.unwrap();
    let record = firm.now(&large).await;
    assert_eq!((record.get("status"), record.get("pending")), (&choice("incurred"), &Value::Integer(1)));
    assert_eq!(why(firm.act("zhang", "reimburse", &large, &[]).await), "approval-pending");
    firm.act("chen", "approve", &large, &[]).await.unwrap();
    assert_eq!(firm.now(&large).await.get("status"), &choice("reimbursed"));

    // A small one that grows becomes a draft, an approved one that grows waits.
    let mid = add(zhang, "expense", &expense(200)).await;
    let grown = change(&mid, &[("amount", Value::Decimal(Decimal::from(5_000)))]);
    let grown = zhang.save(grown).await.unwrap().records.remove(0);
    assert_eq!(audit(&grown).0, "draft");
    firm.act("zhang", "submit", &mid, &[]).await.unwrap();
    firm.act("wang", "approve", &mid, &[]).await.unwrap();
    let record = firm.now(&mid).await;
    zhang.save(change(&record, &[("amount", Value::Decimal(Decimal::from(6_000)))])).await.unwrap();
    assert_eq!(firm.now(&mid).await.get("amount"), &Value::Decimal(Decimal::from(5_000)));
}

#[tokio::test]
async fn a_quote_below_the_floor_is_sent_only_when_that_is_approved() {
    let firm = Firm::new(SALES).await;
    let zhang = firm.as_user("zhang");
    let customer = customer(zhang, "华信科技").await;
    for (who, action) in [("zhang", "submit"), ("wang", "approve"), ("wang", "enable")] {
        firm.act(who, action, &customer, &[]).await.unwrap();
    }
    let quote = add(zhang, "quote", &[("customer", Value::Ref(customer.id))]).await;
    let floor = Value::Money(Money { amount: 90.into(), currency: "CNY".into() });
    let price = Value::Money(Money { amount: 100.into(), currency: "CNY".into() });
    let product = add(zhang, "product", &[("name", text("网关")), ("price", price), ("floor_price", floor)]).await;
    let given = [
        ("quote", Value::Ref(quote.id)),
        ("product", Value::Ref(product.id)),
        ("price", Value::Decimal(Decimal::from(80))),
    ];
    let line = add(zhang, "quote_line", &given).await;
    assert_eq!(line.get("below_floor"), &Value::Boolean(true), "{line:?}");
    firm.act("zhang", "send", &quote, &[]).await.unwrap();
    let waiting = firm.now(&quote).await;
    assert_eq!((waiting.get("status"), waiting.get("pending")), (&choice("draft"), &Value::Integer(1)));
    let cheaper = zhang.save(change(&line, &[("price", Value::Decimal(Decimal::from(70)))])).await;
    assert!(matches!(&cheaper, Err(Error::Invalid(e)) if e[0].message.key == "approval-locked"), "{cheaper:?}");
    firm.act("wang", "approve", &quote, &[]).await.unwrap();
    assert_eq!(firm.now(&quote).await.get("status"), &choice("sent"));
    // The same quote needs no second approval; a cheaper one does.
    firm.act("zhang", "revise", &quote, &[]).await.unwrap();
    firm.act("zhang", "send", &quote, &[]).await.unwrap();
    assert_eq!(firm.now(&quote).await.get("status"), &choice("sent"));
    firm.act("zhang", "revise", &quote, &[]).await.unwrap();
    let line = firm.now(&line).await;
    zhang.save(change(&line, &[("price", Value::Decimal(Decimal::from(70)))])).await.unwrap();
    firm.act("zhang", "to_order", &quote, &[]).await.unwrap();
    assert_eq!(firm.now(&quote).await.get("order"), &Value::Empty, "no way round it");
    firm.act("wang", "approve", &quote, &[]).await.unwrap();
    assert!(!firm.now(&quote).await.get("order").is_empty());
}

/// A flow of new customers with these steps.
fn steps(steps: &str) -> String {
    format!("[flows.new_customer]\nactive = true\nsteps = [{steps}]\n")
}

async fn submitted(firm: &Firm) -> Record {
    let zhang = firm.as_user("zhang");
    let customer = customer(zhang, "华信科技").await;
    firm.act("zhang", "submit", &customer, &[]).await.unwrap();
    customer
}

#[tokio::test]
async fn all_in_any_order_each_in_turn_and_back_to_a_step() {
    let firm = Firm::new(&steps(
        r#"{ approvers = ["user:li", "user:wang"], mode = "turn" }, { approvers = ["user:ma", "user:chen"], mode = "all" }"#,
    ))
    .await;
    let it = submitted(&firm).await;
    assert_eq!(why(firm.act("wang", "approve", &it, &[]).await), "approval-not-yours");
    firm.act("li", "approve", &it, &[]).await.unwrap();
    assert_eq!(why(firm.act("li", "approve", &it, &[]).await), "approval-decided-meanwhile");
    firm.act("wang", "approve", &it, &[]).await.unwrap();
    firm.act("chen", "approve", &it, &[]).await.unwrap();
    let back = [("comment", text("请李再看")), ("to_step", Value::Integer(1))];
    let too_far = [("comment", text("?")), ("to_step", Value::Integer(3))];
    let wrong = firm.act("ma", "return", &it, &too_far).await.unwrap_err();
    assert_eq!(errors(wrong)["to_step"], "approval-no-such-step");
    firm.act("ma", "return", &it, &back).await.unwrap();
    assert_eq!(audit(&firm.now(&it).await).0, "submitted", "it is still under way");
    for who in ["li", "wang", "ma"] {
        firm.act(who, "approve", &it, &[]).await.unwrap();
    }
    assert_eq!(audit(&firm.now(&it).await).0, "submitted", "chen must agree again");
    firm.act("chen", "approve", &it, &[]).await.unwrap();
    assert_eq!(audit(&firm.now(&it).await).0, "approved");
}

#[tokio::test]
async fn a_vote_is_transferred_a_signer_added_and_who_is_away_has_a_stand_in() {
    let firm = Firm::new(&steps(r#"{ approvers = ["supervisor"] }"#)).await;
    let it = submitted(&firm).await;
    let to = |field: &'static str, who: &str| [(field, Value::Ref(firm.people[who]))];
    let own = firm.act("wang", "transfer", &it, &to("to", "zhang")).await.unwrap_err();
    assert_eq!(errors(own)["to"], "approval-own");
    firm.act("wang", "add_signer", &it, &to("signer", "chen")).await.unwrap();
    let twice = firm.act("wang", "add_signer", &it, &to("signer", "chen")).await.unwrap_err();
    assert_eq!(errors(twice)["signer"], "approval-votes-already");
    firm.act("wang", "transfer", &it, &to("to", "ma")).await.unwrap();
    assert_eq!(why(firm.act("wang", "approve", &it, &[]).await), "approval-decided-meanwhile");
    firm.act("ma", "approve", &it, &[]).await.unwrap();
    assert_eq!(audit(&firm.now(&it).await).0, "submitted", "the signer has not agreed");

    let nobody = firm.as_user("");
    let chen = nobody.get(RecordKey { object: "user".to_owned(), id: firm.people["chen"] }).await.unwrap().record;
    let far = Value::Date(jiff::civil::date(2999, 1, 1));
    let away = [("delegate", Value::Ref(firm.people["li"])), ("away_until", far)];
    let chen = nobody.save(change(&chen, &away)).await.unwrap().records.remove(0);
    firm.act("li", "approve", &it, &comment("代陈批准")).await.unwrap();
    assert_eq!(audit(&firm.now(&it).await).0, "approved");
    let votes = nobody.query(list("approval_vote", "state:approved extra:yes")).await.unwrap();
    let vote = &votes.rows[0].record;
    assert_eq!(vote.get("approver"), &Value::Ref(chen.id));
    assert_eq!(vote.get("decided_by"), &Value::Ref(firm.people["li"]));
}

#[tokio::test]
async fn an_author_never_approves_their_own_not_even_standing_in() {
    let firm = Firm::new(&steps(r#"{ approvers = ["user:chen"] }"#)).await;
    let nobody = firm.as_user("");
    let chen = nobody.get(RecordKey { object: "user".to_owned(), id: firm.people["chen"] }).await.unwrap().record;
    let far = Value::Date(jiff::civil::date(2999, 1, 1));
    let away = [("delegate", Value::Ref(firm.people["zhang"])), ("away_until", far)];
    nobody.save(change(&chen, &away)).await.unwrap();
    let it = submitted(&firm).await;
    assert_eq!(why(firm.act("zhang", "approve", &it, &[]).await), "approval-not-yours");
    // The author is the only one there: the flow says so at once.
    let own = customer(firm.as_user("chen"), "智远").await;
    assert_eq!(why(firm.act("chen", "submit", &own, &[]).await), "approval-nobody");
    assert_eq!(audit(&firm.now(&own).await).0, "draft");
}

#[tokio::test]
async fn an_approver_who_leaves_is_replaced_by_the_policy_for_empty_steps() {
    let firm = Firm::new(&steps(
        r#"{ approvers = ["user:li", "user:wang"], mode = "all" }, { approvers = ["user:ma"], empty = "skip" }"#,
    ))
    .await;
    let it = submitted(&firm).await;
    let nobody = firm.as_user("");
    let disable = async |who: &str| {
        let user = nobody.get(RecordKey { object: "user".to_owned(), id: firm.people[who] }).await.unwrap().record;
        nobody.save(change(&user, &[("active", Value::Boolean(false))])).await.unwrap();
    };
    firm.act("li", "approve", &it, &[]).await.unwrap();
    disable("ma").await;
    disable("wang").await;
    assert_eq!(audit(&firm.now(&it).await).0, "approved", "li agreed, wang and ma have left");

    let other = Firm::new(&steps(r#"{ approvers = ["user:li"] }"#)).await;
    let it = submitted(&other).await;
    let nobody = other.as_user("");
    let li = RecordKey { object: "user".to_owned(), id: other.people["li"] };
    nobody.delete(vec![li]).await.unwrap();
    assert_eq!(audit(&other.now(&it).await).0, "returned", "nobody is left who could decide");
    assert!(other.approval(&it).await.get("answer").as_str().unwrap().contains("Nobody"));
}

#[tokio::test]
async fn what_is_under_way_ends_by_the_flow_as_it_was() {
    let firm = Firm::new(&steps(r#"{ approvers = ["user:li"] }, { approvers = ["user:ma"] }"#)).await;
    let it = submitted(&firm).await;
    let changed = steps(r#"{ approvers = ["user:chen"] }"#);
    let schema = tcrm::schema::load(&[Source { name: "new.toml", text: &changed }]).unwrap();
    let backend = LocalBackend::open(firm.stage.options(None)).unwrap();
    backend.apply_schema(schema, false).await.unwrap();
    assert_eq!(why(firm.act("chen", "approve", &it, &[]).await), "approval-not-yours");
    firm.act("li", "approve", &it, &[]).await.unwrap();
    firm.act("ma", "approve", &it, &[]).await.unwrap();
    assert_eq!(audit(&firm.now(&it).await).0, "approved");
    let next = submitted(&firm).await;
    firm.act("chen", "approve", &next, &[]).await.unwrap();
    assert_eq!(audit(&firm.now(&next).await).0, "approved");
}

#[tokio::test]
async fn two_who_decide_at_once_don_t_both_decide() {
    let firm = Firm::new(&steps(r#"{ approvers = ["user:li", "user:ma"] }"#)).await;
    let it = submitted(&firm).await;
    let approval = firm.approval(&it).await;
    let (li, ma) = (firm.as_user("li"), firm.as_user("ma"));
    let (one, two) = tokio::join!(
        li.act(perform("approve", key(&approval), &[], "")),
        ma.act(perform("return", key(&approval), &comment("不行"), ""))
    );
    let (won, lost) = if one.is_ok() { (one, two) } else { (two, one) };
    assert!(won.is_ok());
    assert!(matches!(lost, Err(Error::Conflict { .. })), "{lost:?}");
    let stale = DoRequest {
        action: "approve".to_owned(),
        key: key(&approval),
        fields: Fields::new(),
        comment: String::new(),
        version: Some(approval.version),
    };
    assert!(matches!(li.act(ActRequest::Do(stale)).await, Err(Error::Conflict { .. })));
}

#[tokio::test]
async fn an_import_makes_drafts_and_changes_nothing_that_must_be_approved() {
    let firm = Firm::new(SALES).await;
    let nobody = firm.as_user("");
    let approved = customer(nobody, "华信科技").await;
    assert_eq!(audit(&approved).0, "draft");
    for (action, who) in [("submit", "zhang"), ("approve", "wang")] {
        firm.act(who, action, &approved, &[]).await.unwrap();
    }
    let cells = |cells: &[&str]| cells.iter().map(|c| (*c).to_owned()).collect();
    let rows = vec![
        ImportRow { line: 2, cells: cells(&["华信科技", "工商银行", "approved"]), error: None },
        ImportRow { line: 3, cells: cells(&["智远电子", "建设银行", "approved"]), error: None },
    ];
    let mapping = ["name", "bank", "audit"].map(|f| Some(f.to_owned())).to_vec();
    let request = ImportRequest {
        object: "customer".to_owned(),
        mapping,
        rows: Box::new(rows.into_iter()),
        expected: 0,
        on_duplicate: OnDuplicate::Update,
        dry_run: false,
        create_references: false,
        progress: None,
        rejects: None,
        stop: Arc::new(AtomicBool::new(false)),
    };
    let report = nobody.import(request).await.unwrap();
    assert_eq!((report.created, report.rejected), (1, 1));
    let new = nobody.query(list("customer", "name:智远")).await.unwrap().rows.remove(0).record;
    assert_eq!(audit(&new), ("draft", &Value::Boolean(false)));
    assert_eq!(firm.now(&approved).await.get("bank"), &Value::Empty);
}

#[tokio::test]
async fn a_lead_is_converted_for_its_author_when_that_is_approved() {
    let firm = Firm::new("[flows.lead_convert]\nactive = true\n").await;
    let zhang = firm.as_user("zhang");
    let lead = add(zhang, "lead", &[("name", text("王建国")), ("company", text("华信科技"))]).await;
    let done = firm.act("zhang", "convert", &lead, &[("customer_name", text("华信科技集团"))]).await.unwrap();
    assert_eq!(done.records[0].get("status"), &choice("new"));
    assert!(zhang.query(list("customer", "")).await.unwrap().rows.is_empty());
    let approval = firm.approval(&lead).await;
    let review = firm.as_user("wang").review(approval.id).await.unwrap();
    let (action, arguments) = review.action.unwrap();
    assert_eq!((action.as_str(), &arguments["customer_name"]), ("convert", &text("华信科技集团")));
    assert_eq!(review.refusal, None);
    firm.act("wang", "approve", &lead, &[]).await.unwrap();
    assert_eq!(firm.now(&lead).await.get("status"), &choice("converted"));
    let made = zhang.query(list("customer", "")).await.unwrap().rows.remove(0).record;
    assert_eq!(made.get("name"), &text("华信科技集团"));
    assert_eq!(made.get("owner"), &Value::Ref(firm.people["zhang"]), "its author's, not the approver's");
    firm.as_user("wang").undo().await.unwrap();
    assert_eq!(firm.now(&lead).await.get("status"), &choice("new"));
    assert_eq!(firm.now(&lead).await.get("pending"), &Value::Integer(1), "it waits again");
}
