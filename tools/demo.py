# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job, shown: an embedded Kubernetes, three raft members in order, each on its own volume, and the proof."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

from tools.suite import cluster_runs

STARTED = time.monotonic()
# As the contract says, but for waiting: the probes ask sooner, and the members ask for less of a small machine.
VARIABLES = {
    "pc_probes": {"preset": "tuned", "readiness": {"initialDelaySeconds": 3, "periodSeconds": 1}},
    "pc_resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"cpu": "1000m", "memory": "512Mi"}},
    "pc_stable_seconds": 5,
}
NAMESPACE = "robustmq"
PLAYBOOK = "ansible-playbook robustmq.placement_center."


def show(title: str, command: str, quiet: bool = False) -> None:
    """Print what is done and the command that does it, then do it."""
    passed = time.monotonic() - STARTED
    print(f"\n=== {int(passed // 60):02}:{int(passed % 60):02}  {title}\n    $ {command}\n", flush=True)
    done = subprocess.run(command, shell=True, check=False, stdout=subprocess.DEVNULL if quiet else None)
    if done.returncode:
        print(f"\nThe demonstration stopped: that command failed ({done.returncode}).", file=sys.stderr)
        sys.exit(1)


def main() -> None:
    """Up, deploy, look, deploy again, lose a pod, look, down; a cluster that ran before stays up."""
    keep = cluster_runs() or os.environ.get("KEEP") == "1"
    given = f"-e '{json.dumps(VARIABLES)}'"
    show("A real Kubernetes on this machine", f"{sys.executable} -m testbed up")
    try:
        show("Deploy: everything is planned first, then the members start one after the other", f"{PLAYBOOK}deploy {given}")
        show("Each member has a volume of its own", f"kubectl get pods,pvc -n {NAMESPACE}")
        show("The status screen", f"{PLAYBOOK}status")
        show("A second deploy finds nothing to do", f"{PLAYBOOK}deploy {given}")
        update = f"{PLAYBOOK}upgrade -e pc_image=robustmq/placement-center:0.4.0 -e pc_stable_seconds=2"
        show("An update: one member at a time, each behind proof", update)
        show("A pod is lost ...", f"kubectl delete pod placement-center-2 -n {NAMESPACE}")
        show(
            "... and meets its data again",
            "ansible localhost -m robustmq.placement_center.pc_health -a 'wait_timeout=120 stable_seconds=3 must_pass=true'",
            quiet=True,
        )
        show("The status screen once more", f"{PLAYBOOK}status")
        show("Taken down; the data stays", f"{PLAYBOOK}destroy -e pc_confirm=placement-center")
    finally:
        if not keep:
            subprocess.run([sys.executable, "-m", "testbed", "down"], check=False)
    seconds = time.monotonic() - STARTED
    print(f'\nDone in {int(seconds // 60)} min {int(seconds % 60)} s. To look around: make up, then eval "$(make -s env)".')


if __name__ == "__main__":
    main()
