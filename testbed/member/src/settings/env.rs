// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The environment variables, most of them baked into an image.

use std::env;
use std::str::FromStr;

use super::RaftTimes;

const LOG_KEPT: u64 = 1000;

/// Which RobustMQ this member imitates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Contract,
    V0_1,
    V0_4,
}

impl FromStr for Shape {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "contract" => Ok(Self::Contract),
            "v0_1" => Ok(Self::V0_1),
            "v0_4" => Ok(Self::V0_4),
            other => Err(format!("REFERENCE_SHAPE={other}: contract, v0_1 or v0_4")),
        }
    }
}

/// What installing a snapshot does to the state that a member has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Snapshots {
    /// Replaces it.
    Complete,
    /// Brings everything and deletes nothing.
    Additive,
    /// Recovers nothing: the member goes on from the snapshot's index with what it had.
    Empty,
}

impl FromStr for Snapshots {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "complete" => Ok(Self::Complete),
            "additive" => Ok(Self::Additive),
            "empty" => Ok(Self::Empty),
            other => Err(format!("{other}: complete, additive or empty")),
        }
    }
}

/// What the environment says; `None` leaves the word to the file or the default.
#[derive(Clone, Debug)]
pub struct Environment {
    pub shape: Shape,
    pub version: String,
    pub fault: String,
    pub admin_port: u16,
    pub node_id: Option<u64>,
    pub group_count: usize,
    heartbeat: Option<u64>,
    election_min: Option<u64>,
    election_max: Option<u64>,
    snapshot_every: Option<u64>,
    log_kept: Option<u64>,
    snapshots: Option<Snapshots>,
    sigterm: Option<String>,
}

impl Environment {
    /// Reads all variables, refusing what is not understood.
    pub fn read() -> Result<Self, String> {
        Ok(Self {
            shape: parsed("REFERENCE_SHAPE")?.unwrap_or(Shape::Contract),
            version: env::var("REFERENCE_VERSION").unwrap_or_else(|_| "0.3.0".into()),
            fault: env::var("REFERENCE_FAULT").unwrap_or_default(),
            admin_port: admin_port()?,
            node_id: parsed("PLACEMENT_CENTER_NODE_ID")?,
            group_count: parsed("REFERENCE_GROUPS")?.unwrap_or(1),
            heartbeat: parsed("REFERENCE_HEARTBEAT_MS")?,
            election_min: parsed("REFERENCE_ELECTION_MIN_MS")?,
            election_max: parsed("REFERENCE_ELECTION_MAX_MS")?,
            snapshot_every: parsed("REFERENCE_SNAPSHOT_EVERY")?,
            log_kept: parsed("REFERENCE_LOG_KEPT")?,
            snapshots: parsed("REFERENCE_SNAPSHOTS")?,
            sigterm: env::var("REFERENCE_SIGTERM").ok(),
        })
    }

    /// The engine's times: the environment, else the file, else the default.
    pub fn times(&self, file: [Option<u64>; 3], default: [u64; 3]) -> RaftTimes {
        let [heartbeat, min, max] = file;
        let snapshot_every = self.snapshot_every.unwrap_or(if self.shape == Shape::V0_4 { 100 } else { 5000 });
        // More entries than it takes until the next snapshot are kept by v0.4 only.
        let log_kept = if self.shape == Shape::V0_4 { LOG_KEPT } else { snapshot_every.min(LOG_KEPT) };
        RaftTimes {
            heartbeat: self.heartbeat.or(heartbeat).unwrap_or(default[0]),
            election_min: self.election_min.or(min).unwrap_or(default[1]),
            election_max: self.election_max.or(max).unwrap_or(default[2]),
            snapshot_every,
            log_kept: self.log_kept.unwrap_or(log_kept),
        }
    }

    /// What installing a snapshot leaves: each server's own way, unless another is asked for.
    pub fn snapshots(&self) -> Snapshots {
        self.snapshots.unwrap_or(match self.shape {
            Shape::Contract => Snapshots::Complete,
            Shape::V0_1 => Snapshots::Additive,
            Shape::V0_4 => Snapshots::Empty,
        })
    }

    /// Whether SIGTERM ends the process; v0.1 only ever listened for SIGINT.
    pub fn stops_on_sigterm(&self) -> Result<bool, String> {
        match self.sigterm.as_deref() {
            None => Ok(self.shape != Shape::V0_1),
            Some("graceful") => Ok(true),
            Some("ignore") => Ok(false),
            Some(other) => Err(format!("REFERENCE_SIGTERM={other}: ignore or graceful")),
        }
    }
}

/// The admin port, which the `fault` subcommand needs without the rest.
pub fn admin_port() -> Result<u16, String> {
    Ok(parsed("REFERENCE_ADMIN_PORT")?.unwrap_or(1299))
}

fn parsed<T: FromStr>(name: &str) -> Result<Option<T>, String> {
    match env::var(name) {
        Err(_) => Ok(None),
        Ok(text) => text.parse().map(Some).map_err(|_| format!("{name}={text} is not understood")),
    }
}
