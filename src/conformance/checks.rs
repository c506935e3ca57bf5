//! The checks, section by section.
#![expect(clippy::indexing_slicing, reason = "JSON read by a name that isn't there is null")]

use super::{Check, OBJECT, Run, same};
use crate::api::{IDEMPOTENCY_KEY, Method};
use crate::domain::id::IdSource;
use serde_json::{Value as Json, json};

pub(super) const ALL: &[(&str, &str, Check)] = &[
    ("signing in", "without a token the answer is 401", no_token),
    ("signing in", "with an unknown token the answer is 401", unknown_token),
    ("signing in", "a wrong password is not let in", wrong_password),
    ("signing in", "one learns who one is and what one may do", me),
    ("schema", "the schema has objects with typed fields", schema),
    ("schema", "a schema that is known is not sent again", schema_known),
    ("records", "a record is created and read back, with its version as ETag", create),
    ("records", "a client may make the id; the same id again is a conflict", own_id),
    ("records", "every failing field is listed", all_errors),
    ("records", "what isn't there is 404", missing),
    ("records", "a change needs the version it was made on", no_version),
    ("records", "a change on an old version is 412 with the record as it stands", outdated),
    ("records", "a deleted record is gone", delete),
    ("lists", "pages by key show every record once", pages),
    ("lists", "a count comes only when it is asked for, and is capped", counts),
    ("lists", "several counts are asked for at once", counts_together),
    ("lists", "only the chosen fields come", chosen_fields),
    ("lists", "the typed form of a filter finds what the grammar finds", typed_filter),
    ("lists", "a filter that can't be read is pointed at", bad_filter),
    ("lists", "nothing can be smuggled into filters and sorting", injection),
    ("once", "the same request with the same key is done once", once),
    ("once", "a key is not good for another request", key_reused),
    ("batch", "each operation has its own result", batch),
    ("changes", "changes come in order, deletions as tombstones", changes),
    ("changes", "a number that isn't known is 410", too_old),
    ("settings", "a setting is kept and removed", settings),
    ("undo", "the last change is taken back", undo),
    ("bad input", "a body that can't be read is 400", malformed),
    ("bad input", "a body that is too large is 413", too_large),
    ("bad input", "an unknown route is 404, an unknown method 405", unknown_route),
    ("bad input", "an unknown time zone is 400", unknown_zone),
    ("bad input", "files can't be named out of their folder", file_names),
    ("bad input", "a file is not reached by its hash alone", file_alone),
    ("reports", "what a report adds up is what its filter finds", reports),
    ("jobs", "an export is written, fetched and removed", export),
    ("webhooks", "they are for administrators, and their secrets are told once", webhooks),
    ("cleaning up", "everything that was made is removed", clean),
];

fn records() -> String {
    format!("/objects/{OBJECT}/records")
}

fn record(id: &str) -> String {
    format!("/objects/{OBJECT}/records/{id}")
}

fn encoded(name: &str, text: &str) -> String {
    serde_urlencoded::to_string([(name, text)]).unwrap_or_default()
}

/// The filter for what one check made.
fn filter(run: &Run, name: &str) -> String {
    encoded("filter", &format!("name:\"{} {name}\"", run.mark))
}

fn no_token(run: &mut Run) -> Result<(), String> {
    let reply = run.ask_bytes(Method::Get, "/me", &[], None, false)?;
    reply.is_problem(401, "unauthorized").map(drop)
}

fn unknown_token(run: &mut Run) -> Result<(), String> {
    let headers = [("authorization", "Bearer tcrm_0000000000000000")];
    let reply = run.ask_bytes(Method::Get, "/me", &headers, None, false)?;
    reply.is_problem(401, "unauthorized").map(drop)
}

fn wrong_password(run: &mut Run) -> Result<(), String> {
    let body = json!({ "login": "nobody-of-that-name", "password": "wrong-password-1" });
    let reply = run.ask_bytes(Method::Post, "/sessions", &[], Some(body.to_string().into_bytes()), false)?;
    match reply.status {
        401 | 403 | 404 | 429 => Ok(()),
        other => Err(format!("expected a refusal, got {other}")),
    }
}

fn me(run: &mut Run) -> Result<(), String> {
    let reply = run.get("/me")?;
    reply.is(200)?;
    reply.at("/me")?;
    reply.at("/scopes/0")?;
    let rights = run.get("/me/rights")?;
    rights.is(200)?.at(&format!("/objects/{OBJECT}")).map(drop)
}

fn schema(run: &mut Run) -> Result<(), String> {
    let reply = run.get("/schema")?;
    let objects = reply.is(200)?.at("/objects")?.as_array().cloned().unwrap_or_default();
    let object = objects.iter().find(|o| o["name"] == OBJECT).ok_or("the schema has no customer")?;
    let fields = object["fields"].as_array().cloned().unwrap_or_default();
    let has = fields.iter().any(|f| f["name"] == "name" && f["kind"]["type"] == "text");
    if has { Ok(()) } else { Err("customer has no text field name".to_owned()) }
}

fn schema_known(run: &mut Run) -> Result<(), String> {
    let first = run.get("/schema")?;
    let etag = first.header("etag").ok_or("no ETag")?.to_owned();
    let again = run.ask(Method::Get, "/schema", &[("if-none-match", &etag)], None)?;
    again.is(304).map(drop)
}

fn create(run: &mut Run) -> Result<(), String> {
    let (id, version) = run.make("created")?;
    let reply = run.get(&record(&id))?;
    reply.is(200)?;
    same("id", reply.at("/record/id")?, &json!(id))?;
    let expected = format!("{} created", run.mark);
    same("name", reply.at("/record/fields/name")?, &json!(expected))?;
    same("ETag", &json!(reply.header("etag")), &json!(format!("\"{version}\"")))
}

fn own_id(run: &mut Run) -> Result<(), String> {
    let id = IdSource::default().next(jiff::Timestamp::now().as_millisecond(), 12_345).to_string();
    let body = json!({ "id": id, "fields": { "name": format!("{} own id", run.mark) } });
    let reply = run.post(&records(), &body)?;
    reply.is(201)?;
    run.made.push(id.clone());
    same("id", reply.at("/records/0/id")?, &json!(id))?;
    match run.post(&records(), &body)?.status {
        409 | 412 => Ok(()),
        other => Err(format!("expected a conflict, got {other}")),
    }
}

fn all_errors(run: &mut Run) -> Result<(), String> {
    let body = json!({ "fields": { "no_such_field": 1, "level": 5, "name": ["x"] } });
    let reply = run.post(&records(), &body)?;
    reply.is_problem(422, "invalid")?;
    let errors = reply.at("/errors")?.as_array().cloned().unwrap_or_default();
    let named: Vec<&Json> = errors.iter().map(|e| &e["field"]).collect();
    match ["no_such_field", "level", "name"].into_iter().find(|field| !named.contains(&&json!(field))) {
        Some(field) => Err(format!("{field} is not among {named:?}")),
        None => Ok(()),
    }
}

fn missing(run: &mut Run) -> Result<(), String> {
    run.get(&record("0000000000002"))?.is_problem(404, "not_found")?;
    run.get(&record("not-an-id"))?.is_problem(404, "not_found")?;
    run.get("/objects/no_such_object/records")?.is_problem(404, "not_found").map(drop)
}

fn no_version(run: &mut Run) -> Result<(), String> {
    let (id, _) = run.make("without a version")?;
    let reply = run.ask(Method::Patch, &record(&id), &[], Some(&json!({ "fields": { "remark": "x" } })))?;
    reply.is_problem(428, "version_wanted").map(drop)
}

fn outdated(run: &mut Run) -> Result<(), String> {
    let (id, version) = run.make("changed")?;
    let named = format!("\"{version}\"");
    let change = |text: &str| json!({ "fields": { "remark": text } });
    let first = run.ask(Method::Patch, &record(&id), &[("if-match", &named)], Some(&change("one")))?;
    first.is(200)?;
    let second = run.ask(Method::Patch, &record(&id), &[("if-match", &named)], Some(&change("two")))?;
    second.is_problem(412, "outdated")?;
    same("theirs", second.at("/theirs/fields/remark")?, &json!("one"))
}

fn delete(run: &mut Run) -> Result<(), String> {
    let (id, _) = run.make("deleted")?;
    run.remove(&id)?.is(200)?;
    run.get(&record(&id))?.is(404)?;
    run.remove(&id)?.is(404).map(drop)
}

fn pages(run: &mut Run) -> Result<(), String> {
    let mut expected: Vec<String> = Vec::new();
    for number in 0..5 {
        expected.push(run.make(&format!("page {number}"))?.0);
    }
    let (mut found, mut after) = (Vec::new(), String::new());
    for _ in 0..5 {
        let path = format!("{}?{}&sort=-name&limit=2{after}", records(), filter(run, "page"));
        let reply = run.get(&path)?;
        let rows = reply.is(200)?.at("/rows")?.as_array().cloned().unwrap_or_default();
        found.extend(rows.iter().filter_map(|row| row["record"]["id"].as_str().map(str::to_owned)));
        let Some(last) = rows.last().filter(|_| reply.json["more_after"] == true) else { break };
        after = format!("&{}", encoded("after", last["cursor"].as_str().unwrap_or_default()));
    }
    expected.reverse();
    same("records", &json!(found), &json!(expected))
}

fn counts(run: &mut Run) -> Result<(), String> {
    let path = format!("{}?{}", records(), filter(run, "page"));
    if run.get(&path)?.is(200)?.json.get("count").is_some() {
        return Err("a count that nobody asked for".to_owned());
    }
    let reply = run.get(&format!("{path}&count=3"))?;
    same("count", reply.at("/count")?, &json!({ "value": 3, "capped": true }))
}

fn counts_together(run: &mut Run) -> Result<(), String> {
    let ask = |filter: String, cap: u64| json!({ "object": OBJECT, "filter": filter, "cap": cap });
    let page = format!("name:\"{} page\"", run.mark);
    let body = json!({ "counts": [ask(page.clone(), 3), ask(format!("{page} -{page}"), 3)] });
    let reply = run.post("/counts", &body)?;
    let expected = json!([{ "value": 3, "capped": true }, { "value": 0, "capped": false }]);
    same("counts", &reply.is(200)?.json, &expected)
}

fn chosen_fields(run: &mut Run) -> Result<(), String> {
    let reply = run.get(&format!("{}?{}&fields=name&limit=1", records(), filter(run, "page")))?;
    let fields = reply.is(200)?.at("/rows/0/record/fields")?.as_object().cloned().unwrap_or_default();
    let names: Vec<&String> = fields.keys().collect();
    same("fields", &json!(names), &json!(["name"]))
}

fn typed_filter(run: &mut Run) -> Result<(), String> {
    let value = format!("{} page", run.mark);
    let body = json!({ "filter": { "all": [
        { "where": { "field": "name", "value": { "text": value } } },
        { "not": { "where": { "field": "name", "value": { "text": "page 3" } } } },
    ] }, "sort": [{ "field": "name", "descending": false }], "fields": ["name"] });
    let reply = run.post(&format!("/objects/{OBJECT}/query"), &body)?;
    let rows = reply.is(200)?.at("/rows")?.as_array().map_or(0, Vec::len);
    same("rows", &json!(rows), &json!(4))
}

fn bad_filter(run: &mut Run) -> Result<(), String> {
    let reply = run.get(&format!("{}?{}", records(), encoded("filter", "name:x nonsense_field:5")))?;
    reply.is_problem(400, "filter")?;
    same("start", reply.at("/filter/start")?, &json!(7))
}

fn injection(run: &mut Run) -> Result<(), String> {
    for evil in ["name:\"x' OR '1'='1\"", "name:\"x'; DROP TABLE customer; --\"", "name:\"%\" name:\"_\""] {
        let reply = run.get(&format!("{}?{}&count=10", records(), encoded("filter", evil)))?;
        if reply.status >= 500 || (reply.status == 200 && reply.json["count"]["value"] != 0) {
            return Err(format!("{evil}: {} {}", reply.status, reply.json["count"]));
        }
    }
    let reply = run.get(&format!("{}?{}", records(), encoded("sort", "name; DROP TABLE customer")))?;
    if (400..500).contains(&reply.status) { Ok(()) } else { Err(format!("sorting by nonsense: {}", reply.status)) }
}

fn once(run: &mut Run) -> Result<(), String> {
    let key = format!("{} once", run.mark);
    let body = json!({ "fields": { "name": key } });
    let send = |run: &Run| run.ask(Method::Post, &records(), &[(IDEMPOTENCY_KEY, &key)], Some(&body));
    let (first, second) = (send(run)?, send(run)?);
    let id = first.is(201)?.text("/records/0/id")?;
    run.made.push(id.clone());
    same("id", second.is(201)?.at("/records/0/id")?, &json!(id))?;
    same("transaction", second.at("/txn")?, first.at("/txn")?)
}

fn key_reused(run: &mut Run) -> Result<(), String> {
    let key = format!("{} once", run.mark);
    let body = json!({ "fields": { "name": format!("{} another", run.mark) } });
    let reply = run.ask(Method::Post, &records(), &[(IDEMPOTENCY_KEY, &key)], Some(&body))?;
    reply.is_problem(409, "conflict").map(drop)
}

fn batch(run: &mut Run) -> Result<(), String> {
    let body = json!({ "operations": [
        { "create": { "object": OBJECT, "fields": { "name": format!("{} batch", run.mark) } } },
        { "create": { "object": OBJECT, "fields": {} } },
        { "delete": { "object": OBJECT, "id": "0000000000002" } },
    ] });
    let reply = run.post("/batch", &body)?;
    let id = reply.is(200)?.text("/results/0/saved/records/0/id")?;
    run.made.push(id);
    same("second", reply.at("/results/1/failed/kind")?, &json!("invalid"))?;
    same("third", reply.at("/results/2/failed/kind")?, &json!("not_found"))
}

fn changes(run: &mut Run) -> Result<(), String> {
    let head = run.get("/changes")?;
    let since = head.is(200)?.at("/next")?.as_i64().unwrap_or_default();
    let (id, _) = run.make("watched")?;
    run.remove(&id)?.is(200)?;
    let reply = run.get(&format!("/changes?since={since}"))?;
    let all = reply.is(200)?.at("/changes")?.as_array().cloned().unwrap_or_default();
    let deeds: Vec<&Json> = all.iter().filter(|c| c["key"]["id"] == json!(id)).map(|c| &c["deed"]).collect();
    same("the last deed", &json!(deeds.last()), &json!("delete"))?;
    let numbers: Vec<i64> = all.iter().filter_map(|c| c["seq"].as_i64()).collect();
    if numbers.is_sorted() && numbers.iter().all(|n| *n > since) { Ok(()) } else { Err(format!("{numbers:?}")) }
}

fn too_old(run: &mut Run) -> Result<(), String> {
    run.get(&format!("/changes?since={}", i64::MAX))?.is_problem(410, "too_old").map(drop)
}

fn settings(run: &mut Run) -> Result<(), String> {
    let key = format!("conformance/{}", run.mark);
    let put =
        |run: &Run, value: Json| run.ask(Method::Put, "/settings", &[], Some(&json!({ "key": key, "value": value })));
    let find = |run: &Run| run.get(&format!("/settings?{}", encoded("prefix", &key))).map(|reply| reply.json);
    put(run, json!("on"))?.is(200)?;
    same("kept", &find(run)?, &json!([{ "key": key, "value": "on" }]))?;
    put(run, Json::Null)?.is(200)?;
    same("removed", &find(run)?, &json!([]))
}

fn undo(run: &mut Run) -> Result<(), String> {
    let (id, _) = run.make("undone")?;
    run.post("/undo", &json!({}))?.is(200)?;
    run.get(&record(&id))?.is(404).map(drop)
}

fn malformed(run: &mut Run) -> Result<(), String> {
    for body in ["{", "[]", "\"x\"", "{\"fields\": {}, \"more\": 1}", "\u{fffd}"] {
        let reply = run.ask_bytes(Method::Post, &records(), &[], Some(body.as_bytes().to_vec()), true)?;
        reply.is_problem(400, "malformed").map_err(|why| format!("{body}: {why}"))?;
    }
    run.get(&format!("{}?no_such_parameter=1", records()))?.is_problem(400, "malformed").map(drop)
}

fn too_large(run: &mut Run) -> Result<(), String> {
    let body = format!("{{\"fields\":{{\"remark\":\"{}\"}}}}", "x".repeat(8 * 1024 * 1024));
    match run.ask_bytes(Method::Post, &records(), &[], Some(body.into_bytes()), true) {
        Ok(reply) => reply.is_problem(413, "too_large").map(drop),
        // A server may hang up on whoever doesn't stop.
        Err(_) => Ok(()),
    }
}

fn unknown_route(run: &mut Run) -> Result<(), String> {
    run.get("/no/such/route")?.is_problem(404, "not_found")?;
    run.ask(Method::Delete, "/me", &[], None)?.is_problem(405, "no_such_method").map(drop)
}

fn unknown_zone(run: &mut Run) -> Result<(), String> {
    let reply = run.ask(Method::Get, "/me", &[("tcrm-zone", "Mars/Olympus")], None)?;
    reply.is_problem(400, "malformed").map(drop)
}

fn file_names(run: &mut Run) -> Result<(), String> {
    for name in ["../evil", "a/b", "..", "a\\b"] {
        let path = format!("/attachments?{}", encoded("name", name));
        let reply = run.ask_bytes(Method::Post, &path, &[], Some(b"x".to_vec()), true)?;
        if !(400..500).contains(&reply.status) {
            return Err(format!("{name:?}: {}", reply.status));
        }
    }
    let reply = run.get("/attachments/..%2F..%2Fetc%2Fpasswd?name=x&size=1")?;
    if reply.status == 404 { Ok(()) } else { Err(format!("a path as a hash: {}", reply.status)) }
}

fn file_alone(run: &mut Run) -> Result<(), String> {
    let reply = run.get(&format!("/attachments/{}?name=x&size=1", "0".repeat(64)))?;
    reply.is_problem(404, "not_found").map(drop)
}

fn reports(run: &mut Run) -> Result<(), String> {
    let all = run.get("/reports")?;
    let all = all.is(200)?.json.as_array().cloned().unwrap_or_default();
    let report = all.iter().find(|r| r["object"] == OBJECT).ok_or("no report of customers")?;
    let reply = run.get(&format!("/reports/{}", report["name"].as_str().unwrap_or_default()))?;
    let rows = reply.is(200)?.at("/groups/rows")?.as_array().cloned().unwrap_or_default();
    let sum: u64 = rows.iter().filter_map(|row| row["count"].as_u64()).sum();
    let query = format!("{}&cap=1000000", encoded("filter", &reply.text("/filter")?));
    let count = run.get(&format!("/objects/{OBJECT}/count?{query}"))?;
    same("records", &json!(sum), count.is(200)?.at("/value")?)?;
    run.get("/reports/no-such-report")?.is_problem(404, "not_found").map(drop)
}

fn export(run: &mut Run) -> Result<(), String> {
    let plan = json!({ "object": OBJECT, "filter": format!("name:\"{} page\"", run.mark), "fields": ["name"] });
    let begun = run.post("/exports", &plan)?;
    if begun.status == 403 {
        return begun.is_problem(403, "denied").map(drop);
    }
    let job = format!("/exports/{}", begun.is(200)?.at("/id")?);
    let ended = run.get(&format!("{job}?wait=20"))?;
    same("ended", ended.is(200)?.at("/ended")?, &json!(true))?;
    same("written", ended.at("/written")?, begun.at("/expected")?)?;
    let file = run.get(&format!("{job}/file"))?;
    let text = String::from_utf8_lossy(&file.is(200)?.raw.body).into_owned();
    same("lines", &json!(text.lines().count()), &json!(1 + ended.at("/written")?.as_u64().unwrap_or_default()))?;
    run.ask(Method::Delete, &job, &[], None)?.is(200)?;
    run.get(&job)?.is_problem(404, "not_found").map(drop)
}

fn webhooks(run: &mut Run) -> Result<(), String> {
    let listed = run.get("/webhooks")?;
    if listed.status == 403 {
        return listed.is_problem(403, "denied").map(drop);
    }
    listed.is(200)?;
    run.post("/webhooks", &json!({ "url": "no address" }))?.is_problem(422, "invalid")?;
    // Nobody listens there, and it is set to rest at once.
    let made = run.post("/webhooks", &json!({ "url": "http://127.0.0.1:9/" }))?;
    let secret = made.is(201)?.text("/secret")?;
    let hook = format!("/webhooks/{}", made.at("/webhook/webhook")?);
    let rests = run.ask(Method::Patch, &hook, &[], Some(&json!({ "active": false })))?;
    let shown = run.get("/webhooks")?;
    let log = run.get(&format!("{hook}/deliveries"))?;
    run.ask(Method::Delete, &hook, &[], None)?.is(200)?;
    same("active", rests.is(200)?.at("/active")?, &json!(false))?;
    log.is(200)?;
    if shown.json.to_string().contains(&secret) {
        return Err("the secret is told again".to_owned());
    }
    run.get(&format!("{hook}/deliveries"))?.is_problem(404, "not_found").map(drop)
}

fn clean(run: &mut Run) -> Result<(), String> {
    for id in std::mem::take(&mut run.made) {
        let reply = run.remove(&id)?;
        if !matches!(reply.status, 200 | 404) {
            return Err(format!("{id}: {}", reply.status));
        }
    }
    let all = encoded("filter", &format!("name:\"{}\"", run.mark));
    let left = run.get(&format!("{}?{all}&count=10", records()))?;
    same("left", left.is(200)?.at("/count/value")?, &json!(0))
}
