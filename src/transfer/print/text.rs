//! A sheet as plain text, aligned by the cells that its characters take on a terminal or in a mail.

use super::Sheet;
use unicode_width::UnicodeWidthStr;

/// The width of a page.
const WIDTH: usize = 78;
/// The least width that a cut column keeps.
const LEAST: usize = 8;
const GAP: &str = "  ";

/// The whole page. Lines end without blanks.
pub fn text(sheet: &Sheet) -> String {
    let mut lines: Vec<String> = Vec::new();
    if !sheet.company.is_empty() {
        lines.push(plain(&sheet.company));
        lines.extend(sheet.company_facts.iter().map(|(label, value)| format!("{}: {}", plain(label), plain(value))));
        lines.push("=".repeat(WIDTH));
    }
    lines.push(centred(&format!("{}  {}", plain(&sheet.title), plain(&sheet.code))));
    lines.push(String::new());
    lines.extend(labelled(&sheet.facts));
    lines.push(String::new());
    lines.extend(table(sheet));
    lines.push(String::new());
    let widest = sheet.sums.iter().map(|(_, amount)| amount.width()).max().unwrap_or(0);
    for (label, amount) in &sheet.sums {
        lines.push(right(&format!("{}: {}", plain(label), right(&plain(amount), widest)), WIDTH));
    }
    if let Some((label, words)) = &sheet.in_words {
        lines.push(right(&format!("{}: {}", plain(label), plain(words)), WIDTH));
    }
    for (label, terms) in &sheet.terms {
        lines.push(String::new());
        lines.push(format!("{}:", plain(label)));
        lines.extend(terms.lines().map(plain));
    }
    lines.extend(["", ""].map(str::to_owned));
    let signed: Vec<String> = sheet.signatures.iter().map(|who| left(&plain(who), WIDTH / 2)).collect();
    lines.push(signed.concat());
    let mut out = String::new();
    for line in lines {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

fn labelled(pairs: &[(String, String)]) -> Vec<String> {
    let label = pairs.iter().map(|(label, _)| label.width()).max().unwrap_or(0);
    pairs.iter().map(|(name, value)| format!("{}  {}", left(&plain(name), label), plain(value))).collect()
}

fn table(sheet: &Sheet) -> Vec<String> {
    let cell = |line: &[String], at: usize| line.get(at).map(|c| plain(c)).unwrap_or_default();
    let mut widths: Vec<usize> = (0..sheet.columns.len())
        .map(|at| {
            let head = sheet.columns.get(at).map_or(0, |c| c.label.width());
            sheet.lines.iter().map(|line| cell(line, at).width()).fold(head, usize::max)
        })
        .collect();
    // Texts give way to figures: the widest of them until the page is wide enough.
    let gaps = GAP.len() * widths.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > WIDTH {
        let texts = widths.iter_mut().zip(&sheet.columns).filter(|(width, column)| !column.right && **width > LEAST);
        let Some((width, _)) = texts.max_by_key(|(width, _)| **width) else { break };
        *width -= 1;
    }
    let row = |cells: &dyn Fn(usize) -> String| -> String {
        let set = widths.iter().zip(&sheet.columns).enumerate().map(|(at, (width, column))| {
            let text = cut(&cells(at), *width);
            if column.right { right(&text, *width) } else { left(&text, *width) }
        });
        set.collect::<Vec<_>>().join(GAP)
    };
    let mut lines = vec![row(&|at| sheet.columns.get(at).map(|c| plain(&c.label)).unwrap_or_default())];
    lines.push("-".repeat((widths.iter().sum::<usize>() + gaps).min(WIDTH.max(LEAST))));
    lines.extend(sheet.lines.iter().map(|line| row(&|at| cell(line, at))));
    lines
}

/// One line without control characters.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c == '\n' || c == '\t' { ' ' } else { c }).filter(|c| !c.is_control()).collect()
}

fn left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(text.width())))
}

fn centred(text: &str) -> String {
    format!("{}{text}", " ".repeat(WIDTH.saturating_sub(text.width()) / 2))
}

/// As much of a text as fits; what is cut ends with a point of omission.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        let next = format!("{out}{c}");
        if next.width() + 1 > width {
            break;
        }
        out = next;
    }
    out.push('…');
    out
}
