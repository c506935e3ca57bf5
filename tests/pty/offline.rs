//! A salesperson on the way: the network goes, work goes on, the network comes back.

use super::console::{Console, Home, PROGRAM};
use std::net::TcpListener;

/// No store: the server is what is worked on.
const NO_STORE: (&str, &str) = ("TCRM_STORE", "");

struct Office {
    home: Home,
    port: u16,
}

impl Office {
    fn new() -> Office {
        let home = Home::empty();
        home.ok(&["init"]);
        home.ok(&["add", "user", "login=zhang", "name=张三"]);
        home.ok(&["add", "user", "login=li", "name=李四"]);
        home.ok(&["add", "customer", "name=珠海蓝鲸仪表", "short_name=蓝鲸", "owner=zhang"]);
        home.ok(&["add", "customer", "name=青岛海鸥", "owner=zhang"]);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Office { home, port }
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn serve(&self) -> Console {
        let listen = format!("127.0.0.1:{}", self.port);
        let server = self.home.spawn(&[PROGRAM, "serve", "--open", "--listen", &listen], &[]);
        server.sees("http://127.0.0.1");
        server
    }
}

fn interface(away: &Home, url: &str) -> Console {
    let console = away.spawn(&[PROGRAM, "--url", url, "--as", "zhang"], &[NO_STORE]);
    // A header with room for how things stand.
    console.resize(120, 30);
    console.sees("Customers").sees("珠海蓝鲸仪表");
    console
}

fn sync(away: &Home, url: &str) -> (Option<i32>, serde_json::Value) {
    let output = away.run_with(&["--url", url, "--as", "zhang", "sync", "--json"], &[NO_STORE]);
    let told = serde_json::from_slice(&output.stdout);
    (output.status.code(), told.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
}

#[test]
fn the_network_goes_work_goes_on_and_both_come_together() {
    let (office, away) = (Office::new(), Home::empty());
    let url = office.url();
    let mut server = office.serve();
    let mut login = away.spawn(&[PROGRAM, "--url", &url, "--as", "zhang", "login"], &[NO_STORE]);
    login.sees("Password").types("\r");
    assert_eq!(login.end(), 0, "{}", login.text());
    assert_eq!(sync(&away, &url).0, Some(0));

    // The server goes while the list is on the screen.
    let mut console = interface(&away, &url);
    console.sees("online");
    server.kill();
    console.types("R").sees("offline since").sees("珠海蓝鲸仪表");
    // Searched, changed, added.
    console.types("/lanjing\r").sees("1/1").sees("珠海蓝鲸仪表");
    console.types("e").sees("ctrl-s").types("\t\x1b[F大").sees("蓝鲸大").types("\x13").sees("1 waiting");
    console.types("\x1b").sees("青岛海鸥");
    console.types("a").sees("New Customer").types("在路上的客户").types("\x13").sees("2 waiting");
    console.sees("在路上的客户").types("q");
    console.end();

    // Started anew, still without a network, all of it is there.
    assert_eq!(sync(&away, &url).0, Some(7));
    let mut console = interface(&away, &url);
    console.sees("offline").sees("2 waiting").sees("在路上的客户").sees("青岛海鸥");
    console.types("q");
    console.end();

    // Meanwhile Li has changed the same.
    office.home.ok(&["--as", "li", "set", "customer", "珠海蓝鲸仪表", "short_name=鲸鱼", "website=http://whale.cn"]);
    let _server = office.serve();
    let console = interface(&away, &url);
    console.sees("online").sees("1 to decide").misses("waiting");
    assert_eq!(office.home.count("customer", "name:在路上的客户"), 1, "sent, and only once");
    assert_eq!(office.home.show("customer", "珠海蓝鲸仪表")["short_name"], "鲸鱼");
    console.types("gs").sees("aren").sees("changed by others too").sees("蓝鲸大").sees("鲸鱼");
    console.types("\r").sees("whose value stays?").types("\r").misses("to decide");
    console.types("s").sees("Everything you did is on the server");
    let customer = office.home.show("customer", "珠海蓝鲸仪表");
    assert_eq!((&customer["short_name"], &customer["website"]), (&"蓝鲸大".into(), &"http://whale.cn".into()));
    drop(console);
    assert_eq!(sync(&away, &url).0, Some(0));
}
