#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may stop at the first surprise"
)]
use super::write::write_over;
use super::*;
use crate::schema::condition::Conditions;
use crate::schema::filter::BindContext;
use crate::schema::{builtin, load};
use jiff::Timestamp;
use jiff::tz::TimeZone;

fn loaded(text: &str) -> Schema {
    load(&[Source { name: OWN, text }]).unwrap_or_else(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}\n{text}", lines.join("\n"))
    })
}

fn place(path: &str) -> Place {
    Place::read(path).unwrap_or_else(|| panic!("{path}"))
}

/// What the form of an entry shows for its values.
fn shown(form: &Object, fields: &Fields) -> impl Fn(&Field) -> bool + use<> {
    let now = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    let conditions = Conditions::of(builtin_forms(), form, &BindContext { now: &now, me: None });
    let (form, fields) = (form.clone(), fields.clone());
    move |field: &Field| conditions.is_visible(&form, field, &fields)
}

fn builtin_forms() -> &'static Schema {
    builtin()
}

/// A text with some values of an entry set anew.
fn set(text: &str, path: &str, values: &[(&str, Value)]) -> String {
    let place = place(path);
    let schema = loaded(text);
    let form = schema.object(&place.form()).unwrap();
    let before = read(text, &place, form);
    let mut after = before.clone().unwrap_or_default();
    for (name, value) in values {
        assert!(form.field(name).is_some(), "{name}");
        after.insert((*name).to_owned(), value.clone());
    }
    write(text, &place, form, (before.as_ref(), &after), &shown(form, &after)).unwrap()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn choice(key: &str) -> Value {
    Value::Choice(key.to_owned())
}

#[test]
fn a_path_is_read_as_it_is_written() {
    for path in [
        "settings",
        "rates.USD",
        "menus.sales",
        "dictionaries.level",
        "dictionaries.level.items.A",
        "dictionaries.level.items.a.b",
        "objects.customer",
        "objects.customer.fields.phone",
        "objects.customer.related.contacts",
        "pipelines.standard.stages.won",
        "reminders.follow_up",
        "flows.new_customer",
        "flows.new_customer.steps.1",
        "numbers.customer",
    ] {
        assert_eq!(place(path).text(), path);
    }
    for path in ["", "objects", "objects.customer.fields", "nothing.at.all", "dictionaries.level.items"] {
        assert_eq!(Place::read(path), None, "{path}");
    }
}

#[test]
fn every_entry_of_the_built_in_schema_read_and_written_back_in_full_makes_the_same_schema() {
    let schema = builtin();
    let mut whole = String::new();
    let mut number = 0;
    for kind in &KINDS {
        let owners = match kind.of.and_then(EntryKind::named) {
            None => vec![String::new()],
            Some(owner) => keys(builtin_tree(), owner, ""),
        };
        for whose in owners {
            let mut text = String::new();
            for listed in list("", schema, kind, &whose) {
                let form = schema.object(&listed.place.form()).unwrap();
                let fields = read("", &listed.place, form).unwrap();
                let shown = shown(form, &fields);
                text = write_over(&text, &listed.place, form, (None, &fields), &shown, None).unwrap();
                number += 1;
            }
            whole.push_str(&text);
        }
    }
    assert!(number > 900, "{number}");
    let again = loaded(&whole);
    for (was, now) in schema.objects.iter().zip(&again.objects) {
        for (was, now) in was.fields.iter().zip(&now.fields) {
            assert_eq!(was, now);
        }
        assert_eq!(was, now);
    }
    assert_eq!(Schema { own: String::new(), ..again }, *schema);
}

#[test]
fn an_item_is_added_changed_ordered_retired_and_taken_out() {
    let with = set("# mine\n", "dictionaries.level.items.S", &[("zh", text("S 战略")), ("en", text("S strategic"))]);
    assert!(with.starts_with("# mine\n") || with.contains("# mine"), "{with}");
    let schema = loaded(&with);
    assert_eq!(schema.dictionary("level").unwrap().items.last().unwrap().label.en, "S strategic");
    let first =
        (0..4).fold(with, |with, _| shift(&with, &loaded(&with), &place("dictionaries.level.items.S"), -1).unwrap());
    let keys =
        |text: &str| loaded(text).dictionary("level").unwrap().items.iter().map(|i| i.key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(&first), ["S", "A", "B", "C", "D"]);
    let retired = set(&first, "dictionaries.level.items.D", &[("retired", Value::Boolean(true))]);
    assert!(loaded(&retired).dictionary("level").unwrap().item("D").unwrap().retired);
    let back = set(&retired, "dictionaries.level.items.D", &[("retired", Value::Boolean(false))]);
    assert!(!loaded(&back).dictionary("level").unwrap().item("D").unwrap().retired);
    let without = remove(&back, &place("dictionaries.level.items.S")).unwrap();
    assert_eq!(keys(&without), ["A", "B", "C", "D"]);
    let path = "dictionaries.industry.items.software";
    let industry = |text: &str| loaded(text).dictionary("industry").unwrap().item("software").cloned();
    let without = remove(&without, &place(path)).unwrap();
    assert_eq!(industry(&without), None);
    let again = set(&without, path, &[("zh", text("软件业"))]);
    assert_eq!(industry(&again).unwrap().label.zh, "软件业");
}

#[test]
fn what_is_as_before_again_is_not_said_any_more() {
    let changed = set("", "objects.customer.fields.phone", &[("zh", text("总机")), ("required", choice("always"))]);
    assert!(changed.contains("phone = {"), "{changed}");
    let field = |text: &str| loaded(text).object("customer").unwrap().field("phone").unwrap().clone();
    assert_eq!(field(&changed).label.zh, "总机");
    assert_eq!(field(&changed).required, crate::schema::model::When::Always);
    let was = builtin().object("customer").unwrap().field("phone").unwrap();
    let back =
        set(&changed, "objects.customer.fields.phone", &[("zh", text(&was.label.zh)), ("required", choice("never"))]);
    assert_eq!(field(&back), *was);
    assert!(!back.contains("zh"), "{back}");
}

#[test]
fn a_value_of_the_built_in_files_is_emptied() {
    let name = "objects.customer.fields.name";
    let field = |text: &str| loaded(text).object("customer").unwrap().field("name").unwrap().clone();
    let was = builtin().object("customer").unwrap().field("name").unwrap().clone();
    let Kind::Text { max, .. } = was.kind else { panic!() };
    assert!(max > 0);
    let emptied = set("", name, &[("max", Value::Empty)]);
    assert!(emptied.contains("unset = [\"max\"]"), "{emptied}");
    assert_eq!(field(&emptied).kind, Kind::Text { max: 0, pattern: String::new() });
    let set_again = set(&emptied, name, &[("max", text("12"))]);
    assert!(!set_again.contains("unset"), "{set_again}");
    assert_eq!(field(&set_again).kind, Kind::Text { max: 12, pattern: String::new() });
}

#[test]
fn a_field_gets_another_type_with_its_settings_and_the_old_one_back() {
    let path = "objects.customer.fields.industry";
    let field = |text: &str| loaded(text).object("customer").unwrap().field("industry").unwrap().clone();
    let as_text = set("", path, &[("type", choice("text")), ("max", text("40"))]);
    assert_eq!(field(&as_text).kind, Kind::Text { max: 40, pattern: String::new() });
    let back = set(&as_text, path, &[("type", choice("select")), ("dictionary", choice("industry"))]);
    assert_eq!(field(&back), *builtin().object("customer").unwrap().field("industry").unwrap());
}

#[test]
fn a_field_moves_up_and_down_and_to_the_top() {
    let names = |text: &str| {
        let schema = loaded(text);
        let fields = &schema.object("customer").unwrap().fields;
        fields.iter().take(4).map(|f| f.name.clone()).collect::<Vec<_>>()
    };
    let was = names("");
    let move_by = |text: &str, name: &str, delta| {
        shift(text, &loaded(text), &place(&format!("objects.customer.fields.{name}")), delta).unwrap()
    };
    let swapped = |a: usize, b: usize| {
        let mut names = was.clone();
        names.swap(a, b);
        names
    };
    assert_eq!(names(&move_by("", &was[1], 1)), swapped(1, 2));
    assert_eq!(names(&move_by("", &was[2], -1)), swapped(1, 2));
    assert_eq!(names(&move_by("", &was[1], -1)), swapped(0, 1));
    assert_eq!(move_by("", &was[0], -1), "");
}

#[test]
fn a_step_of_a_flow_is_changed_added_moved_and_taken_out() {
    let steps = |text: &str| {
        let flow = loaded(text).flows.iter().find(|f| f.name == "new_customer").unwrap().clone();
        flow.steps.iter().map(|s| (s.approvers.clone(), s.days)).collect::<Vec<_>>()
    };
    let was = steps("");
    let tags = |text: &str| Value::Choices(vec![text.to_owned()]);
    let changed = set("", "flows.new_customer.steps.1", &[("days", Value::Integer(9))]);
    assert_eq!(steps(&changed)[0], (was[0].0.clone(), Some(9)));
    assert_eq!(steps(&changed)[1..], was[1..]);
    let more =
        set(&changed, &format!("flows.new_customer.steps.{}", was.len() + 1), &[("approvers", tags("supervisor:2"))]);
    assert_eq!(steps(&more).len(), was.len() + 1);
    let up = shift(&more, &loaded(&more), &place(&format!("flows.new_customer.steps.{}", was.len() + 1)), -1).unwrap();
    assert_eq!(steps(&up)[was.len() - 1], steps(&more)[was.len()]);
    let less = remove(&up, &place(&format!("flows.new_customer.steps.{}", was.len()))).unwrap();
    assert_eq!(steps(&less), steps(&changed));
}

#[test]
fn rules_of_other_kinds_are_changed_too() {
    let text =
        set("", "numbers.order", &[("pattern", text("D-{yyyy}-{serial:6}")), ("gap_free", Value::Boolean(true))]);
    let text = set(&text, "rates.USD", &[("rate", Value::Decimal("7.1".parse().unwrap()))]);
    let text = set(&text, "settings", &[("keep_events_days", Value::Integer(90))]);
    let text = set(&text, "flows.new_customer", &[("active", Value::Boolean(true))]);
    let text = set(&text, "pipelines.standard.stages.proposal", &[("rotting_days", Value::Integer(5))]);
    let schema = loaded(&text);
    let order = &schema.numbers["order"];
    assert_eq!((order.pattern.as_str(), order.gap_free), ("D-{yyyy}-{serial:6}", true));
    assert_eq!(schema.rate("USD").unwrap().to_string(), "7.1");
    assert_eq!(schema.keep_events_days, Some(90));
    assert!(schema.flows.iter().any(|f| f.name == "new_customer" && f.active));
    assert_eq!(schema.pipeline("standard").unwrap().stage("proposal").unwrap().rotting_days, Some(5));
    let differences = compare("", &text, &[&schema]);
    let places: Vec<String> = differences.iter().map(|d| d.place.text()).collect();
    let expected =
        ["settings", "rates.USD", "numbers.order", "pipelines.standard.stages.proposal", "flows.new_customer"];
    assert_eq!(places, expected);
}

#[test]
fn mistakes_stand_under_the_fields_where_they_were_made() {
    let told = |text: &str, path: &str| {
        let errors = load(&[Source { name: OWN, text }]).unwrap_err();
        let place = place(path);
        let form = builtin().object(&place.form()).unwrap();
        told_in(text, &errors, &place, form).into_iter().map(|e| e.field).collect::<Vec<_>>()
    };
    for (text, path, fields) in [
        (
            "[objects.customer.fields]\nphone = { required = \"nmae=1\" }\n",
            "objects.customer.fields.phone",
            &["required"][..],
        ),
        (
            "[objects.customer.fields]\niso = { zh = \"认证\", type = \"txt\" }\n",
            "objects.customer.fields.iso",
            &["type"],
        ),
        ("[objects.customer.fields]\niso = { type = \"text\" }\n", "objects.customer.fields.iso", &["zh"]),
        ("[numbers]\ncustomer = { pattern = \"{nmae}-{seq:3}\" }\n", "numbers.customer", &["pattern"]),
        ("[numbers]\ncustomer = { pattern = \"{nmae}-{seq:3}\" }\n", "numbers.order", &[""]),
        ("[dictionaries.level.items]\n\"a,b\" = { zh = \"x\" }\n", "dictionaries.level.items.a,b", &["key"]),
        ("[objects.customer]\nplural = { zh = 3 }\n", "objects.customer", &["plural__zh"]),
        ("[objects.customer]\nlist = [\"code\", \"nmae\"]\n", "objects.customer", &["list"]),
    ] {
        assert_eq!(told(text, path), fields, "{text}");
    }
}

#[test]
fn arguments_of_actions_rules_of_stages_and_indexes_over_fields_are_entries_like_others() {
    let path = "objects.user.actions.hand_over.fields";
    let own = set("", &format!("{path}.done"), &[("zh", text("包括历史")), ("required", choice("always"))]);
    let own =
        set(&own, &format!("{path}.note"), &[("zh", text("备注")), ("en", text("Note")), ("type", choice("text"))]);
    let form = loaded(&own).object("user").unwrap().action("hand_over").unwrap().form.clone();
    let done = form.field("done").unwrap();
    assert_eq!((done.label.zh.as_str(), &done.required), ("包括历史", &crate::schema::model::When::Always));
    assert_eq!(form.field("note").unwrap().label.en, "Note");

    let path = "pipelines.standard.stages";
    let rule = [("check", text("amount>0")), ("zh", text("要有金额")), ("en", text("An amount, please"))];
    let own = set(&own, &format!("{path}.won.rules.amount"), &rule);
    let own = remove(&own, &place(&format!("{path}.lost.rules.competitor"))).unwrap();
    let schema = loaded(&own);
    let rules =
        |stage: &str| schema.pipeline("standard").unwrap().stages.iter().find(|s| s.key == stage).unwrap().rules.len();
    assert_eq!((rules("won"), rules("lost")), (1, 0));

    let own = set(&own, "objects.approval_vote", &[("indexes", text("approver, state, at\nby, state"))]);
    assert!(own.contains(r#"["by", "state"]"#), "{own}");
    let schema = loaded(&own);
    let indexes = &schema.object("approval_vote").unwrap().indexes;
    assert!(indexes.contains(&vec!["by".to_owned(), "state".to_owned()]), "{indexes:?}");
    let forms = [builtin()];
    let changed: Vec<String> = compare("", &own, &forms).iter().map(|change| change.place.text()).collect();
    for entry in ["objects.user.actions.hand_over.fields.done", "pipelines.standard.stages.won.rules.amount"] {
        assert!(changed.iter().any(|text| text == entry), "{changed:?}");
    }
    assert!(Place::read("objects.user.actions.hand_over").is_some_and(|place| place.kind.name == "action"));
}
