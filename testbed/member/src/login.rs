// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The administrator's login of shape `v0_4`: a signed token (JWT, HS256), wanted of everybody but the loopback.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::settings::Admin;

/// Clocks differ: how long an expired token is still taken.
const LEEWAY_SECONDS: u64 = 60;

/// A token and how many seconds it lasts, for the right name and password.
pub fn log_in(admin: &Admin, username: &str, password: &str) -> Option<(String, u64)> {
    if username != admin.username || password != admin.password {
        return None;
    }
    let (now, lasts) = (now(), admin.token_ttl_hours * 3600);
    let header = encoded(&json!({"typ": "JWT", "alg": "HS256"}));
    let claims = encoded(&json!({"sub": admin.username, "exp": now + lasts, "iat": now}));
    let signed = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(mac(admin, &signed).finalize().into_bytes());
    Some((format!("{signed}.{signature}"), lasts))
}

/// Why a request with this `Authorization` header is refused, if it is.
pub fn refusal(admin: &Admin, authorization: Option<&str>) -> Option<&'static str> {
    match authorization.and_then(|header| header.strip_prefix("Bearer ")) {
        None => Some("Missing Authorization header"),
        Some(token) if valid(admin, token).is_none() => Some("Invalid or expired token"),
        Some(_) => None,
    }
}

fn valid(admin: &Admin, token: &str) -> Option<()> {
    let (signed, signature) = token.rsplit_once('.')?;
    mac(admin, signed).verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
    let (header, claims) = signed.split_once('.')?;
    let expires = decoded(claims)?.get("exp")?.as_u64()?;
    (decoded(header)?.get("alg")? == "HS256" && expires + LEEWAY_SECONDS > now()).then_some(())
}

fn mac(admin: &Admin, signed: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(admin.jwt_secret.as_bytes()).expect("any length is a key");
    mac.update(signed.as_bytes());
    mac
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decoded(part: &str) -> Option<Value> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(admin: &Admin) -> String {
        format!("Bearer {}", log_in(admin, "admin", "admin").unwrap().0)
    }

    #[test]
    fn the_right_password_gives_a_token_that_is_taken() {
        let admin = Admin::default();
        assert!(log_in(&admin, "admin", "other").is_none() && log_in(&admin, "root", "admin").is_none());
        assert_eq!(log_in(&admin, "admin", "admin").unwrap().1, 28800);
        assert_eq!(refusal(&admin, Some(&token(&admin))), None);
    }

    #[test]
    fn nothing_else_is_taken() {
        let admin = Admin::default();
        let other = Admin { jwt_secret: "another".into(), ..admin.clone() };
        assert_eq!(refusal(&admin, Some(&token(&other))), Some("Invalid or expired token"));
        assert_eq!(refusal(&admin, Some("Bearer x")), Some("Invalid or expired token"));
        assert_eq!(refusal(&admin, Some("Basic x")), Some("Missing Authorization header"));
        assert_eq!(refusal(&admin, None), Some("Missing Authorization header"));
    }
}
