# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three members of a real server: its playbooks with its profile, its own answers, and a client that knows nothing of the collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from tests.integration.cluster import NAME, Cluster, Object, Run, kubectl
from tests.integration.health_rows import accepts_writes, host, whole
from tests.integration.kv import OLD_KV, SERVICE, metrics, old_metrics, values
from tests.integration.looking import look
from tests.integration.updating import Running
from tests.integration.waiting import until
from tests.integration.writer import Writer

from .servers import Server

# Quick probes and small claims, so that a story is short; all else is the profile's own.
QUICK: Object = {
    "pc_probes": {"preset": "basic", "readiness": {"initialDelaySeconds": 1, "periodSeconds": 1}},
    "pc_resources": {"requests": {"cpu": "20m", "memory": "64Mi"}, "limits": {"cpu": "2000m", "memory": "1Gi"}},
    "pc_storage_size": "1Gi",
    "pc_stable_seconds": 1,
    "pc_step_timeout": 300,
}
STEPS: Object = {"pc_stable_seconds": 1, "pc_wait_patience": 5, "pc_step_timeout": 300}
NONE = Server("", "", "")


@dataclass
class Real(Cluster):
    """A cluster of the server that ``make real`` was given."""

    server: Server = NONE

    @classmethod
    def of(cls, server: Server, namespace: str) -> Real:
        """A namespace that need not exist yet."""
        service = OLD_KV if server.profile == "v0_1" else SERVICE
        return cls(namespace, profile=server.profile, ordinals=(1, 2, 3), service=service, server=server)

    def play(self, playbook: str, *flags: str, quick: bool = True, **variables: t.Any) -> Run:
        """A playbook with the server's profile; ``deploy`` with its image too."""
        image = {"pc_image": self.server.image} if playbook == "deploy" else {}
        given = {"pc_profile": self.profile, **(QUICK if quick else {}), **image, **variables}
        return super().play(playbook, *flags, quick=False, **given)

    def passes(self, playbook: str, *flags: str, **variables: t.Any) -> Run:
        """A playbook that must succeed."""
        run = self.play(playbook, *flags, **variables)
        assert run.code == 0, run.screen
        return run

    def start(self, playbook: str, **variables: t.Any) -> Running:
        """Begin one, and return at once."""
        return Running(self, playbook, {"pc_profile": self.profile, **STEPS, **variables})

    def module(self, name: str, *flags: str, **options: t.Any) -> Object:
        """One module's result, with the server's profile."""
        return super().module(name, *flags, **{"profile": self.profile, **options})

    def raft(self, ordinal: int) -> Object:
        """A member's own raft metrics by group."""
        address = host(self, ordinal)
        return old_metrics(address) if self.profile == "v0_1" else metrics(address)

    def look(self, **options: t.Any) -> Object:
        """What ``pc_health`` says now."""
        return look(self.namespace, **{"profile": self.profile, "request_timeout": 2, "min_free_percent": 0, **options})

    def whole(self, seconds: float = 150) -> Object:
        """The first healthy answer; a follower that came back under another address may be cut off for two minutes."""
        return whole(self, seconds, request_timeout=2, min_free_percent=0)

    def leaders(self) -> dict[str, int]:
        """Group -> the ordinal that leads it; waited for."""
        found = until(self.look, lambda said: said["groups"] and all(g["leader"] is not None for g in said["groups"]), 60)
        return {g["name"]: g["leader"] for g in found["groups"]}

    def voters(self, ordinal: int) -> dict[str, list[int]]:
        """Group -> the voters that a member knows, by raft id."""
        found = {}
        for group, said in self.raft(ordinal).items():
            configs = said["membership_config"]["membership"]["configs"]
            found[group] = sorted({i for config in configs for i in config})
        return found

    def applied(self, ordinal: int) -> dict[str, int]:
        """Group -> the newest entry that a member has applied."""
        return {group: (said["last_applied"] or {}).get("index", 0) for group, said in self.raft(ordinal).items()}

    def values(self, ordinal: int, prefix: str = "w") -> list[str]:
        """What a member itself holds under the keys that begin so."""
        return values(host(self, ordinal), prefix, service=self.service)

    def write(self, key: str, value: str = "x", seconds: float = 60) -> None:
        """One acknowledged write, through whoever takes it."""
        until(lambda: accepts_writes(self, key, value), seconds=seconds, what=f"nobody takes {key}")

    def pods(self) -> list[Object]:
        """The members' pods, by ordinal."""
        return [self.get("pod", f"{NAME}-{o}") for o in self.ordinals]

    def scale(self, replicas: int) -> None:
        """Past the collection, as somebody with kubectl does."""
        kubectl("scale", "statefulset", NAME, "-n", self.namespace, f"--replicas={replicas}")


class RealWriter(Writer):
    """The writer; what was acknowledged is read back from each member's own store at once."""

    cluster: Real

    def lacking(self, seconds: float = 60) -> dict[int, int]:
        """Ordinal -> how many acknowledged numbers it does not have; followers are given a moment. Empty is what it must be."""
        lacks: dict[int, int] = {}

        def count() -> dict[int, int]:
            lacks.clear()
            wanted = {str(number) for number in self.acknowledged}
            for ordinal in self.cluster.ordinals:
                if left := len(wanted - set(self.cluster.values(ordinal))):
                    lacks[ordinal] = left
            return lacks

        assert self.acknowledged, "the writer got nothing acknowledged"
        try:
            until(count, lambda found: not found, seconds, pause=0.5)
        except AssertionError:
            for ordinal in lacks:  # which they are tells when it was away
                left = sorted({str(n) for n in self.acknowledged} - set(self.cluster.values(ordinal)), key=int)
                print(f"member {ordinal} lacks {len(left)} of {len(self.acknowledged)}: {left[:1]} to {left[-1:]}", flush=True)
            return lacks
        return {}
