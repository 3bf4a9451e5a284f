// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! What all parts of a running member share.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use openraft::SnapshotPolicy;

use crate::exposition::Writes;
use crate::faults::Faults;
use crate::network::Network;
use crate::pace::Pace;
use crate::probe::Probe;
use crate::reach::Reach;
use crate::settings::{Settings, Shape};
use crate::store::{Identity, LogStore, Machine};
use crate::types::{Metrics, Raft};
use crate::watchdog::Watchdog;

/// One raft group.
pub struct Group {
    pub name: String,
    pub raft: Raft,
    pub machine: Machine,
    pub writes: Writes,
}

/// A running member.
pub struct App {
    pub settings: Settings,
    pub faults: Arc<Faults>,
    /// In the order in which joins and leaves go through them.
    pub groups: Vec<Group>,
    pub probe: Probe,
    pub reach: Reach,
    pub watchdog: Watchdog,
    pub catch_up: Pace,
    pub stopping: AtomicBool,
    pub started: Instant,
}

impl App {
    /// Opens the stores and starts the engine of every group.
    pub async fn start(settings: Settings, faults: Arc<Faults>) -> Result<Self, String> {
        let raft_folder = settings.data.join("raft");
        std::fs::create_dir_all(&raft_folder).map_err(|e| format!("{}: {e}", raft_folder.display()))?;
        let metadata = raft_folder.join("metadata");
        let identity = Identity::open(&metadata, settings.id, &settings.cluster_name, faults.clone())?;
        let mut groups = Vec::new();
        for name in &settings.groups {
            let group = start_group(name, &settings, &identity, &faults).await;
            groups.push(group.map_err(|e| format!("group {name}: {e}"))?);
        }
        Ok(Self {
            probe: Probe::start(settings.data.clone(), faults.clone()),
            reach: Reach::default(),
            watchdog: Watchdog::default(),
            catch_up: Pace::default(),
            stopping: AtomicBool::new(false),
            started: Instant::now(),
            settings,
            faults,
            groups,
        })
    }

    /// The group of that name.
    pub fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// The group that holds the key-value state.
    pub fn main_group(&self) -> &Group {
        &self.groups[0]
    }

    /// What every group says of itself now.
    pub fn metrics(&self) -> BTreeMap<String, Metrics> {
        self.groups.iter().map(|group| (group.name.clone(), group.raft.metrics().borrow().clone())).collect()
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

async fn start_group(
    name: &str,
    settings: &Settings,
    identity: &Identity,
    faults: &Arc<Faults>,
) -> Result<Group, BoxError> {
    let file = format!("{name}.redb");
    let log_path = settings.data.join("raft/logs").join(&file);
    let log = LogStore::open(name, log_path, identity.clone(), faults.clone()).await?;
    let kv_path = settings.data.join("storage/kv").join(&file);
    let snapshots = settings.data.join("raft/snapshots");
    let machine = Machine::open(name, kv_path, snapshots, settings.snapshots, faults.clone()).await?;
    // Whether the engine's connections are given up before the kernel does.
    let patient = settings.shape == Shape::V0_1;
    let network = Network { group: name.into(), faults: faults.clone(), patient };
    let config = Arc::new(engine_config(settings).validate()?);
    let raft = Raft::new(settings.id, config, network, log, machine.clone()).await?;
    Ok(Group { name: name.into(), raft, machine, writes: Writes::default() })
}

/// RobustMQ leaves the engine's default, which its large snapshots outlast; installing here is a write to disk.
fn install_within(shape: Shape) -> u64 {
    if shape == Shape::V0_1 { 200 } else { 10_000 }
}

fn engine_config(settings: &Settings) -> openraft::Config {
    let times = &settings.raft;
    openraft::Config {
        cluster_name: settings.cluster_name.clone(),
        heartbeat_interval: times.heartbeat,
        election_timeout_min: times.election_min,
        election_timeout_max: times.election_max,
        snapshot_policy: SnapshotPolicy::LogsSinceLast(times.snapshot_every),
        max_in_snapshot_log_to_keep: times.log_kept,
        install_snapshot_timeout: install_within(settings.shape),
        snapshot_max_chunk_size: 1 << 20,
        ..Default::default()
    }
}
