//! Full-width punctuation, letters and digits as their ASCII keys.

/// The ASCII character that the same key gives outside a Chinese input method; others stay as they are.
/// `￥` becomes `¥`, the ideographic space a space, `。` and `、` a point and a comma.
pub fn ascii_key(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => u32::from(c).checked_sub(0xFEE0).and_then(char::from_u32).unwrap_or(c),
        '\u{3000}' | '\u{A0}' => ' ',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '。' => '.',
        '、' => ',',
        '−' => '-',
        '￥' => '¥',
        '￡' => '£',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_keys_become_ascii() {
        let folded: String = "（ＡＢ：１２）＝＜＞！　，。“￥－～".chars().map(ascii_key).collect();
        assert_eq!(folded, "(AB:12)=<>! ,.\"¥-~");
    }

    #[test]
    fn words_stay() {
        let text = "华信 Acme é 12";
        assert_eq!(text.chars().map(ascii_key).collect::<String>(), text);
    }
}
