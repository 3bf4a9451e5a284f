// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The engine's messages to the other members.

use std::sync::Arc;

use openraft::error::{InstallSnapshotError, NetworkError, RPCError, RaftError, RemoteError, Unreachable};
use openraft::network::{RPCOption, RaftNetwork, RaftNetworkFactory};
use openraft::raft::{
    AppendEntriesRequest, AppendEntriesResponse, InstallSnapshotRequest, InstallSnapshotResponse, VoteRequest,
    VoteResponse,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::faults::Faults;
use crate::peer::Peer;
use crate::types::{Config, Node};
use crate::wire::{BytesReply, PeerRequest};

pub const APPEND: &str = "/reference.member.Peer/Append";
pub const VOTE: &str = "/reference.member.Peer/Vote";
pub const SNAPSHOT: &str = "/reference.member.Peer/Snapshot";

/// Makes the connections of one group.
pub struct Network {
    pub group: String,
    pub faults: Arc<Faults>,
    /// Waits for a connection as long as the kernel does, whatever becomes of the message.
    pub patient: bool,
}

impl RaftNetworkFactory<Config> for Network {
    type Network = Link;

    async fn new_client(&mut self, target: u64, node: &Node) -> Link {
        let peer = if self.patient { Peer::patient(&node.rpc_addr) } else { Peer::new(&node.rpc_addr) };
        Link { target, group: self.group.clone(), peer, faults: self.faults.clone() }
    }
}

/// The connection of one group to one member.
pub struct Link {
    target: u64,
    group: String,
    peer: Peer,
    faults: Arc<Faults>,
}

type Failed<E> = RPCError<u64, Node, RaftError<u64, E>>;

impl Link {
    async fn send<Q, A, E>(&mut self, path: &'static str, message: Q) -> Result<A, Failed<E>>
    where
        Q: Serialize,
        A: DeserializeOwned,
        E: std::error::Error + DeserializeOwned,
    {
        if raft_is_cut(&self.faults) {
            let cut = std::io::Error::other("raft traffic is cut by a fault");
            return Err(Unreachable::new(&cut).into());
        }
        let value = serde_json::to_vec(&message).map_err(|e| NetworkError::new(&e))?;
        let request = PeerRequest { group: self.group.clone(), value };
        let reply: BytesReply = self.peer.call(path, request).await.map_err(|status| Unreachable::new(&status))?;
        let answer: Result<A, RaftError<u64, E>> =
            serde_json::from_slice(&reply.value).map_err(|e| NetworkError::new(&e))?;
        answer.map_err(|error| RemoteError::new(self.target, error).into())
    }
}

/// Whether the raft messages of this member are dropped, in both directions.
pub fn raft_is_cut(faults: &Faults) -> bool {
    ["deadlock", "peers_lost", "no_leader"].iter().any(|fault| faults.on(fault))
}

impl RaftNetwork<Config> for Link {
    async fn append_entries(
        &mut self,
        rpc: AppendEntriesRequest<Config>,
        _option: RPCOption,
    ) -> Result<AppendEntriesResponse<u64>, RPCError<u64, Node, RaftError<u64>>> {
        self.send(APPEND, rpc).await
    }

    async fn install_snapshot(
        &mut self,
        rpc: InstallSnapshotRequest<Config>,
        _option: RPCOption,
    ) -> Result<InstallSnapshotResponse<u64>, RPCError<u64, Node, RaftError<u64, InstallSnapshotError>>> {
        self.send(SNAPSHOT, rpc).await
    }

    async fn vote(
        &mut self,
        rpc: VoteRequest<u64>,
        _option: RPCOption,
    ) -> Result<VoteResponse<u64>, RPCError<u64, Node, RaftError<u64>>> {
        self.send(VOTE, rpc).await
    }
}
