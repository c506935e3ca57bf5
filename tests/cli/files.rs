//! Files in and out: import, export, encodings, attachments, real data.

use super::*;

#[test]
fn an_import_maps_reports_and_can_be_taken_back() {
    let home = Home::with_store();
    let file = home.file("a.csv", "客户名称,电话,级别,乱七八糟\n甲公司,010-1,A,x\n,010-2,B,x\n丙公司,010-3,Q,x\n");
    let dry = home.run(&["import", "customer", &file, "--dry-run", "--json"]);
    assert_eq!(dry.code, 3);
    let report: Json = serde_json::from_str(&dry.out).unwrap();
    assert_eq!((&report["created"], &report["rejected"]), (&Json::from(1), &Json::from(2)));
    assert_eq!((home.names().len(), home.path("a.errors.csv").exists()), (0, false));
    let ran = home.run(&["import", "customer", &file, "--json"]);
    let report: Json = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["mapping"]["客户名称"], "name");
    assert_eq!(report["unmapped"], serde_json::json!(["乱七八糟"]));
    assert_eq!(home.names(), ["甲公司"]);
    let errors = std::fs::read_to_string(home.path("a.errors.csv")).unwrap();
    assert!(errors.starts_with("客户名称,电话,级别,乱七八糟,tcrm_error\n"), "{errors}");
    assert_eq!(errors.lines().count(), 3);
    std::fs::write(home.path("a.errors.csv"), errors.replace("\n,010", "\n乙公司,010").replace(",Q,", ",C,")).unwrap();
    home.ok(&["import", "customer", "a.errors.csv"]);
    assert_eq!(home.names().len(), 3);
    let number = report["import"].to_string();
    home.ok(&["import", "--undo", &number]);
    assert_eq!(home.names().len(), 2);
}

#[test]
fn duplicates_go_by_the_policy() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=Acme", "city=Oslo"]);
    let code = home.json(&["show", "customer", "Acme", "--json"])["code"].as_str().unwrap().to_owned();
    let file = home.file("d.csv", format!("code,name,city\n{code},Acme,Bergen\n"));
    let counted = |policy: &str| {
        let ran = home.run(&["import", "customer", &file, "--on-duplicate", policy, "--json"]);
        let report: Json = serde_json::from_str(&ran.out).unwrap();
        (ran.code, ["created", "updated", "skipped", "rejected"].map(|k| report[k].as_u64().unwrap()))
    };
    assert_eq!(counted("error"), (3, [0, 0, 0, 1]));
    assert_eq!(counted("skip"), (0, [0, 0, 1, 0]));
    assert_eq!(counted("update"), (0, [0, 1, 0, 0]));
    assert_eq!(home.json(&["show", "customer", "Acme", "--json"])["city"], "Bergen");
}

#[test]
fn files_of_every_encoding_give_the_same_records() {
    let text = "客户名称;城市\n华信科技有限公司;北京\n深圳蓝海贸易公司;深圳\n";
    let utf16 = |big: bool| -> Vec<u8> {
        text.encode_utf16().flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect()
    };
    for (name, bytes) in [
        ("utf8", text.as_bytes().to_vec()),
        ("bom", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        ("gbk", encoding_rs::GB18030.encode(text).0.into_owned()),
        ("utf16le", [b"\xFF\xFE".to_vec(), utf16(false)].concat()),
        ("utf16be", utf16(true)),
    ] {
        let home = Home::with_store();
        let file = home.file("e.csv", bytes);
        home.ok(&["import", "customer", &file]);
        let mut names = home.names();
        names.sort();
        assert_eq!(names, ["华信科技有限公司", "深圳蓝海贸易公司"], "{name}");
    }
}

#[test]
fn bad_files_are_refused_or_lose_only_their_bad_rows() {
    let huge = format!("name,city\n{},x\nfine,y\n", "a".repeat((1 << 20) + 5));
    for (bytes, code, kept, part) in [
        (b"name,city\nok,x\nshort\nlong,x,y\n".to_vec(), 3, 1, "2 "),
        (b"name,city\na\0b,x\nok,y\n".to_vec(), 3, 1, "NUL"),
        (b"name,city\nok,x\nbr\xFFken,\xE5\x8C\x97\xE4\xBA\xAC\n".to_vec(), 3, 1, "line 3"),
        (huge.into_bytes(), 3, 1, "1024 KiB"),
        (b"name,city\nok,x\nbad,\"open\nx,y\n".to_vec(), 3, 1, "never closed"),
        (b"PK\x03\x04\0\0\0\0".to_vec(), 3, 0, "XLSX"),
        ((0..=255u8).cycle().take(4000).collect(), 3, 0, "no text"),
        (b"".to_vec(), 3, 0, "empty"),
        ("华信科技,北京\n蓝海,上海\n".into(), 3, 0, "--map"),
    ] {
        let home = Home::with_store();
        let file = home.file("bad.csv", &bytes);
        let ran = home.run(&["import", "customer", &file]);
        assert_eq!(ran.code, code, "{part}: {}", ran.err);
        assert!(ran.err.contains(part), "{part}: {}", ran.err);
        assert_eq!(home.names().len(), kept, "{part}: {}", ran.err);
    }
}

#[test]
fn a_file_without_header_is_imported_by_column_numbers_and_from_a_line() {
    let home = Home::with_store();
    let file = home.file("n.csv", "甲,北京\n乙,上海\n丙,深圳\n");
    home.ok(&["import", "customer", &file, "--no-header", "--map", "name=1", "--map", "city=2", "--from-line", "2"]);
    assert_eq!(home.names().len(), 2);
}

#[test]
fn what_is_exported_is_imported_as_it_was() {
    for (name, more) in [("x.csv", "--bom"), ("x.jsonl", "--labels")] {
        let home = Home::with_store();
        home.ok(&["add", "customer", "name=母公司", "remark=一\n二", "annual_revenue=USD 12.50", "tags=a;b"]);
        home.ok(&["add", "customer", "name==危险", "parent=母公司", "phone=+86 138-0013-8000", "level=A"]);
        home.ok(&["export", "customer", "-o", name, more, "--sort", "id"]);
        let other = Home::with_store();
        std::fs::copy(home.path(name), other.path(name)).unwrap();
        other.ok(&["import", "customer", name, "--create-references", "--on-duplicate", "update"]);
        for record in ["母公司", "=危险"] {
            let (one, two) = (
                home.json(&["show", "customer", record, "--json"]),
                other.json(&["show", "customer", record, "--json"]),
            );
            for field in ["name", "code", "remark", "annual_revenue", "tags", "phone", "level"] {
                assert_eq!(one[field], two[field], "{name} {record} {field}");
            }
            assert_eq!(one["parent"]["title"], two["parent"]["title"], "{name} {record}");
        }
    }
}

#[test]
fn an_export_that_fails_leaves_the_old_file() {
    let home = Home::with_store();
    home.file("out.csv", "old");
    assert_eq!(home.run(&["export", "customer", "levl:A", "-o", "out.csv"]).code, 3);
    assert_eq!(std::fs::read_to_string(home.path("out.csv")).unwrap(), "old");
}

#[test]
fn the_maven_accounts_and_pipeline_are_imported_with_their_references() {
    let Some(folder) = real_data("maven-crm") else { return };
    let home = Home::with_store();
    let file = |name: &str| {
        std::fs::copy(folder.join(name), home.path(name)).unwrap();
        name.to_owned()
    };
    let import = |object: &str, name: &str, more: &[&str]| -> Json {
        home.json(&[&["import", object, &file(name), "--json"][..], more].concat())
    };
    let names = ["--map", "name=sales_agent", "--map", "login=sales_agent", "--create-references"];
    assert_eq!(import("user", "sales_teams.csv", &names)["created"], 35);
    assert_eq!(import("product", "products.csv", &[])["created"], 7);
    let accounts = import("customer", "accounts.csv", &["--value", "industry:technolgy=technology"]);
    assert_eq!((&accounts["created"], &accounts["rejected"]), (&Json::from(85), &Json::from(0)));
    assert_eq!(home.names().len(), 85);
    let names = ["--map", "name=opportunity_id", "--map", "code=opportunity_id"];
    let deals = import("opportunity", "sales_pipeline.csv", &names);
    assert_eq!((&deals["created"], &deals["rejected"]), (&Json::from(8_800), &Json::from(0)));
    let deals = |filter: &str| -> Vec<Json> {
        let columns = ["--limit", "0", "--columns", "amount,owner,product,customer", "--json"];
        let rows = home.json(&[&["list", "opportunity", filter][..], &columns].concat());
        rows.as_array().unwrap().clone()
    };
    assert_eq!(deals("stage:engaging").len(), 1_589);
    assert_eq!(deals("product:empty or owner:empty").len(), 0);
    assert_eq!(deals("customer:empty").len(), 1_425);
    let won = deals("stage:won");
    let sum: f64 = won.iter().map(|r| r["amount"]["amount"].as_str().unwrap().parse::<f64>().unwrap()).sum();
    assert_eq!((won.len(), sum), (4_238, 10_005_534.0));
    the_board_is_that_of_the_file(&home, &std::fs::read_to_string(folder.join("sales_pipeline.csv")).unwrap());
}

/// Number and sum of each stage as they follow from the file alone.
fn the_board_is_that_of_the_file(home: &Home, csv: &str) {
    let board = home.json(&["board", "standard", "--json"]);
    for (stage, probability) in [("prospecting", 10), ("engaging", 25), ("won", 100), ("lost", 0)] {
        let cells = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
        let of: Vec<Vec<String>> =
            csv.lines().skip(1).map(cells).filter(|c| c[4].eq_ignore_ascii_case(stage)).collect();
        let sum: i64 = of.iter().map(|c| c[7].trim().parse::<i64>().unwrap_or(0)).sum();
        let row = board.as_array().unwrap().iter().find(|r| r["stage"] == stage).unwrap();
        assert_eq!(row["count"], of.len(), "{stage}");
        assert_eq!(row["sum"], format!("{sum}.00"), "{stage}");
        assert_eq!(row["weighted"], format!("{}.00", sum * probability / 100), "{stage}");
    }
    assert_eq!(board.as_array().unwrap().len(), 6);
}

#[test]
fn the_board_as_table_csv_and_json_and_of_no_such_pipeline() {
    let home = Home::with_store();
    home.ok(&["add", "opportunity", "name=A", "stage=engaging", "amount=CNY 100"]);
    home.ok(&["add", "opportunity", "name=B", "stage=engaging", "amount=USD 20"]);
    home.ok(&["add", "opportunity", "name=C", "stage=prospecting", "amount=USD 5"]);
    let board = home.json(&["board", "--json"]);
    let row = |stage: &str| board.as_array().unwrap().iter().find(|r| r["stage"] == stage).unwrap().clone();
    assert_eq!((&row("engaging")["sum"], &row("engaging")["count"]), (&Json::Null, &Json::from(2)), "no rate, no sum");
    assert_eq!(row("engaging")["parts"][1], serde_json::json!({ "currency": "USD", "amount": "20.00" }));
    assert_eq!(
        (&row("prospecting")["sum"], &row("prospecting")["currency"]),
        (&Json::from("5.00"), &Json::from("USD"))
    );
    assert_eq!((&row("won")["count"], &row("won")["type"]), (&Json::from(0), &Json::from("won")));
    let csv = home.ok(&["board", "--csv", "--filter", "name:C"]);
    assert!(csv.starts_with("stage,type,count,sum,weighted,currency\nprospecting,open,1,5.00,0.50,USD\n"), "{csv}");
    let renewal = home.ok(&["board", "续约流程"]);
    assert!(renewal.contains("Renewal due\topen\t0\t0.00"), "{renewal}");
    for filter in ["levl:A", "name:C) or (name:A"] {
        let ran = home.run(&["board", "--filter", filter]);
        assert!(ran.code == 3 && ran.err.contains(&format!("\n  {filter}\n")), "{}", ran.err);
    }
    assert_eq!(home.ok(&["board", "--filter", " "]), home.ok(&["board"]));
    let ran = home.run(&["board", "nonsense"]);
    assert_eq!(ran.code, 4);
    assert!(ran.err.contains("standard") && ran.err.contains("renewal"), "{}", ran.err);
}

#[test]
fn files_are_attached_listed_exported_backed_up_and_missed() {
    let home = Home::with_store();
    home.file("报价.pdf", "pdf");
    home.file("b.png", "png!");
    let id = home.ok(&["add", "customer", "name=华信", "attachments=报价.pdf; ./b.png"]);
    let id = id.trim();
    assert!(home.ok(&["show", "customer", id]).contains("报价.pdf, b.png"));
    home.ok(&["set", "customer", id, "attachments=报价.pdf"]);
    let record = home.json(&["show", "customer", id, "--json"]);
    assert_eq!(record["attachments"][0]["name"], "报价.pdf");
    assert_eq!(record["attachments"].as_array().unwrap().len(), 1);
    assert!(home.ok(&["export", "customer"]).contains("报价.pdf"));

    let ran = home.run(&["set", "customer", id, "attachments=none.pdf"]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("none.pdf"), "{}", ran.err);

    home.ok(&["backup", "backup.db"]);
    home.ok(&["doctor"]);
    std::fs::remove_dir_all(home.path("store.db.files")).unwrap();
    let doctor = home.run(&["doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(doctor.out.contains("报价.pdf"), "{}", doctor.out);
    home.ok(&["restore", "backup.db"]);
    home.ok(&["doctor"]);
}

#[test]
fn a_document_is_printed_as_text_page_and_records() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=华信"]);
    let quote = home.ok(&["add", "quote", "customer=华信", "subject=ERP"]);
    let quote = quote.trim();
    home.ok(&["add", "quote_line", &format!("quote={quote}"), "name=网关", "quantity=2", "price=60"]);
    let text = home.ok(&["print", "quote", quote]);
    assert!(text.contains("网关") && !text.contains('<'), "{text}");
    let ran = home.run(&["print", "quote", quote, "-o", "q.html"]);
    assert!(ran.code == 0 && ran.err.contains("q.html") && ran.out.is_empty(), "{}", ran.err);
    let page = std::fs::read_to_string(home.path("q.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("网关"));
    home.ok(&["print", "quote", quote, "-o", "q.txt"]);
    assert_eq!(std::fs::read_to_string(home.path("q.txt")).unwrap(), text);
    let records = home.json(&["print", "quote", quote, "--json"]);
    assert_eq!(records["document"]["id"], quote);
    assert_eq!(records["document"]["customer"]["title"], "华信");
    assert_eq!(records["lines"][0]["name"], "网关");
    assert_eq!(records["company"], Json::Null);
    for (args, code) in [
        (vec!["print", "customer", "华信"], 3),
        (vec!["print", "quote", "none"], 4),
        (vec!["print", "quote", quote, "-o", "no/q.html"], 4),
        (vec!["print", "quote", quote, "--json", "--format", "text"], 2),
    ] {
        assert_eq!(home.run(&args).code, code, "{args:?}");
    }
}

#[test]
fn what_is_made_of_a_document_is_named_and_its_open_amount_is_received_without_being_typed() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=华信"]);
    let quote = home.ok(&["add", "quote", "customer=华信", "subject=ERP"]);
    let quote = quote.trim();
    home.ok(&["add", "quote_line", &format!("quote={quote}"), "name=网关", "quantity=2", "price=60"]);
    let ran = home.run(&["do", "to_order", "quote", quote]);
    let orders = home.json(&["list", "order", "--json"]);
    let order = orders[0]["id"].as_str().unwrap();
    assert_eq!((ran.code, ran.out.trim()), (0, order), "{}", ran.err);
    let code = |of: &Json| of["code"].as_str().unwrap().to_owned();
    let quote = home.json(&["show", "quote", quote, "--json"]);
    assert!(ran.err.contains(&code(&orders[0])) && ran.err.contains(&code(&quote)), "{}", ran.err);
    assert_eq!(home.run(&["do", "receive", "order", order]).code, 5, "nothing is planned yet");
    home.ok(&["do", "plan", "order", order, "method=deposit"]);
    home.ok(&["do", "receive", "order", order, "--dry-run"]);
    home.ok(&["do", "receive", "order", order, "amount=20"]);
    home.ok(&["do", "receive", "order", order]);
    let order = home.json(&["show", "order", order, "--json"]);
    assert_eq!((&order["received"]["amount"], &order["receivable"]["amount"]), (&"120.00".into(), &"0.00".into()));
}

#[test]
fn rows_may_refer_to_rows_further_down() {
    let home = Home::with_store();
    let file =
        home.file("a.csv", "name,parent\nLeaf,Branch\nBranch,Root\nTwig,branch\nLone,Nowhere\nRoot,\nX,Y\nY,X\n");
    let ran = home.run(&["import", "customer", &file]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("line 5: Parent company:") && ran.err.contains("line 8:"), "{}", ran.err);
    assert_eq!(home.names(), ["Branch", "Leaf", "Root", "Twig"]);
    assert_eq!(home.json(&["show", "customer", "Leaf", "--json"])["parent"]["title"], "Branch");
    let home = Home::with_store();
    let file = home.file("a.csv", "name,parent\nLeaf,Branch\nBranch,Root\nLone,Nowhere\nTwo,Nowhere\nRoot,\n");
    home.ok(&["import", "customer", &file, "--create-references"]);
    assert_eq!(home.names(), ["Branch", "Leaf", "Lone", "Nowhere", "Root", "Two"], "each of them once");
}

#[test]
fn values_of_a_file_are_replaced_as_told() {
    let home = Home::with_store();
    let file = home.file("a.csv", "name,industry\nA,technolgy\nB, Technolgy \n");
    home.ok(&["import", "customer", &file, "--value", "industry:technolgy=technology"]);
    assert_eq!(home.names().len(), 2);
    for (value, code) in [("industry", 2), ("nope:a=b", 3), ("city:a=b", 3)] {
        assert_eq!(home.run(&["import", "customer", &file, "--value", value]).code, code, "{value}");
    }
}

#[test]
fn refused_rows_keep_their_cells_whole_and_their_order() {
    let home = Home::with_store();
    let long = "长".repeat(500_000);
    let file = home.file("a.csv", format!("name,parent,remark\nA,Nobody,1\nB,,\"{long}\"\nC,,ok\n,,no name\nA2,A,2\n"));
    let ran = home.run(&["import", "customer", &file]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    let told: Vec<&str> = ran.err.lines().filter(|l| l.starts_with("line ")).map(|l| &l[..6]).collect();
    assert_eq!(told, ["line 2", "line 3", "line 5", "line 6"], "{}", ran.err);
    let errors = std::fs::read_to_string(home.path("a.errors.csv")).unwrap();
    assert!(errors.contains(&long), "the long cell is whole");
    let fixed = errors.replace(&long, "short").replace("Nobody", "").replace("\n,,no name", "\nD,,no name");
    home.file("a.errors.csv", fixed);
    home.ok(&["import", "customer", "a.errors.csv"]);
    assert_eq!(home.names(), ["A", "A2", "B", "C", "D"]);
}

#[test]
fn a_dry_run_names_the_row_that_is_duplicated() {
    for (lang, said) in [("en", "line 3: Name: Line 2 of the file"), ("zh-CN", "第 3 行：客户名称：文件第 2 行")]
    {
        let home = Home { lang, ..Home::with_store() };
        let file = home.file("a.csv", "name\n华信科技\n华信 科技\n");
        let ran = home.run(&["import", "customer", &file, "--dry-run"]);
        assert!(ran.code == 3 && ran.err.contains(said), "{}", ran.err);
    }
}

#[test]
fn a_reference_made_for_a_row_goes_with_the_row() {
    let home = Home::with_store();
    home.ok(&["add", "customer", "name=There"]);
    let rows = "name,parent,level\nA,Made,A\nB,Gone,nope\nThere,Gone,A\nC,Gone too,nope\nD,Gone too,B\n";
    let file = home.file("a.csv", rows);
    let dry = home.run(&["import", "customer", &file, "--create-references", "--dry-run", "--json"]);
    let ran = home.run(&["import", "customer", &file, "--create-references", "--json"]);
    let counts = |ran: &Ran| -> Vec<u64> {
        let report: Json = serde_json::from_str(&ran.out).unwrap();
        ["created", "rejected"].map(|k| report[k].as_u64().unwrap()).to_vec()
    };
    assert_eq!((counts(&dry), counts(&ran)), (vec![2, 3], vec![2, 3]), "{}", ran.err);
    assert_eq!(home.names(), ["A", "D", "Gone too", "Made", "There"]);
    let number = serde_json::from_str::<Json>(&ran.out).unwrap()["import"].to_string();
    home.ok(&["import", "--undo", &number]);
    assert_eq!(home.names(), ["There"]);
    home.ok(&["doctor"]);
}

#[test]
fn a_repeated_column_and_a_bad_header_are_told_with_their_place() {
    let home = Home::with_store();
    let file = home.file("a.csv", "name,客户名称,x\nA,B,C\n");
    let ran = home.run(&["import", "customer", &file]);
    assert!(ran.err.contains("column 2 \"客户名称\"") && ran.err.contains("(no such field): x"), "{}", ran.err);
    let file = home.file("nul.csv", "\n\nname,ci\0ty\nA,B\n");
    let ran = home.run(&["import", "customer", &file]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("nul.csv:3: Column 2 holds a NUL"), "{}", ran.err);
    let file = home.file("empty.csv", "");
    assert!(home.run(&["import", "customer", &file]).err.contains("empty.csv: "));
}

#[test]
fn a_folder_that_is_missing_is_named_with_what_to_do() {
    for (lang, said) in
        [("en", "There is no folder no/dir. Make it first (mkdir -p no/dir)"), ("zh-CN", "没有文件夹 no/dir")]
    {
        let home = Home { lang, ..Home::with_store() };
        for args in [&["export", "customer", "-o", "no/dir/x.csv"][..], &["backup", "no/dir/x.db"]] {
            let ran = home.run(args);
            assert!(ran.code == 4 && ran.err.contains(said), "{} {}", ran.code, ran.err);
        }
    }
}

#[test]
fn content_that_nothing_can_bring_back_is_told_and_removed_when_asked_for() {
    let home = Home::with_store();
    let age = |path: &Path| {
        let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3 * 24 * 60 * 60);
        std::fs::OpenOptions::new().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    };
    let kept = || -> Vec<PathBuf> {
        let folders = std::fs::read_dir(home.path("store.db.files")).unwrap().map(|f| f.unwrap().path());
        folders.filter(|f| f.is_dir()).flat_map(|f| std::fs::read_dir(f).unwrap().map(|e| e.unwrap().path())).collect()
    };
    for name in ["held", "undone"] {
        home.file(name, name);
    }
    home.ok(&["add", "customer", "name=A", "attachments=held"]);
    home.ok(&["add", "customer", "name=B", "attachments=undone"]);
    home.ok(&["undo"]);
    let orphan = kept()[0].with_file_name("0".repeat(64));
    std::fs::write(&orphan, "nobody's").unwrap();
    home.ok(&["doctor"]);
    kept().iter().for_each(|path| age(path));
    let ran = home.run(&["doctor"]);
    assert!(ran.code == 1 && ran.out.contains("1 attached files") && ran.out.contains("--fix"), "{}", ran.out);
    let ran = home.run(&["doctor", "--fix"]);
    assert!(ran.code == 0 && ran.err.contains("1 contents"), "{} {}", ran.out, ran.err);
    assert_eq!((orphan.exists(), kept().len()), (false, 2));
    home.ok(&["redo"]);
    home.ok(&["doctor"]);
}
