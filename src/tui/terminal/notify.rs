//! Notices outside the terminal: by sequences that some terminals know.

use crate::config::Notice;

/// The most characters of a notice.
const MOST: usize = 200;

/// The sequence that makes the terminal show a notice; `None` where none is to be sent. Nothing in the text can end it.
/// Within tmux it is passed on to the terminal outside, if `allow-passthrough` is on there.
pub(super) fn notice_sequence(by: Notice, text: &str, within_tmux: bool) -> Option<String> {
    // A semicolon parts the fields of OSC 777.
    let plain: String = text.chars().filter(|c| !c.is_control()).map(|c| if c == ';' { ',' } else { c }).collect();
    let text: String = plain.chars().take(MOST).collect();
    let sequence = match by {
        Notice::Osc9 => format!("\x1b]9;{text}\x07"),
        Notice::Osc777 => format!("\x1b]777;notify;tcrm;{text}\x07"),
        Notice::None | Notice::Command => return None,
    };
    Some(if within_tmux { format!("\x1bPtmux;\x1b{sequence}\x1b\\") } else { sequence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_one_sequence_whatever_its_text() {
        let text = "a\x1b]52;c;AA\x07b\n;c";
        assert_eq!(notice_sequence(Notice::Osc9, text, false).as_deref(), Some("\x1b]9;a]52,c,AAb,c\x07"));
        assert_eq!(notice_sequence(Notice::Osc777, "王总", false).as_deref(), Some("\x1b]777;notify;tcrm;王总\x07"));
        let within = notice_sequence(Notice::Osc9, text, true);
        assert_eq!(within.as_deref(), Some("\x1bPtmux;\x1b\x1b]9;a]52,c,AAb,c\x07\x1b\\"));
        assert_eq!(notice_sequence(Notice::None, text, false), None);
    }
}
