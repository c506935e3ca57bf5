//! Every mistake in a schema file is reported at once, with its place and the name that was meant.
//! Each `schema_errors/NAME.toml` has the expected lines in `NAME.txt` beside it; with
//! `UPDATE_EXPECTED=1` they are written anew, to be read before they are committed.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::path::Path;
use tcrm::domain::lang::Lang;
use tcrm::schema::{Source, load};

fn report(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let name = file.file_name().unwrap().to_str().unwrap();
    let errors = load(&[Source { name, text: &text }]).err().unwrap_or_default();
    errors.iter().map(|error| error.text(Lang::En) + "\n").collect()
}

#[test]
fn each_broken_file_gives_its_expected_lines() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/schema_errors");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "toml"));
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let (found, expected) = (report(&file), file.with_extension("txt"));
        if std::env::var_os("UPDATE_EXPECTED").is_some() {
            std::fs::write(expected, found).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            panic!("{}:\n{found}", file.display());
        }
    }
}

#[test]
fn a_mistake_reads_in_chinese_too() {
    let source = Source { name: "mine.toml", text: "[objects.customer.fields]\nnmae = { required = true }\n" };
    let errors = load(&[source]).unwrap_err();
    let lines: Vec<String> = errors.iter().map(|error| error.text(Lang::Zh)).collect();
    assert!(lines.iter().all(|line| line.starts_with("mine.toml:2:1: customer 没有字段 `nmae`")), "{lines:?}");
    assert!(lines.iter().all(|line| line.ends_with("（是否想写 `name`？）")), "{lines:?}");
}
