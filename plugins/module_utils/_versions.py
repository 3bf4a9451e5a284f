# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which version may follow which. Unknown is refused like anything else that cannot be proven."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile

Version = tuple[int, int, int]

_VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?")


def tag(image: str) -> str:
    """The image's tag, else the beginning of its digest."""
    name, _at, digest = image.partition("@")
    return name.rpartition("/")[2].partition(":")[2] or digest[:19]


def parse(image: str) -> Version | None:
    """The version that an image's tag names; None where it names none."""
    match = _VERSION.fullmatch(tag(image))
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def refusals(profile: Profile, running: t.Collection[str], wanted: str, downgrade: bool, unknown: bool) -> list[Refused]:
    """Why ``wanted`` may not follow the images that members run now.

    :param downgrade: an older version is meant. :param unknown: an image without a version is meant.
    """
    if set(running) == {wanted}:
        return []
    versions = {image: parse(image) for image in (*running, wanted)}
    nameless = sorted(image for image, version in versions.items() if version is None)
    if nameless:
        hint = "use a tag with a version, or set allow_unknown_version if you know that one may follow the other"
        return [] if unknown else [Refused("version_unknown", f"no version can be read from {', '.join(nameless)}", hint)]
    known = sorted(v for image, v in versions.items() if v and image != wanted) or [versions[wanted] or (0, 0, 0)]
    new = versions[wanted] or (0, 0, 0)
    found = [_moved(profile, min(known[0], new), max(known[-1], new), tag(wanted))]
    if new < known[-1] and not downgrade:
        text = f"{tag(wanted)} is older than {_text(known[-1])}, which a member runs"
        found.append(Refused("downgrade", text, "use the playbook rollback, or set allow_downgrade"))
    if new[0] != known[0][0] or new[1] - known[0][1] > profile.minor_steps:
        text = f"{_text(known[0])} to {tag(wanted)} skips releases: at most {profile.minor_steps} minor release at a time"
        found.append(Refused("version_skew", text, "update to the releases between first"))
    return [refusal for refusal in found if refusal]


def _moved(profile: Profile, low: Version, high: Version, wanted: str) -> Refused | None:
    """A version between the two at which the server began to keep its data elsewhere: it would open an empty database."""
    for moved in profile.format_moves:
        if low < moved <= high:
            text = f"{_text(moved)} keeps its data in another place or form than the versions before it: {wanted} would open an empty database"
            return Refused("storage_format_moved", text, "make a new cluster and move the data with the server's own means")
    return None


def _text(version: Version) -> str:
    return ".".join(map(str, version))
