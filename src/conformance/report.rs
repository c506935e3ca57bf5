//! What the checks found, for people and for build servers.

use serde_json::{Value as Json, json};
use std::fmt::Write;
use std::time::Duration;

/// What all checks found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The server.
    pub url: String,
    /// The checks in order.
    pub outcomes: Vec<Outcome>,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The part of the contract.
    pub section: &'static str,
    /// What was to hold.
    pub name: &'static str,
    /// Whether it does.
    pub result: Result,
    /// How long it took.
    pub took: Duration,
}

/// Whether a server does as it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Result {
    /// It does.
    Passed,
    /// It doesn't: why not.
    Failed(String),
}

impl Report {
    /// How many checks failed.
    pub fn failed(&self) -> usize {
        self.outcomes.iter().filter(|o| o.result != Result::Passed).count()
    }

    /// The sections in order, with their checks.
    pub fn sections(&self) -> Vec<(&'static str, Vec<&Outcome>)> {
        let mut sections: Vec<(&'static str, Vec<&Outcome>)> = Vec::new();
        for outcome in &self.outcomes {
            match sections.last_mut() {
                Some((name, outcomes)) if *name == outcome.section => outcomes.push(outcome),
                _ => sections.push((outcome.section, vec![outcome])),
            }
        }
        sections
    }

    /// As JSON.
    pub fn json(&self) -> Json {
        let outcome = |o: &Outcome| {
            let why = match &o.result {
                Result::Passed => Json::Null,
                Result::Failed(why) => json!(why),
            };
            json!({ "section": o.section, "name": o.name, "passed": why.is_null(), "why": why,
                "ms": u64::try_from(o.took.as_millis()).unwrap_or(u64::MAX) })
        };
        let checks: Json = self.outcomes.iter().map(outcome).collect();
        json!({ "url": self.url, "failed": self.failed(), "checks": checks })
    }

    /// As build servers read it: JUnit's XML.
    pub fn junit(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let (all, failed) = (self.outcomes.len(), self.failed());
        // Writing into a String can't fail.
        let _ = writeln!(out, "<testsuites name=\"tcrm conformance\" tests=\"{all}\" failures=\"{failed}\">");
        for (section, outcomes) in self.sections() {
            let failed = outcomes.iter().filter(|o| o.result != Result::Passed).count();
            let (name, count) = (escaped(section), outcomes.len());
            let _ = writeln!(out, "  <testsuite name=\"{name}\" tests=\"{count}\" failures=\"{failed}\">");
            for outcome in outcomes {
                let (case, seconds) = (escaped(outcome.name), outcome.took.as_secs_f64());
                let _ = write!(out, "    <testcase classname=\"{name}\" name=\"{case}\" time=\"{seconds:.3}\"");
                let _ = match &outcome.result {
                    Result::Passed => writeln!(out, "/>"),
                    Result::Failed(why) => writeln!(out, "><failure message=\"{}\"/></testcase>", escaped(why)),
                };
            }
            out.push_str("  </testsuite>\n");
        }
        out.push_str("</testsuites>\n");
        out
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![expect(clippy::indexing_slicing, reason = "JSON read by a name that isn't there is null")]
    use super::*;

    #[test]
    fn a_report_is_read_by_build_servers() {
        let outcome = |section, name, result| Outcome { section, name, result, took: Duration::from_millis(5) };
        let report = Report {
            url: "http://x".to_owned(),
            outcomes: vec![
                outcome("records", "a & b", Result::Passed),
                outcome("records", "c", Result::Failed("got <500>\n\"x\"".to_owned())),
                outcome("once", "d", Result::Passed),
            ],
        };
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
            <testsuites name=\"tcrm conformance\" tests=\"3\" failures=\"1\">\n  \
            <testsuite name=\"records\" tests=\"2\" failures=\"1\">\n    \
            <testcase classname=\"records\" name=\"a &amp; b\" time=\"0.005\"/>\n    \
            <testcase classname=\"records\" name=\"c\" time=\"0.005\"><failure message=\"got &lt;500&gt; &quot;x&quot;\"/>\
            </testcase>\n  </testsuite>\n  \
            <testsuite name=\"once\" tests=\"1\" failures=\"0\">\n    \
            <testcase classname=\"once\" name=\"d\" time=\"0.005\"/>\n  </testsuite>\n</testsuites>\n";
        assert_eq!(report.junit(), expected);
        assert_eq!(report.json()["failed"], 1);
    }
}
