//! The API as an OpenAPI 3.1 document, made of the routes and their types.
#![expect(clippy::indexing_slicing, reason = "what isn't there yet is put into a JSON object by its name")]

use super::endpoint::{self, Listed};
use super::payload::{Nothing, Raw};
use super::{BASE, IDEMPOTENCY_KEY, JSON, Problem, ZONE};
use crate::contract::problem;
use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value as Json, json};

/// A route with its description.
pub(super) struct Described {
    pub(super) listed: Listed,
    pub(super) text: &'static str,
    pub(super) query: Schema,
    pub(super) body: Content,
    pub(super) answer: Content,
}

/// A body.
pub(super) enum Content {
    None,
    Bytes,
    Json(Json),
}

impl Content {
    pub(super) fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Content {
        if T::schema_name() == Nothing::schema_name() {
            Content::None
        } else if T::schema_name() == Raw::schema_name() {
            Content::Bytes
        } else {
            Content::Json(generator.subschema_for::<T>().to_value())
        }
    }

    fn json(&self, bytes: &str) -> Option<Json> {
        match self {
            Content::None => None,
            Content::Bytes => Some(json!({ bytes: {} })),
            Content::Json(schema) => Some(json!({ JSON: { "schema": schema } })),
        }
    }
}

/// The whole document.
pub(super) fn document() -> Json {
    let settings = SchemaSettings::draft2020_12().with(|s| s.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    let described = endpoint::described(&mut generator);
    let problem = generator.subschema_for::<Problem>().to_value();
    let mut paths = Map::new();
    for route in &described {
        let path = paths.entry(format!("{BASE}{}", route.listed.path)).or_insert_with(|| json!({}));
        path[route.listed.method.name().to_lowercase()] = operation(route);
    }
    let schemas: Map<String, Json> = generator.take_definitions(true).into_iter().collect();
    let mut document = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "tcrm",
            "version": "1",
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "description": "The API of `tcrm serve`. Values of fields are plain JSON: amounts as texts with a currency, \
                dates as YYYY-MM-DD, times as RFC 3339 in UTC, records by id. Lists are pages found by key: `after` \
                takes the cursor of the last row.",
        },
        "servers": [{ "url": "/" }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer" } },
            "responses": {
                "problem": {
                    "description": "What went wrong: every failing field of bad input (422), the record as it stands \
                        where someone else changed it (412).",
                    "content": { problem::MEDIA_TYPE: { "schema": problem } },
                },
            },
            "schemas": schemas,
        },
    });
    plain(&mut document);
    document
}

fn operation(route: &Described) -> Json {
    let listed = route.listed;
    let text = route.text.trim().replace("\n ", " ");
    let mut parameters: Vec<Json> = listed
        .path
        .split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": path_schema(name) }))
        .collect();
    parameters.extend(query_parameters(&route.query));
    if matches!(listed.name, "ChangeRecord") {
        parameters.push(header("If-Match", "The version that the change was made on: `\"7\"`.", true));
    }
    if listed.method == endpoint::Method::Post && listed.scope == Some(super::payload::Scope::Write) {
        parameters.push(header(
            IDEMPOTENCY_KEY,
            "Sent again with the same key within 14 days, it is done once.",
            false,
        ));
    }
    parameters.push(header(ZONE, "The user's time zone (IANA): what `today` means.", false));
    let makes = ["CreateRecord", "SignIn", "MakeKey", "Attach", "MakeWebhook"];
    let status = if makes.contains(&listed.name) { "201" } else { "200" };
    let mut operation = json!({
        "operationId": listed.name,
        "summary": text.split(['.', ':']).next().unwrap_or_default(),
        "description": text,
        "parameters": parameters,
        "responses": { status: { "description": "Done." }, "default": { "$ref": "#/components/responses/problem" } },
    });
    let bytes = if listed.name == "Watch" { "text/event-stream" } else { "application/octet-stream" };
    if listed.name == "GetExportFile" {
        operation["responses"][status]["content"] = json!({ "text/csv": {}, "application/jsonl": {} });
    } else if let Some(content) = route.answer.json(bytes) {
        operation["responses"][status]["content"] = content;
    }
    if let Some(content) = route.body.json(bytes) {
        operation["requestBody"] = json!({ "required": true, "content": content });
    }
    match listed.scope {
        None => operation["security"] = json!([]),
        Some(scope) => operation["x-scope"] = json!(scope.name()),
    }
    operation
}

fn path_schema(name: &str) -> Json {
    match name {
        "id" => json!({ "type": "string" }),
        "txn" | "key" | "number" | "webhook" => json!({ "type": "integer" }),
        _ => json!({ "type": "string" }),
    }
}

fn header(name: &str, text: &str, required: bool) -> Json {
    json!({ "name": name, "in": "header", "required": required, "description": text, "schema": { "type": "string" } })
}

fn query_parameters(schema: &Schema) -> Vec<Json> {
    let required = |name: &str| {
        schema.get("required").and_then(Json::as_array).is_some_and(|all| all.iter().any(|one| one == name))
    };
    let properties = schema.get("properties").and_then(Json::as_object).cloned().unwrap_or_default();
    let parameter = |(name, mut schema): (String, Json)| {
        let text = schema.as_object_mut().and_then(|s| s.remove("description")).unwrap_or_default();
        // A field of the address is there or not, never null.
        if let Some(Json::Array(types)) = schema.get("type").cloned() {
            schema["type"] = types.into_iter().find(|t| t != "null").unwrap_or_default();
        }
        if schema.get("anyOf").is_some() || schema.get("$ref").is_some() {
            schema = json!({ "type": "string" });
        }
        json!({ "name": name, "in": "query", "required": required(&name), "description": text, "schema": schema })
    };
    properties.into_iter().map(parameter).collect()
}

/// Texts that are written for readers of the code, without its links.
fn plain(value: &mut Json) {
    match value {
        Json::Array(items) => items.iter_mut().for_each(plain),
        Json::Object(entries) => {
            for (name, value) in entries {
                match value {
                    Json::String(text) if name == "description" => {
                        let mut out = text.replace("[`", "`").replace("`]", "`").replace('\n', " ");
                        while let Some(from) = out.find("`(") {
                            let Some(to) = out.get(from..).and_then(|rest| rest.find(')')) else { break };
                            out.replace_range(from + 1..from + to + 1, "");
                        }
                        *text = out;
                    }
                    other => plain(other),
                }
            }
        }
        _ => {}
    }
}

#[test]
fn the_document_is_as_the_code_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    let mut text = serde_json::to_string_pretty(&document()).unwrap_or_default();
    text.push('\n');
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        let _ = std::fs::write(path, &text);
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(kept == text, "docs/openapi.json is stale: UPDATE_OPENAPI=1 cargo test --lib openapi");
}
