# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The small readers of other programs' output."""

import base64
from pathlib import Path

import pytest

from testbed.addons import dns_query
from testbed.api import embedded
from testbed.cleanup import parse_mounts
from testbed.images import parse_listing
from testbed.packages import parse_list
from testbed.progress import Failure
from testbed.volumes import parse_crds

MOUNTS = """\
/dev/vda / ext4 rw 0 0
overlay /state/run/rootfs overlay rw 0 0
/dev/loop0 /state/a\\040b ext4 rw 0 0
tmpfs /state-of-another tmpfs rw 0 0
"""


def test_mounts_below_a_folder_come_newest_first() -> None:
    assert parse_mounts(MOUNTS, Path("/state")) == ["/state/a b", "/state/run/rootfs"]


def test_mounts_of_loop_devices_alone() -> None:
    assert parse_mounts(MOUNTS, Path("/state"), "/dev/loop") == ["/state/a b"]


def test_definitions_are_split_by_name() -> None:
    one, two = (f"kind: CustomResourceDefinition\nmetadata:\n  name: {name}\nspec:\n  names:\n    kind: A\n" for name in ("a.b", "c.d"))
    assert parse_crds(f"---\n{one}\n---\n{two}") == {"a.b": f"\n{one}\n", "c.d": f"\n{two}"}


def test_image_listing_gives_digests_by_name() -> None:
    text = "REF TYPE DIGEST SIZE\ndocker.io/a:1 application/x sha256:aa 1.0 MiB linux/amd64 -\n"
    assert parse_listing(text) == {"docker.io/a:1": "sha256:aa"}


def test_package_list_drops_comments() -> None:
    assert parse_list("# why\nrunc  runc # a\n\n") == {"runc": "runc"}


def test_kubeconfig_field() -> None:
    text = f"users:\n- user:\n    client-key-data: {base64.b64encode(b'key').decode()}\n"
    assert embedded(text, "client-key-data") == b"key"
    with pytest.raises(Failure, match="client-certificate-data"):
        embedded(text, "client-certificate-data")


def test_dns_query_asks_for_an_address() -> None:
    assert dns_query("a.bc") == bytes.fromhex("00010100000100000000000001610262630000010001")
