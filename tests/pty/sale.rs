//! A sale from the import of a lead to the last yuan, by keys alone.

use super::console::{Console, Home, PROGRAM};
use serde_json::{Value, json};

const COMPANY: &str = "珠海明达电子";

/// An empty store with one salesperson, and a lead in a CSV file.
fn with_file() -> Home {
    let home = Home::empty();
    home.ok(&["init"]);
    home.ok(&["add", "user", "login=wang", "name=王敏"]);
    std::fs::write(home.path("leads.csv"), format!("名称,公司,手机,负责人\n李芳,{COMPANY},13900139000,wang\n"))
        .unwrap();
    home
}

/// At the prompt of a shell: imports the file, then starts the interface.
fn import_the_lead(console: &Console) {
    console.types(&format!("tcrm() {{ {PROGRAM} --as wang \"$@\"; }}\r"));
    console.types("tcrm import lead leads.csv --dry-run\r").sees("nothing written: 1 to create");
    console.types("tcrm import lead leads.csv\r").sees("1 created");
    console.types("tcrm; exit\r").sees("Customers").sees("Nothing here yet");
}

/// Chooses what to do with the record of the view, by a piece of its name.
fn act(console: &Console, what: &str, form: &str) {
    console.types("m").sees("type to find");
    console.types(what).types("\r").sees(form);
}

/// Saves the form with this title, and waits for the screen below.
fn save(console: &Console, form: &str) {
    console.types("\x13").misses(form);
}

fn convert_the_lead(console: &Console) {
    console.types("3").sees("李芳").sees("1/1");
    console.types("\r").sees("Details").sees("13900139000");
    act(console, "convert", "Convert: 李芳");
    console.sees("Existing customer").sees(COMPANY);
    console.types(&"\t".repeat(9)).types("12000.15").sees("¥12,000.15");
    console.types("\t2999-01-31").sees("2999-01-31");
    save(console, "Convert: 李芳");
    console.sees("Converted");
}

fn win_the_deal(console: &Console) {
    console.types("4").sees("Board: Standard").sees("Prospecting 1/1");
    for stage in ["Engaging", "Proposal", "Negotiation", "Won"] {
        console.types("L").sees(&format!("{COMPANY}: {stage} (u undoes it)"));
    }
    console.types("\r").sees("Stage history 4").sees("Won · ¥12,000.15");
}

fn quote_it(console: &Console) {
    // Past activities, tasks and the stage history.
    console.types("]]]]").sees("Nothing here yet");
    console.types("a").sees("New Quote").sees("李芳");
    save(console, "New Quote");
    console.sees("Quotes 1").types("\r").sees("Lines 0");
    console.types("]a").sees("New Quote line");
    console.types("\t网关\t\x7f3\t\t4000.05").sees("12,000.15");
    console.types("\x13").sees("Saved: Quote line").misses("12,000.15");
    console.types("\x1b").misses("New Quote line").sees("Lines 1").sees("¥12,000.15");
}

fn order_it(console: &Console) {
    console.types("[").sees("Contact");
    act(console, "make order", "Make order: Q-");
    console.types("2999-02-01").sees("2999-02-01");
    save(console, "Make order: Q-");
    console.sees("Orders 1").sees("Order made");
    console.types("]]]").misses("Order made").sees("SO-");
    console.types("\r").sees("Deliveries 0");
    console.types("]]a").sees("New Delivery").sees("2999-02-01");
    console.types("\t\t网关").sees("网关");
    console.types("\x13").sees("Saved: Delivery");
    console.types("\x1b").misses("New Delivery").sees("Deliveries 1");
}

fn plan_and_receive(console: &Console, home: &Home) {
    console.types("[[").sees("Contact");
    act(console, "plan payments", "Plan payments: SO-");
    console.sees("Deposit and balance");
    save(console, "Plan payments: SO-");
    console.sees("Payment plans 2").sees("Receivable");
    assert_eq!(plans(home), [plan("3600.05", "3600.05", "open"), plan("8400.10", "8400.10", "open")]);

    act(console, "receive", "Receive payment: SO-");
    console.sees("12000.15").types("\x15").sees("Must be filled in");
    console.types("5000").sees("¥5,000.00");
    save(console, "Receive payment: SO-");
    console.sees("Payments 2").sees("¥7,000.15");
    assert_eq!(plans(home), [plan("3600.05", "0.00", "paid"), plan("8400.10", "7000.15", "partial")]);

    act(console, "receive", "Receive payment: SO-");
    console.sees("7000.15");
    save(console, "Receive payment: SO-");
    console.sees("Payments 3").sees("¥0.00");
    assert_eq!(plans(home), [plan("3600.05", "0.00", "paid"), plan("8400.10", "0.00", "paid")]);
}

fn list(home: &Home, object: &str) -> Vec<Value> {
    serde_json::from_str(&home.ok(&["list", object, "--sort", "id", "--json"])).unwrap()
}

/// The only record of an object.
fn only(home: &Home, object: &str) -> Value {
    let mut all = list(home, object);
    assert_eq!(all.len(), 1, "{object}: {all:?}");
    all.remove(0)
}

fn cny(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

fn plan(amount: &str, open: &str, status: &str) -> Value {
    json!([cny(amount), cny(open), status])
}

/// Amount, open amount and state of each instalment.
fn plans(home: &Home) -> Vec<Value> {
    list(home, "payment_plan").iter().map(|p| json!([p["amount"], p["open"], p["status"]])).collect()
}

#[test]
fn a_lead_becomes_a_deal_a_quote_an_order_and_money() {
    let home = with_file();
    let mut console = home.spawn(&["sh"], &[]);
    import_the_lead(&console);
    convert_the_lead(&console);
    win_the_deal(&console);
    quote_it(&console);
    order_it(&console);
    plan_and_receive(&console, &home);
    console.types("q");
    assert_eq!(console.end(), 0);

    let total = cny("12000.15");
    let (lead, customer) = (only(&home, "lead"), only(&home, "customer"));
    assert_eq!((&lead["status"], &lead["customer"]["id"]), (&json!("converted"), &customer["id"]));
    assert_eq!(only(&home, "contact")["mobile"], "13900139000");
    let deal = only(&home, "opportunity");
    assert_eq!((&deal["status"], &deal["amount"], &deal["owner"]["title"]), (&json!("won"), &total, &json!("王敏")));
    let (quote, order) = (only(&home, "quote"), only(&home, "order"));
    assert_eq!((&quote["status"], &quote["total"], &quote["net"]), (&json!("accepted"), &total, &json!("10619.60")));
    assert_eq!((&quote["opportunity"]["id"], &quote["order"]["id"]), (&deal["id"], &order["id"]));
    let line = only(&home, "order_line");
    assert_eq!((&line["name"], &line["gross"]), (&json!("网关"), &json!("12000.15")));
    let delivery = only(&home, "delivery");
    assert_eq!((&delivery["order"]["id"], &delivery["date"]), (&order["id"], &json!("2999-02-01")));
    for (record, field) in [(&order, "total"), (&order, "received"), (&customer, "ordered"), (&customer, "received")] {
        assert_eq!(record[field], total, "{field} of {}", record["code"]);
    }
    for record in [&order, &customer] {
        assert_eq!(record["receivable"], cny("0.00"), "{}", record["code"]);
    }
    assert_eq!(customer["next_due"], Value::Null);
    let payments: Vec<Value> = list(&home, "payment").iter().map(|p| p["amount"].clone()).collect();
    assert_eq!(payments, [cny("3600.05"), cny("1399.95"), cny("7000.15")]);
    home.ok(&["doctor"]);
}
