//! What pools hide from the search.

use super::*;

#[tokio::test]
async fn what_a_pool_hides_is_not_found_by_it_until_it_is_claimed() {
    let (_stage, zhang, _) = two_users().await;
    let hidden = Value::Choices(vec!["phone".to_owned()]);
    add(&*zhang, "pool", &[("name", text("公海")), ("hidden", hidden)]).await;
    let free = [("name", text("华信科技")), ("phone", text("13800138000")), ("owner", Value::Empty)];
    let free = add(&*zhang, "customer", &free).await;
    search_ready(&*zhang).await;
    let search = |text: &str| SearchRequest { text: text.to_owned(), objects: Vec::new(), limit: 9 };
    for (words, found) in [("华信", 1), ("hxkj", 1), ("13800138", 0)] {
        let hits = zhang.search(search(words)).await.unwrap().hits;
        assert_eq!(hits.len(), found, "{words}");
        assert!(hits.iter().all(|hit| !hit.detail.contains("138")), "{hits:?}");
    }
    let filtered = zhang.query(list("customer", "13800138")).await.unwrap();
    assert!(filtered.rows.is_empty(), "nor by the words of a filter");
    assert_eq!(zhang.query(list("customer", "华信")).await.unwrap().rows.len(), 1);
    zhang.act(perform("claim", key(&free), &[], "")).await.unwrap();
    assert_eq!(zhang.search(search("13800138")).await.unwrap().hits.len(), 1);
}
