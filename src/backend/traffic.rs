//! The last requests to a server, for whoever wants to see what is asked and answered. No secret is among it: heads are
//! not kept, nor the bodies of what gives tokens or takes passwords.

use jiff::Timestamp;
use serde_json::Value as Json;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The most requests that are kept.
const MOST: usize = 100;
/// The most bytes of a body that are kept, and of all bodies together.
const MOST_BYTES: (usize, usize) = (256 * 1024, 2 * 1024 * 1024);
/// Routes whose bodies have secrets in them.
const SECRET: [&str; 4] = ["/api/v1/sessions", "/api/v1/me/password", "/api/v1/keys", "/api/v1/webhooks"];

/// A request and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// When it was sent.
    pub at: Timestamp,
    /// Its method.
    pub method: String,
    /// The server's address.
    pub server: String,
    /// Its path with what stands behind the `?`.
    pub path: String,
    /// What stood in its head of use to whoever repeats it.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub request: Body,
    /// The status of the answer; `None` if none came.
    pub status: Option<u16>,
    /// Why none came.
    pub problem: Option<String>,
    /// The body of the answer.
    pub answer: Body,
    /// How long it took until the answer was there whole.
    pub took: Duration,
}

/// A body, as far as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Body {
    /// Its size, unpacked.
    pub size: usize,
    /// The beginning of it; nothing of what is secret.
    pub kept: Vec<u8>,
    /// It is not kept, since it has secrets in it.
    pub secret: bool,
}

impl Body {
    /// A body of a request to a path, or of its answer.
    pub fn new(bytes: &[u8], path: &str) -> Body {
        let secret = SECRET.iter().any(|start| path.starts_with(start));
        let kept = if secret { &[] } else { bytes.get(..MOST_BYTES.0).unwrap_or(bytes) };
        Body { size: bytes.len(), kept: kept.to_vec(), secret }
    }

    /// As a person reads it: JSON with its lines, other texts as they are.
    pub fn text(&self) -> String {
        match serde_json::from_slice::<Json>(&self.kept) {
            Ok(json) => serde_json::to_string_pretty(&json).unwrap_or_default(),
            Err(_) => String::from_utf8_lossy(&self.kept).into_owned(),
        }
    }

    /// Whether all of it is there.
    pub fn is_whole(&self) -> bool {
        self.kept.len() == self.size
    }
}

impl Exchange {
    /// A command line that asks the same. The token stays out of it: `TCRM_TOKEN` has it. A body that isn't kept whole
    /// is that of a file `BODY`.
    pub fn curl(&self) -> String {
        let mut line = format!("curl -X {} {}", self.method, quoted(&format!("{}{}", self.server, self.path)));
        line.push_str(" -H \"Authorization: Bearer $TCRM_TOKEN\"");
        for (name, value) in &self.headers {
            line.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
        }
        if !self.request.is_whole() {
            line.push_str(" --data-binary @BODY");
        } else if self.request.size > 0 {
            // As it stands, even if it begins like the name of a file.
            line.push_str(&format!(" --data-raw {}", quoted(&String::from_utf8_lossy(&self.request.kept))));
        }
        line
    }
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The last requests.
#[derive(Debug, Default)]
pub struct Traffic(Mutex<VecDeque<Arc<Exchange>>>);

impl Traffic {
    /// Keeps one, and drops the oldest where there are too many.
    pub fn note(&self, exchange: Exchange) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push_back(Arc::new(exchange));
        let bytes = |all: &VecDeque<Arc<Exchange>>| -> usize {
            all.iter().map(|one| one.request.kept.len() + one.answer.kept.len()).sum()
        };
        while all.len() > MOST || (all.len() > 1 && bytes(&all) > MOST_BYTES.1) {
            all.pop_front();
        }
    }

    /// Those that are kept, the newest first.
    pub fn last(&self) -> Vec<Arc<Exchange>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().rev().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(path: &str, request: &[u8], answer: &[u8]) -> Exchange {
        Exchange {
            at: Timestamp::UNIX_EPOCH,
            method: "POST".to_owned(),
            server: "http://crm".to_owned(),
            path: path.to_owned(),
            headers: vec![("if-match".to_owned(), "\"7\"".to_owned())],
            request: Body::new(request, path),
            status: Some(200),
            problem: None,
            answer: Body::new(answer, path),
            took: Duration::ZERO,
        }
    }

    #[test]
    fn a_command_line_asks_the_same_without_the_secret_and_no_shell_takes_it_apart() {
        let line = exchange("/api/v1/act?a='b", br#"{"x":"it's $(id)"}"#, b"").curl();
        let expected = r#"curl -X POST 'http://crm/api/v1/act?a='\''b' -H "Authorization: Bearer $TCRM_TOKEN" -H 'if-match: "7"' --data-raw '{"x":"it'\''s $(id)"}'"#;
        assert_eq!(line, expected);
        let body = |path: &str, body: &[u8]| {
            exchange(path, body, b"").curl().rsplit_once(" --data-").map(|(_, b)| b.to_owned())
        };
        assert_eq!(
            body("/api/v1/attachments", b"@/etc/passwd").as_deref(),
            Some("raw '@/etc/passwd'"),
            "no file is sent"
        );
        assert_eq!(body("/api/v1/sessions", b"{}").as_deref(), Some("binary @BODY"), "secret");
        assert_eq!(body("/api/v1/attachments", &vec![b'x'; MOST_BYTES.0 + 1]).as_deref(), Some("binary @BODY"), "cut");
        assert_eq!(body("/api/v1/me", b""), None);
    }

    #[test]
    fn passwords_and_tokens_are_not_kept() {
        for path in ["/api/v1/sessions", "/api/v1/me/password", "/api/v1/keys", "/api/v1/webhooks"] {
            let kept = exchange(path, b"{\"password\":\"k7\"}", b"{\"token\":\"tcrm_1\"}");
            assert!(kept.request.kept.is_empty() && kept.answer.kept.is_empty() && kept.answer.secret, "{path}");
            assert_eq!((kept.request.size, kept.answer.size), (17, 18));
        }
    }

    #[test]
    fn the_oldest_go_first_and_all_together_stay_small() {
        let traffic = Traffic::default();
        for number in 0..250 {
            traffic.note(exchange(&format!("/{number}"), b"", b"x"));
        }
        let last = traffic.last();
        assert_eq!((last.len(), last.first().map(|one| one.path.as_str())), (MOST, Some("/249")));
        let large = vec![b'y'; 10 * 1024 * 1024];
        for _ in 0..50 {
            traffic.note(exchange("/large", b"", &large));
        }
        let kept: usize = traffic.last().iter().map(|one| one.answer.kept.len()).sum();
        assert!(kept <= MOST_BYTES.1 && traffic.last().iter().all(|one| !one.answer.is_whole()));
    }
}
