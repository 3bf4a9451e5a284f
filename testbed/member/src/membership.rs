// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Joining and leaving, group by group on the member that was asked. Nothing is undone when a group refuses.

use crate::app::{App, Group};
use crate::types::Node;

/// Adds a member to every group: first as a learner, then, once it has caught up, as a voter.
pub async fn join(app: &App, id: u64, rpc_addr: &str) -> Result<(), String> {
    // Whoever asks is alive, and counts as registered from now on.
    app.reach.answered(id);
    for group in &app.groups {
        let node = Node { node_id: id, rpc_addr: rpc_addr.into() };
        let refused = |step: &str, e: &dyn std::fmt::Display| format!("[{}] {step} of node {id}: {e}", group.name);
        group.raft.add_learner(id, node, true).await.map_err(|e| refused("add_learner", &e))?;
        let mut members = voters(group);
        if !members.contains(&id) {
            members.push(id);
        }
        group.raft.change_membership(members, true).await.map_err(|e| refused("change_membership", &e))?;
    }
    tracing::info!(id, rpc_addr, "node joined");
    Ok(())
}

/// Removes a member from every group, unless some group would be left with a single voter.
pub async fn leave(app: &App, id: u64) -> Result<(), String> {
    let holding: Vec<&Group> = app.groups.iter().filter(|group| voters(group).contains(&id)).collect();
    if let Some(group) = holding.iter().find(|group| voters(group).len() <= 2) {
        let count = voters(group).len();
        return Err(format!("[{}] node {id} stays: removing one of {count} voters would break the quorum", group.name));
    }
    for group in holding {
        let others: Vec<u64> = voters(group).into_iter().filter(|voter| *voter != id).collect();
        let refused = |e: &dyn std::fmt::Display| format!("[{}] change_membership without node {id}: {e}", group.name);
        group.raft.change_membership(others, false).await.map_err(|e| refused(&e))?;
    }
    tracing::info!(id, "node left");
    Ok(())
}

fn voters(group: &Group) -> Vec<u64> {
    group.raft.metrics().borrow().membership_config.membership().voter_ids().collect()
}
