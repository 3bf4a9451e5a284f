# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference member of v0.1 in an image that has a shell, as images that are built on a distribution have."""

from __future__ import annotations

import io
import pathlib
import re
import subprocess
import tarfile
from dataclasses import replace

from testbed import artifacts, images, oci

RELEASE = next(r for r in images.RELEASES if r.shape == "v0_1")
IMAGE = "robustmq/placement-center:0.1.28-shell"


def load() -> str:
    """Give the node the image; returns its name."""
    (spec,) = [s for s in images.release_specs(artifacts.ensure([artifacts.MEMBER])[artifacts.MEMBER.name]) if s.name == RELEASE.name]
    needs = re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", "/bin/sh"], check=True, capture_output=True, text=True).stdout)
    files = {path.lstrip("/"): pathlib.Path(path).read_bytes() for path in ("/bin/sh", *needs)}
    images.load([replace(spec, name=f"docker.io/{IMAGE}", layer=oci.pack_layer({**_files(spec.layer), **files}, {}))])
    return IMAGE


def _files(layer: bytes) -> dict[str, bytes]:
    """A layer's files, read back out of it."""
    with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
        return {m.name: f.read() for m in archive.getmembers() if m.isfile() and (f := archive.extractfile(m))}
