// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! What members ask of each other: the engine's own messages, and whether one is there at all.

use std::sync::Arc;
use std::time::Duration;

use openraft::raft::{AppendEntriesRequest, AppendEntriesResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tonic::Status;

use crate::app::{App, Group};
use crate::network::raft_is_cut;
use crate::settings::Shape;
use crate::types::Config;
use crate::wire::{BytesReply, Empty, PeerRequest};

/// Answers, unless this member is cut off.
pub async fn ping(app: Arc<App>, _: Empty) -> Result<Empty, Status> {
    if app.faults.on("peers_lost") { Err(Status::unavailable("peers_lost")) } else { Ok(Empty {}) }
}

fn received<'a, Q: DeserializeOwned>(app: &'a App, request: &PeerRequest) -> Result<(&'a Group, Q), Status> {
    if raft_is_cut(&app.faults) {
        return Err(Status::unavailable("raft traffic is cut by a fault"));
    }
    let group = app.group(&request.group).ok_or_else(|| Status::not_found(format!("no group {}", request.group)))?;
    let message = serde_json::from_slice(&request.value).map_err(|e| Status::invalid_argument(e.to_string()))?;
    Ok((group, message))
}

fn reply(answer: &impl Serialize) -> Result<BytesReply, Status> {
    let value = serde_json::to_vec(answer).map_err(|e| Status::internal(e.to_string()))?;
    Ok(BytesReply { value })
}

/// `RequestVote`.
pub async fn vote(app: Arc<App>, request: PeerRequest) -> Result<BytesReply, Status> {
    let (group, message) = received(&app, &request)?;
    reply(&group.raft.vote(message).await)
}

/// `InstallSnapshot`.
pub async fn snapshot(app: Arc<App>, request: PeerRequest) -> Result<BytesReply, Status> {
    let (group, message) = received(&app, &request)?;
    reply(&group.raft.install_snapshot(message).await)
}

/// `AppendEntries`.
pub async fn append(app: Arc<App>, request: PeerRequest) -> Result<BytesReply, Status> {
    let (group, mut message): (_, AppendEntriesRequest<Config>) = received(&app, &request)?;
    if app.settings.shape == Shape::V0_1 && message.entries.is_empty() {
        only_a_heartbeat(group, &mut message);
    }
    match app.faults.value("slow_catch_up", 1000) {
        Some(pace) if !message.entries.is_empty() => append_slowly(&app, group, message, pace).await,
        _ => reply(&group.raft.append_entries(message).await),
    }
}

/// v0.1's heartbeats say nothing of the log: who has lost it follows, and is filled with the next write.
fn only_a_heartbeat(group: &Group, message: &mut AppendEntriesRequest<Config>) {
    let last = group.raft.metrics().borrow().last_log_index;
    if message.prev_log_id.map(|before| before.index) > last {
        message.prev_log_id = None;
        message.leader_commit = None;
    }
}

/// Takes one entry per `pace` milliseconds and tells the leader so, while its heartbeats stay effective.
async fn append_slowly(
    app: &App,
    group: &Group,
    mut message: AppendEntriesRequest<Config>,
    pace: u64,
) -> Result<BytesReply, Status> {
    let due = app.catch_up.take_one(Duration::from_millis(pace));
    message.entries.truncate(usize::from(due));
    let reached = message.entries.last().map(|entry| entry.log_id).or(message.prev_log_id);
    // Short enough for the leader's patience, long enough not to be asked all the time.
    tokio::time::sleep(Duration::from_millis(app.settings.raft.heartbeat / 4)).await;
    let answer = group.raft.append_entries(message).await;
    reply(&answer.map(|outcome| match outcome {
        AppendEntriesResponse::Success => AppendEntriesResponse::PartialSuccess(reached),
        other => other,
    }))
}
