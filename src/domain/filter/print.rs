//! The canonical text of an expression: ASCII signs, quotes and parentheses only where needed.

use std::fmt;

use super::lexer::{Mode, is_bare};
use super::{Expr, Literal, Operand};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => Ok(()),
            Self::And(parts) => {
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        f.write_str(" ")?;
                    }
                    grouped(part, matches!(part, Self::Or(_)), f)?;
                }
                Ok(())
            }
            Self::Or(parts) => {
                for (i, part) in parts.iter().enumerate() {
                    if i > 0 {
                        f.write_str(" or ")?;
                    }
                    write!(f, "{part}")?;
                }
                Ok(())
            }
            Self::Not(part) => {
                f.write_str("-")?;
                grouped(part, matches!(**part, Self::And(_) | Self::Or(_)), f)
            }
            Self::Word(word) => text(&word.value, is_bare(&word.value, Mode::Word), f),
            Self::Compare { field, op, value } => {
                // A mark at its end would run into the sign: `a!` `=`.
                let bare = !field.value.ends_with(['!', '！']) && is_bare(&field.value, Mode::Word);
                text(&field.value, bare, f)?;
                write!(f, "{op}")?;
                match &value.value {
                    Operand::One(literal) if op.is_ordering() => literal_text(literal, Mode::Whole, f),
                    operand => write!(f, "{operand}"),
                }
            }
        }
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(literal) => literal_text(literal, Mode::Item, f),
            Self::Between { from, to } => {
                if let Some(from) = from {
                    // A point at its end would run into the two of the range.
                    let bare = !from.value.quoted && !from.value.text.ends_with(['.', '。', '．']);
                    text(&from.value.text, bare && is_bare(&from.value.text, Mode::Item), f)?;
                }
                f.write_str("..")?;
                match to {
                    Some(to) => literal_text(&to.value, Mode::Item, f),
                    None => Ok(()),
                }
            }
            Self::AnyOf(items) => {
                for (i, item) in items.iter().enumerate() {
                    if i > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{}", item.value)?;
                }
                Ok(())
            }
        }
    }
}

fn grouped(part: &Expr, group: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    if group { write!(f, "({part})") } else { write!(f, "{part}") }
}

fn literal_text(literal: &Literal, mode: Mode, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    text(&literal.text, !literal.quoted && is_bare(&literal.text, mode), f)
}

fn text(text: &str, bare: bool, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use fmt::Write;

    if bare {
        return f.write_str(text);
    }
    f.write_char('"')?;
    for c in text.chars() {
        if matches!(c, '"' | '＂' | '\\') {
            f.write_char('\\')?;
        }
        f.write_char(c)?;
    }
    f.write_char('"')
}
