# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Frozen data: a set's claims, and what stands behind them. No method here asks or decides."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Usage


@dataclass(frozen=True)
class Finding:
    """What speaks against a claim, or is worth knowing; among facts: why this one could not be learned. ``code`` is stable."""

    code: str
    message: str
    claim: str | None = None
    ordinal: int | None = None


@dataclass(frozen=True)
class Template:
    """One of the set's claim templates; a class of None is the cluster's default."""

    name: str
    size: str
    storage_class: str | None
    modes: frozenset[str]  # access modes, and the volume mode
    mounted: bool = True  # by a container


@dataclass(frozen=True)
class Mount:
    """A pod that mounts a claim; ``ordinal`` is None where the pod is not one of the set."""

    pod: str
    node: str
    ordinal: int | None


@dataclass(frozen=True)
class ClaimFacts:
    """A claim as Kubernetes tells it, under a name that a template gives."""

    name: str
    ordinal: int
    uid: str
    phase: str
    size: str  # asked for
    capacity: str
    storage_class: str | None
    modes: frozenset[str]
    volume: str
    labels: t.Mapping[str, str] = field(default_factory=dict)
    owners: t.Mapping[str, str] = field(default_factory=dict)  # uid -> kind and name
    terminating: bool = False
    conditions: t.Mapping[str, str] = field(default_factory=dict)  # type -> message, of those that are true
    resize: str = ""  # how far a growth is, in Kubernetes' word
    mounts: tuple[Mount, ...] = ()
    words: str = ""  # of the newest event about it
    heard: float | None = None  # when that was said, in Unix seconds
    version: str = ""  # resourceVersion: the precondition of a write


@dataclass(frozen=True)
class Volume:
    """A PersistentVolume."""

    phase: str
    reclaim: str
    driver: str
    claim_uid: str
    terminating: bool = False
    version: str = ""  # resourceVersion: the precondition of a write


@dataclass(frozen=True)
class Class:
    """A StorageClass."""

    driver: str
    expandable: bool
    waits: bool  # makes a volume only once a pod is scheduled


@dataclass(frozen=True)
class Owner:
    """The StatefulSet, as far as its claims go."""

    name: str
    ordinals: range
    templates: tuple[Template, ...]
    labels: t.Mapping[str, str]
    uids: frozenset[str]  # its own and its pods'
    deletes: tuple[str, ...] = ()  # when it deletes claims by itself


@dataclass(frozen=True)
class Facts:
    """One pass. In the maps: None does not exist, a Finding could not be learned."""

    at: float
    took_ms: int
    requests: int
    set: Owner | None
    claims: t.Mapping[str, ClaimFacts] = field(default_factory=dict)
    volumes: t.Mapping[str, Volume | Finding | None] = field(default_factory=dict)
    classes: t.Mapping[str, Class | Finding | None] = field(default_factory=dict)
    snapshots: frozenset[str] | Finding | None = None  # drivers that have a snapshot class; None: no such API
    usages: t.Mapping[str, Usage | Finding] = field(default_factory=dict)
    unknown: tuple[Finding, ...] = ()
