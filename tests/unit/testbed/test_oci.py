# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images: the same input gives the same bytes; what differs shows in the digest."""

import io
import json
import tarfile
from dataclasses import replace

from testbed import oci

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


def test_images_share_a_layer_and_differ_in_their_config() -> None:
    other = replace(SPEC, name="docker.io/robustmq/placement-center:0.4.1", env={"A": "2"})
    assert oci.digest(other) != oci.digest(SPEC)
    with tarfile.open(fileobj=io.BytesIO(oci.pack([SPEC, other]))) as archive:
        blobs = [name for name in archive.getnames() if name.startswith("blobs/")]
        index = json.load(archive.extractfile("index.json"))  # type: ignore[arg-type]
    assert len(blobs) == 5
    assert [entry["digest"] for entry in index["manifests"]] == [oci.digest(SPEC), oci.digest(other)]
