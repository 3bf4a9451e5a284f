# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control plane's programs and their flags."""

from pathlib import Path

from testbed import paths
from testbed.processes import Daemon
from testbed.settings import (
    API_PORT,
    BRIDGE_ADDRESS,
    CONTROLLER_MANAGER_PORT,
    ETCD_PEER_PORT,
    ETCD_PORT,
    NODE,
    SCHEDULER_PORT,
    SERVICE_SUBNET,
)

ETCD_URL = f"https://127.0.0.1:{ETCD_PORT}"

# What tests of a stateful service need; left out are clouds, autoscaling and bootstrap tokens.
CONTROLLERS = (
    "clusterrole-aggregation-controller",
    "cronjob-controller",
    "daemonset-controller",
    "deployment-controller",
    "disruption-controller",
    "endpoints-controller",
    "endpointslice-controller",
    "endpointslice-mirroring-controller",
    "ephemeral-volume-controller",
    "garbage-collector-controller",
    "job-controller",
    "namespace-controller",
    "node-lifecycle-controller",
    "persistentvolume-attach-detach-controller",
    "persistentvolume-binder-controller",
    "persistentvolume-expander-controller",
    "persistentvolume-protection-controller",
    "persistentvolumeclaim-protection-controller",
    "pod-garbage-collector-controller",
    "replicaset-controller",
    "resourcequota-controller",
    "root-ca-certificate-publisher-controller",
    "service-cidr-controller",
    "serviceaccount-controller",
    "serviceaccount-token-controller",
    "statefulset-controller",
    "taint-eviction-controller",
    "ttl-after-finished-controller",
)


def daemons(kube: Path) -> list[Daemon]:
    """List the control plane in the order it starts."""
    return [_etcd(kube), _apiserver(kube), _controller_manager(kube), _scheduler(kube)]


def _etcd(kube: Path) -> Daemon:
    peer = f"https://127.0.0.1:{ETCD_PEER_PORT}"
    tls = paths.PKI / "etcd"
    return Daemon(
        "etcd",
        [
            str(kube), "etcd",
            f"--name={NODE}",
            f"--data-dir={paths.STATE}/etcd",
            # The data outlives no crash of the machine and need not: no waiting for the disk.
            "--unsafe-no-fsync",
            "--log-level=warn",
            f"--listen-client-urls={ETCD_URL}",
            f"--advertise-client-urls={ETCD_URL}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster={NODE}={peer}",
            f"--cert-file={tls}/server.crt",
            f"--key-file={tls}/server.key",
            f"--trusted-ca-file={tls}/ca.crt",
            "--client-cert-auth",
            f"--peer-cert-file={tls}/peer.crt",
            f"--peer-key-file={tls}/peer.key",
            f"--peer-trusted-ca-file={tls}/ca.crt",
            "--peer-client-cert-auth",
        ],
        {"GOMEMLIMIT": "200MiB"},
    )  # fmt: skip


def _apiserver(kube: Path) -> Daemon:
    pki = paths.PKI
    return Daemon(
        "kube-apiserver",
        [
            str(kube), "kube-apiserver",
            f"--advertise-address={BRIDGE_ADDRESS}",
            f"--bind-address={BRIDGE_ADDRESS}",
            f"--secure-port={API_PORT}",
            "--allow-privileged=true",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            f"--client-ca-file={pki}/ca.crt",
            f"--tls-cert-file={pki}/apiserver.crt",
            f"--tls-private-key-file={pki}/apiserver.key",
            f"--etcd-servers={ETCD_URL}",
            f"--etcd-cafile={pki}/etcd/ca.crt",
            f"--etcd-certfile={pki}/apiserver-etcd-client.crt",
            f"--etcd-keyfile={pki}/apiserver-etcd-client.key",
            f"--kubelet-client-certificate={pki}/apiserver-kubelet-client.crt",
            f"--kubelet-client-key={pki}/apiserver-kubelet-client.key",
            "--kubelet-preferred-address-types=InternalIP",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={pki}/sa.pub",
            f"--service-account-signing-key-file={pki}/sa.key",
            f"--service-cluster-ip-range={SERVICE_SUBNET}",
            f"--requestheader-client-ca-file={pki}/front-proxy-ca.crt",
            "--requestheader-allowed-names=front-proxy-client",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            f"--proxy-client-cert-file={pki}/front-proxy-client.crt",
            f"--proxy-client-key-file={pki}/front-proxy-client.key",
            "--profiling=false",
        ],
        {"GOGC": "60", "GOMEMLIMIT": "500MiB"},
    )  # fmt: skip


def _client(program: str, port: int) -> list[str]:
    """Give the flags by which a program reaches the API server and answers on one local port."""
    config = paths.CONFIG / f"{program}.conf"
    return [
        f"--kubeconfig={config}",
        f"--authentication-kubeconfig={config}",
        f"--authorization-kubeconfig={config}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        "--leader-elect=false",
        "--profiling=false",
    ]


def _controller_manager(kube: Path) -> Daemon:
    pki = paths.PKI
    return Daemon(
        "kube-controller-manager",
        [
            str(kube), "kube-controller-manager",
            *_client("controller-manager", CONTROLLER_MANAGER_PORT),
            f"--controllers={','.join(CONTROLLERS)}",
            "--use-service-account-credentials=true",
            f"--root-ca-file={pki}/ca.crt",
            f"--client-ca-file={pki}/ca.crt",
            f"--requestheader-client-ca-file={pki}/front-proxy-ca.crt",
            f"--service-account-private-key-file={pki}/sa.key",
        ],
        {"GOGC": "60", "GOMEMLIMIT": "150MiB"},
    )  # fmt: skip


def _scheduler(kube: Path) -> Daemon:
    command = [str(kube), "kube-scheduler", *_client("scheduler", SCHEDULER_PORT)]
    return Daemon("kube-scheduler", command, {"GOGC": "60", "GOMEMLIMIT": "100MiB"})
