// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The configuration file of `broker-server` since v0.4.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::logs::Logs;
use super::version::at_least;
use super::{Admin, Environment, Roles, Settings, numbered};

const RAFT_DEFAULTS: [u64; 3] = [500, 10_000, 20_000];

/// Keys that are not here are silently ignored, as RobustMQ ignores them.
#[derive(Deserialize)]
struct File {
    cluster_name: Option<String>,
    broker_id: u64,
    meta_addrs: BTreeMap<String, String>,
    roles: Vec<String>,
    grpc_port: Option<u16>,
    http_port: Option<u16>,
    data_path: Option<String>,
    storage_runtime: Option<StorageRuntime>,
    #[serde(default)]
    log: Logs,
    #[serde(default)]
    admin: Admin,
}

#[derive(Deserialize)]
struct StorageRuntime {
    #[serde(default)]
    data_path: Vec<String>,
}

impl File {
    fn roles(&self) -> Result<Roles, String> {
        let has = |role: &str| self.roles.iter().any(|name| name == role);
        let engine_path = self.storage_runtime.as_ref().is_some_and(|engine| !engine.data_path.is_empty());
        match (has("meta"), has("engine")) {
            (false, _) => Err("roles: this member is only ever a meta node".into()),
            (true, false) => Ok(Roles::MetaAlone),
            (true, true) if engine_path => Ok(Roles::Complete),
            (true, true) => Err("[storage_runtime] data_path: the engine role needs at least one".into()),
        }
    }
}

/// Makes settings of the file's text.
pub fn settings(text: &str, env: Environment) -> Result<Settings, String> {
    let file: File = toml::from_str(text).map_err(|e| e.to_string())?;
    let roles = file.roles()?;
    let data = file.data_path.unwrap_or_else(|| "./data".into());
    Ok(Settings {
        raft: env.times([None; 3], RAFT_DEFAULTS),
        snapshots: env.snapshots(),
        stops_on_sigterm: env.stops_on_sigterm()?,
        shape: env.shape,
        cluster_name: file.cluster_name.unwrap_or_else(|| "robust_mq_cluster_default".into()),
        id: file.broker_id,
        nodes: numbered(file.meta_addrs)?,
        bind: "0.0.0.0".into(),
        grpc_port: file.grpc_port.unwrap_or(1228),
        http_port: file.http_port.unwrap_or(58080),
        admin_port: env.admin_port,
        data: std::path::Path::new(&data).join(folder(&env.version)),
        version: env.version,
        groups: ["metadata_0", "offset_0", "data_0"].map(String::from).to_vec(),
        roles,
        log_level: file.log.console_level()?,
        admin: file.admin,
    })
}

/// v0.4.1 renamed the folder without moving what was in it.
fn folder(version: &str) -> &'static str {
    if at_least(version, (0, 4, 1)) { "_rocksdb" } else { "_data" }
}
