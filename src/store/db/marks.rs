//! The marks of a statement's values. They are written `?` or `?1`; PostgreSQL has `$1` for both.

/// A statement with PostgreSQL's marks. What stands in quotes stays as it is.
pub(super) fn numbered(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len() + 16);
    let mut last = 0;
    let mut rest = sql;
    while let Some(at) = rest.find(['?', '\'', '"']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let Some(first) = from.chars().next() else { break };
        let behind = from.get(1..).unwrap_or_default();
        if first == '?' {
            let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, after) = behind.split_at(digits);
            last = number.parse().unwrap_or(last + 1);
            out.push_str(&format!("${last}"));
            rest = after;
        } else {
            // A doubled quote ends one text and begins the next: the same to us.
            let end = behind.find(first).map_or(from.len(), |end| end + 2);
            let (quoted, after) = from.split_at(end);
            out.push_str(quoted);
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_numbered_and_quotes_left_alone() {
        for (sql, expected) in [
            ("SELECT 1", "SELECT 1"),
            ("a = ? AND b = ?", "a = $1 AND b = $2"),
            ("a = ?2 AND b = ?1 OR c = ?2", "a = $2 AND b = $1 OR c = $2"),
            ("a = '客户?' AND \"b?\" = ? AND c = 'it''s ?'", "a = '客户?' AND \"b?\" = $1 AND c = 'it''s ?'"),
            ("a = $1 AND b = 'open", "a = $1 AND b = 'open"),
        ] {
            assert_eq!(numbered(sql), expected);
        }
    }
}
