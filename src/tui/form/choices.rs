//! The items of dictionaries as rows of a picker.

use crate::domain::lang::Lang;
use crate::schema::model::Dictionary;
use crate::tui::popup::ranking::{Item, pinyin_forms};

/// The items of a dictionary that are still offered, and those chosen before. They are found by label in
/// either language, key, code and pinyin.
pub(super) fn items_of(dictionary: &Dictionary, lang: Lang, chosen: &[String]) -> Vec<Item> {
    let offered = |key: &String, retired: bool| !retired || chosen.contains(key);
    let items = dictionary.items.iter().filter(|item| offered(&item.key, item.retired));
    items
        .map(|item| {
            let mut also = vec![item.label.zh.clone(), item.label.en.clone(), item.key.clone()];
            also.extend(item.code.clone());
            also.extend(pinyin_forms(&item.label.zh));
            Item {
                dim: false,
                key: item.key.clone(),
                text: item.label.get(lang).to_owned(),
                also: also.join("\n"),
                detail: String::new(),
                group: String::new(),
                chosen: chosen.contains(&item.key),
            }
        })
        .collect()
}
