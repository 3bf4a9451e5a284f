# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The testbed's own control groups: what runs in them is ours, whatever it is called."""

from collections.abc import Iterator
from pathlib import Path

from testbed.progress import wait_for
from testbed.settings import CGROUP

_ROOT = Path("/sys/fs/cgroup")


def _hierarchies() -> list[Path]:
    """List the mounted hierarchies: one with cgroup v2, one a controller (and `unified`) with v1."""
    if (_ROOT / "cgroup.controllers").exists():
        return [_ROOT]
    return sorted(path for path in _ROOT.iterdir() if path.is_dir() and not path.is_symlink())


def _ours() -> list[Path]:
    return [path for hierarchy in _hierarchies() if (path := hierarchy / CGROUP).is_dir()]


def _tree(top: Path) -> Iterator[Path]:
    """Walk a group's subgroups, deepest first, then the group."""
    for child in top.iterdir():
        if child.is_dir():
            yield from _tree(child)
    yield top


def daemons_procs() -> Path:
    """Name the file a daemon writes its own pid to before it starts; its children inherit the group."""
    hierarchies = _hierarchies()
    hierarchy = next((path for path in hierarchies if path.name == "pids"), hierarchies[0])
    return hierarchy / CGROUP / "daemons" / "cgroup.procs"


def create() -> None:
    """Make our group in every hierarchy; kubelet insists on finding its root there."""
    for hierarchy in _hierarchies():
        group = hierarchy / CGROUP
        group.mkdir(exist_ok=True)
        for name in ("cpuset.cpus", "cpuset.mems"):
            inherited = hierarchy / name
            if inherited.exists() and inherited.parent != _ROOT:
                (group / name).write_text(inherited.read_text())
        controllers = group / "cgroup.controllers"
        if controllers.exists() and (names := controllers.read_text().split()):
            (group / "cgroup.subtree_control").write_text(" ".join(f"+{name}" for name in names))
    daemons_procs().parent.mkdir(exist_ok=True)


def processes() -> set[int]:
    """List the pids of everything that runs in our groups: daemons, shims, containers."""
    found: set[int] = set()
    for group in _ours():
        for folder in _tree(group):
            found.update(int(pid) for pid in (folder / "cgroup.procs").read_text().split())
    return found


def thaw() -> None:
    """Let frozen groups run again: a frozen process of v1 does not even die."""
    for group in _ours():
        for folder in _tree(group):
            freezer = folder / "freezer.state"
            if freezer.exists():
                freezer.write_text("THAWED")


def remove() -> None:
    """Remove our emptied groups; the kernel may need a moment after the last process."""

    def gone() -> bool:
        for group in _ours():
            for folder in _tree(group):
                try:
                    folder.rmdir()
                except OSError:
                    return False
        return True

    wait_for("the control groups to empty", gone, seconds=10)
