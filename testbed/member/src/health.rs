// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The contract's two endpoints on 1227.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};

use crate::app::App;
use crate::types::Metrics;

/// Heartbeats without an answer after which a member counts as lost.
const LOST_AFTER: u32 = 4;

/// The routes of the contract.
pub fn routes(app: Arc<App>) -> Router {
    Router::new().route("/health/ready", get(ready)).route("/health/alive", get(alive)).with_state(app)
}

async fn ready(State(app): State<Arc<App>>) -> (StatusCode, Json<Value>) {
    match not_ready(&app) {
        Some(reason) => (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "not_ready", "reason": reason}))),
        None => {
            let checks = ["raft_ok", "cluster_ok", "storage_ok"];
            (StatusCode::OK, Json(json!({"status": "ready", "checks": checks, "timestamp": now()})))
        }
    }
}

async fn alive(State(app): State<Arc<App>>) -> (StatusCode, Json<Value>) {
    match dead(&app) {
        Some(reason) => (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({"status": "dead", "reason": reason}))),
        None => {
            let uptime = app.started.elapsed().as_secs();
            (StatusCode::OK, Json(json!({"status": "alive", "uptime": uptime, "timestamp": now()})))
        }
    }
}

fn now() -> String {
    humantime::format_rfc3339_millis(SystemTime::now()).to_string()
}

/// The first failed check of readiness, in the contract's order.
pub fn not_ready(app: &App) -> Option<&'static str> {
    let metrics = app.metrics();
    let stopping = app.stopping.load(Ordering::Relaxed);
    let unsound = stopping || ["never_ready", "no_leader"].iter().any(|fault| app.faults.on(fault));
    if unsound || metrics.values().any(|group| !raft_is_sound(app, group)) {
        return Some("raft_not_ready");
    }
    if metrics.values().any(|group| !connected(app, group)) {
        return Some("cluster_disconnected");
    }
    app.probe.check().is_err().then_some("storage_error")
}

/// Running, a member of its group, and aware of a leader unless too few members are there to have one.
fn raft_is_sound(app: &App, group: &Metrics) -> bool {
    let membership = group.membership_config.membership();
    let member = membership.get_node(&app.settings.id).is_some();
    let led = group.current_leader.is_some();
    group.running_state.is_ok() && member && (led || !majority_answers(app, group))
}

/// Every voter that exists can be missing here only as long as a majority answers.
fn connected(app: &App, group: &Metrics) -> bool {
    let mut voters = group.membership_config.membership().voter_ids();
    majority_answers(app, group) || voters.all(|id| answers(app, id) || app.reach.absent(id))
}

fn majority_answers(app: &App, group: &Metrics) -> bool {
    let voters: Vec<u64> = group.membership_config.membership().voter_ids().collect();
    let answering = voters.iter().filter(|id| answers(app, **id)).count();
    answering > voters.len() / 2
}

fn answers(app: &App, id: u64) -> bool {
    let window = Duration::from_millis(app.settings.raft.heartbeat) * LOST_AFTER;
    id == app.settings.id || app.reach.within(id, window.max(Duration::from_secs(1)))
}

/// Why the process should be restarted, if it should.
fn dead(app: &App) -> Option<&'static str> {
    if app.watchdog.stuck() || app.faults.on("unresponsive") {
        return Some("process_unresponsive");
    }
    let ended = app.metrics().values().any(|group| group.running_state.is_err()) || app.probe.dead();
    let stopping = app.stopping.load(Ordering::Relaxed);
    (app.faults.on("threads_dead") || (ended && !stopping)).then_some("critical_threads_dead")
}
