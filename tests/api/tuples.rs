//! Lists whose places mean something: each part of its own type, as the API's document has it, both ways.

use super::*;

/// The API's document as it is served.
struct Contract(Json);

impl Contract {
    fn of(house: &House, token: &str) -> Contract {
        Contract(house.ask(token, Method::Get, "/openapi.json", None).1)
    }

    /// The schema of what a route answers, or of the problem that it answers with.
    fn answer(&self, method: &str, path: &str, status: u16) -> &Json {
        let responses = &self.0["paths"][format!("/api/v1{path}")][method]["responses"];
        let response = match &responses[status.to_string()] {
            Json::Null => &responses["default"],
            found => found,
        };
        let response = self.resolve(response);
        let content = response["content"].as_object().and_then(|content| content.values().next());
        &content.unwrap_or_else(|| panic!("{method} {path} {status}: {responses}"))["schema"]
    }

    fn resolve<'c>(&'c self, schema: &'c Json) -> &'c Json {
        match schema["$ref"].as_str() {
            Some(reference) => self.0.pointer(reference.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }

    /// What of a value isn't as a schema has it, with its place; of tuples too, place by place.
    fn faults(&self, schema: &Json, value: &Json, place: &str, faults: &mut Vec<String>) {
        let schema = self.resolve(schema);
        let is = |kind: &str| match kind {
            "null" => value.is_null(),
            "string" => value.is_string(),
            "integer" => value.is_i64() || value.is_u64(),
            "number" => value.is_number(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            _ => value.is_object(),
        };
        let kinds: Vec<&str> = match &schema["type"] {
            Json::String(kind) => vec![kind],
            Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        if !kinds.is_empty() && !kinds.iter().any(|kind| is(kind)) {
            faults.push(format!("{place}: {value} is not {kinds:?}"));
            return;
        }
        if schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
            faults.push(format!("{place}: {value} is none of {}", schema["enum"]));
        }
        for word in ["oneOf", "anyOf"] {
            let Some(ways) = schema[word].as_array() else { continue };
            let fits = |way: &Json| {
                let mut found = Vec::new();
                self.faults(way, value, place, &mut found);
                found.is_empty()
            };
            if !ways.iter().any(fits) {
                faults.push(format!("{place}: {value} is none of its kinds"));
            }
        }
        if let Some(parts) = value.as_array() {
            let count = |word: &str, usual: u64| schema[word].as_u64().unwrap_or(usual);
            let length = parts.len() as u64;
            if !(count("minItems", 0)..=count("maxItems", u64::MAX)).contains(&length) {
                faults.push(format!("{place}: {length} parts"));
            }
            for (at, part) in parts.iter().enumerate() {
                let of_place = &schema["prefixItems"][at];
                let schema = if of_place.is_null() { &schema["items"] } else { of_place };
                self.faults(schema, part, &format!("{place}/{at}"), faults);
            }
        }
        if let Some(members) = value.as_object() {
            for name in schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str) {
                if !members.contains_key(name) {
                    faults.push(format!("{place}: no {name}"));
                }
            }
            for (name, member) in members {
                let known = &schema["properties"][name];
                let schema = if known.is_null() { &schema["additionalProperties"] } else { known };
                self.faults(schema, member, &format!("{place}/{name}"), faults);
            }
        }
    }
}

#[test]
fn tuples_in_answers_have_their_parts_in_order() {
    let house = House::demo(60);
    let token = house.token("");
    let contract = Contract::of(&house, &token);
    let (_, page) = house.ask(&token, Method::Get, "/objects/contact/records?limit=1&fields=customer", None);
    let customer = page["rows"][0]["record"]["fields"]["customer"].as_str().unwrap().to_owned();
    let record = "/objects/{object}/records/{id}";
    house.customer(&token, "为了撤销");
    let until = (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * 300)).to_string();
    let reminders = json!({ "from": null, "until": until, "include_snoozed": true, "of": "all", "limit": 50 });
    let year = jiff::Zoned::now().year();
    let plan = |by: Json| json!({ "year": year, "by": by, "person": null, "month": null });
    let search = json!({ "text": "13", "objects": [], "limit": 50 });
    let wrong = json!({ "fields": { "name": "", "level": "no such level", "nothing": 1 } });
    let mut with_parts = 0;
    for (method, route, path, body) in [
        (
            "get",
            format!("{record}/delete-preview"),
            format!("/objects/customer/records/{customer}/delete-preview"),
            None,
        ),
        ("post", "/search".to_owned(), "/search".to_owned(), Some(search)),
        ("post", "/reminders".to_owned(), "/reminders".to_owned(), Some(reminders)),
        ("post", "/plan".to_owned(), "/plan".to_owned(), Some(plan(Json::Null))),
        ("post", "/plan".to_owned(), "/plan".to_owned(), Some(plan(json!("person")))),
        ("post", "/undo".to_owned(), "/undo".to_owned(), None),
        ("post", "/sweep".to_owned(), "/sweep".to_owned(), Some(json!({ "dry_run": true }))),
        ("post", "/objects/{object}/records".to_owned(), "/objects/customer/records".to_owned(), Some(wrong)),
    ] {
        let asked = if method == "get" { Method::Get } else { Method::Post };
        let (status, answer) = house.ask(&token, asked, &path, body);
        assert!(status < 500, "{path}: {status} {answer}");
        let mut faults = Vec::new();
        contract.faults(contract.answer(method, &route, status), &answer, "", &mut faults);
        assert_eq!(faults, Vec::<String>::new(), "{path}: {status} {answer}");
        with_parts += usize::from(status == 200);
    }
    assert!(with_parts >= 5, "{with_parts}");
    // What is looked for here is found where it is.
    let schema =
        json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }], "minItems": 2 });
    for (value, is_right) in [(json!(["a", 1]), true), (json!([1, "a"]), false), (json!(["a"]), false)] {
        let mut faults = Vec::new();
        contract.faults(&schema, &value, "", &mut faults);
        assert_eq!(faults.is_empty(), is_right, "{value}: {faults:?}");
    }
}

#[test]
fn tuples_that_are_asked_for_are_taken_as_they_are_meant_or_refused() {
    let house = House::new();
    let token = house.token("chief");
    let id = house.customer(&token, "华信");
    let place = json!("objects.customer.fields.name");
    let lines = |removed: Json, target: Json| {
        json!({ "document": "quote", "id": null, "object": "quote_line", "by": "quote", "ordered": true,
            "lines": [{ "target": target, "changes": {} }], "removed": removed })
    };
    let group =
        |period: Json| json!({ "object": "customer", "filter": "", "group": [{ "period": period }], "sums": [] });
    // A pair, and what it must not be taken for.
    let others = |first: Json, second: Json| {
        vec![
            json!([second, first]),
            json!([first]),
            json!([first, second, second]),
            json!([first, null]),
            json!([null, second]),
            json!([[first], [second]]),
            json!({ "0": first, "1": second }),
            json!([first, { "x": second }]),
            json!([first, 1e300]),
            json!([first, -9_223_372_036_854_775_808i64]),
            json!([]),
            json!("x"),
            json!(u64::MAX),
        ]
    };
    // Understood, though there is no such line.
    let (understood, answer) = house.ask(&token, Method::Post, "/lines", Some(lines(json!([[id, 1]]), Json::Null)));
    assert_eq!(understood, 404, "{answer}");
    let mut asked = 0;
    for pair in others(json!(id), json!(1)) {
        for body in [lines(json!([pair]), Json::Null), lines(json!([]), pair.clone())] {
            let (status, answer) = house.ask(&token, Method::Post, "/lines", Some(body.clone()));
            assert!((400..500).contains(&status), "{body}: {status} {answer}");
            asked += 1;
        }
    }
    for pair in others(json!("created_at"), json!("month")) {
        let (status, answer) = house.ask(&token, Method::Post, "/aggregate", Some(group(pair.clone())));
        assert!((400..500).contains(&status), "{pair}: {status} {answer}");
    }
    let (status, answer) = house.ask(&token, Method::Post, "/aggregate", Some(group(json!(["created_at", "month"]))));
    assert_eq!(status, 200, "{answer}");
    for pair in others(place.clone(), json!(1)) {
        let (status, answer) = house.ask(&token, Method::Post, "/schema/draft", Some(json!({ "shift": pair })));
        // However far something is moved, it is moved to the end.
        let is_meant = pair == json!([place, i64::MIN]);
        assert!((400..500).contains(&status) || is_meant && status < 500, "{pair}: {status} {answer}");
    }
    let (status, answer) = house.ask(&token, Method::Post, "/schema/draft", Some(json!({ "shift": [place, 1] })));
    assert!(status < 500, "{answer}");
    assert!(asked > 20);
    let (_, view) = house.ask(&token, Method::Get, &format!("/objects/customer/records/{id}"), None);
    assert_eq!(view["record"]["version"], 1, "nothing was done to it");
}
