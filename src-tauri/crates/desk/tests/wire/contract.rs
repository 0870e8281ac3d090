//! The contract: what the desk says about itself.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Desk, answer};

async fn contract(desk: &Desk) -> Value {
    answer(desk.http.get(desk.url("/api/openapi.json")).send().await.unwrap(), 200).await
}

fn operations(api: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let paths = api["paths"].as_object().unwrap().iter();
    paths.flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(move |(method, said)| (path, method, said))
    })
}

#[tokio::test]
async fn every_call_is_described_with_its_refusals() {
    let desk = Desk::start().await;
    let api = contract(&desk).await;
    assert!(api["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(api["info"]["version"], env!("CARGO_PKG_VERSION"));
    let mut names = BTreeSet::new();
    for (path, method, said) in operations(&api) {
        let name = format!("{method} {path}");
        assert!(said["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{name}");
        assert!(said["tags"][0].is_string(), "{name}");
        let responses = said["responses"].as_object().unwrap();
        if path != "/api/health" {
            for status in ["200", "401", "429", "500"] {
                assert!(responses.contains_key(status), "{name}: {status}");
            }
            assert!(responses["429"]["headers"]["Retry-After"].is_object(), "{name}");
        }
        for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
            let schema = &response["content"]["application/json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Refused", "{name}: {status}");
        }
        if !said["requestBody"].is_null() {
            assert!(responses.contains_key("400") && responses.contains_key("422"), "{name}");
        }
        names.insert(name);
    }
    assert!(names.len() >= 45, "{}", names.len());
    assert!(names.contains("post /api/conversations/bulk"));
    assert!(names.contains("post /api/conversations/bulk/reply"));
}

#[tokio::test]
async fn every_name_in_it_leads_somewhere() {
    let desk = Desk::start().await;
    let api = contract(&desk).await;
    let said = api.to_string();
    let names = said.split("\"#/components/schemas/").skip(1);
    let names: Vec<_> = names.map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(names.len() > 100, "{}", names.len());
    for name in names {
        assert!(api["components"]["schemas"][name].is_object(), "{name}");
    }
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let desk = Desk::start().await;
    let response = desk.http.get(desk.url("/api/docs")).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    let policy = response.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    let page = response.text().await.unwrap();
    for elsewhere in ["<script", "src=", "@import", "url(", "http://", "https://"] {
        assert!(!page.contains(elsewhere), "{elsewhere}");
    }
    let api = contract(&desk).await;
    for (path, _, said) in operations(&api) {
        let summary = said["summary"].as_str().unwrap().replace('&', "&amp;");
        assert!(page.contains(&summary), "{path}: {summary}");
    }
}
