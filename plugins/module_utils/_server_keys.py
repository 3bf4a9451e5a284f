# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every key of the server's configuration with its type, and the versions that know it. Data, and the walk through it.

The server ignores a key that it does not know without a word, so that a setting of another version is lost and nobody hears of it. The table
was read from RobustMQ's sources at every release from v0.4.4 to v0.4.11; a recorded list holds the tests to it.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

Version = tuple[int, int, int]

ANY: t.Any = object()  # a table whose keys the operator chooses
WORDS: t.Any = object()  # a list of strings


@dataclass(frozen=True)
class Key:
    """A key, or a table of keys, that not every version has; ``kind`` is a type, or the table."""

    kind: t.Any
    since: Version | None = None  # the first release that has it; None: the first one known
    until: Version | None = None  # the first release that has it no more; None: the newest one known has it
    read: bool = True  # does the server look at it? Its own template has some that it never reads

    def known_to(self, version: Version | None) -> bool:
        """Does this release have it? None is a release that nobody knows, which may be any."""
        if version is None:
            return True
        return (self.since is None or version >= self.since) and (self.until is None or version < self.until)

    def has_it(self) -> str:
        """Which releases have it, in words."""
        words = [f"since {text(self.since)}"] if self.since else []
        words += [f"before {text(self.until)}"] if self.until else []
        return " and ".join(words) or "every release"


def text(version: Version) -> str:
    """A version as a person writes it."""
    return ".".join(map(str, version))


def key_of(entry: t.Any) -> Key:
    """What a table's entry says; a bare type or table is a key of every version."""
    return entry if isinstance(entry, Key) else Key(entry)


PLACEMENT_CENTER: dict[str, t.Any] = {
    "cluster_name": str,
    "node": {"node_id": int, "nodes": ANY},
    "network": {"local_ip": str, "grpc_port": int, "http_port": int, "grpc_max_decoding_message_size": int},
    "system": {"runtime_work_threads": int},
    "heartbeat": {"heartbeat_timeout_ms": int, "heartbeat_check_time_ms": int},
    "prometheus": {
        "enable": bool,
        "model": str,
        "port": int,
        "push_gateway_server": str,
        "interval": int,
        "header": str,
    },
    "rocksdb": {"data_path": str, "max_open_files": int},
    "log": {"log_config": str, "log_path": str},
}

CONTRACT: dict[str, t.Any] = {
    **PLACEMENT_CENTER,
    "raft": {"heartbeat_interval_ms": int, "election_timeout_min_ms": int, "election_timeout_max_ms": int},
    "log": {**PLACEMENT_CENTER["log"], "level": str},
}

_THREADS = {"accept_thread_num": int, "handler_thread_num": int, "queue_size": int}
_QUOTA = {
    "max_connections_per_node": int,
    "max_connection_rate": int,
    "max_topics": int,
    "max_sessions": int,
    "max_publish_rate": int,
}
_LOGIN = {
    "default_user": str,
    "default_password": str,
    "durable_sessions_enable": bool,
    "secret_free_login": bool,
    "is_self_protection_status": bool,
}
# The parts of MQTT: each was a table of its own, called mqtt_PART, before they moved into one.
_MQTT: dict[str, t.Any] = {
    "server": {"tcp_port": int, "tls_port": int, "websocket_port": int, "websockets_port": int, "quic_port": int},
    "keep_alive": {"enable": bool, "default_time": int, "max_time": int, "default_timeout": int},
    "protocol": {
        "max_session_expiry_interval": int,
        "default_session_expiry_interval": int,
        "topic_alias_max": int,
        "max_packet_size": int,
        "receive_max": int,
        "max_message_expiry_interval": int,
        "client_pkid_persistent": bool,
    },
    "offline_message": {"enable": bool, "expire_ms": int, "max_messages_num": int},
    "flapping_detect": {"enable": bool, "window_time": int, "max_client_connections": int, "ban_time": int},
    "slow_subscribe": {"enable": bool, "record_time": int, "delay_type": str},
    "schema": {"enable": bool, "strategy": str, "failed_operation": str, "echo_log": bool, "log_level": str},
    "system_monitor": {
        "enable": bool,
        "os_cpu_high_watermark": float,
        "os_memory_high_watermark": float,
        "system_topic_interval_ms": int,
    },
    "limit": {"cluster": _QUOTA, "tenant": _QUOTA},
}
_MOVED = (0, 4, 10)  # the release that brought the tables into their present order


def _since(kind: t.Any, patch: int) -> Key:
    return Key(kind, since=(0, 4, patch))


def _before(kind: t.Any) -> Key:
    return Key(kind, until=_MOVED)


BROKER_SERVER: dict[str, t.Any] = {
    "cluster_name": str,
    "broker_id": int,
    "broker_ip": str,
    "roles": WORDS,
    "grpc_port": int,
    "http_port": int,
    "data_path": str,
    "meta_addrs": ANY,
    "broker_network": {**_THREADS, "tls_cert": _since(str, 10), "tls_key": _since(str, 10)},
    "log": {"log_config": str, "log_path": str},
    "runtime": {
        "server_worker_threads": int,
        "channels_per_address": int,
        "pprof_enable": bool,
        "default_topic_partition_num": _since(int, 5),
        "default_topic_replica_num": _since(int, 5),
        "runtime_worker_threads": _before(int),
        "meta_worker_threads": _before(int),
        "broker_worker_threads": _before(int),
        "tls_cert": _before(str),
        "tls_key": _before(str),
    },
    "cluster_limit": {
        "max_network_connection": int,
        "max_network_connection_rate": int,
        "max_connection_per_ip": _since(int, 8),
        "max_admin_http_uri_rate": int,
    },
    "admin": {"username": str, "password": str, "jwt_secret": str, "token_ttl_hours": int},
    "llm_client": {"platform": str, "model": str, "token": str, "base_url": str, "embedding": str, "embedding_model_path": str},
    "delay_task": {"delay_task_queue_num": int, "delay_task_handler_concurrency": int},
    "delay_message": _since({"max_retries": int, "initial_retry_delay_sec": int}, 8),
    "meta_runtime": {
        "heartbeat_timeout_ms": int,
        "heartbeat_check_time_ms": int,
        "raft_write_timeout_sec": int,
        "offset_raft_group_num": int,
        "data_raft_group_num": int,
        "group_offset_expire_sec": int,
        "segment_leader_rebalance_interval_ms": _since(int, 5),
        "segment_leader_rebalance_max_moves": _since(int, 5),
        "meta_worker_threads": _since(int, 10),
    },
    "storage_runtime": {
        "tcp_port": int,
        "max_segment_size": int,
        "io_thread_num": int,
        "data_path": WORDS,
        "offset_enable_cache": bool,
        "expire_scan_task_num": int,
        "num_replica_fetchers": _since(int, 5),
        "replica_fetch_min_bytes": _since(int, 5),
        "replica_fetch_max_wait_ms": _since(int, 5),
        "replica_fetch_backoff_ms": _since(int, 5),
        "replica_lag_time_max_ms": _since(int, 5),
        "metadata_reconcile_interval_ms": _since(int, 5),
        "isr_maintain_interval_ms": _since(int, 5),
        "network": _before(_THREADS),
    },
    "mqtt_runtime": {
        **{part: Key(keys, since=_MOVED) for part, keys in _MQTT.items()},
        "auth": Key(_LOGIN, since=_MOVED),
        "broker_worker_threads": Key(int, since=_MOVED),
        **{name: _before(kind) for name, kind in _LOGIN.items()},
        "network": _before(_THREADS),
    },
    **{f"mqtt_{part}": _before(keys) for part, keys in _MQTT.items()},
    "kafka_runtime": {
        "tcp_port": int,
        "max_fetch_bytes": _since(int, 8),
        "max_describe_topic_partitions": _since(int, 8),
        "max_message_bytes": _since(int, 9),
        "auto_create_topics_enable": Key(bool, since=_MOVED),
        "sasl": _since({"enabled": bool, "mechanisms": WORDS}, 8),
    },
    "kafka_dynamic": Key({"auto_create_topics_enable": bool}, since=(0, 4, 8), until=_MOVED),
    "amqp_runtime": {"tcp_port": int},
    "nats_runtime": {
        "tcp_port": int,
        "tls_port": int,
        "ws_port": int,
        "wss_port": int,
        "max_payload": int,
        "auth_required": bool,
        "ping_interval": int,
        "ping_max": int,
        "ping_send_chunk": int,
        "core_shard_num": int,
        "push_thread_num": int,
        "push_queue_thread_num": int,
        "mq9_mailbox_default_ttl": int,
    },
    # In the files that come with the releases, and read by none of them.
    "rocksdb": Key({"data_path": str, "max_open_files": int}, read=False),
    "network": Key({**_THREADS, "keep_alive_enable": bool}, until=_MOVED, read=False),
    "message_storage": Key({"storage_type": str}, until=_MOVED, read=False),
    "mqtt_system_topic": Key({"interval_ms": int}, until=_MOVED, read=False),
    "storage_offset": Key({"enable_cache": bool}, until=_MOVED, read=False),
    "grpc_client": Key({"channels_per_address": int}, until=_MOVED, read=False),
}
