// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The configuration file of the placement-center era: the mission's contract and v0.1.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::logs::{Logs, make_folder};
use super::{Admin, Environment, Roles, Settings, Shape, numbered};

const RAFT_DEFAULTS: [u64; 3] = [500, 1000, 2000];
const RAFT_OF_V0_1: [u64; 3] = [250, 299, 300];
const DATA_OF_V0_1: &str = "./robust-data/placement-center/data";
const GROUPS: [&str; 3] = ["metadata_0", "offset_0", "data_0"];

/// Keys that are not here are silently ignored, as RobustMQ ignores them.
#[derive(Deserialize)]
struct File {
    cluster_name: Option<String>,
    node: Node,
    #[serde(default)]
    network: Network,
    #[serde(default)]
    rocksdb: Rocksdb,
    #[serde(default)]
    raft: Raft,
    log: Option<Log>,
}

#[derive(Deserialize)]
struct Node {
    node_id: Option<u64>,
    nodes: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
struct Network {
    local_ip: Option<String>,
    grpc_port: Option<u16>,
    http_port: Option<u16>,
}

#[derive(Default, Deserialize)]
struct Rocksdb {
    data_path: Option<String>,
}

#[derive(Default, Deserialize)]
struct Raft {
    heartbeat_interval_ms: Option<u64>,
    election_timeout_min_ms: Option<u64>,
    election_timeout_max_ms: Option<u64>,
}

/// The contract has a level; v0.1 has the two paths, both or no table at all.
#[derive(Default, Deserialize)]
struct Log {
    level: Option<String>,
    log_config: Option<String>,
    log_path: Option<String>,
}

/// Makes settings of the file's text.
pub fn settings(text: &str, data_path: Option<String>, env: Environment) -> Result<Settings, String> {
    let file: File = toml::from_str(text).map_err(|e| format!("config file: {e}"))?;
    let nodes = numbered(file.node.nodes)?;
    let old = env.shape == Shape::V0_1;
    let id = if old { file.node.node_id.unwrap_or(1) } else { identity(file.node.node_id.or(env.node_id), &nodes)? };
    let data = data_path.or(file.rocksdb.data_path);
    let data = data.unwrap_or_else(|| if old { DATA_OF_V0_1 } else { "/tmp/data" }.into());
    let log_level = match old {
        true => quiet(&data, file.log)?,
        false => Some(file.log.and_then(|log| log.level).unwrap_or_else(|| "info".into())),
    };
    let raft = file.raft;
    let times = [raft.heartbeat_interval_ms, raft.election_timeout_min_ms, raft.election_timeout_max_ms];
    Ok(Settings {
        raft: if old { env.times([None; 3], RAFT_OF_V0_1) } else { env.times(times, RAFT_DEFAULTS) },
        snapshots: env.snapshots(),
        stops_on_sigterm: env.stops_on_sigterm()?,
        shape: env.shape,
        version: env.version,
        cluster_name: file.cluster_name.unwrap_or_else(|| "placement-center".into()),
        id,
        nodes,
        bind: file.network.local_ip.unwrap_or_else(|| if old { "127.0.0.1" } else { "0.0.0.0" }.into()),
        grpc_port: file.network.grpc_port.unwrap_or(1228),
        http_port: file.network.http_port.unwrap_or(1227),
        admin_port: env.admin_port,
        data: data.into(),
        groups: GROUPS.iter().take(env.group_count).map(|name| name.to_string()).collect(),
        roles: Roles::Complete,
        admin: Admin::default(),
        log_level,
    })
}

/// v0.1 makes both folders and wants its logging file, and then never logs a line.
fn quiet(data: &str, log: Option<Log>) -> Result<Option<String>, String> {
    let missing = |key: &str| format!("[log]: missing field `{key}`");
    let logs = match log {
        None => Logs { log_config: "./config/log4rs.yaml".into(), log_path: "./logs/placement-center".into() },
        Some(log) => Logs {
            log_config: log.log_config.ok_or_else(|| missing("log_config"))?,
            log_path: log.log_path.ok_or_else(|| missing("log_path"))?,
        },
    };
    make_folder(data)?;
    logs.console_level()?;
    Ok(None)
}

/// The given id, else that of the node whose first DNS label is this machine's name.
fn identity(given: Option<u64>, nodes: &BTreeMap<u64, String>) -> Result<u64, String> {
    let hostname = gethostname::gethostname().to_string_lossy().into_owned();
    let named = |addr: &String| addr.split([':', '.']).next() == Some(hostname.as_str());
    given
        .or_else(|| nodes.iter().find(|(_, addr)| named(addr)).map(|(id, _)| *id))
        .ok_or_else(|| format!("no node id: none is configured, and no node in {nodes:?} is named {hostname}"))
}
