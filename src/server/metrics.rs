//! Figures for Prometheus: requests by route and status, and how long they took.

use axum::http::Method;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The upper ends of the groups of durations, in seconds.
const BOUNDS: [f64; 8] = [0.001, 0.002, 0.005, 0.01, 0.05, 0.2, 1.0, 5.0];

#[derive(Default)]
pub(super) struct Metrics(Mutex<BTreeMap<(String, String), Route>>);

#[derive(Default)]
struct Route {
    by_status: BTreeMap<u16, u64>,
    groups: [u64; BOUNDS.len()],
    count: u64,
    seconds: f64,
}

impl Metrics {
    pub(super) fn note(&self, method: &Method, route: &str, status: u16, took: Duration) {
        let seconds = took.as_secs_f64();
        let mut routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (method.as_str().to_owned(), route.to_owned());
        let route = routes.entry(key).or_default();
        *route.by_status.entry(status).or_default() += 1;
        for (bound, group) in BOUNDS.iter().zip(&mut route.groups) {
            *group += u64::from(seconds <= *bound);
        }
        route.count += 1;
        route.seconds += seconds;
    }

    /// The text that Prometheus reads.
    pub(super) fn text(&self, up: Duration) -> String {
        let routes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = format!("# TYPE tcrm_up_seconds gauge\ntcrm_up_seconds {}\n", up.as_secs());
        out.push_str("# TYPE tcrm_requests_total counter\n");
        // Writing into a String can't fail.
        for ((method, path), route) in routes.iter() {
            for (status, count) in &route.by_status {
                let labels = format!("method=\"{method}\",route=\"{path}\",status=\"{status}\"");
                let _ = writeln!(out, "tcrm_requests_total{{{labels}}} {count}");
            }
        }
        out.push_str("# TYPE tcrm_request_seconds histogram\n");
        for ((method, path), route) in routes.iter() {
            let labels = format!("method=\"{method}\",route=\"{path}\"");
            for (bound, count) in BOUNDS.iter().zip(&route.groups) {
                let _ = writeln!(out, "tcrm_request_seconds_bucket{{{labels},le=\"{bound}\"}} {count}");
            }
            let _ = writeln!(out, "tcrm_request_seconds_bucket{{{labels},le=\"+Inf\"}} {}", route.count);
            let _ = writeln!(out, "tcrm_request_seconds_sum{{{labels}}} {}", route.seconds);
            let _ = writeln!(out, "tcrm_request_seconds_count{{{labels}}} {}", route.count);
        }
        out
    }
}
