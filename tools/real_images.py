# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real servers as images: a program packed with its libraries in the published layout, or an archive that holds one.

Which generation a program is of, it says itself: its help names the file that it reads without ``--conf``. Of which release it is, it
does not say (its ``--version`` counts a library), so that is read from the name of its file or folder.
"""

import hashlib
import json
import lzma
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from testbed import images, oci, paths
from testbed.progress import Failure, say
from tools import image_archive

LAYOUT = "1"  # another number where the same program would be packed otherwise
KEPT = 8  # folders of the cache: an unpacked program and an image for each of two servers, twice
ARCHIVE = "image.tar"
_REGISTRY = "real.testbed"
_NUMBERS = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
# A system account, as useradd -r makes it: not the number that the members run as by default.
_PASSWD = b"root:x:0:0:root:/:/bin/sh\nrobustmq:x:999:999:robustmq:/robustmq:/bin/sh\n"
_GROUP = b"root:x:0:\nrobustmq:x:999:\n"
_SHELL = Path("/bin/sh")  # the published image has one, and the older generation is stopped by it

Release = tuple[int, int, int]


@dataclass(frozen=True)
class Generation:
    """What tells one generation of the server: its profile, its program, the configuration that it asks for, and its newest release."""

    profile: str
    program: str
    config: str
    newest: Release


GENERATIONS = (
    Generation("v0_4", "robustmq/libs/broker-server", "config/server.toml", (0, 4, 11)),
    Generation("v0_1", "robustmq/libs/placement-center", "config/placement-center.toml", (0, 1, 28)),
)


@dataclass(frozen=True)
class Found:
    """What a path holds: a program or an archive of one, and its release where a name tells it."""

    path: Path
    generation: Generation
    release: str
    is_archive: bool


@dataclass(frozen=True)
class Image:
    """An image in the cluster: its name there, and the profile that it is deployed with."""

    name: str
    profile: str


def release_of(path: Path) -> str:
    """The release that the name of a file, or of its folder, tells; empty where neither does."""
    for name in (path.name, path.parent.name):
        if found := _NUMBERS.search(name):
            return "v" + found[0].removeprefix("v")
    return ""


def after(release: str) -> str:
    """The release that is to come after one: what has no number of its own is newer than what has."""
    major, minor, patch = (int(number) for number in _NUMBERS.fullmatch(release).groups())  # type: ignore[union-attr]
    return f"v{major}.{minor}.{patch + 1}-next"


def examine(path: Path) -> Found:
    """Tell what a path holds, without changing anything.

    :raises Failure: one line, which tells why it cannot be used.
    """
    if not path.is_file():
        raise Failure(f"{path}: there is no such file")
    if path.suffix == ".xz":
        path = unpacked(path)
    with path.open("rb") as file:
        is_program = file.read(4) == b"\x7fELF"
    if is_program:
        return Found(path, _generation_of(path), release_of(path), is_archive=False)
    held = image_archive.read(path, [generation.program for generation in GENERATIONS])
    (generation,) = (each for each in GENERATIONS if each.program == held.program)
    return Found(path, generation, release_of(Path(held.tag)) or release_of(path), is_archive=True)


def _generation_of(program: Path) -> Generation:
    """Ask a program for its help; it has to run here to be asked."""
    libraries(program)
    try:
        done = subprocess.run([program.resolve(), "--help"], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(f"{program} does not run here: {getattr(error, 'strerror', None) or 'it does not answer --help'}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Failure(f"{program} does not run here: it ended with {done.returncode}{f': {said[-1]}' if said else ''}")
    for generation in GENERATIONS:
        if f"default: {generation.config}]" in done.stdout:
            return generation
    wanted = " nor ".join(each.program.rpartition("/")[2] for each in GENERATIONS)
    raise Failure(f"{program} is neither {wanted}: its help names no configuration file of theirs")


def libraries(program: Path) -> list[Path]:
    """The libraries that a program is linked to, and its loader.

    :raises Failure: one is not there.
    """
    said = subprocess.run(["ldd", program.resolve()], capture_output=True, text=True, check=False).stdout
    if missing := re.findall(r"(\S+) => not found", said):
        raise Failure(f"{program} does not run here: it needs {', '.join(missing)}")
    return [Path(found) for found in re.findall(r"(/\S+) \(0x", said)]


def unpacked(compressed: Path) -> Path:
    """The file in an xz archive, kept in the cache under the archive's content; its folder has the archive's name."""

    def unpack(folder: Path) -> None:
        say(f"unpacking {compressed.name}")
        inner = folder / compressed.stem / compressed.stem
        inner.parent.mkdir()
        try:
            with lzma.open(compressed) as packed, inner.open("wb") as out:
                shutil.copyfileobj(packed, out, 1 << 20)
        except (lzma.LZMAError, EOFError):
            raise Failure(f"{compressed} is no whole xz archive") from None
        inner.chmod(0o755)

    return _cached(_digest_of(compressed), unpack) / compressed.stem / compressed.stem


def _digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _cached(content: str, make: Callable[[Path], None]) -> Path:
    """The cache's folder for this content; made beside and renamed, so that a killed one leaves nothing half made."""
    folder = paths.CACHE / f"real-{content[:16]}"
    if not folder.exists():
        paths.CACHE.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=".partial-real-", dir=paths.CACHE))
        try:
            make(partial)
            if not folder.exists():
                partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    os.utime(folder)
    _prune()
    return folder


def _prune() -> None:
    made = sorted(paths.CACHE.glob("real-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in made[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def name_of(generation: Generation, release: str) -> str:
    """The image's name in the cluster: no registry has it, and no image of the reference member is called so."""
    return f"{_REGISTRY}/{generation.program.rpartition('/')[2]}:{release}"


def packed(found: Found, name: str) -> tuple[Path, str]:
    """An archive of the image in the cache, and the image's digest."""
    content = [LAYOUT, name, _digest_of(found.path)]
    if not found.is_archive:
        content += [_digest_of(library) for library in _all_libraries(found.path)]

    def make(folder: Path) -> None:
        say(f"packing {found.path} as {name}")
        archive = folder / ARCHIVE
        digest = image_archive.rename(found.path, archive, name) if found.is_archive else _pack(found, archive, name)
        (folder / "image.json").write_text(json.dumps({"digest": digest}))

    folder = _cached(hashlib.sha256("\n".join(content).encode()).hexdigest(), make)
    return folder / ARCHIVE, str(json.loads((folder / "image.json").read_text())["digest"])


def _all_libraries(program: Path) -> list[Path]:
    return [*dict.fromkeys([*libraries(program), *libraries(_SHELL)])]


def _pack(found: Found, archive: Path, name: str) -> str:
    """Pack a program as the published image has it: the makers' folders, but neither data nor logs."""
    files = {str(library).lstrip("/"): library.read_bytes() for library in _all_libraries(found.path)}
    files |= {found.generation.program: found.path.read_bytes(), "bin/sh": _SHELL.read_bytes(), "etc/passwd": _PASSWD, "etc/group": _GROUP}
    entrypoint = (f"./{found.generation.program.removeprefix('robustmq/')}",)
    spec = oci.Spec(name, oci.pack_layer(files, {}), entrypoint, user="robustmq", working_dir="/robustmq")
    archive.write_bytes(oci.pack([spec]))
    return oci.digest(spec)


def load(found: Found, release: str) -> Image:
    """Give the cluster the image of a server; nothing is copied where it has that content already."""
    name = name_of(found.generation, release)
    archive, digest = packed(found, name)
    if _held().get(name) != digest:
        images.ctr("images", "import", str(archive))
        say(f"imported {name}")
    return Image(name, found.generation.profile)


def again(image: Image) -> Image:
    """The same image under another tag, whose release is the same: an update that changes nothing but the pods."""
    name = f"{image.name}-again"
    held = _held()
    if held.get(name) != held.get(image.name):
        images.ctr("images", "tag", "--force", image.name, name)
    return Image(name, image.profile)


def _held() -> dict[str, str]:
    return images.parse_listing(images.ctr("images", "ls"))


def same_content(one: Path, other: Path) -> bool:
    """Whether two paths hold the same bytes."""
    return _digest_of(one) == _digest_of(other)
