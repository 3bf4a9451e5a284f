# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference member answers like the real RobustMQ v0.4.11: brought into the recorded states, it agrees key by key.

Three processes on loopback, in the shape of v0.4.11; no Kubernetes.
"""

from __future__ import annotations

import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import typing as t
import urllib.request

import pytest

from testbed import artifacts

from .kv import get, metrics, put
from .waiting import until

ROOT = pathlib.Path(__file__).parents[2]
RECORDED = ROOT / "tests/unit/plugins/module_utils/recorded"
GROUPS = {"metadata_0", "offset_0", "data_0"}
Metrics = dict[str, t.Any]


def free_base() -> int:
    """A number whose ports at +1 to +3, +101 to +103 and +201 to +203 are free, below the ranges of node ports and of connections that go out."""
    while True:
        base = random.randrange(20_000, 29_000, 10)
        with contextlib.ExitStack() as taken, contextlib.suppress(OSError):
            for port in (base + hundreds + member for hundreds in (0, 100, 200) for member in (1, 2, 3)):
                taken.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return base


class Three:
    """Members 1, 2, 3 of one cluster, each a process with a folder and ports of its own."""

    def __init__(self, program: str, folder: pathlib.Path) -> None:
        self.program, self.folder = program, folder
        self.base = free_base()
        self.running: dict[int, subprocess.Popen[bytes]] = {}

    def port(self, member: int) -> int:
        return self.base + member

    def start(self, member: int) -> None:
        peers = ", ".join(f'{i} = "127.0.0.1:{self.port(i)}"' for i in (1, 2, 3))
        config, logger = self.folder / f"{member}.toml", self.folder / "logger.toml"
        logger.write_text('[stdout]\nkind = "console"\ntargets = [{ path = "", level = "info" }]\n')
        config.write_text(
            f'broker_id = {member}\nroles = ["meta", "engine"]\ngrpc_port = {self.port(member)}\nhttp_port = {self.base + 100 + member}\n'
            f'data_path = "{self.data(member)}"\nmeta_addrs = {{ {peers} }}\n[storage_runtime]\ndata_path = ["{self.data(member)}/engine"]\n'
            f'[log]\nlog_config = "{logger}"\nlog_path = "{self.folder}/logs"\n'
        )
        env = {
            **os.environ,
            "REFERENCE_SHAPE": "v0_4",
            "REFERENCE_VERSION": "0.4.11",
            "REFERENCE_ADMIN_PORT": str(self.base + 200 + member),
            "REFERENCE_HEARTBEAT_MS": "150",
            "REFERENCE_ELECTION_MIN_MS": "1000",
            "REFERENCE_ELECTION_MAX_MS": "2000",
        }
        log = (self.folder / f"{member}.log").open("ab")
        self.running[member] = subprocess.Popen([self.program, f"--conf={config}"], env=env, stdout=log, stderr=log)

    def data(self, member: int) -> pathlib.Path:
        return self.folder / f"data-{member}"

    def kill(self, *members: int) -> None:
        for member in members:
            process = self.running.pop(member)
            process.send_signal(signal.SIGKILL)
            process.wait()

    def lose_volume(self, member: int) -> None:
        shutil.rmtree(self.data(member))

    def lose_group(self, member: int, group: str) -> None:
        """One group's files, as a copy that was cut short would miss them."""
        home = self.data(member) / "_rocksdb"
        for kind in ("raft/logs", "storage/kv"):
            (home / kind / f"{group}.redb").unlink()
        identity = home / "raft/metadata"
        known = json.loads(identity.read_text())
        known["groups"].pop(group)
        identity.write_text(json.dumps(known))

    def said(self, member: int) -> Metrics | None:
        try:
            return metrics("127.0.0.1", self.port(member))
        except OSError:
            return None

    def until(self, true: t.Callable[[dict[int, Metrics | None]], bool], seconds: float = 30) -> dict[int, Metrics | None]:
        """All three answers, once they satisfy."""
        return until(lambda: {i: self.said(i) for i in (1, 2, 3)}, true, seconds)

    def whole(self) -> dict[int, Metrics | None]:
        """Three voters in every group, and one word about who leads it: a member that returns may still take itself for the leader."""
        return self.until(
            lambda said: (
                all(m and all(voters(g) == [1, 2, 3] for g in m.values()) for m in said.values())
                and all(len({(m or {})[g]["current_leader"] for m in said.values()}) == 1 for g in GROUPS)
                and leaders(said).keys() == GROUPS
            )
        )

    def start_all(self) -> dict[int, Metrics | None]:
        for member in (1, 2, 3):
            self.start(member)
            self.until(lambda said, m=member: bool(said[m]) and all(m in voters(g) for g in (said[m] or {}).values()))  # type: ignore[misc]
        return self.whole()

    def lead(self, group: str) -> int | None:
        for i in (1, 2, 3):
            said = self.said(i)
            if said and said[group]["state"] == "Leader":
                return i
        return None

    def split_leaders(self) -> dict[int, Metrics | None]:
        """Elections until the groups are led by different members, as they usually are after one."""
        for _attempt in range(20):
            first = self.until(lambda said: any(m and m["metadata_0"]["state"] == "Leader" for m in said.values()))
            victim = next(i for i, m in first.items() if m and m["metadata_0"]["state"] == "Leader")
            self.kill(victim)
            self.until(lambda said: len(leaders(said)) == 3, 20)
            self.start(victim)
            said = self.whole()
            if len(set(leaders(said).values())) > 1:
                return said
        pytest.fail("twenty elections, and one member always led all groups")


def voters(group: Metrics) -> list[int]:
    configs = group["membership_config"]["membership"]["configs"]
    return sorted(configs[-1]) if configs else []


def leaders(said: dict[int, Metrics | None]) -> dict[str, int]:
    return {name: i for i, m in said.items() for name, g in (m or {}).items() if g["state"] == "Leader"}


def shape(value: t.Any) -> t.Any:
    """Keys and types; numbers and names are of the moment, and so is how many nodes or entries a table has."""
    if isinstance(value, dict):
        if value and all(str(k).isdigit() for k in value):
            known = [v for v in value.values() if v is not None]  # nothing heard yet from a peer that is dead
            return {"<id>": shape(known[0] if known else None)}
        return {k: shape(v) for k, v in value.items()}
    return type(value).__name__


def agree(mine: Metrics | None, real: Metrics, path: str = "") -> t.Iterator[str]:
    """Where the member's shape differs from the recorded; a null of one is only told where it has a meaning in that state."""
    a, b = shape(mine), shape(real)
    yield from _compare(a, b, path)


MAY_BE_NULL = {"purged", "snapshot", "last_applied", "last_log_index", "current_leader", "millis_since_quorum_ack", "replication", "log_id"}


def _compare(a: t.Any, b: t.Any, path: str) -> t.Iterator[str]:
    if isinstance(a, dict) and isinstance(b, dict):
        if a and b:
            for key in a.keys() ^ b.keys():
                yield f"{path}.{key} is only in {'ours' if key in a else 'the real one'}"
        for key in a.keys() & b.keys():
            yield from _compare(a[key], b[key], f"{path}.{key}")
    elif a != b and not ("NoneType" in (a, b) and path.rpartition(".")[2] in MAY_BE_NULL | {"<id>"}):
        yield f"{path}: {a}, the real one {b}"


def compare(said: dict[int, Metrics | None], name: str) -> None:
    """Each member that answers now and answered then."""
    real = json.loads((RECORDED / f"v0.4.11-{name}.json").read_text())
    answered = {int(i): r["content"] for i, r in real.items() if isinstance(r.get("content"), dict)}
    for mine in (m for m in said.values() if m):
        for theirs in answered.values():
            for group in GROUPS:
                state = mine[group]["state"]
                if theirs[group]["state"] == state:
                    found = list(agree(mine[group], theirs[group], f"{name}.{group}"))
                    assert found == [], found
        assert set(mine) == GROUPS
    assert sum(m is not None for m in said.values()) == len(answered)


@pytest.fixture
def three(tmp_path: pathlib.Path) -> t.Iterator[Three]:
    made = Three(str(artifacts.ensure([artifacts.MEMBER])[artifacts.MEMBER.name]), tmp_path)
    yield made
    made.kill(*list(made.running))


def test_whole_two_of_three_and_a_dead_leader(three: Three) -> None:
    three.start(1)
    compare(three.until(lambda said: len(leaders(said)) == 3), "1-first-alone")
    three.start(2)
    said = three.until(lambda said: all(m and all(voters(g) == [1, 2] for g in m.values()) for m in (said[1], said[2])))
    compare(said, "two-of-three-joined")
    three.start(3)
    whole = three.whole()
    compare(whole, "whole")
    assert set(leaders(whole).values()) == {1}, "the first member leads every group"
    three.kill(1)
    dead = three.until(lambda said: said[1] is None)
    compare(dead, "leader-dead-3s")
    assert all(g["current_leader"] == 1 for m in (dead[2], dead[3]) for g in (m or {}).values()), "followers go on naming the dead leader"
    compare(three.until(lambda said: len(leaders(said)) == 3), "two-of-three-quorum")


def test_a_leader_back_in_time_leads_on_in_its_term(three: Three) -> None:
    before = three.start_all()
    terms = {name: g["current_term"] for name, g in (before[1] or {}).items()}
    three.kill(1)
    three.start(1)
    after = three.until(lambda said: len(leaders(said)) == 3)
    three.whole()
    led = leaders(after)
    kept = [name for name in GROUPS if led[name] == 1 and (after[1] or {})[name]["current_term"] == terms[name]]
    assert kept, "back within its peers' election timeout, it leads on without an election"
    compare(three.whole(), "whole-leader-returned-same-term")


def test_split_leaders_leave_a_leave_and_a_join_half_done(three: Three) -> None:
    three.start_all()
    compare(three.split_leaders(), "whole-leaders-split")
    first = three.lead("metadata_0")
    assert first is not None
    led = leaders({i: three.said(i) for i in (1, 2, 3)})
    leaving = next((i for i in (1, 2, 3) if i not in led.values()), None)
    if leaving is None:
        pytest.skip("every member leads a group; none can leave")
    three.kill(leaving)
    http = three.base + 100 + first
    asked = urllib.request.Request(
        f"http://127.0.0.1:{http}/api/cluster/node/leave",
        json.dumps({"node_id": leaving, "force": True}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=20) as answer:
        told = json.loads(answer.read())
    assert told["code"] == 100 and "has to forward request" in json.dumps(told), "split leaders: a leave cannot succeed"
    half = three.until(lambda said: voters((said[first] or {})["metadata_0"]) != [1, 2, 3])
    compare(half, "half-left")
    three.lose_group(leaving, "metadata_0")
    three.start(leaving)
    joined = three.until(lambda said: bool(said[leaving]) and leaders(said).keys() == GROUPS)
    assert voters((joined[leaving] or {})["metadata_0"]) == [] and (joined[leaving] or {})["metadata_0"]["state"] == "Learner"
    compare(joined, "half-joined")
    three.kill(leaving)
    three.lose_volume(leaving)
    three.start(leaving)
    assert three.running[leaving].wait(30) != 0, "joining needs one leader of all groups: its process exits"
    compare(three.until(lambda said: leaders(said).keys() == GROUPS), "follower-cannot-rejoin")


def test_an_empty_volume_beside_dead_peers_splits_the_brain(three: Three) -> None:
    three.start_all()
    three.kill(1, 2, 3)
    three.lose_volume(1)
    three.start(1)
    three.until(lambda said: len(leaders(said)) == 3)
    three.start(2)
    three.start(3)
    said = three.until(lambda said: all(said.values()) and voters((said[1] or {})["metadata_0"]) == [1])
    put("127.0.0.1", "lost", "acknowledged", three.port(1))
    assert get("127.0.0.1", "lost", three.port(1)) == "acknowledged"
    assert get("127.0.0.1", "lost", three.port(2)) == "" and get("127.0.0.1", "lost", three.port(3)) == ""
    compare(said, "split-brain-empty-volume")


def test_a_follower_refuses_a_write_in_the_headers(three: Three) -> None:
    three.start_all()
    with pytest.raises(OSError, match=r"grpc-status 13, has to forward request to: Some\(1\), Some\(Node \{ node_id: 1, rpc_addr: \"127"):
        put("127.0.0.1", "a", "b", three.port(2))
