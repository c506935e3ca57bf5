#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]
use super::model::*;
use super::*;
use crate::domain::lang::Lang;
use proptest::prelude::*;

fn with(text: &str) -> Schema {
    load(&[Source { name: "mine.toml", text }]).unwrap_or_else(|errors| {
        let lines: Vec<String> = errors.iter().map(|e| e.text(Lang::En)).collect();
        panic!("{}", lines.join("\n"))
    })
}

#[test]
fn the_built_in_schema_loads_and_has_both_languages() {
    let schema = with("");
    for name in ["customer", "contact", "lead", "opportunity", "activity", "task", "product", "department", "user"] {
        let object = schema.object(name).unwrap();
        let labels = object.fields.iter().map(|f| &f.label).chain(object.groups.iter().map(|g| &g.label));
        for label in labels.chain([&object.label, &object.plural]).chain(object.related.iter().map(|r| &r.label)) {
            assert!(!label.zh.is_empty() && !label.en.is_empty(), "{name}: {label:?}");
        }
    }
    for dictionary in schema.dictionaries.values() {
        assert!(!dictionary.items.is_empty(), "{}", dictionary.name);
    }
}

#[test]
fn every_field_of_a_related_tab_and_every_first_sort_field_has_an_index() {
    let schema = builtin();
    for object in &schema.objects {
        for related in &object.related {
            let field = schema.object(&related.object).unwrap().field(&related.field).unwrap();
            // Single references have one anyway; lists have none, and may be looked through only where they are few.
            let few = related.object == "partner";
            assert!(field.index || few || !field.kind.is_many(), "{}.{}", related.object, related.field);
            assert_eq!(field.kind.target(), Some(object.name.as_str()));
        }
        let first = object.field(&object.sort.first().unwrap().field).unwrap();
        assert!(first.index || first.name == crate::domain::record::system::ID, "{}.{}", object.name, first.name);
    }
}

#[test]
fn a_users_file_adds_and_changes_only_what_it_names() {
    let schema = with(
        r#"
        [dictionaries.level]
        order = ["S", "B"]
        [dictionaries.level.items]
        S = { zh = "S 战略", en = "S strategic" }
        D = { retired = true }
        [objects.customer]
        list = ["code", "name:30"]
        [objects.customer.fields]
        phone = { required = true }
        iso = { group = "finance", zh = "认证", type = "text", after = "name" }
        grade = { zh = "评分", en = "Grade", type = "integer", min = 1, max = 5 }
        industry = { type = "text" }
        [objects.audit]
        zh = "审核"
        en = "Audit"
        [objects.audit.fields]
        name = { zh = "名称", en = "Name", type = "text" }
    "#,
    );
    let keys: Vec<&str> = schema.dictionary("level").unwrap().items.iter().map(|i| i.key.as_str()).collect();
    assert_eq!(keys, ["S", "B", "A", "C", "D"]);
    assert!(schema.dictionary("level").unwrap().item("D").unwrap().retired);
    assert_eq!(schema.dictionary("level").unwrap().item("D").unwrap().label.zh, "D 低价值");
    let customer = schema.object("customer").unwrap();
    assert_eq!(customer.list.get(1), Some(&Column { field: "name".into(), width: Some(30) }));
    assert_eq!(customer.list.len(), 2);
    let phone = customer.field("phone").unwrap();
    assert_eq!((&phone.required, &phone.kind, phone.group.as_str()), (&When::Always, &Kind::Phone, "contact"));
    let positions = customer.positions();
    assert_eq!(positions.get("iso").unwrap(), &(positions.get("name").unwrap() + 1));
    assert_eq!(customer.field("iso").unwrap().label.get(Lang::En), "认证");
    assert_eq!(customer.field("grade").unwrap().group, "finance");
    assert!(matches!(customer.field("industry").unwrap().kind, Kind::Text { .. }));
    let audit = schema.object("audit").unwrap();
    assert_eq!((audit.title.as_str(), audit.plural_name.as_str()), ("name", "audits"));
    assert_eq!(audit.fields.len(), 7);
}

#[test]
fn objects_are_found_by_name_plural_alias_and_label() {
    for text in ["customer", "customers", "客户", "Account", "CUSTOMERS"] {
        assert_eq!(builtin().find_object(text).unwrap().name, "customer", "{text}");
    }
}

#[test]
fn a_schema_survives_json() {
    let text = serde_json::to_string(builtin()).unwrap();
    assert_eq!(&serde_json::from_str::<Schema>(&text).unwrap(), builtin());
}

/// A schema file that uses most of the format, to be broken at random.
const SAMPLE: &str = r#"
[dictionaries.level]
order = ["B"]
[objects.customer]
list = ["code", "name:30"]
[objects.customer.fields]
phone = { required = "level:A and (name:华信 or owner=me)", after = "name" }
score = { zh = "评分", type = "formula", result = "decimal", scale = 1, formula = "round(employees * 2, 1)" }
[objects.customer.rules.one]
zh = "规则"
when = "next_contact:<-30d"
check = "phone!=empty"
[numbers]
customer = "{region}-{type}-{seq:3}"
"#;

proptest! {
    #[test]
    fn no_file_however_broken_makes_the_loader_panic(at in 0usize..600, cut in 0usize..12, put in "[\\[\\]{}=\"',.:()a-z0-9信\n-]{0,6}") {
        let mut chars: Vec<char> = SAMPLE.chars().collect();
        let from = at.min(chars.len());
        let to = (from + cut).min(chars.len());
        chars.splice(from..to, put.chars());
        let text: String = chars.into_iter().collect();
        if let Err(errors) = load(&[Source { name: "mine.toml", text: &text }]) {
            prop_assert!(!errors.is_empty());
        }
    }
}
