# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make real SERVER=PATH [NEXT=PATH]`: real servers packed as images, and the tests of `tests/real` on three members of them.

A path is a program, an xz archive of one, or an archive of an image. Everything is looked at before anything is changed: what cannot be
used is one line. Without SERVER nothing runs, and that is no failure.
"""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from testbed import cluster
from testbed.progress import Failure
from tests.real.servers import Server, told
from tools import real_images
from tools.environment import ROOT
from tools.real_images import Found

TESTS = "tests/real"
NO_SERVER = "real: no server is given, so nothing ran: make real SERVER=PATH [NEXT=PATH]"


@dataclass(frozen=True)
class Chosen:
    """A server and the one after it, each with the release that its image is tagged with; without a next, its own image once more."""

    server: Found
    release: str
    next: Found | None
    next_release: str


def choose(server: Path, following: Path | None) -> Chosen:
    """Look at both paths, changing nothing.

    :raises Failure: one line, which tells why they cannot be used.
    """
    first = real_images.examine(server)
    release = first.release or "v" + ".".join(map(str, first.generation.newest))
    if not first.release:
        print(f"real: no name tells the release of {server}: taken as {release}", flush=True)
    if following is None:
        return Chosen(first, release, None, "")
    second = real_images.examine(following)
    if second.generation != first.generation:
        raise Failure(f"{following} is of the profile {second.generation.profile}, {server} of {first.generation.profile}: one cannot follow the other")
    if real_images.same_content(first.path, second.path):
        return Chosen(first, release, None, "")
    next_release = second.release or real_images.after(release)
    if next_release == release:
        raise Failure(f"{following} and {server} are both called {release}, and differ: name the release of each in its file's or folder's name")
    return Chosen(first, release, second, next_release)


def load(chosen: Chosen) -> Server:
    """Give the cluster both images."""
    image = real_images.load(chosen.server, chosen.release)
    following = real_images.load(chosen.next, chosen.next_release) if chosen.next else real_images.again(image)
    return Server(image.profile, image.name, following.name)


def run(server: Server, words: list[str], core: bool, seconds: float | None = None) -> int:
    """Run the tests on a server; return pytest's exit code.

    :param core: only that, two files at a time; all of them run one by one, since they measure.
    :param seconds: after which they are interrupted, and fail.
    """
    which = ["-m", "core", "-n", "2", "--dist", "loadfile"] if core else ["-v"]
    command = [sys.executable, "-m", "pytest", "-q", *which, *words, TESTS]
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **told(server)}) as process:
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            print(f"real: stopped after {seconds:.0f} s: the time is used up", flush=True)
            process.terminate()
            return process.wait() or 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tools.real", description=__doc__)
    parser.add_argument("--running", action="store_true", help="take the cluster as it runs, whichever checkout made it")
    parser.add_argument("--core", action="store_true", help="only the tests that a build server runs too")
    parser.add_argument("words", nargs="*", help="for pytest, after --")
    return parser


def main() -> int:
    """Pack, load, run; return the exit code."""
    options = _parser().parse_args()
    wanted, following = os.environ.get("SERVER", ""), os.environ.get("NEXT", "")
    if not wanted:
        print(NO_SERVER)
        return 0
    try:
        chosen = choose(Path(wanted), Path(following) if following else None)
        if not options.running:
            cluster.up()
        server = load(chosen)
    except Failure as error:
        print(f"real: {error}", file=sys.stderr)
        return 2
    return run(server, options.words, options.core)


def clock(seconds: float) -> str:
    """Write a duration as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"


if __name__ == "__main__":
    sys.exit(main())
