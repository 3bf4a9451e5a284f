# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The images the testbed offers: one reference member under the names and faults of many releases, and backup tools."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from testbed import oci, paths
from testbed.processes import run
from testbed.progress import Failure, say
from testbed.settings import PAUSE_IMAGE, RCLONE_VERSION, RESTIC_VERSION

_MEMBER = "robustmq/libs/placement-center"
_BROKER = "robustmq/libs/broker-server"
# As the published image has it: a system user, to whom the working directory belongs. Folders for data and logs are not in it.
_USER_ID = 999
_HOME = "robustmq"
_PASSWD = f"root:x:0:0:root:/:/sbin/nologin\nrobustmq:x:{_USER_ID}:{_USER_ID}::/home/robustmq:/bin/sh\n".encode()
_GROUP = f"root:x:0:\nrobustmq:x:{_USER_ID}:\n".encode()


@dataclass(frozen=True)
class Release:
    """One image of the reference member: how it is called and what it plays."""

    name: str
    version: str
    shape: str = "contract"
    entrypoint: str = f"/{_MEMBER}"
    user: str = ""
    fault: str = ""


_REPOSITORY = "docker.io/robustmq/placement-center"
RELEASES = (
    Release(f"{_REPOSITORY}:0.1.28", "0.1.28", shape="v0_1"),
    Release(f"{_REPOSITORY}:0.3.0", "0.3.0"),
    Release(f"{_REPOSITORY}:0.4.0", "0.4.0"),
    Release(f"{_REPOSITORY}:0.4.1", "0.4.1"),
    Release(f"{_REPOSITORY}:0.4.2-never-ready", "0.4.2", fault="never_ready"),
    Release(f"{_REPOSITORY}:0.4.2-exit-at-start", "0.4.2", fault="exit_at_start"),
    Release("ghcr.io/robustmq/robustmq:v0.4.11", "0.4.11", shape="v0_4", entrypoint="./libs/broker-server", user="robustmq"),
    Release("ghcr.io/robustmq/robustmq:v0.4.12", "0.4.12", shape="v0_4", entrypoint="./libs/broker-server", user="robustmq"),
)


@cache
def _member_layer(binary: Path) -> bytes:
    files = {_MEMBER: binary.read_bytes(), "etc/passwd": _PASSWD, "etc/group": _GROUP}
    return oci.pack_layer(files, {_BROKER: "placement-center"}, {_HOME: _USER_ID})


def _release_spec(release: Release, binary: Path) -> oci.Spec:
    env = {"REFERENCE_VERSION": release.version, "REFERENCE_SHAPE": release.shape}
    if release.fault:
        env["REFERENCE_FAULT"] = release.fault
    return oci.Spec(release.name, _member_layer(binary), (release.entrypoint,), env, release.user, working_dir=f"/{_HOME}")


def pause_spec(binary: Path) -> oci.Spec:
    """Describe the image that holds a pod's namespaces."""
    return oci.Spec(PAUSE_IMAGE, oci.pack_layer({"pause": binary.read_bytes()}, {}), ("/pause",))


def release_specs(binary: Path) -> list[oci.Spec]:
    """Describe every image of the reference member."""
    return [_release_spec(release, binary) for release in RELEASES]


def tool_specs(restic: Path, rclone: Path) -> list[oci.Spec]:
    """Describe the images of the programs that backups use."""
    programs = {
        f"docker.io/restic/restic:{RESTIC_VERSION}": ("usr/bin/restic", restic),
        f"docker.io/rclone/rclone:{RCLONE_VERSION}": ("usr/local/bin/rclone", rclone),
    }
    return [oci.Spec(name, oci.pack_layer({path: binary.read_bytes()}, {}), (f"/{path}",)) for name, (path, binary) in programs.items()]


def all_specs(binaries: Mapping[str, Path]) -> list[oci.Spec]:
    """Describe every image that tests use."""
    return [*release_specs(binaries["reference-member"]), *tool_specs(binaries["restic"], binaries["rclone"])]


def ctr(*words: str, stdin: bytes | None = None) -> str:
    return run(["ctr", f"--address={paths.CONTAINERD_SOCKET}", "--namespace=k8s.io", *words], stdin)


def parse_listing(text: str) -> dict[str, str]:
    """Read `ctr images ls`: digests by name."""
    rows = [line.split() for line in text.splitlines()[1:]]
    return {row[0]: row[2] for row in rows if len(row) > 2}


def load(specs: Iterable[oci.Spec]) -> None:
    """Import the images that containerd does not hold, or holds with other content."""
    held = parse_listing(ctr("images", "ls"))
    missing = [spec for spec in specs if held.get(spec.name) != oci.digest(spec)]
    if missing:
        ctr("images", "import", "-", stdin=oci.pack(missing))
        say(f"imported {len(missing)} images")


def load_named(wanted: str, binaries: Mapping[str, Path]) -> None:
    """Import an archive, or one of our images by its full or short name."""
    if Path(wanted).is_file():
        say(ctr("images", "import", wanted).strip())
        return
    every = all_specs(binaries)
    specs = [spec for spec in every if spec.name == wanted or spec.name.endswith(f"/{wanted}")]
    if not specs:
        known = ", ".join(spec.name for spec in every)
        raise Failure(f"{wanted} is neither a file nor one of: {known}")
    load(specs)
