# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images: the same input gives the same bytes; what differs shows in the digest."""

import io
import json
import pathlib
import tarfile
from dataclasses import replace

from testbed import images, oci

FILES = {"robustmq/libs/placement-center": b"binary", "etc/passwd": b"root:x:0:0::/:\n"}
LAYER = oci.pack_layer(FILES, {"robustmq/libs/broker-server": "placement-center"})
SPEC = oci.Spec("docker.io/robustmq/placement-center:0.4.0", LAYER, ("/robustmq/libs/placement-center",), {"A": "1"})


def test_packing_is_deterministic_in_any_order() -> None:
    again = oci.pack_layer(dict(reversed(FILES.items())), {"robustmq/libs/broker-server": "placement-center"})
    assert again == LAYER
    assert oci.pack([SPEC]) == oci.pack([replace(SPEC)])


def test_layer_holds_folders_modes_and_links() -> None:
    with tarfile.open(fileobj=io.BytesIO(LAYER)) as archive:
        seen = {member.name: (member.mode, member.linkname) for member in archive}
    assert seen["tmp"] == (0o1777, "")
    assert seen["robustmq/libs"] == (0o755, "")
    assert seen["robustmq/libs/placement-center"] == (0o755, "")
    assert seen["robustmq/libs/broker-server"][1] == "placement-center"
    assert seen["etc/passwd"] == (0o644, "")


def test_a_folder_may_be_somebodys() -> None:
    layer = oci.pack_layer(FILES, {}, {"robustmq": 999})
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        owners = {member.name: (member.uid, member.gid) for member in archive}
    assert owners["robustmq"] == (999, 999)
    assert owners["robustmq/libs"] == owners["robustmq/libs/placement-center"] == (0, 0)


def test_images_share_a_layer_and_differ_in_their_config() -> None:
    other = replace(SPEC, name="docker.io/robustmq/placement-center:0.4.1", env={"A": "2"})
    assert oci.digest(other) != oci.digest(SPEC)
    with tarfile.open(fileobj=io.BytesIO(oci.pack([SPEC, other]))) as archive:
        blobs = [name for name in archive.getnames() if name.startswith("blobs/")]
        index = json.load(archive.extractfile("index.json"))  # type: ignore[arg-type]
    assert len(blobs) == 5
    assert [entry["digest"] for entry in index["manifests"]] == [oci.digest(SPEC), oci.digest(other)]


def test_the_newer_generation_has_the_published_layout(tmp_path: pathlib.Path) -> None:
    program = tmp_path / "reference-member"
    program.write_bytes(b"binary")
    (spec,) = [made for made in images.release_specs(program) if made.name.endswith("robustmq:v0.4.12")]
    assert (spec.working_dir, spec.entrypoint, spec.user) == ("/robustmq", ("./libs/broker-server",), "robustmq")
    with tarfile.open(fileobj=io.BytesIO(spec.layer)) as archive:
        names = set(archive.getnames())
        passwd = archive.extractfile("etc/passwd")
        assert passwd is not None and b"robustmq:x:999:" in passwd.read()
        assert archive.getmember("robustmq").uid == 999
    assert not names & {"robustmq/data", "robustmq/logs", "robustmq/config"}
