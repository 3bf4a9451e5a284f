# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make integration`: the tests four at a time; what fails among them has to pass alone.

Four clusters share the machine's few cores, so that a member may miss a deadline that it keeps elsewhere. A few failures are
therefore run once more, one by one; they are told by name either way, and their evidence is kept. More than a few fail the whole.
"""

import json
import subprocess
import sys

from tools.environment import ROOT

FEW = 4
FAILED = 1  # pytest's word for: tests ran, and some did not pass


def main() -> int:
    """Run the tests; return pytest's exit code."""
    code = pytest("--cache-clear", "-n", "4", "-m", "not long", "tests/integration")
    if code != FAILED:
        return code
    names = sorted(json.loads((ROOT / ".pytest_cache/v/cache/lastfailed").read_text()))
    if len(names) > FEW:
        return code
    print(f"\nfailed beside others, run once more alone: {', '.join(names)}", flush=True)
    code = pytest(*names)
    if code == 0:
        print(f"UNSTEADY: failed beside others, passed alone: {', '.join(names)}", flush=True)
    return code


def pytest(*words: str) -> int:
    """Run pytest as a person would."""
    return subprocess.run([sys.executable, "-m", "pytest", "-q", *words], cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
