// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The messages on the gRPC port. Field numbers are RobustMQ's; nothing is generated.

/// Path of RobustMQ's service since v0.3.9.
pub const META_SERVICE: &str = "/meta.service.common.MetaServiceService";
/// Paths of the three services of the placement-center era.
pub const CENTER_SERVICE: &str = "/placement.center.inner.PlacementCenterService";
pub const CENTER_KV: &str = "/placement.center.kv.KvService";
pub const CENTER_RAFT: &str = "/placement.center.openraft.OpenRaftService";
/// What members say to each other. Not RobustMQ's: only this program speaks it.
pub const PEER_SERVICE: &str = "/reference.member.Peer";

/// A request or reply without fields.
#[derive(Clone, PartialEq, prost::Message)]
pub struct Empty {}

/// Answer of `ClusterStatus`: raft metrics as JSON.
#[derive(Clone, PartialEq, prost::Message)]
pub struct StatusReply {
    #[prost(string, tag = "1")]
    pub content: String,
}

/// Request of `Set`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct SetRequest {
    #[prost(string, tag = "1")]
    pub key: String,
    #[prost(string, tag = "2")]
    pub value: String,
}

/// Request of `Get`, `Delete` and `Exists`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct KeyRequest {
    #[prost(string, tag = "1")]
    pub key: String,
}

/// Answer of `Get`; a missing key is an empty string.
#[derive(Clone, PartialEq, prost::Message)]
pub struct GetReply {
    #[prost(string, tag = "1")]
    pub value: String,
}

/// Request of `GetPrefix`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct PrefixRequest {
    #[prost(string, tag = "1")]
    pub prefix: String,
}

/// Answer of `GetPrefix`: the values without their keys.
#[derive(Clone, PartialEq, prost::Message)]
pub struct PrefixReply {
    #[prost(string, repeated, tag = "1")]
    pub values: Vec<String>,
}

/// Answer of `Exists`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ExistsReply {
    #[prost(bool, tag = "1")]
    pub flag: bool,
}

/// Request of `JoinCluster`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct JoinRequest {
    #[prost(uint64, tag = "1")]
    pub node_id: u64,
    #[prost(string, tag = "2")]
    pub rpc_addr: String,
}

/// Request of `LeaveCluster`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct LeaveRequest {
    #[prost(uint64, tag = "1")]
    pub node_id: u64,
}

/// A node inside the placement-center era's `AddLearner`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct NodeField {
    #[prost(string, tag = "1")]
    pub rpc_addr: String,
    #[prost(uint64, tag = "2")]
    pub node_id: u64,
}

/// Request of the placement-center era's `AddLearner`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct AddLearnerRequest {
    #[prost(uint64, tag = "1")]
    pub node_id: u64,
    #[prost(message, optional, tag = "2")]
    pub node: Option<NodeField>,
    #[prost(bool, tag = "3")]
    pub blocking: bool,
}

/// Request of the placement-center era's `ChangeMembership`.
#[derive(Clone, PartialEq, prost::Message)]
pub struct ChangeMembershipRequest {
    #[prost(uint64, repeated, tag = "1")]
    pub members: Vec<u64>,
    #[prost(bool, tag = "2")]
    pub retain: bool,
}

/// Answer of both: the engine's own answer as JSON.
#[derive(Clone, PartialEq, prost::Message)]
pub struct BytesReply {
    #[prost(bytes = "vec", tag = "1")]
    pub value: Vec<u8>,
}

/// Between members: whether the default tenant is there, or that it is to be made.
#[derive(Clone, PartialEq, prost::Message)]
pub struct TenantRequest {
    #[prost(bool, tag = "1")]
    pub create: bool,
}

/// A raft message between members: the group it is for, and the engine's type as JSON.
#[derive(Clone, PartialEq, prost::Message)]
pub struct PeerRequest {
    #[prost(string, tag = "1")]
    pub group: String,
    #[prost(bytes = "vec", tag = "2")]
    pub value: Vec<u8>,
}
