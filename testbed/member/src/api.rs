// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The HTTP interface of shape `v0_4`: health that knows ports only, metrics for everybody, login, and leaving.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::gate::Caller;
use crate::settings::at_least;
use crate::{exposition, login, membership};

/// RobustMQ forgets a node whose heartbeats have stopped for this long.
const REGISTERED_FOR: Duration = Duration::from_secs(30);
/// The release that answers health without a token.
const PUBLIC_HEALTH: (u64, u64, u64) = (0, 4, 12);

/// The routes that this stand-in has of RobustMQ's many.
pub fn routes(app: Arc<App>) -> Router {
    let protected =
        health().route("/cluster/node/leave", post(leave)).route_layer(from_fn_with_state(app.clone(), let_in));
    let mut all = Router::new()
        .route("/metrics", get(async |State(app): State<Arc<App>>| exposition::exposition(&app)))
        .route("/api/v1/login", post(log_in))
        .nest("/api", protected);
    if at_least(&app.settings.version, PUBLIC_HEALTH) {
        all = all.merge(health());
    }
    all.with_state(app)
}

fn health() -> Router<Arc<App>> {
    Router::new()
        .route("/health/ready", get(async || of_health("ready", "all configured ports are ready")))
        .route("/health/node", get(async || of_health("node", "health check placeholder")))
        .route("/health/cluster", get(async || of_health("cluster", "health check placeholder")))
}

/// Says yes whenever it can be asked: that the ports listen is all it looks at.
fn of_health(kind: &str, message: &str) -> String {
    let data = json!({"status": "ok", "check_type": kind, "message": message});
    json!({"code": 0, "data": data, "error": null}).to_string()
}

/// Callers on the loopback, and whoever has a token.
async fn let_in(
    State(app): State<Arc<App>>,
    ConnectInfo(Caller(from)): ConnectInfo<Caller>,
    request: Request,
    next: Next,
) -> Response {
    let authorization = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match login::refusal(&app.settings.admin, authorization) {
        Some(why) if !from.ip().is_loopback() => refused(why),
        _ => next.run(request).await,
    }
}

fn refused(why: &str) -> Response {
    (StatusCode::UNAUTHORIZED, Json(json!({"code": 401, "data": null, "message": why}))).into_response()
}

#[derive(Deserialize)]
struct Credentials {
    username: String,
    password: String,
}

async fn log_in(State(app): State<Arc<App>>, Json(given): Json<Credentials>) -> Response {
    match login::log_in(&app.settings.admin, &given.username, &given.password) {
        Some((token, lasts)) => {
            let data = json!({"token": token, "expires_in": lasts});
            Json(json!({"code": 0, "data": data, "message": "success"})).into_response()
        }
        None => refused("Invalid username or password"),
    }
}

#[derive(Deserialize)]
struct Leave {
    node_id: u64,
    #[serde(default)]
    force: bool,
}

/// A failure is HTTP 200, too, and both are JSON in what says it is plain text.
async fn leave(State(app): State<Arc<App>>, Json(request): Json<Leave>) -> String {
    let told: Value = match try_leave(&app, &request).await {
        Ok(()) => json!({"code": 0, "data": format!("node {} removed", request.node_id), "error": null}),
        Err(error) => json!({"code": 100, "data": "", "error": error}),
    };
    told.to_string()
}

async fn try_leave(app: &App, request: &Leave) -> Result<(), String> {
    let id = request.node_id;
    let registered = id == app.settings.id || app.reach.within(id, REGISTERED_FOR);
    if registered && !request.force {
        return Err(format!("Node {id} is still registered (alive); stop it, or force the removal"));
    }
    membership::leave(app, id).await
}
