// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Everything a member is told: its configuration file, its environment, its command line.

mod contract;
mod env;
mod logs;
mod overrides;
mod v0_4;
mod version;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

pub use env::{Environment, Shape, Snapshots, admin_port};
pub use version::at_least;

/// Times of the raft engine, in milliseconds, when it makes a snapshot, and how many entries in one it keeps.
#[derive(Clone, Debug)]
pub struct RaftTimes {
    pub heartbeat: u64,
    pub election_min: u64,
    pub election_max: u64,
    pub snapshot_every: u64,
    pub log_kept: u64,
}

/// Which of RobustMQ's roles this process has; only shape `v0_4` knows more than one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Roles {
    Complete,
    MetaAlone,
}

/// Who may log in at the HTTP interface of shape `v0_4`; the defaults are the ones that RobustMQ publishes.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Admin {
    pub username: String,
    pub password: String,
    pub jwt_secret: String,
    pub token_ttl_hours: u64,
}

impl Default for Admin {
    fn default() -> Self {
        Self {
            username: "admin".into(),
            password: "admin".into(),
            jwt_secret: "robustmq-change-me-in-production".into(),
            token_ttl_hours: 8,
        }
    }
}

/// The settings of a running member, the same for every shape.
#[derive(Clone, Debug)]
pub struct Settings {
    pub shape: Shape,
    pub version: String,
    pub cluster_name: String,
    pub id: u64,
    pub nodes: BTreeMap<u64, String>,
    pub bind: String,
    pub grpc_port: u16,
    pub http_port: u16,
    pub admin_port: u16,
    pub data: PathBuf,
    pub groups: Vec<String>,
    pub roles: Roles,
    pub raft: RaftTimes,
    pub snapshots: Snapshots,
    pub admin: Admin,
    /// Nothing is logged without one.
    pub log_level: Option<String>,
    pub stops_on_sigterm: bool,
}

impl Settings {
    /// Reads the file named on the command line and lays the environment over it.
    pub fn read(args: &[String], env: Environment) -> Result<Self, String> {
        let args = Arguments::parse(args)?;
        let conf = args.conf.as_deref().or(default_file(env.shape)).ok_or("usage: --conf FILE [--data-path DIR]")?;
        let text = std::fs::read_to_string(conf).map_err(|e| format!("config file {conf}: {e}"))?;
        let prefix = if env.shape == Shape::V0_4 { "ROBUST_MQ_SERVER" } else { "PLACEMENT_CENTER" };
        let text = overrides::overridden(&text, prefix, |name| std::env::var(name).ok());
        let settings = match env.shape {
            Shape::V0_4 => v0_4::settings(&text, env)?,
            Shape::Contract | Shape::V0_1 => contract::settings(&text, args.data_path, env)?,
        };
        settings.checked()
    }

    /// The address by which the peers know this member.
    pub fn own_address(&self) -> &str {
        &self.nodes[&self.id]
    }

    /// The other members by configuration.
    pub fn peers(&self) -> impl Iterator<Item = (u64, &str)> {
        self.nodes.iter().filter(|(id, _)| **id != self.id).map(|(id, addr)| (*id, addr.as_str()))
    }

    fn checked(self) -> Result<Self, String> {
        if !self.nodes.contains_key(&self.id) {
            return Err(format!("node {} is not among the configured nodes {:?}", self.id, self.nodes));
        }
        Ok(self)
    }
}

/// What RobustMQ reads where no file is named; the contract names one.
fn default_file(shape: Shape) -> Option<&'static str> {
    match shape {
        Shape::Contract => None,
        Shape::V0_1 => Some("config/placement-center.toml"),
        Shape::V0_4 => Some("config/server.toml"),
    }
}

struct Arguments {
    conf: Option<String>,
    data_path: Option<String>,
}

impl Arguments {
    fn parse(args: &[String]) -> Result<Self, String> {
        let mut conf = None;
        let mut data_path = None;
        let mut rest = args.iter();
        while let Some(arg) = rest.next() {
            let (name, value) = match arg.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (arg.as_str(), rest.next().cloned()),
            };
            let value = value.ok_or_else(|| format!("{name} wants a value"))?;
            match name {
                "--conf" => conf = Some(value),
                "--data-path" => data_path = Some(value),
                _ => return Err(format!("unknown argument {name}")),
            }
        }
        Ok(Self { conf, data_path })
    }
}

/// TOML tables of nodes have text keys; ids are numbers.
fn numbered(nodes: BTreeMap<String, String>) -> Result<BTreeMap<u64, String>, String> {
    nodes
        .into_iter()
        .map(|(id, addr)| match id.parse() {
            Ok(id) => Ok((id, addr)),
            Err(_) => Err(format!("node id {id} is no number")),
        })
        .collect()
}
