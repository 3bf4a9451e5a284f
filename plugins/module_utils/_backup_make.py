# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three ways to a backup: a snapshot that is kept, a snapshot or a cold volume that restic stores, and what proves each."""

from __future__ import annotations

import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _backup, _copying, _manifest, _mover_words, _movers
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_paper import described
from ansible_collections.robustmq.placement_center.plugins.module_utils._backup_run import Copied, Maker
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._model import Member
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover import Runner
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_words import File
from ansible_collections.robustmq.placement_center.plugins.module_utils._stage import live_set
from ansible_collections.robustmq.placement_center.plugins.module_utils._storage import Storage
from ansible_collections.robustmq.placement_center.plugins.module_utils._volume_model import ClaimFacts

Object = dict[str, t.Any]

REPOSITORY_SECONDS = 60.0  # that a repository may fail before anything is copied; restic itself would repeat for a quarter of an hour


def make(maker: Maker, key: bytes, newest: int | None) -> Object:
    """Make it, prove it, seal it; returns its paper. :param newest: bytes of the newest verified backup."""
    kube, namespace, name = maker.kube, maker.store.namespace, maker.store.name
    live = live_set(kube, namespace, name)
    pods = [f"{name}-{o}" for o in _ordinals(live)]
    maker.marker.put(pods, _backup.CANARY, maker.id)  # before the fence: whatever has all of the fence has this
    if maker.wish.method == "restic":
        _repository(maker)
    how = {"snapshot": _from_snapshot, "cold": _from_cold, "live": _from_live}[maker.wish.source]
    copied, facts, files = how(maker, live, newest)
    paper = described(maker, live, copied, files, facts)
    seal = _manifest.sealed(paper, key)
    maker.alive()
    if "restic" in paper["data"]:
        papers = maker.store.write(paper, seal, finished=False)
        _papers_beside(maker, papers, paper["source"]["claim"])
    elif copied.taken:
        maker.snapshots.demand(copied.taken.name)
        maker.snapshots.write_beside(copied.taken.content, {_manifest.BESIDE: _packed(paper, seal)})
    maker.store.write(paper, seal, finished=True)
    return paper


def _packed(paper: Object, seal: _manifest.Seal) -> str:
    found = _manifest.packed(_manifest.data(paper, seal))
    if len(found) > _manifest.LARGEST_BESIDE:
        text = f"the manifest has {len(found)} bytes packed: the volume has {len(paper['files'])} files"
        raise Refused("manifest_too_large", text, hint("manifest_too_large"))
    return found


def _ordinals(live: Object) -> range:
    first = live["spec"].get("ordinals", {}).get("start", 0)
    return range(first, first + live["spec"]["replicas"])


def _repository(maker: Maker) -> None:
    """Make sure that it is there and opens, before anything is copied.

    :raises Refused: it does not.
    """
    runner = maker.copier.runner
    code, why = _asked(runner, maker.named("repo"))
    if code == "repository_locked":  # a prune that was killed leaves its lock for ever; one that nobody has renewed for half an hour is given up
        runner.good(_movers.restic(maker.named("unlock"), "unlock"))
        code, why = _asked(runner, maker.named("repo2"))
    if code == "repository_missing":
        runner.good(_movers.restic(maker.named("init"), "init"))
        maker.say("the repository was empty: made a new one in it")
    elif code:
        raise Refused(code, f"repository: {why}", hint(code))


def _asked(runner: Runner, name: str) -> _mover_words.Failure:
    """What is wrong with the repository; no code where nothing is."""
    try:
        ended = runner.run(_movers.restic(name, "cat", "config"), patience=REPOSITORY_SECONDS)
    except Refused as exc:
        return _mover_words.Failure(exc.reason, str(exc))
    return _mover_words.failure("restic", ended.code, ended.log) if ended.code != 0 else _mover_words.Failure("", "")


def _from_snapshot(maker: Maker, live: Object, newest: int | None) -> tuple[Copied, Object, tuple[File, ...]]:
    """A volume made of the snapshot is what is read; it goes again."""
    copied = maker.snapshot()
    claims = Storage(maker.kube, maker.store.namespace, maker.store.name).look()
    claim = _backup.claim_of(claims, copied.member)
    taken = copied.taken
    if claim is None or taken is None:
        raise Refused("claim_missing", f"member {copied.member.ordinal} has no claim any more", hint("claim_missing"))
    like = _backup.source(copied.member, claim, taken.driver, taken.handle)
    source = _volume(maker, "source", like, taken.name, taken.size)
    snapshot = ""
    with maker.needing(taken.name):
        files = maker.listed(source, newest)
        if maker.wish.method == "restic":
            snapshot = maker.stored(source, files, copied.member.claim.name if copied.member.claim else "")
    if snapshot:
        maker.copier.drop(source)
        data = _in_restic(maker, snapshot)
        opened = _proven(maker, like, snapshot, files, copied, live)
    else:
        data = {"snapshot": {"name": taken.name, "content": taken.content, "handle": taken.handle, "driver": taken.driver, "size": taken.size}}
        opened = maker.opened(source, copied, live) if maker.verify else None
        maker.copier.drop(source)
    return copied, {"data": data, "source": like, "opened": opened}, files


def _claimed(maker: Maker, chosen: Member) -> tuple[ClaimFacts, str]:
    """The claim of a member that is copied without a snapshot, and the node where it runs.

    :raises Refused: it has none.
    """
    claim = _backup.claim_of(Storage(maker.kube, maker.store.namespace, maker.store.name).look(), chosen)
    if claim is None or chosen.pod is None:
        raise Refused("claim_missing", f"member {chosen.ordinal} has no claim", hint("claim_missing"))
    return claim, chosen.pod.node


def _in_restic(maker: Maker, snapshot: str) -> Object:
    """Where the data is, as a paper tells it."""
    return {"restic": {"repository": maker.wish.repository, "snapshot": snapshot}}


def _from_cold(maker: Maker, live: Object, newest: int | None) -> tuple[Copied, Object, tuple[File, ...]]:
    """The volume of a member that has stopped by itself; it is back before anything is proven."""
    chosen, fence, before = maker.raft.fenced()
    claim, _node = _claimed(maker, chosen)
    like = _backup.source(chosen, claim, "", "")
    try:
        maker.cold.send(live_set(maker.kube, maker.store.namespace, maker.store.name))
        files = maker.listed(claim.name, newest)
        snapshot = maker.stored(claim.name, files, claim.name)
    finally:
        maker.cold.bring()
    copied = Copied(chosen, fence, before, maker.raft.look())
    opened = _proven(maker, like, snapshot, files, copied, live)
    maker.raft.settle()
    return copied, {"data": _in_restic(maker, snapshot), "source": like, "opened": opened}, files


def _from_live(maker: Maker, live: Object, newest: int | None) -> tuple[Copied, Object, tuple[File, ...]]:
    """Files that are read while they are written. Nothing can be proven of it but what the server makes of it."""
    chosen, fence, before = maker.raft.fenced()
    claim, node = _claimed(maker, chosen)
    like = _backup.source(chosen, claim, "", "")
    maker.listed(claim.name, newest, node)
    snapshot = maker.stored(claim.name, (), claim.name, node)
    copied = Copied(chosen, fence, before, maker.raft.look())
    files = _read_back(maker, like, snapshot)
    opened = maker.opened(maker.named("proof"), copied, live)
    maker.copier.drop(maker.named("proof"))
    return copied, {"data": _in_restic(maker, snapshot), "source": like, "opened": opened}, files


def _volume(maker: Maker, part: str, like: Object, snapshot: str = "", least: int = 0) -> str:
    name = maker.named(part)
    maker.alive()
    maker.kube.create(_copying.claim(maker.store.namespace, name, maker.labels, like, snapshot, least))
    return name


def _read_back(maker: Maker, like: Object, snapshot: str) -> tuple[File, ...]:
    """What the repository gives, in a volume of its own."""
    proof = _volume(maker, "proof", like)
    ended = maker.copier.runner.good(_movers.filling(maker.named("fill"), snapshot, proof), _copying.told)
    maker.seconds["fill"] = round(ended.seconds, 1)
    return maker.copier.list(maker.named("rehash"), proof)


def _proven(maker: Maker, like: Object, snapshot: str, files: tuple[File, ...], copied: Copied, live: Object) -> Object | None:
    """Read everything back out of the repository, compare it, and let the server open it.

    :raises Refused: it differs from what was stored.
    """
    if not maker.verify:
        return None
    found = _read_back(maker, like, snapshot)
    wrong = _manifest.differences({"files": _manifest.rows(files)}, found)
    if wrong:
        raise Refused("data_damaged", f"what the repository gives back is not what was stored: {wrong[0]}", hint("data_damaged"))
    maker.say("the repository gives back every file as it was")
    opened = maker.opened(maker.named("proof"), copied, live)
    maker.copier.drop(maker.named("proof"))
    return opened


def _papers_beside(maker: Maker, papers: str, host: str) -> None:
    """The paper goes into the repository too, as a snapshot of its own."""
    tags = ["pc-manifest", f"pc-id={maker.id}", f"pc-set={maker.store.namespace}/{maker.store.name}"]
    words = ("backup", "--host", host, "--tag", ",".join(tags), "--force", _movers.PAPERS)
    maker.copier.runner.good(_movers.restic(maker.named("papers"), *words, papers=papers))
