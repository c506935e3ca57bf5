//! Reads bytes of any encoding as UTF-8, a block at a time.

use encoding_rs::{Decoder, DecoderResult, Encoding};
use std::io::{self, BufRead, Read};

/// Stands where bytes could not be decoded. A noncharacter, so that no text holds it by itself;
/// a replacement character may well stand in a file.
pub const BROKEN: char = '\u{FFFF}';

const BLOCK: usize = 64 * 1024;
/// Room kept for the [`BROKEN`] mark.
const MARK: usize = 4;

/// A reader of UTF-8 over a reader of another encoding.
pub struct Utf8Reader<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    raw_at: usize,
    raw_end: usize,
    out: Vec<u8>,
    out_at: usize,
    out_end: usize,
    eof: bool,
    done: bool,
}

impl<R: Read> Utf8Reader<R> {
    /// Reads `inner`, which stands behind the byte order mark, in an encoding.
    pub fn new(inner: R, encoding: &'static Encoding) -> Utf8Reader<R> {
        Utf8Reader {
            inner,
            decoder: encoding.new_decoder_without_bom_handling(),
            raw: vec![0; BLOCK],
            raw_at: 0,
            raw_end: 0,
            out: vec![0; BLOCK],
            out_at: 0,
            out_end: 0,
            eof: false,
            done: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.out_at = 0;
        self.out_end = 0;
        while self.out_end == 0 && !self.done {
            if self.raw_at == self.raw_end && !self.eof {
                self.raw_end = self.inner.read(&mut self.raw)?;
                self.raw_at = 0;
                self.eof = self.raw_end == 0;
            }
            self.decode();
        }
        Ok(())
    }

    fn decode(&mut self) {
        let room = self.out.len() - MARK;
        let source = self.raw.get(self.raw_at..self.raw_end).unwrap_or_default();
        let target = self.out.get_mut(..room).unwrap_or_default();
        let (result, read, written) = self.decoder.decode_to_utf8_without_replacement(source, target, self.eof);
        self.raw_at += read;
        self.out_end = written;
        match result {
            DecoderResult::InputEmpty => self.done = self.eof,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => {
                let mut mark = [0; MARK];
                let mark = BROKEN.encode_utf8(&mut mark).as_bytes();
                if let Some(slot) = self.out.get_mut(written..written + mark.len()) {
                    slot.copy_from_slice(mark);
                    self.out_end += mark.len();
                }
            }
        }
    }
}

impl<R: Read> BufRead for Utf8Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.out_at == self.out_end {
            self.refill()?;
        }
        Ok(self.out.get(self.out_at..self.out_end).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.out_at = (self.out_at + amount).min(self.out_end);
    }
}

impl<R: Read> Read for Utf8Reader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut ready = self.fill_buf()?;
        let read = ready.read(buf)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]
    use super::*;
    use encoding_rs::{BIG5, GB18030, UTF_8};
    use proptest::prelude::*;

    /// Gives few bytes at a time, so that characters are cut everywhere.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let size = self.1.min(buf.len());
            self.0.read(buf.get_mut(..size).unwrap_or_default())
        }
    }

    fn read(bytes: &[u8], encoding: &'static Encoding, step: usize) -> String {
        let mut text = String::new();
        Utf8Reader::new(Trickle(bytes, step), encoding).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn bytes_that_cannot_be_decoded_are_marked_in_place() {
        assert_eq!(read(b"a\xFFb", UTF_8, 1), format!("a{BROKEN}b"));
        assert_eq!(read(b"ab\xE4\xB8", UTF_8, 2), format!("ab{BROKEN}"));
        assert_eq!(read("已有\u{FFFD}".as_bytes(), UTF_8, 3), "已有\u{FFFD}");
    }

    #[test]
    fn a_text_of_many_blocks_comes_out_whole() {
        let text = "客户,华信科技\n".repeat(20_000);
        assert_eq!(read(&GB18030.encode(&text).0, GB18030, 7_919), text);
    }

    proptest! {
        #[test]
        fn decoding_does_not_depend_on_where_reads_end(text in "[a-z,\n一-龥]{0,80}", step in 1usize..9) {
            prop_assert_eq!(read(&GB18030.encode(&text).0, GB18030, step), text.clone());
            let bytes = BIG5.encode(&text).0;
            prop_assert_eq!(read(&bytes, BIG5, step), read(&bytes, BIG5, 4096));
        }
    }
}
