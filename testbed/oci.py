# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Container images packed by hand: the same input always gives the same bytes."""

import io
import json
import tarfile
import typing as t
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True)
class Spec:
    """An image: its full name, its one layer, and how it starts."""

    name: str
    layer: bytes
    entrypoint: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    working_dir: str = ""


def _entry(name: str, kind: bytes = tarfile.REGTYPE, mode: int = 0o755, owner: int = 0) -> tarfile.TarInfo:
    """Describe a file with nothing in it that differs from one packing to the next."""
    info = tarfile.TarInfo(name)
    info.type, info.mode = kind, mode
    info.uid = info.gid = owner
    return info


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    info = _entry(name, mode=mode)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def pack_layer(files: Mapping[str, bytes], links: Mapping[str, str], owners: Mapping[str, int] | None = None) -> bytes:
    """Pack executables, small text files (under etc/) and symbolic links, with a /tmp for everyone; folders are root's or their owners'."""
    owners = owners or {}
    folders = {"tmp", *owners}
    for name in (*files, *links):
        parts = name.split("/")[:-1]
        folders.update("/".join(parts[: depth + 1]) for depth in range(len(parts)))
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for folder in sorted(folders):
            archive.addfile(_entry(folder, tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755, owners.get(folder, 0)))
        for name, content in sorted(files.items()):
            _add(archive, name, content, 0o644 if name.startswith("etc/") else 0o755)
        for name, target in sorted(links.items()):
            info = _entry(name, tarfile.SYMTYPE)
            info.linkname = target
            archive.addfile(info)
    return buffer.getvalue()


def _digest(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"


def _json(value: t.Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _described(media_type: str, content: bytes) -> dict[str, t.Any]:
    return {"mediaType": media_type, "digest": _digest(content), "size": len(content)}


def _config(spec: Spec) -> bytes:
    runtime: dict[str, t.Any] = {"Entrypoint": list(spec.entrypoint), "Env": [f"{k}={v}" for k, v in sorted(spec.env.items())]}
    if spec.user:
        runtime["User"] = spec.user
    if spec.working_dir:
        runtime["WorkingDir"] = spec.working_dir
    rootfs = {"type": "layers", "diff_ids": [_digest(spec.layer)]}
    return _json({"architecture": "amd64", "os": "linux", "config": runtime, "rootfs": rootfs})


def manifest(spec: Spec) -> bytes:
    """Write the image's manifest; its digest is the image's identity."""
    return _json(
        {
            "schemaVersion": 2,
            "mediaType": _MANIFEST,
            "config": _described(_CONFIG, _config(spec)),
            "layers": [_described(_LAYER, spec.layer)],
        }
    )


def digest(spec: Spec) -> str:
    """Give the digest a container runtime shows for the image."""
    return _digest(manifest(spec))


def pack(specs: list[Spec]) -> bytes:
    """Pack images into one OCI archive; a layer that several share is in it once."""
    blobs: dict[str, bytes] = {}
    entries = []
    for spec in specs:
        for content in (spec.layer, _config(spec), manifest(spec)):
            blobs[_digest(content).replace(":", "/")] = content
        labels = {"io.containerd.image.name": spec.name, "org.opencontainers.image.ref.name": spec.name}
        entries.append({**_described(_MANIFEST, manifest(spec)), "annotations": labels})
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        _add(archive, "oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
        _add(archive, "index.json", _json({"schemaVersion": 2, "mediaType": _INDEX, "manifests": entries}))
        for name, content in sorted(blobs.items()):
            _add(archive, f"blobs/{name}", content)
    return buffer.getvalue()
