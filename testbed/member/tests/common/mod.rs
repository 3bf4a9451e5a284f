// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Real members on loopback ports, each test with its own folder and ports.
#![allow(dead_code, unused_imports, reason = "every test program uses its own part of this")]

mod real;
mod tools;
mod web;

use std::fs::{File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Mutex;
use std::time::Duration;

pub use real::*;
use serde_json::{Value, json};
use tempfile::TempDir;
use tools::free_ports;
pub use tools::until;
pub use web::*;

const PROGRAM: &str = env!("CARGO_BIN_EXE_reference-member");

/// A user who owns nothing.
const STRANGER: u32 = 65_534;
const LOGGER: &str = "[stdout]\nkind = \"console\"\ntargets = [{ path = \"\", level = \"info\" }]\n";

/// Short elections, so that tests are short.
pub const QUICK: [(&str, &str); 3] =
    [("REFERENCE_HEARTBEAT_MS", "150"), ("REFERENCE_ELECTION_MIN_MS", "600"), ("REFERENCE_ELECTION_MAX_MS", "1200")];

/// Three members that can be started and killed, ids 1 to 3.
pub struct Cluster {
    folder: TempDir,
    ports: u16,
    env: Vec<(String, String)>,
    members: Mutex<[Option<Child>; 3]>,
}

impl Cluster {
    /// Nothing runs yet.
    pub fn new(env: &[(&str, &str)]) -> Self {
        let env = QUICK.iter().chain(env).map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Self { folder: tempfile::tempdir().unwrap(), ports: free_ports(), env, members: Mutex::default() }
    }

    /// Started in order, each once the one before is ready; in shape `v0_1` nobody is before the second has started.
    pub fn whole(env: &[(&str, &str)]) -> Self {
        let cluster = Self::new(env);
        for id in 1..=3 {
            cluster.start(id);
            if !cluster.plays("v0_1") || id == 3 {
                cluster.until_member(id);
            }
        }
        cluster
    }

    /// Whether the members have that shape.
    fn plays(&self, shape: &str) -> bool {
        self.env.iter().any(|(name, value)| name == "REFERENCE_SHAPE" && value == shape)
    }

    /// The folder that all members work in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn grpc(&self, id: u16) -> u16 {
        self.ports + id * 10
    }

    pub fn http(&self, id: u16) -> u16 {
        self.grpc(id) + 1
    }

    fn admin(&self, id: u16) -> u16 {
        self.grpc(id) + 2
    }

    pub fn address(&self, id: u16) -> String {
        format!("127.0.0.1:{}", self.grpc(id))
    }

    pub fn data(&self, id: u16) -> PathBuf {
        self.folder.path().join(format!("data-{id}"))
    }

    pub fn log(&self, id: u16) -> String {
        std::fs::read_to_string(self.folder.path().join(format!("log-{id}"))).unwrap_or_default()
    }

    /// A command that would run a member, with its configuration written.
    pub fn command(&self, id: u16) -> Command {
        let (grpc, http) = (self.grpc(id), self.http(id));
        let nodes: Vec<String> = (1..=3).map(|peer| format!("{peer} = \"{}\"", self.address(peer))).collect();
        let nodes = nodes.join(", ");
        let data = self.data(id);
        self.write_logger(LOGGER);
        let text = if self.plays("v0_4") {
            format!(
                "broker_id = {id}\nmeta_addrs = {{ {nodes} }}\nroles = [\"meta\", \"engine\"]\ngrpc_port = {grpc}\n\
                 http_port = {http}\ndata_path = {data:?}\n[storage_runtime]\ndata_path = [\"{}\"]\n",
                data.join("engine").display()
            )
        } else {
            format!(
                "cluster_name = \"test\"\nnobody_knows = 1\n[node]\nnode_id = {id}\nnodes = {{ {nodes} }}\n[network]\n\
                 local_ip = \"127.0.0.1\"\ngrpc_port = {grpc}\nhttp_port = {http}\n[rocksdb]\ndata_path = {data:?}\n\
                 [log]\nlog_config = \"./config/logger.toml\"\nlog_path = \"./logs\"\n"
            )
        };
        let conf = self.folder.path().join(format!("conf-{id}.toml"));
        std::fs::write(&conf, text).unwrap();
        let mut command = Command::new(PROGRAM);
        command.arg(format!("--conf={}", conf.display())).envs(self.env.iter().cloned()).current_dir(self.folder());
        command.env("REFERENCE_ADMIN_PORT", self.admin(id).to_string());
        command
    }

    /// The same for a user who may write nothing there.
    pub fn command_of_a_stranger(&self, id: u16) -> Command {
        let prepared = self.command(id);
        let program = self.folder().join("member");
        std::fs::copy(PROGRAM, &program).unwrap();
        std::fs::set_permissions(self.folder(), Permissions::from_mode(0o555)).unwrap();
        let mut command = Command::new(program);
        command.args(prepared.get_args()).current_dir(self.folder());
        command.envs(prepared.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        if root {
            command.uid(STRANGER).gid(STRANGER);
        }
        command
    }

    /// The logging file of all members.
    pub fn write_logger(&self, text: &str) {
        std::fs::create_dir_all(self.folder().join("config")).unwrap();
        std::fs::write(self.folder().join("config/logger.toml"), text).unwrap();
    }

    pub fn start(&self, id: u16) {
        self.start_with(id, &[]);
    }

    pub fn start_with(&self, id: u16, env: &[(&str, &str)]) {
        self.spawn(id, self.command(id), env);
    }

    /// With the configuration as it lies there, whoever wrote it.
    pub fn start_as_configured(&self, id: u16) {
        let conf = self.folder().join(format!("conf-{id}.toml"));
        let text = std::fs::read(&conf).unwrap();
        let command = self.command(id);
        std::fs::write(&conf, text).unwrap();
        self.spawn(id, command, &[]);
    }

    fn spawn(&self, id: u16, mut command: Command, env: &[(&str, &str)]) {
        let path = self.folder.path().join(format!("log-{id}"));
        let log = File::options().append(true).create(true).open(path).unwrap();
        command.envs(env.iter().copied()).stdout(log.try_clone().unwrap()).stderr(log);
        let child = command.spawn().unwrap();
        self.members.lock().unwrap()[usize::from(id) - 1] = Some(child);
    }

    /// SIGKILL, and the end of the process awaited.
    pub fn kill(&self, id: u16) {
        if let Some(mut child) = self.members.lock().unwrap()[usize::from(id) - 1].take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Sends a signal by name.
    pub fn signal(&self, id: u16, name: &str) {
        let pid = self.members.lock().unwrap()[usize::from(id) - 1].as_ref().unwrap().id();
        assert!(Command::new("kill").args(["-s", name, &pid.to_string()]).status().unwrap().success());
    }

    /// The exit code, once the process has ended by itself.
    pub fn exit_code(&self, id: u16, within: Duration) -> Option<i32> {
        until(within, || {
            let mut members = self.members.lock().unwrap();
            members[usize::from(id) - 1].as_mut()?.try_wait().unwrap().and_then(|status| status.code())
        })
    }

    /// Runs the program's own `fault` subcommand.
    pub fn fault(&self, id: u16, words: &[&str]) -> Output {
        let admin = self.admin(id).to_string();
        let mut command = Command::new(PROGRAM);
        command.arg("fault").args(words).env("REFERENCE_ADMIN_PORT", admin).stdin(Stdio::null());
        command.output().unwrap()
    }

    /// `ClusterStatus` of one member, by group.
    pub fn status(&self, id: u16) -> Option<Value> {
        if self.plays("v0_1") {
            let answer = post(self.grpc(id), "/placement.center.inner.PlacementCenterService/ClusterStatus", &[])?;
            let only: Value = serde_json::from_str(&answer.text()).ok()?;
            return Some(json!({"metadata_0": only}));
        }
        let answer = meta(self.grpc(id), "ClusterStatus", &[])?;
        serde_json::from_str(&answer.text()).ok()
    }

    /// A call of the key-value service.
    pub fn kv(&self, id: u16, method: &str, fields: &[&str]) -> Option<Answer> {
        let service =
            if self.plays("v0_1") { "placement.center.kv.KvService" } else { "meta.service.common.MetaServiceService" };
        call(self.grpc(id), service, method, fields)
    }

    /// One group of one member.
    pub fn group(&self, id: u16, group: &str) -> Option<Value> {
        self.status(id)?.get(group).cloned()
    }

    /// Reason and status of one of the two health endpoints.
    pub fn health(&self, id: u16, which: &str) -> (u16, String) {
        match get(self.http(id), &format!("/health/{which}")) {
            Some((status, body)) => (status, body["reason"].as_str().unwrap_or_default().into()),
            None => (0, "no answer".into()),
        }
    }

    pub fn until_health(&self, id: u16, which: &str, wanted: (u16, &str)) {
        let seen = until(Duration::from_secs(20), || {
            (self.health(id, which) == (wanted.0, wanted.1.to_string())).then_some(())
        });
        assert!(seen.is_some(), "member {id}: wanted {wanted:?}, it says {:?}", self.health(id, which));
    }

    /// Waits until a member is a voter of every group and knows its leader.
    pub fn until_member(&self, id: u16) {
        let votes_in = |group: &Value| {
            let configs = group["membership_config"]["membership"]["configs"].as_array();
            let voters = configs.and_then(|configs| configs.last()?.as_array());
            voters.is_some_and(|voters| voters.contains(&id.into())) && group["current_leader"].is_u64()
        };
        let joined =
            until(Duration::from_secs(30), || self.status(id)?.as_object()?.values().all(votes_in).then_some(()));
        assert!(joined.is_some(), "member {id} did not join: {}", self.log(id));
    }

    /// Whether a member says that it leads a group.
    pub fn leads(&self, id: u16, group: &str) -> bool {
        self.group(id, group).is_some_and(|metrics| metrics["state"] == "Leader")
    }

    /// The members that say they lead a group.
    pub fn leaders(&self, group: &str) -> Vec<u16> {
        (1..=3).filter(|id| self.leads(*id, group)).collect()
    }

    /// Waits for exactly one leader, other than one that is ruled out.
    pub fn until_leader(&self, group: &str, not: Option<u16>) -> u16 {
        let found = until(Duration::from_secs(30), || match self.leaders(group)[..] {
            [leader] if Some(leader) != not => Some(leader),
            _ => None,
        });
        found.unwrap_or_else(|| {
            let seen: Vec<Option<Value>> = (1..=3).map(|id| self.group(id, group)).collect();
            let logs: Vec<String> = (1..=3).map(|id| self.log(id)).collect();
            panic!("no single leader of {group}: {seen:#?}\n{}", logs.join("\n"))
        })
    }

    pub fn set(&self, id: u16, key: &str, value: &str) -> Option<Answer> {
        self.kv(id, "Set", &[key, value])
    }

    /// Writes through whoever leads.
    pub fn set_anywhere(&self, key: &str, value: &str) -> bool {
        (1..=3).any(|id| self.set(id, key, value).is_some_and(|answer| answer.ok()))
    }

    pub fn get(&self, id: u16, key: &str) -> Option<String> {
        self.kv(id, "Get", &[key]).map(|answer| answer.text())
    }

    pub fn until_value(&self, id: u16, key: &str, value: &str) {
        let seen = until(Duration::from_secs(20), || (self.get(id, key)? == value).then_some(()));
        assert!(seen.is_some(), "member {id} has {:?} for {key}", self.get(id, key));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for id in 1..=3 {
            self.kill(id);
        }
        let _ = std::fs::set_permissions(self.folder(), Permissions::from_mode(0o755));
    }
}
