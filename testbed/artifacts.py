# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The testbed's binaries: which there are, built once for each content and kept in the cache."""

import os
import shutil
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path

from testbed import paths
from testbed.building import build
from testbed.processes import run
from testbed.progress import Failure, say
from testbed.settings import KUBERNETES_VERSION, RCLONE_VERSION, RESTIC_VERSION

_KEPT = 2
_ABANDONED_SECONDS = 24 * 3600
_SOURCES = {".go", ".mod", ".sum", ".rs", ".toml", ".lock"}
_NOT_SOURCES = {"target", "tests"}

_GO_ENV = {"CGO_ENABLED": "0"}
_GO_FLAGS = "-s -w"
_VERSION = "k8s.io/component-base/version.git"
_MAJOR, _MINOR, _ = KUBERNETES_VERSION.split(".")
_KUBE_FLAGS = f"{_GO_FLAGS} -X {_VERSION}Version=v{KUBERNETES_VERSION} -X {_VERSION}Major={_MAJOR} -X {_VERSION}Minor={_MINOR}"
_RCLONE_FLAGS = f"{_GO_FLAGS} -X github.com/rclone/rclone/fs.Version=v{RCLONE_VERSION}"


# The definitions of the snapshots' kinds are files of a module, not a program.
_CRDS_SCRIPT = """
module=github.com/kubernetes-csi/external-snapshotter/client/v8
go mod download "$module"
cat "$(go list -m -f '{{.Dir}}' "$module")"/config/crd/snapshot.storage.k8s.io_*.yaml > "$1"
"""


def _go(package: str = ".", *flags: str, linker_flags: str = _GO_FLAGS) -> tuple[str, ...]:
    return ("go", "build", "-v", "-trimpath", *flags, "-ldflags", linker_flags, "-o", "@OUT@", package)


@dataclass(frozen=True)
class Artifact:
    """A binary or other file, the folder it is made from, and how."""

    name: str
    title: str
    folder: str
    command: tuple[str, ...]
    env: dict[str, str] = field(default_factory=lambda: dict(_GO_ENV))
    # Where the build leaves the binary, when it cannot be told to write it to @OUT@.
    left_at: Path | None = None
    only: tuple[str, ...] = ()

    @property
    def sources(self) -> Path:
        """The folder it is made from."""
        return paths.TESTBED / self.folder

    @property
    def compiler(self) -> str:
        """The program that must be there to make it."""
        return "cargo" if self.command[0] == "cargo" else "go"


KUBE = Artifact(
    "kube",
    f"Kubernetes {KUBERNETES_VERSION} (once, about 12 min on 2 cores)",
    "kube",
    _go(linker_flags=_KUBE_FLAGS),
)
COREDNS = Artifact("coredns", "CoreDNS (once, about 1 min)", "coredns", _go())
PAUSE = Artifact("pause", "the pause program", "pause", _go())
CSI_DRIVER = Artifact("csi-driver", "the volume driver", "csi", _go("./driver"))
CSI_PROVISIONER = Artifact(
    "csi-provisioner",
    "the volume provisioner (once, about 2 min)",
    "csi",
    _go("github.com/kubernetes-csi/external-provisioner/v6/cmd/csi-provisioner"),
    only=("go.mod", "go.sum"),
)
CSI_RESIZER = Artifact(
    "csi-resizer",
    "the volume resizer (once, about 1 min)",
    "csi",
    _go("github.com/kubernetes-csi/external-resizer/v2/cmd/csi-resizer"),
    only=("go.mod", "go.sum"),
)
CSI_SNAPSHOTTER = Artifact(
    "csi-snapshotter",
    "the snapshotter (once, about 1 min)",
    "csi",
    _go("github.com/kubernetes-csi/external-snapshotter/v8/cmd/csi-snapshotter"),
    only=("go.mod", "go.sum"),
)
SNAPSHOT_CONTROLLER = Artifact(
    "snapshot-controller",
    "the controller of snapshots (once, about 1 min)",
    "csi",
    _go("github.com/kubernetes-csi/external-snapshotter/v8/cmd/snapshot-controller"),
    only=("go.mod", "go.sum"),
)
SNAPSHOT_CRDS = Artifact(
    "snapshot-crds",
    "the definitions of the snapshots' kinds",
    "csi",
    ("sh", "-euc", _CRDS_SCRIPT, "sh", "@OUT@"),
    only=("go.mod", "go.sum"),
)
RESTIC = Artifact("restic", f"restic {RESTIC_VERSION} (once, about 1 min)", "restic", _go("github.com/restic/restic/cmd/restic", "-tags=disable_grpc_modules"))
RCLONE = Artifact("rclone", f"rclone {RCLONE_VERSION} (once, about 1 min)", "rclone", _go(linker_flags=_RCLONE_FLAGS))
_CARGO_TARGET = paths.CACHE / "cargo-target"
MEMBER = Artifact(
    "reference-member",
    "the reference member (once, about 5 min)",
    "member",
    ("cargo", "build", "--release", "--locked"),
    env={"CARGO_TARGET_DIR": str(_CARGO_TARGET)},
    left_at=_CARGO_TARGET / "x86_64-unknown-linux-gnu" / "release" / "reference-member",
)
# What runs in pods, as images.
IN_PODS = (MEMBER, RESTIC, RCLONE)
# The longest first, so that the short ones fill the time beside it.
ALL = (
    KUBE,
    MEMBER,
    RESTIC,
    CSI_PROVISIONER,
    RCLONE,
    CSI_RESIZER,
    CSI_SNAPSHOTTER,
    SNAPSHOT_CONTROLLER,
    SNAPSHOT_CRDS,
    COREDNS,
    CSI_DRIVER,
    PAUSE,
)


def source_files(folder: Path, only: Iterable[str] = ()) -> list[Path]:
    """List what a build reads, sorted: no tests, no documents, no earlier output."""
    if only:
        return [folder / name for name in sorted(only)]
    found = []
    for path in folder.rglob("*"):
        below = path.relative_to(folder)
        is_source = path.suffix in _SOURCES and not path.name.endswith("_test.go")
        if is_source and not _NOT_SOURCES.intersection(below.parts):
            found.append(path)
    return sorted(found)


def content_key(folder: Path, files: Iterable[Path], *facts: str) -> str:
    """Hash the files' names and contents and the given facts to a short key."""
    digest = sha256(repr(facts).encode())
    for path in files:
        content = sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(folder)} {content}\n".encode())
    return digest.hexdigest()[:16]


@cache
def _tool_version(tool: str) -> str:
    if shutil.which(tool) is None:
        wanted = {"go": "Go 1.26 or newer (https://go.dev/dl)", "cargo": "Rust 1.95 or newer (https://rustup.rs)"}
        raise Failure(f"{tool} is not installed: the testbed needs {wanted[tool]}")
    return run([tool, "version"] if tool == "go" else [tool, "--version"])


def location(artifact: Artifact) -> Path:
    """Name the binary in the cache, whether it is built yet or not."""
    files = source_files(artifact.sources, artifact.only)
    facts = (_tool_version(artifact.compiler), *artifact.command, repr(sorted(artifact.env)))
    key = content_key(artifact.sources, files, *facts)
    return paths.CACHE / f"{artifact.name}-{key}" / artifact.name


def ensure(artifacts: Iterable[Artifact] = ALL) -> dict[str, Path]:
    """Build what the cache lacks, two at a time, and give every binary by its name."""
    wanted = [(artifact, location(artifact)) for artifact in artifacts]
    missing = [(artifact, binary) for artifact, binary in wanted if not binary.exists()]
    with ThreadPoolExecutor(max_workers=2) as pool:
        for done in [pool.submit(_make, artifact, binary) for artifact, binary in missing]:
            done.result()
    for artifact, binary in wanted:
        os.utime(binary.parent)
        _prune(artifact.name)
    return {artifact.name: binary for artifact, binary in wanted}


def _make(artifact: Artifact, binary: Path) -> None:
    """Build into a temporary folder and rename it: a killed build leaves nothing half made."""
    paths.CACHE.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".partial-{artifact.name}-", dir=paths.CACHE))
    try:
        output = partial / artifact.name
        command = [str(output) if word == "@OUT@" else word for word in artifact.command]
        seconds = build(artifact.title, command, artifact.sources, artifact.env)
        if artifact.left_at:
            shutil.copy2(artifact.left_at, output)
        partial.chmod(0o755)
        if not binary.exists():
            partial.rename(binary.parent)
        say(f"built {artifact.name} in {seconds:.0f} s")
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _prune(name: str) -> None:
    """Keep the newest few of a name, and drop what killed builds left a day ago."""
    made = [path for path in paths.CACHE.glob(f"{name}-*") if len(path.name) == len(name) + 17]
    for old in sorted(made, key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
    for partial in paths.CACHE.glob(f".partial-{name}-*"):
        if time.time() - partial.stat().st_mtime > _ABANDONED_SECONDS:
            shutil.rmtree(partial, ignore_errors=True)
