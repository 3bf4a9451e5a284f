# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The testbed's Go and Rust parts: format, lints, tests. Cargo builds in the cache, never in the checkout."""

import os
import shutil
import subprocess
import sys

from testbed import paths
from tools.environment import ROOT
from tools.progress import Problem, say

CSI = ROOT / "testbed" / "csi"
MEMBER = ROOT / "testbed" / "member"
GO_FOLDERS = ("csi", "coredns", "kube", "pause", "rclone")

CHECKS: list[tuple[str, list[str], str]] = [
    ("gofmt", ["gofmt", "-l", *GO_FOLDERS], str(ROOT / "testbed")),
    ("go vet", ["go", "vet", "./..."], str(CSI)),
    ("go test", ["go", "test", "./..."], str(CSI)),
    ("cargo fmt", ["cargo", "fmt", "--check"], str(MEMBER)),
    ("cargo clippy", ["cargo", "clippy", "--locked", "--release", "--all-targets", "--", "-D", "warnings"], str(MEMBER)),
    ("cargo test", ["cargo", "test", "--locked", "--release"], str(MEMBER)),
]


def main() -> None:
    """Run the checks; the first that fails ends it."""
    missing = [program for program in ("go", "gofmt", "cargo") if shutil.which(program) is None]
    if missing:
        raise Problem(f"please install Go and Rust; missing: {', '.join(missing)}")
    environment = os.environ | {"CARGO_TARGET_DIR": str(paths.CACHE / "cargo-target")}
    for name, command, folder in CHECKS:
        say(name)
        # gofmt -l lists what it would change and succeeds all the same.
        lists = command[0] == "gofmt"
        done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE if lists else None, text=True, check=False)
        if done.returncode or (lists and done.stdout):
            raise Problem(f"{name} failed{': ' + done.stdout if lists else ''}")


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(f"testbed-checks: {problem}")
