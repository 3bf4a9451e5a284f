// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The types that fix this member's raft: what a node, a command and an answer are.

use std::io::Cursor;

use serde::{Deserialize, Serialize};

/// A member as the others know it. Its `Debug` text is part of the refusal that a follower sends.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    pub node_id: u64,
    pub rpc_addr: String,
}

/// One change of the key-value state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    Set { key: String, value: String },
    Delete { key: String },
}

openraft::declare_raft_types!(
    /// The engine's parameters.
    pub Config:
        D = Command,
        R = (),
        NodeId = u64,
        Node = Node,
        SnapshotData = Cursor<Vec<u8>>,
);

pub type Raft = openraft::Raft<Config>;
pub type Entry = openraft::Entry<Config>;
pub type LogId = openraft::LogId<u64>;
pub type Membership = openraft::StoredMembership<u64, Node>;
pub type Metrics = openraft::RaftMetrics<u64, Node>;
pub type Snapshot = openraft::Snapshot<Config>;
pub type SnapshotMeta = openraft::SnapshotMeta<u64, Node>;
pub type StorageError = openraft::StorageError<u64>;
pub type Vote = openraft::Vote<u64>;
