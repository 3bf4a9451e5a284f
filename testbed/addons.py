# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a bare cluster still lacks: bindings and DNS."""

import json
import socket
import struct
import typing as t
from pathlib import Path

from testbed import paths
from testbed.api import Api
from testbed.processes import Daemon
from testbed.settings import BRIDGE_ADDRESS, DNS_DOMAIN, DNS_SERVICE

_RBAC = "rbac.authorization.k8s.io"

# A lifetime of one second: a member's new address must be seen at once. Names outside
# the cluster do not exist, so that a test never depends on the machine's resolver.
COREFILE = f"""\
{DNS_DOMAIN} in-addr.arpa {{
    bind {BRIDGE_ADDRESS}
    errors
    kubernetes {{
        kubeconfig {paths.SYSTEM_KUBECONFIG}
        pods insecure
        ttl 1
    }}
    cache 1
    loadbalance
}}
. {{
    bind {BRIDGE_ADDRESS}
    errors
    template ANY ANY {{
        rcode NXDOMAIN
    }}
}}
"""


def _binding(name: str, role: str, subject: dict[str, str]) -> tuple[str, dict[str, t.Any]]:
    return f"/apis/{_RBAC}/v1/clusterrolebindings/{name}", {
        "apiVersion": f"{_RBAC}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": {"apiGroup": _RBAC, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": _RBAC, **subject}],
    }


def _dns_objects() -> list[tuple[str, dict[str, t.Any]]]:
    """Describe the DNS service: CoreDNS runs on the host, so its endpoint is written by hand."""
    protocols = {"dns": "UDP", "dns-tcp": "TCP"}
    ports = [{"name": name, "protocol": protocol, "port": 53} for name, protocol in protocols.items()]
    namespace = "namespaces/kube-system"
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "kube-dns", "namespace": "kube-system"},
        "spec": {"clusterIP": DNS_SERVICE, "ports": ports},
    }
    endpoint = {
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": {
            "name": "kube-dns-host",
            "namespace": "kube-system",
            "labels": {"kubernetes.io/service-name": "kube-dns"},
        },
        "addressType": "IPv4",
        "endpoints": [{"addresses": [BRIDGE_ADDRESS], "conditions": {"ready": True}}],
        "ports": ports,
    }
    return [
        (f"/api/v1/{namespace}/services/kube-dns", service),
        (f"/apis/discovery.k8s.io/v1/{namespace}/endpointslices/kube-dns-host", endpoint),
    ]


def apply_objects(api: Api) -> None:
    """Write the objects: kubeadm's two bindings and DNS."""
    objects = [
        _binding("kubeadm:cluster-admins", "cluster-admin", {"kind": "Group", "name": "kubeadm:cluster-admins"}),
        # Without it logs, exec, port-forward and node statistics are forbidden.
        _binding(
            "testbed:apiserver-kubelet",
            "system:kubelet-api-admin",
            {"kind": "User", "name": "kube-apiserver-kubelet-client"},
        ),
        *_dns_objects(),
    ]
    for path, manifest in objects:
        api.apply(path, json.dumps(manifest))


def coredns(binary: Path) -> Daemon:
    """Configure CoreDNS, on the host at the bridge's address."""
    config = paths.write_config("Corefile", COREFILE)
    return Daemon("coredns", [str(binary), f"-conf={config}"], {"GOGC": "60", "GOMEMLIMIT": "60MiB"})


def dns_query(name: str) -> bytes:
    """Build a DNS question for the IPv4 address of name."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    return struct.pack(">6H", 1, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">2H", 1, 1)


def dns_answers() -> bool:
    """Ask the DNS service, through kube-proxy, where the API server is."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(0.5)
        try:
            client.sendto(dns_query(f"kubernetes.default.svc.{DNS_DOMAIN}"), (DNS_SERVICE, 53))
            answer = client.recv(512)
        except OSError:
            return False
    _, flags, _, answers = struct.unpack(">4H", answer[:8])
    return bool(flags & 0x000F == 0 and answers > 0)
