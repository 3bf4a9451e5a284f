// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! How a member enters the cluster: it goes on with its data, joins a leader, or becomes the first.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::app::App;
use crate::peer::Peer;
use crate::settings::{Roles, Shape};
use crate::tenant;
use crate::types::{Metrics, Node};
use crate::wire::{Empty, JoinRequest, StatusReply};

pub const STATUS: &str = "/reference.member.Peer/Status";
pub const JOIN: &str = "/reference.member.Peer/Join";

const ROUNDS: u32 = 3;
const PAUSE: Duration = Duration::from_secs(1);
const ASK_WITHIN: Duration = Duration::from_secs(1);
const LEADER_WITHIN: Duration = Duration::from_secs(30);
const JOIN_WITHIN: Duration = Duration::from_secs(60);

/// What one question to all peers found, the strongest answer last.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    Nobody,
    /// A peer that is itself without data and looks for a cluster.
    Newcomer,
    /// A peer of a cluster that has no leader now.
    Leaderless,
    Leader(String),
}

/// Whether any group has data; as in RobustMQ, a member that joined half goes on half.
///
/// To be asked before anything listens: peers that still take this member for a voter fill an empty group at once.
pub async fn has_data(app: &App) -> Result<bool, String> {
    for group in &app.groups {
        if group.raft.is_initialized().await.map_err(|e| e.to_string())? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// v0.1: every member founds the cluster of all configured nodes, so that nobody begins alone and nobody new gets in by itself.
///
/// Before anything listens: a leader that still counts this member as a voter would otherwise be first.
pub async fn found_together(app: &App) -> Result<(), String> {
    let node = |(id, address): (&u64, &String)| (*id, Node { node_id: *id, rpc_addr: address.clone() });
    let all: BTreeMap<u64, Node> = app.settings.nodes.iter().map(node).collect();
    for group in &app.groups {
        group.raft.initialize(all.clone()).await.map_err(|e| format!("[{}] initialize: {e}", group.name))?;
    }
    Ok(())
}

/// Returns when this member is on its way, or with the reason to exit.
pub async fn enter(app: &Arc<App>, has_data: bool) -> Result<(), String> {
    if app.settings.shape == Shape::V0_1 {
        return Ok(());
    }
    find_a_place(app, has_data).await?;
    if app.settings.shape == Shape::V0_4 {
        tenant::ensure(app).await?;
    }
    Ok(())
}

async fn find_a_place(app: &App, has_data: bool) -> Result<(), String> {
    if has_data {
        tracing::info!("data found, going on with it");
        return Ok(());
    }
    if app.settings.roles == Roles::MetaAlone {
        return Err("first start with roles = [\"meta\"]: no engine node for the inner topics".into());
    }
    match search(app).await? {
        Some(leader) => join(app, &leader).await,
        None => bootstrap(app).await,
    }
}

/// The leader's address, or none if there is no cluster to be seen.
async fn search(app: &App) -> Result<Option<String>, String> {
    let begun = Instant::now();
    let mut newcomers = false;
    let mut round = 0;
    loop {
        round += 1;
        let found = ask_all(app).await;
        newcomers |= found == Found::Newcomer;
        match found {
            Found::Leader(address) => return Ok(Some(address)),
            Found::Leaderless if begun.elapsed() > LEADER_WITHIN => {
                return Err(format!("the cluster had no leader for {LEADER_WITHIN:?}"));
            }
            Found::Nobody | Found::Newcomer if round >= ROUNDS => break,
            _ => tokio::time::sleep(PAUSE).await,
        }
    }
    if newcomers && app.settings.shape == Shape::V0_4 {
        // RobustMQ's later versions try to join whoever answers, and give up.
        return Err("cannot join: the peer that answers is not initialised".into());
    }
    tracing::info!(newcomers, "no cluster found, being the first");
    // The last look is old when this ends: members started together all pass here.
    tokio::time::sleep(PAUSE).await;
    Ok(None)
}

async fn ask_all(app: &App) -> Found {
    let asked = app.settings.peers().map(|(_, address)| async move {
        let reply = Peer::new(address).call_within::<_, StatusReply>(ASK_WITHIN, STATUS, Empty {}).await;
        match reply {
            Ok(reply) => read_status(app, &reply.content),
            Err(status) => {
                tracing::info!(address, reason = status.message(), "peer not reached");
                Found::Nobody
            }
        }
    });
    futures_util::future::join_all(asked).await.into_iter().max().unwrap_or(Found::Nobody)
}

fn read_status(app: &App, content: &str) -> Found {
    let Ok(groups) = serde_json::from_str::<BTreeMap<String, Metrics>>(content) else {
        return Found::Nobody;
    };
    let Some(group) = groups.get(&app.main_group().name) else {
        return Found::Newcomer;
    };
    let membership = group.membership_config.membership();
    if membership.nodes().next().is_none() {
        return Found::Newcomer;
    }
    // A member that lost its data may still be named as leader: it cannot join itself.
    match group.current_leader.filter(|leader| *leader != app.settings.id) {
        Some(leader) => match membership.get_node(&leader) {
            Some(node) => Found::Leader(node.rpc_addr.clone()),
            None => Found::Leaderless,
        },
        None => Found::Leaderless,
    }
}

async fn join(app: &App, leader: &str) -> Result<(), String> {
    tracing::info!(leader, "joining");
    let request = JoinRequest { node_id: app.settings.id, rpc_addr: app.settings.own_address().into() };
    let answer = Peer::new(leader).call_within::<_, Empty>(JOIN_WITHIN, JOIN, request).await;
    answer.map(|_| tracing::info!("joined")).map_err(|status| format!("join failed: {}", status.message()))
}

async fn bootstrap(app: &App) -> Result<(), String> {
    for group in &app.groups {
        let node = Node { node_id: app.settings.id, rpc_addr: app.settings.own_address().into() };
        let alone = BTreeMap::from([(app.settings.id, node)]);
        group.raft.initialize(alone).await.map_err(|e| format!("[{}] initialize: {e}", group.name))?;
    }
    Ok(())
}
