# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates and kubeconfigs, made by kubeadm's own phases."""

from pathlib import Path

from testbed import paths
from testbed.processes import run
from testbed.settings import (
    API_PORT,
    BRIDGE_ADDRESS,
    DNS_DOMAIN,
    KUBERNETES_VERSION,
    NODE,
    POD_SUBNET,
    SERVICE_SUBNET,
)

# ECDSA keys: made in milliseconds, where RSA keys take seconds on a small machine.
KUBEADM_CONFIG = f"""\
apiVersion: kubeadm.k8s.io/v1beta4
kind: InitConfiguration
localAPIEndpoint: {{advertiseAddress: {BRIDGE_ADDRESS}, bindPort: {API_PORT}}}
nodeRegistration: {{name: {NODE}, criSocket: "unix://{paths.CONTAINERD_SOCKET}", taints: []}}
---
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
kubernetesVersion: v{KUBERNETES_VERSION}
certificatesDir: {paths.PKI}
encryptionAlgorithm: ECDSA-P256
networking: {{dnsDomain: {DNS_DOMAIN}, podSubnet: {POD_SUBNET}, serviceSubnet: {SERVICE_SUBNET}}}
"""


def create(kube: Path) -> None:
    """Make every certificate and kubeconfig the cluster's programs need."""
    config = paths.write_config("kubeadm.yaml", KUBEADM_CONFIG)
    phase: list[str | Path] = [kube, "kubeadm", "init", "phase"]
    run([*phase, "certs", "all", "--config", config])
    run([*phase, "kubeconfig", "all", "--config", config, "--kubeconfig-dir", paths.CONFIG])
