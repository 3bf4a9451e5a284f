# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One description per server generation: the only room that knows a path, port or key of the server.

Facts: RobustMQ's sources at v0.1.28 and v0.4.11 and measurements on the running v0.4.11; the ``contract`` is the service that
this collection's documentation describes.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, replace

from ansible_collections.robustmq.placement_center.plugins.module_utils import _server_keys
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import ADDITIVE, EMPTY, WHOLE, Snapshots
from ansible_collections.robustmq.placement_center.plugins.module_utils._server_keys import Version

LOG_LEVELS = ("trace", "debug", "info", "warn", "error")


@dataclass(frozen=True)
class Profile:
    """How one generation is started, configured, reached and asked."""

    name: str
    container: str
    first_ordinal: int  # ordinals count from here; RobustMQ's ids start at 1
    program: str
    config_dir: str
    config_file: str
    data_dir: str
    grpc_port: int
    engine_port: int | None  # where members and brokers reach the storage engine that runs beside raft
    http_port: int | None
    ready_path: str | None
    alive_path: str | None
    ready_since: tuple[Version, str] | None  # from this release on a path says that its ports listen: enough for a probe, no proof of health
    status_path: str  # gRPC method that answers raft metrics
    single_group: str | None  # the name to give the one group of a reply without names
    kv_service: str  # gRPC service with the methods Set, Get, Delete
    kv_group: str  # the raft group that keeps them
    leave_path: str  # gRPC methods, for the leader of all groups, that take a member out of every group and bring one in
    join_path: str
    members_path: str  # or the one that names all voters; empty where there are the others
    learner_path: str  # and the one that makes a learner, where a new member waits to be taken in; empty where it joins by itself
    id_env: str | None  # set per pod from its index, where the server cannot tell its id itself
    quorum_ack_stale_ms: int
    election_ms: tuple[int, int]  # shortest and longest election timeout, where the configuration names none
    away_ms: int  # how long a restarted member is away, its image on the node, as measured where its pod came up within a second
    settle_ms: int  # from the first vote until writes are taken again
    upsets: float  # elections that a returning member costs on average: one that was cut off has raised its term
    cut_off_seconds: int  # how long a leader may go on calling a returned member at its old address; 0: it finds the new one at once
    format_moves: tuple[tuple[int, int, int], ...]  # versions that do not find the data of those before them
    minor_steps: int  # how many minor releases an update may span
    grace_seconds: int  # how long a member may take to stop by itself
    logger_file: str  # beside the configuration: where its log goes to; empty where it needs none
    logger_targets: bool  # does an appender of it have a level for each part of the program, or one for all?
    logs: bool  # does it write a log at all?
    stop_command: tuple[str, ...]  # run in the container first, where the server does not heed SIGTERM; by a shell, which the image may lack
    config_keys: t.Mapping[str, t.Any]
    admin_env: t.Mapping[str, str]  # key of the administrator's login -> variable that replaces it in the file; none where there is no administrator
    identity: tuple[str, ...]  # files of the data directory that name the member; some servers start on nobody else's
    snapshots: Snapshots = WHOLE  # what they carry, and from how many entries behind on a member is filled by one
    clients_feel: str = ""  # what a leader's turn costs clients beyond the time without writes, where that is known

    def member_id(self, ordinal: int) -> int:
        """Raft id of an ordinal: ids start at 1 in every generation."""
        return ordinal - self.first_ordinal + 1

    def command(self) -> list[str]:
        """The container's command, word for word."""
        config = f"{self.config_dir}/{self.config_file}"
        if self.name == "v0_4":
            return [self.program, f"--conf={config}"]
        words = [self.program, "--conf", config]
        return [*words, "--data-path", self.data_dir] if self.name == "contract" else words

    def elections(self, config: t.Mapping[str, t.Any]) -> tuple[int, int]:
        """Shortest and longest election timeout in milliseconds that a configuration means."""
        own = config.get("raft", {}) if "raft" in self.config_keys else {}
        shortest, longest = self.election_ms
        return int(own.get("election_timeout_min_ms", shortest)), int(own.get("election_timeout_max_ms", longest))

    @property
    def log_dir(self) -> str:
        """Where the server makes its folder of logs: on the volume, which is all that its user is sure to own."""
        return f"{self.data_dir}/logs"

    def readiness_path(self, version: Version | None) -> str | None:
        """What a readiness probe asks of this release; None where there is only the port."""
        if self.ready_path or self.ready_since is None or version is None:
            return self.ready_path
        first, path = self.ready_since
        return path if version >= first else None

    def log_tables(self) -> dict[str, t.Any]:
        """The part of the configuration without which a server with a log of its own does not start as an unprivileged user."""
        return {"log": {"log_config": f"{self.config_dir}/{self.logger_file}", "log_path": self.log_dir}} if self.logger_file else {}

    def admin_tables(self) -> dict[str, t.Any]:
        """The keys that the administrator's variables replace. No text, so that a server without them does not start: any text would be a login."""
        return {"admin": dict.fromkeys(self.admin_env, False)} if self.admin_env else {}

    def logger(self, level: str) -> dict[str, t.Any]:
        """The tables of the logger's file: the console alone, which is where Kubernetes reads; empty where the server needs none."""
        if not self.logger_file:
            return {}
        told: dict[str, t.Any] = {"level": level}
        if self.logger_targets:  # the server logs its whole configuration as it starts, logins and all; that part of it says nothing else
            told = {"targets": [{"path": "", "level": level}, {"path": "broker_server::common", "level": "error"}]}
        return {"stdout": {"kind": "console", **told}}

    def base_config(self, cluster: str, peers: t.Mapping[int, str]) -> dict[str, t.Any]:
        """The configuration that every member shares, before the operator's own keys.

        :param cluster: the cluster's name.
        :param peers: raft id -> ``host:port`` of every member.
        """
        nodes = {str(i): address for i, address in sorted(peers.items())}
        if self.name == "v0_4":
            return {
                "cluster_name": cluster,
                "broker_id": 1,  # replaced per pod: the override only reaches a key that stands in the file
                "roles": ["meta", "engine"],  # "meta" alone does not survive its first start
                "grpc_port": self.grpc_port,
                "http_port": self.http_port,
                "data_path": self.data_dir,
                "meta_addrs": nodes,
                # As many worker threads as cores (the default) stalls small machines for good.
                "runtime": {"server_worker_threads": 16},
                "meta_runtime": {"meta_worker_threads": 16},
                "storage_runtime": {"data_path": [f"{self.data_dir}/engine"]},
            }
        node: dict[str, t.Any] = {"node_id": 1, "nodes": nodes} if self.id_env else {"nodes": nodes}
        return {
            "cluster_name": cluster,
            "node": node,
            "network": {"local_ip": "0.0.0.0", "grpc_port": self.grpc_port, "http_port": 1227},
            "rocksdb": {"data_path": self.data_dir},
        }


_CONTRACT = Profile(
    name="contract",
    container="placement-center",
    first_ordinal=0,
    program="/robustmq/libs/placement-center",
    config_dir="/etc/robustmq",
    config_file="placement-center.toml",
    data_dir="/robustmq/data",
    grpc_port=1228,
    engine_port=None,
    http_port=1227,
    ready_path="/health/ready",
    alive_path="/health/alive",
    ready_since=None,
    status_path="/meta.service.common.MetaServiceService/ClusterStatus",
    single_group=None,
    kv_service="/meta.service.common.MetaServiceService",
    kv_group="metadata_0",
    leave_path="/meta.service.common.MetaServiceService/LeaveCluster",
    join_path="/meta.service.common.MetaServiceService/JoinCluster",
    members_path="",
    learner_path="",
    id_env=None,
    quorum_ack_stale_ms=2000,
    election_ms=(1000, 2000),
    away_ms=1900,
    settle_ms=0,
    upsets=0.0,
    cut_off_seconds=0,
    format_moves=(),
    minor_steps=1,
    grace_seconds=60,
    logger_file="",
    logger_targets=False,
    logs=True,
    stop_command=(),
    admin_env={},
    identity=("raft/metadata", "config/node.conf"),
    config_keys=_server_keys.CONTRACT,
)

PROFILES: dict[str, Profile] = {
    "contract": _CONTRACT,
    "v0_1": replace(
        _CONTRACT,
        name="v0_1",
        first_ordinal=1,
        http_port=None,
        ready_path=None,
        alive_path=None,
        status_path="/placement.center.inner.PlacementCenterService/ClusterStatus",
        single_group="placement_center",
        kv_service="/placement.center.kv.KvService",
        kv_group="placement_center",
        leave_path="",
        join_path="",
        members_path="/placement.center.openraft.OpenRaftService/ChangeMembership",
        learner_path="/placement.center.openraft.OpenRaftService/AddLearner",
        election_ms=(299, 300),
        away_ms=2200,
        settle_ms=400,
        upsets=0.5,
        cut_off_seconds=140,  # its connection attempts have no limit of their own, so that the kernel's counts
        id_env="PLACEMENT_CENTER_NODE_NODE_ID",
        grace_seconds=30,
        logger_file="logger.toml",
        logs=False,
        stop_command=("/bin/sh", "-c", "kill -INT 1"),  # it only ever listens for SIGINT, and the first process of a container has no default
        config_keys=_server_keys.PLACEMENT_CENTER,
        snapshots=Snapshots(ADDITIVE, 1000),  # one each 5,000 entries, of which the last 1,000 are kept
    ),
    "v0_4": replace(
        _CONTRACT,
        name="v0_4",
        first_ordinal=1,
        program="/robustmq/libs/broker-server",
        config_dir="/robustmq/config",
        config_file="server.toml",
        http_port=58080,
        engine_port=1778,
        ready_path=None,  # what it has only knows that ports listen
        alive_path=None,
        ready_since=((0, 4, 12), "/health/ready"),  # before it, /api/health/ready answers kubelet 401
        id_env="ROBUST_MQ_SERVER_BROKER_ID",
        admin_env={key: f"ROBUST_MQ_SERVER_ADMIN_{key.upper()}" for key in ("username", "password", "jwt_secret")},
        election_ms=(10000, 20000),
        away_ms=2200,
        grace_seconds=30,  # its own watchdog ends it after 20
        logger_file="logger.toml",
        logger_targets=True,
        identity=("_rocksdb/raft/metadata", "_rocksdb/config/node.conf"),  # the server itself has none, and takes any member's copy
        snapshots=Snapshots(EMPTY, 1000),  # one each 100 entries; installing it recovers nothing (v0.4.11, and the head after it)
        clients_feel="MQTT clients feel the leader's turn for longer than writes wait: new topics are slow for about a minute after it, longer on busy nodes",
        format_moves=((0, 4, 1),),  # the data directory and its key were renamed, without a migration
        config_keys=_server_keys.BROKER_SERVER,
    ),
}
