# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What openshift-client sees of a cluster, as JSON: pods, claims, endpoints, and each member's own raft metrics."""

from __future__ import annotations

import json
import shutil
import sys
import typing as t
import urllib.request

import openshift_client as oc

METHOD = "/meta.service.common.MetaServiceService/ClusterStatus"
SELECTOR = {"app": "robustmq", "component": "placement-center"}


def metrics(address: str) -> dict[str, t.Any]:
    """Raft metrics of the member behind an address."""
    asked = urllib.request.Request(f"http://{address}:1228{METHOD}", b"\0" * 5, {"Content-Type": "application/grpc-web+proto"})
    with urllib.request.urlopen(asked, timeout=5) as answer:
        body = answer.read()
    return t.cast(dict[str, t.Any], json.JSONDecoder().raw_decode(body[body.index(b'{"') :].decode("utf-8", "replace"))[0])


def main() -> None:
    """Print everything."""
    oc.set_default_oc_path(shutil.which("kubectl"))
    with oc.project(sys.argv[1]):
        pods = [p.as_dict() for p in oc.selector("pods", labels=SELECTOR).objects()]
        claims = [c.as_dict() for c in oc.selector("pvc").objects()]
        slices = [s.as_dict() for s in oc.selector("endpointslices", labels={"kubernetes.io/service-name": "placement-center"}).objects()]
    groups: dict[str, dict[str, t.Any]] = {}
    for pod in pods:
        for name, said in metrics(pod["status"]["podIP"]).items():
            group = groups.setdefault(name, {"leaders": [], "voters": []})
            config = said["membership_config"]["membership"]["configs"][-1]
            group["leaders"] = sorted({*group["leaders"], said["current_leader"]})
            group["voters"] += [] if config in group["voters"] else [config]
    ready = [p["metadata"]["name"] for p in pods if any(c["type"] == "Ready" and c["status"] == "True" for c in p["status"]["conditions"])]
    print(
        json.dumps(
            {
                "ready": sorted(ready),
                "images": sorted({c["image"] for p in pods for c in p["spec"]["containers"]}),
                "claims": sorted(c["metadata"]["name"] for c in claims),
                "volumes": [c["spec"]["volumeName"] for c in claims],
                "endpoints": [a for s in slices for e in s["endpoints"] if e["conditions"]["ready"] for a in e["addresses"]],
                "groups": groups,
            }
        )
    )


if __name__ == "__main__":
    main()
