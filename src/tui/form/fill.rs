//! A pasted block of `label: value` lines, or of lines with a tab between, fills several fields at once.

use crate::schema::model::{Field, Object};

/// The fields that a pasted text names, with their texts. `None` unless every line of at least two names
/// a field: then it is just text.
pub(super) fn named_values<'o>(text: &str, object: &'o Object) -> Option<Vec<(&'o Field, String)>> {
    let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
    let pairs: Vec<_> = lines.map(|line| named_value(line, object)).collect::<Option<_>>()?;
    (pairs.len() >= 2).then_some(pairs)
}

fn named_value<'o>(line: &str, object: &'o Object) -> Option<(&'o Field, String)> {
    let (label, value) = line.split_once(['\t', ':', '：'])?;
    let field = object.find_field(label).filter(|f| f.is_editable())?;
    Some((field, value.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::super::tests::schema;
    use super::*;

    #[test]
    fn lines_that_all_name_fields_fill_them() {
        let schema = schema();
        let customer = schema.object("customer").unwrap();
        let names = |text: &str| {
            let pairs = named_values(text, customer)?;
            Some(pairs.into_iter().map(|(f, v)| format!("{}={v}", f.name)).collect::<Vec<_>>())
        };
        let block = "客户名称：华信科技\nPhone: 0755-8888 1234\n\nwebsite\thttps://huaxin.cn";
        assert_eq!(names(block).unwrap(), ["name=华信科技", "phone=0755-8888 1234", "website=https://huaxin.cn"]);
        assert_eq!(names("客户名称：华信科技"), None, "one line is a value");
        assert_eq!(names("客户名称：华信科技\n他说: 好"), None, "a line that names no field");
        assert_eq!(names("id: 1\nversion: 2"), None, "system fields are not filled");
    }
}
