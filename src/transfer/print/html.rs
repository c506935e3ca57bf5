//! A sheet as one page of HTML: the style inside, nothing from elsewhere, no scripts.

use super::Sheet;
use std::borrow::Cow;
use std::fmt::Write;

const STYLE: &str = "
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 2rem auto; max-width: 52rem; padding: 0 1rem; color: #111; background: #fff;
  font: 14px/1.5 \"PingFang SC\", \"Microsoft YaHei\", \"Noto Sans CJK SC\", \"Source Han Sans SC\",
  \"WenQuanYi Micro Hei\", system-ui, sans-serif; }
header { display: flex; justify-content: space-between; gap: 2rem; border-bottom: 2px solid #111; padding-bottom: .8rem; }
header h2 { margin: 0 0 .3rem; font-size: 1.15rem; }
header p { margin: 0; font-size: .85rem; color: #444; }
h1 { text-align: center; letter-spacing: .2em; margin: 1.4rem 0 .2rem; font-size: 1.6rem; }
.code { text-align: center; margin: 0 0 1.2rem; color: #444; }
dl { display: grid; grid-template-columns: max-content 1fr max-content 1fr; gap: .25rem 1rem; margin: 0 0 1rem; }
dt { color: #555; } dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; }
thead { display: table-header-group; }
th, td { border: 1px solid #999; padding: .3rem .5rem; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th { background: #f0f0f0; font-weight: 600; }
.right { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr, .keep { break-inside: avoid; page-break-inside: avoid; }
.sums { margin: .6rem 0 0 auto; width: auto; } .sums th, .sums td { border: 0; background: none; padding: .1rem .5rem; }
.sums th { font-weight: 400; color: #555; text-align: right; }
.sums tr:last-child th, .sums tr:last-child td { font-weight: 700; font-size: 1.1rem; border-top: 1px solid #111; color: #111; }
.words { text-align: right; } .terms { white-space: pre-line; }
.signatures { display: flex; gap: 4rem; margin-top: 3rem; } .signatures div { flex: 1; border-top: 1px solid #111; padding-top: .3rem; }
@page { size: A4; margin: 15mm; }
@media print { body { margin: 0; max-width: none; padding: 0; } }
@media (max-width: 40rem) { dl { grid-template-columns: max-content 1fr; } header { display: block; } }
";

/// The whole page.
pub fn html(sheet: &Sheet) -> String {
    let mut out = String::with_capacity(8_192);
    let (title, code) = (escaped(&sheet.title), escaped(&sheet.code));
    let lang = sheet.lang.tag();
    out.push_str(&format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} {code}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
    ));
    head(&mut out, sheet);
    out.push_str(&format!("<h1>{title}</h1>\n<p class=\"code\">{code}</p>\n"));
    pairs(&mut out, &sheet.facts);
    table(&mut out, sheet);
    sums(&mut out, sheet);
    for (label, text) in &sheet.terms {
        let (label, text) = (escaped(label), escaped(text));
        out.push_str(&format!("<section class=\"keep\"><h3>{label}</h3><p class=\"terms\">{text}</p></section>\n"));
    }
    out.push_str("<div class=\"signatures keep\">");
    for who in &sheet.signatures {
        out.push_str(&format!("<div>{}</div>", escaped(who)));
    }
    out.push_str("</div>\n</body>\n</html>\n");
    out
}

fn head(out: &mut String, sheet: &Sheet) {
    if sheet.company.is_empty() && sheet.company_facts.is_empty() {
        return;
    }
    out.push_str(&format!("<header>\n<div><h2>{}</h2>", escaped(&sheet.company)));
    let half = sheet.company_facts.len().div_ceil(2);
    for (at, (label, value)) in sheet.company_facts.iter().enumerate() {
        if at == half {
            out.push_str("</div>\n<div>");
        }
        out.push_str(&format!("<p>{}: {}</p>", escaped(label), escaped(value)));
    }
    out.push_str("</div>\n</header>\n");
}

fn pairs(out: &mut String, facts: &[(String, String)]) {
    out.push_str("<dl>\n");
    for (label, value) in facts {
        out.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", escaped(label), escaped(value)));
    }
    out.push_str("</dl>\n");
}

fn table(out: &mut String, sheet: &Sheet) {
    let class = |right: bool| if right { " class=\"right\"" } else { "" };
    out.push_str("<table>\n<thead><tr>");
    for column in &sheet.columns {
        out.push_str(&format!("<th{}>{}</th>", class(column.right), escaped(&column.label)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for line in &sheet.lines {
        out.push_str("<tr>");
        for (cell, column) in line.iter().zip(&sheet.columns) {
            out.push_str(&format!("<td{}>{}</td>", class(column.right), escaped(cell)));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
}

fn sums(out: &mut String, sheet: &Sheet) {
    out.push_str("<div class=\"keep\">\n<table class=\"sums\">\n");
    for (label, amount) in &sheet.sums {
        out.push_str(&format!("<tr><th>{}</th><td class=\"right\">{}</td></tr>\n", escaped(label), escaped(amount)));
    }
    out.push_str("</table>\n");
    if let Some((label, words)) = &sheet.in_words {
        let _ = writeln!(out, "<p class=\"words\">{}: {}</p>", escaped(label), escaped(words));
    }
    out.push_str("</div>\n");
}

/// Text that means nothing to a browser, without control characters.
fn escaped(text: &str) -> Cow<'_, str> {
    let special = |c: char| matches!(c, '&' | '<' | '>' | '"' | '\'') || (c.is_control() && c != '\n');
    if !text.contains(special) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if c.is_control() && c != '\n' => {}
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}
