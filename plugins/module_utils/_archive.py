# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One compressed archive, whole or not at all, readable by its owner alone."""

from __future__ import annotations

import contextlib
import io
import os
import tarfile
import tempfile
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput


def folder(dest: str) -> str:
    """The folder, made where it is missing.

    :raises BadInput: nothing can be written there.
    """
    path = os.path.abspath(dest)
    try:
        os.makedirs(path, mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as exc:
        raise BadInput("dest", dest, f"cannot be written to: {exc.strerror}", "name a folder that this user may write to") from exc
    return path


def write(path: str, files: t.Mapping[str, bytes], at: int) -> int:
    """Write the files into a ``.tar.gz``, under one folder of its own name; the archive's size in bytes.

    :param at: Unix time that the entries bear.
    :raises BadInput: the disk refuses.
    """
    top = os.path.basename(path).removesuffix(".tar.gz")
    try:
        descriptor, unfinished = tempfile.mkstemp(dir=os.path.dirname(path), prefix=f".{top}-")  # mode 0600
        try:
            with open(descriptor, "wb") as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
                for name, content in files.items():
                    entry = tarfile.TarInfo(f"{top}/{name}")
                    entry.size, entry.mtime, entry.mode = len(content), at, 0o600
                    archive.addfile(entry, io.BytesIO(content))
            os.replace(unfinished, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(unfinished)
            raise
        return os.path.getsize(path)
    except OSError as exc:
        raise BadInput("dest", path, f"cannot be written: {exc.strerror}", "make room, or name another folder") from exc
