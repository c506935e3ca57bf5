//! How a request fails, and how that is answered.

use crate::api::problem::MEDIA_TYPE;
use crate::api::{Problem, ProblemKind};
use crate::contract::error::Error;
use crate::domain::lang::Lang;
use crate::domain::message::Message;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

/// A failed request.
#[derive(Debug)]
pub(super) enum Failure {
    /// The backend refused.
    Backend(Error),
    /// The same, where a version was named: a newer one is a failed precondition.
    Server(ProblemKind, Message),
    /// Too many requests: come back after so many seconds.
    TooMany(u64),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Backend(error)
    }
}

impl Failure {
    /// The problem document.
    pub(super) fn problem(&self, lang: Lang) -> Problem {
        match self {
            Failure::Backend(error) => Problem::of(error, lang),
            Failure::Server(kind, message) => Problem::new(*kind, message.clone(), lang),
            Failure::TooMany(seconds) => {
                Problem::new(ProblemKind::TooMany, crate::msg!("api-too-many", seconds = seconds), lang)
            }
        }
    }

    /// The answer.
    pub(super) fn response(&self, lang: Lang) -> Response<Body> {
        let problem = self.problem(lang);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        match self {
            Failure::TooMany(seconds) => drop(headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds))),
            Failure::Server(ProblemKind::Unauthorized, _) => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            _ => {}
        }
        response
    }
}
