// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! What RobustMQ's clients can ask for.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tonic::Status;

use crate::app::App;
use crate::membership;
use crate::newer_metrics::newer_metrics;
use crate::settings::Shape;
use crate::types::{Command, Node};
use crate::wire::{
    AddLearnerRequest, BytesReply, ChangeMembershipRequest, Empty, ExistsReply, GetReply, JoinRequest, KeyRequest,
    LeaveRequest, PrefixReply, PrefixRequest, SetRequest, StatusReply,
};

/// A write without a quorum ends at last, with its fate unknown.
const WRITE_WITHIN: Duration = Duration::from_secs(30);

/// RobustMQ reports every failure of a call as `INTERNAL`.
fn failed(error: impl std::fmt::Display) -> Status {
    Status::internal(error.to_string())
}

fn to_json(value: &impl Serialize) -> Result<Vec<u8>, Status> {
    serde_json::to_vec(value).map_err(failed)
}

/// The metrics of every group, by name.
pub async fn status_of_all(app: Arc<App>, _: Empty) -> Result<StatusReply, Status> {
    let content = serde_json::to_string(&app.metrics()).map_err(failed)?;
    Ok(StatusReply { content })
}

/// The metrics of the first group, alone.
pub async fn status_of_one(app: Arc<App>, _: Empty) -> Result<StatusReply, Status> {
    let metrics = app.main_group().raft.metrics().borrow().clone();
    let content = match app.settings.shape {
        Shape::V0_1 => serde_json::to_string(&newer_metrics(&metrics, &app.reach).map_err(failed)?),
        Shape::Contract | Shape::V0_4 => serde_json::to_string(&metrics),
    };
    Ok(StatusReply { content: content.map_err(failed)? })
}

/// Each generation refuses an empty word in its own way.
fn nonempty(app: &App, request: &str, fields: &[(&str, &str)]) -> Result<(), Status> {
    let Some((empty, _)) = fields.iter().find(|(_, value)| value.is_empty()) else { return Ok(()) };
    if app.settings.shape == Shape::V0_1 {
        let names: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        return Err(Status::internal(format!("Request parameters [{}] cannot be null", names.join(" or "))));
    }
    let field = format!("\"meta.service.common.{request}.{empty}\"");
    Err(Status::invalid_argument(format!("{field}: characters length must be greater than or equal to 1")))
}

/// Acknowledges a change once a quorum has it on disk and this member has applied it.
pub async fn write(app: &App, command: Command) -> Result<Empty, Status> {
    // Writing on would only make the engine wait with the write half done.
    app.probe.check().map_err(|e| failed(format!("storage is not writable: {e}")))?;
    let begun = Instant::now();
    let write = app.main_group().raft.client_write(command);
    let outcome = match tokio::time::timeout(WRITE_WITHIN, write).await {
        Ok(outcome) => outcome.map(|_| Empty {}).map_err(failed),
        Err(_) => Err(failed(format!("not committed within {WRITE_WITHIN:?}"))),
    };
    app.main_group().writes.count(begun.elapsed(), outcome.is_ok());
    outcome
}

/// Sets a key.
pub async fn set(app: Arc<App>, request: SetRequest) -> Result<Empty, Status> {
    nonempty(&app, "SetRequest", &[("key", &request.key), ("value", &request.value)])?;
    write(&app, Command::Set { key: request.key, value: request.value }).await
}

/// Deletes a key.
pub async fn delete(app: Arc<App>, request: KeyRequest) -> Result<Empty, Status> {
    nonempty(&app, "DeleteRequest", &[("key", &request.key)])?;
    write(&app, Command::Delete { key: request.key }).await
}

/// Reads a key from this member's own state, which may be behind.
pub async fn get(app: Arc<App>, request: KeyRequest) -> Result<GetReply, Status> {
    nonempty(&app, "GetRequest", &[("key", &request.key)])?;
    let value = app.main_group().machine.get(&request.key).map_err(failed)?;
    Ok(GetReply { value: value.unwrap_or_default() })
}

/// Reads the values of all keys that begin so from this member's own state.
pub async fn get_prefix(app: Arc<App>, request: PrefixRequest) -> Result<PrefixReply, Status> {
    nonempty(&app, "GetPrefixRequest", &[("prefix", &request.prefix)])?;
    Ok(PrefixReply { values: app.main_group().machine.values(&request.prefix).map_err(failed)? })
}

/// Whether this member's own state has a key.
pub async fn exists(app: Arc<App>, request: KeyRequest) -> Result<ExistsReply, Status> {
    nonempty(&app, "ExistsRequest", &[("key", &request.key)])?;
    let value = app.main_group().machine.get(&request.key).map_err(failed)?;
    Ok(ExistsReply { flag: value.is_some() })
}

/// Adds a member to all groups.
pub async fn join(app: Arc<App>, request: JoinRequest) -> Result<Empty, Status> {
    membership::join(&app, request.node_id, &request.rpc_addr).await.map_err(failed)?;
    Ok(Empty {})
}

/// Removes a member from all groups.
pub async fn leave(app: Arc<App>, request: LeaveRequest) -> Result<Empty, Status> {
    membership::leave(&app, request.node_id).await.map_err(failed)?;
    Ok(Empty {})
}

/// The older era's first half of a join.
pub async fn add_learner(app: Arc<App>, request: AddLearnerRequest) -> Result<BytesReply, Status> {
    let node = request.node.unwrap_or_default();
    let node = Node { node_id: node.node_id, rpc_addr: node.rpc_addr };
    let raft = &app.main_group().raft;
    let answer = raft.add_learner(request.node_id, node, request.blocking).await.map_err(failed)?;
    Ok(BytesReply { value: to_json(&answer)? })
}

/// The older era's second half, and its leave.
pub async fn change_membership(app: Arc<App>, request: ChangeMembershipRequest) -> Result<BytesReply, Status> {
    let members: BTreeSet<u64> = request.members.into_iter().collect();
    let raft = &app.main_group().raft;
    let answer = raft.change_membership(members, request.retain).await.map_err(failed)?;
    Ok(BytesReply { value: to_json(&answer)? })
}
