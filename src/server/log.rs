//! The server's log: a line for what is worth one, on stderr. Never a token, a password, a body or what was searched
//! for: routes stand in it as they are described, not as they were asked.

use jiff::Timestamp;
use serde_json::json;
use std::io::Write;
use std::net::IpAddr;
use std::time::Duration;

/// Requests that take longer are told.
const SLOW: Duration = Duration::from_secs(1);

/// What is logged, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// Failures of the server, refusals and what is slow, as text.
    #[default]
    Text,
    /// Every request, as JSON.
    Json,
    /// Nothing.
    None,
}

/// A request that was answered.
pub(super) struct Line<'a> {
    pub(super) method: &'a str,
    pub(super) route: &'a str,
    pub(super) status: u16,
    pub(super) took: Duration,
    pub(super) token: Option<i64>,
    pub(super) from: Option<IpAddr>,
}

pub(super) struct Log(LogFormat);

impl Log {
    pub(super) fn new(format: LogFormat) -> Log {
        Log(format)
    }

    pub(super) fn request(&self, line: &Line<'_>) {
        let ms = line.took.as_secs_f64() * 1_000.0;
        let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        match self.0 {
            LogFormat::None => {}
            LogFormat::Json => write(
                &json!({
                    "at": at, "method": line.method, "route": line.route, "status": line.status,
                    "ms": (ms * 10.0).round() / 10.0, "token": line.token, "from": line.from,
                })
                .to_string(),
            ),
            LogFormat::Text => {
                let is_told = line.status >= 500 || matches!(line.status, 401 | 403 | 429) || line.took > SLOW;
                if is_told {
                    let from = line.from.map(|ip| ip.to_string()).unwrap_or_default();
                    let token = line.token.map(|n| format!(" token {n}")).unwrap_or_default();
                    write(&format!("{at} {} {} {} {ms:.0} ms {from}{token}", line.status, line.method, line.route));
                }
            }
        }
    }

    /// Something about the server itself.
    pub(super) fn say(&self, text: &str) {
        let at = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
        match self.0 {
            LogFormat::None => {}
            LogFormat::Json => write(&json!({ "at": at, "message": text }).to_string()),
            LogFormat::Text => write(&format!("{at} {text}")),
        }
    }
}

fn write(line: &str) {
    // Nobody is left to tell if stderr is closed.
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}
