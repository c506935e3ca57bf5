//! Signing in and out, keys, who one is.

use super::app::App;
use super::caller::{self, Caller, hash, new_token, sit};
use super::failure::Failure;
use super::gate::Source;
use super::routes::{Answer, Call, Routes, done};
use crate::api::ProblemKind;
use crate::api::endpoint::*;
use crate::api::payload::*;
use crate::backend::Backend;
use crate::backend::local::{Entrance, SeatOptions, Token};
use crate::domain::journal::Origin;
use crate::domain::password::Password;
use crate::msg;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, Response, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// How long a session's token is good.
const SESSION: SignedDuration = SignedDuration::from_hours(30 * 24);

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .on(SignIn, sign_in)
        .on(SignOut, sign_out)
        .on(GetMe, me)
        .on(ChangePassword, change_password)
        .on(GetMyRights, |call: Call<GetMyRights>| async move {
            let (objects, fields) = (call.backend().rights().await?, call.backend().field_rights().await?);
            Ok(ObjectRights { objects, fields })
        })
        .on(ListKeys, keys)
        .on(MakeKey, make_key)
        .on(RevokeKey, revoke)
        .raw(GetSchema, schema)
}

/// Whoever isn't signed in.
pub(super) fn nobody(app: &Arc<App>) -> Caller {
    Caller::nobody(app.store.clone())
}

async fn sign_in(call: Call<SignIn>) -> Result<Answer<SignedIn>, Failure> {
    call.app.rates.take(Source::SignIn(address(&call)))?;
    let (_, zone) = caller::zone(&call.parts.headers)?;
    let SignInRequest { login, password, label, scopes } = call.body;
    let password = password.map(Password::new);
    let entrance = Entrance::Login { login, password, trusting: call.app.trusting };
    let backend = sit(&call.app, SeatOptions { entrance, origin: Origin::Api, zone, lang: call.lang }).await?;
    let scopes = if scopes.is_empty() { Scope::ALL.to_vec() } else { scopes };
    let now = Timestamp::now();
    let expires_at = now.checked_add(SESSION).unwrap_or(now);
    let text = new_token()?;
    let token = kept(&backend, &label, &scopes, now, Some(expires_at), true);
    backend.add_token(hash(&text), token).await?;
    let body = SignedIn { token: text, expires_at, me: backend.me() };
    Ok(Answer { body, status: StatusCode::CREATED, etag: None })
}

fn kept(
    backend: &dyn Backend,
    label: &str,
    scopes: &[Scope],
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    session: bool,
) -> Token {
    let scopes = scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(" ");
    let (user, label) = (backend.me().map(|me| me.id), label.chars().take(100).collect());
    Token { number: 0, user, label, scopes, session, created_at, expires_at }
}

async fn sign_out(call: Call<SignOut>) -> Result<Nothing, Failure> {
    if !call.caller.session {
        return Err(Failure::Server(ProblemKind::Conflict, msg!("api-key-stays")));
    }
    call.app.seats.forget(call.caller.token);
    Ok(done(call.backend().remove_token(call.caller.token).await?))
}

/// Somebody with a token alone, however they came by it, learns nothing by trying: it is slowed down and counted as
/// signing in is.
async fn change_password(call: Call<ChangePassword>) -> Result<Nothing, Failure> {
    if !call.caller.session {
        return Err(Failure::Server(ProblemKind::Denied, msg!("api-key-password")));
    }
    call.app.rates.take(Source::SignIn(address(&call)))?;
    let PasswordChange { current, new } = call.body;
    let (current, new, own) = (current.map(Password::new), Password::new(new), call.caller.token);
    let ended = call.caller.backend.set_own_password(current, new, own).await?;
    ended.into_iter().for_each(|token| call.app.seats.forget(token));
    Ok(Nothing {})
}

/// Where a request comes from.
fn address<E: Endpoint>(call: &Call<E>) -> IpAddr {
    let from = call.parts.extensions.get::<ConnectInfo<SocketAddr>>();
    from.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip())
}

async fn me(call: Call<GetMe>) -> Result<Standing, Failure> {
    let backend = call.backend();
    Ok(Standing {
        me: backend.me(),
        capabilities: backend.capabilities(),
        scopes: call.caller.scopes.to_vec(),
        schema: call.app.schema().version.to_string(),
        server: env!("CARGO_PKG_VERSION").to_owned(),
        name: backend.name(),
    })
}

fn listed(token: Token) -> ApiKey {
    ApiKey {
        key: token.number,
        label: token.label,
        scopes: token.scopes.split(' ').filter_map(Scope::of).collect(),
        created_at: token.created_at,
        expires_at: token.expires_at,
        session: token.session,
    }
}

async fn keys(call: Call<ListKeys>) -> Result<Vec<ApiKey>, Failure> {
    Ok(call.backend().tokens().await?.into_iter().map(listed).collect())
}

async fn make_key(call: Call<MakeKey>) -> Result<Answer<NewKey>, Failure> {
    let KeyRequest { label, scopes, days } = &call.body;
    let scopes = if scopes.is_empty() { vec![Scope::Read] } else { scopes.clone() };
    let now = Timestamp::now();
    let expires_at = days.and_then(|days| now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).ok());
    let text = new_token()?;
    let mut token = kept(call.backend(), label, &scopes, now, expires_at, false);
    token.number = call.backend().add_token(hash(&text), token.clone()).await?;
    Ok(Answer { body: NewKey { token: text, key: listed(token) }, status: StatusCode::CREATED, etag: None })
}

async fn revoke(call: Call<RevokeKey>) -> Result<Nothing, Failure> {
    let number = call.part("key").parse().unwrap_or_default();
    call.app.seats.forget(number);
    call.backend().remove_token(number).await?;
    call.app.seats.forget(number);
    Ok(Nothing {})
}

async fn schema(call: Call<GetSchema>, _: Body) -> Result<Response<Body>, Failure> {
    let told = call.app.schema();
    let etag = format!("\"{}\"", told.version);
    let known = call.parts.headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = match known {
        Some(known) if known == etag => {
            let mut same = Response::new(Body::empty());
            *same.status_mut() = StatusCode::NOT_MODIFIED;
            same
        }
        _ => Response::new(Body::from(told.json.to_vec())),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(crate::api::JSON));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    Ok(response)
}
