# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the cluster shows after a failed run, kept in tests/output: objects, events, logs and health of every member, by namespace."""

import json
import sys
from pathlib import Path

from tests.integration.cluster import Cluster, kubectl

OUTPUT = Path(__file__).resolve().parent.parent / "tests" / "output"


def main() -> int:
    """Leave a folder for each namespace that has members."""
    (OUTPUT / "nodes.txt").write_text(kubectl("describe", "nodes", check=False))
    sets = json.loads(kubectl("get", "statefulsets", "-A", "-o", "json", check=False) or '{"items": []}')["items"]
    for namespace in sorted({s["metadata"]["namespace"] for s in sets}):
        Cluster(namespace).leave_evidence(OUTPUT / namespace)
    return 0


if __name__ == "__main__":
    sys.exit(main())
