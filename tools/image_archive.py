# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Archives of images, as ``docker save`` and OCI tools write them: what is in them is read without loading them."""

import io
import json
import tarfile
import typing as t
from dataclasses import dataclass
from pathlib import Path

from testbed.progress import Failure

_NAME = "io.containerd.image.name"
_TAG = "org.opencontainers.image.ref.name"
Object = dict[str, t.Any]


@dataclass(frozen=True)
class Held:
    """What an archive holds: the program that was looked for, and the tag of its image."""

    program: str
    tag: str


def read(archive: Path, programs: t.Sequence[str]) -> Held:
    """Find which of these programs an archive's image has.

    :raises Failure: it is no archive of an image, or has none of them.
    """
    try:
        with tarfile.open(archive) as tar:
            name, layers = _image(tar, archive)
            there = {path for layer in layers for path in _paths(tar, layer, archive)}
    except (tarfile.TarError, KeyError, ValueError):
        raise Failure(f"{archive} is neither a program of this machine nor a whole archive of an image") from None
    for program in programs:
        if program in there:
            return Held(program, name.rpartition(":")[2])
    raise Failure(f"{archive}: the image has none of {', '.join(f'/{program}' for program in programs)}")


def _image(tar: tarfile.TarFile, archive: Path) -> tuple[str, list[str]]:
    """The image's name, and the members of the archive that are its layers, the lowest first."""
    names = set(tar.getnames())
    if "index.json" in names:
        entry = _one(_json(tar, "index.json")["manifests"], archive)
        annotations = entry.get("annotations", {})
        manifest = _manifest(tar, entry)
        return annotations.get(_NAME) or annotations.get(_TAG, ""), [_blob(layer) for layer in manifest["layers"]]
    if "manifest.json" in names:
        entry = _one(_json(tar, "manifest.json"), archive)
        return (entry.get("RepoTags") or [""])[0], entry["Layers"]
    raise Failure(f"{archive} is a tar archive, but of no image: it has neither index.json nor manifest.json")


def _one(entries: t.Any, archive: Path) -> Object:
    if len(entries) != 1:
        raise Failure(f"{archive} holds {len(entries)} images: give an archive of one")
    return t.cast(Object, entries[0])


def _manifest(tar: tarfile.TarFile, entry: Object) -> Object:
    """The manifest that an entry leads to, through a list of platforms where there is one."""
    found = _json(tar, _blob(entry))
    if "manifests" not in found:
        return found
    fitting = [each for each in found["manifests"] if each.get("platform", {}).get("architecture") == "amd64"]
    return _json(tar, _blob(fitting[0])) if fitting else {"layers": []}


def _blob(described: Object) -> str:
    return f"blobs/{described['digest'].replace(':', '/')}"


def _json(tar: tarfile.TarFile, name: str) -> t.Any:
    file = tar.extractfile(name)
    assert file is not None
    return json.load(file)


def _paths(tar: tarfile.TarFile, layer: str, archive: Path) -> t.Iterator[str]:
    """The paths in one layer; gzip, bzip2 and xz are seen through."""
    inner = tar.extractfile(layer)
    assert inner is not None
    try:
        with tarfile.open(fileobj=inner) as files:
            for member in files:
                yield member.name.removeprefix("./").lstrip("/")
    except tarfile.ReadError:
        raise Failure(f"{archive}: a layer is compressed in a way that is not read here (gzip is)") from None


def rename(archive: Path, to: Path, name: str) -> str:
    """Copy an archive of one image, with this for its name; returns the image's digest, empty where the archive does not say it."""
    digest = ""
    with tarfile.open(archive) as tar, tarfile.open(to, "w") as out:
        is_oci = "index.json" in tar.getnames()
        for member in tar:
            content: t.IO[bytes] | None = tar.extractfile(member) if member.isfile() else None
            if member.name == "index.json":
                index = _json(tar, "index.json")
                digest = index["manifests"][0]["digest"]
                index["manifests"][0]["annotations"] = {_NAME: name, _TAG: name}
                content = _replaced(member, index)
            elif member.name == "manifest.json" and is_oci:
                continue  # who reads it would find the old name
            elif member.name == "manifest.json":
                entries = _json(tar, "manifest.json")
                entries[0]["RepoTags"] = [name]
                content = _replaced(member, entries)
            out.addfile(member, content)
    return str(digest)


def _replaced(member: tarfile.TarInfo, value: t.Any) -> t.IO[bytes]:
    text = json.dumps(value).encode()
    member.size = len(text)
    return io.BytesIO(text)
