// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The HTTP interface of shape `v0_4`: health that knows ports only, and leaving.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::gate::Caller;
use crate::membership;

/// RobustMQ forgets a node whose heartbeats have stopped for this long.
const REGISTERED_FOR: Duration = Duration::from_secs(30);

/// The routes that this stand-in has of RobustMQ's many.
pub fn routes(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/health/ready", get(ready))
        .route("/api/cluster/node/leave", post(leave))
        .layer(from_fn(loopback_only))
        .with_state(app)
}

/// Everyone else would need a token, and this member issues none.
async fn loopback_only(ConnectInfo(Caller(from)): ConnectInfo<Caller>, request: Request, next: Next) -> Response {
    if from.ip().is_loopback() {
        return next.run(request).await;
    }
    let refusal = json!({"code": 401, "data": null, "message": "Missing Authorization header"});
    (StatusCode::UNAUTHORIZED, Json(refusal)).into_response()
}

/// Says yes whenever it can be asked: that the ports listen is all it looks at.
async fn ready() -> Json<Value> {
    let data = json!({"status": "ok", "check_type": "ready", "message": "all configured ports are ready"});
    Json(json!({"code": 0, "data": data, "error": null}))
}

#[derive(Deserialize)]
struct Leave {
    node_id: u64,
    #[serde(default)]
    force: bool,
}

/// A failure is HTTP 200, too.
async fn leave(State(app): State<Arc<App>>, Json(request): Json<Leave>) -> Json<Value> {
    Json(match try_leave(&app, &request).await {
        Ok(()) => json!({"code": 0, "data": format!("node {} removed", request.node_id), "error": null}),
        Err(error) => json!({"code": 100, "data": "", "error": error}),
    })
}

async fn try_leave(app: &App, request: &Leave) -> Result<(), String> {
    let id = request.node_id;
    let registered = id == app.settings.id || app.reach.within(id, REGISTERED_FOR);
    if registered && !request.force {
        return Err(format!("Node {id} is still registered (alive); stop it, or force the removal"));
    }
    membership::leave(app, id).await
}
