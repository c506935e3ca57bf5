//! A new customer on its way through three people's hands, each at a terminal of their own.

use super::console::{Console, Home, PROGRAM};

const FLOWS: &str = "[flows.new_customer]\nactive = true\nkey_fields = [\"phone\"]\n";

/// A store with Wang above Zhang, Li beside them, and the flow of new customers switched on.
fn office() -> Home {
    let home = Home::empty();
    home.ok(&["init"]);
    home.ok(&["add", "user", "login=wang", "name=王经理"]);
    home.ok(&["add", "user", "login=zhang", "name=张三", "supervisor=wang"]);
    home.ok(&["add", "user", "login=li", "name=李四"]);
    home.ok(&["add", "customer", "name=老客户"]);
    let flows = home.path("flows.toml");
    std::fs::write(&flows, FLOWS).unwrap();
    home.ok(&["schema", "apply", flows.to_str().unwrap()]);
    home
}

fn sits_down(home: &Home, login: &str) -> Console {
    let console = home.spawn(&[PROGRAM, "--as", login], &[]);
    console.sees("Customers").sees("老客户");
    console
}

#[test]
fn enter_submit_return_correct_approve_enable_and_pick_in_an_order() {
    let home = office();
    let (zhang, wang, li) = (sits_down(&home, "zhang"), sits_down(&home, "wang"), sits_down(&home, "li"));

    // Zhang enters a customer and submits it.
    zhang.types("a").sees("New Customer").types("珠海蓝鲸").sees("珠海蓝鲸");
    zhang.types("\x13").sees("Saved").misses("New Customer").sees("珠海蓝鲸");
    zhang.types("/蓝鲸\r").sees("1/1");
    zhang.types("m").sees("Submit").types("submit\r").sees("Comment").types("\x13").sees("submitted for approval");
    assert_eq!(home.show("customer", "珠海蓝鲸")["audit"], "submitted");

    // Wang is told, looks and sends it back.
    wang.types("6").sees("For me").sees("珠海蓝鲸").sees("Not filled: Phone");
    wang.types("B").sees("Why it goes back").types("the name is not the full one\r").sees("Sent back: 珠海蓝鲸");
    wang.sees("Nothing waits for your approval");
    assert_eq!(home.show("customer", "珠海蓝鲸")["audit"], "returned");

    // Zhang reads why, corrects it and submits it again.
    zhang.types("6").sees("Nothing waits").types("]").sees("the name is not the full one");
    zhang.types("\r").sees("Basic").sees("珠海蓝鲸");
    zhang.types("e").sees("ctrl-s").types("\t\x1b[F仪表有限公司").sees("珠海蓝鲸仪表有限公司");
    zhang.types("\x13").sees("Saved").misses("ctrl-s");
    zhang.types("m").sees("Submit").types("submit\r").sees("Comment").types("\x13").sees("submitted for approval");

    // It is in Wang's inbox without a key; what changed stands side by side.
    wang.sees("珠海蓝鲸仪表有限公司").sees("In force").sees("Submitted");
    wang.types("A").sees("Approved: 珠海蓝鲸仪表有限公司").sees("Nothing waits for your approval");

    // Approved, but not enabled: no order can have it.
    let order = ["--as", "zhang", "add", "order", "customer=珠海蓝鲸仪表有限公司"];
    let refused = home.run(&order);
    assert_eq!(refused.status.code(), Some(3), "{}", String::from_utf8_lossy(&refused.stderr));

    // Li enables it.
    li.types("/蓝鲸\r").sees("1/1");
    li.types("m").sees("Enable").types("enable").misses("Transfer").types("\r").sees("Enable: 珠海蓝鲸仪表有限公司");
    let customer = home.show("customer", "珠海蓝鲸仪表有限公司");
    assert_eq!((&customer["audit"], &customer["enabled"]), (&"approved".into(), &true.into()));

    // Zhang picks it in an order.
    zhang.types("\x1b").misses("Basic").types(":orders\r").sees("Orders");
    zhang.types("a").sees("New Order").types("\t\t").types("lanjing").sees("珠海蓝鲸仪表有限公司");
    zhang.types("\r").sees("ctrl-s Save").sees("珠海蓝鲸仪表有限公司");
    zhang.types("\x13").sees("Saved");
    assert_eq!(home.count("order", "customer:珠海蓝鲸"), 1);
    let history = home.ok(&["history", "customer", "珠海蓝鲸仪表有限公司"]);
    assert!(history.contains("wang") || history.contains("王经理"), "{history}");
}
