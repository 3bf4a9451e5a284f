# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The node's programs: containerd, kubelet and kube-proxy."""

from pathlib import Path

from testbed import paths
from testbed.processes import Daemon
from testbed.settings import (
    BRIDGE_ADDRESS,
    CGROUP,
    DNS_DOMAIN,
    DNS_SERVICE,
    KUBELET_HEALTH_PORT,
    KUBELET_PORT,
    NODE,
    PAUSE_IMAGE,
    POD_SUBNET,
    PROXY_HEALTH_PORT,
    PROXY_METRICS_PORT,
)

CONTAINERD_CONFIG = f"""\
version = 2
root = "{paths.STATE}/containerd"
state = "{paths.RUN}/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.internal.v1.opt"]
[grpc]
  address = "{paths.CONTAINERD_SOCKET}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE_IMAGE}"
  restrict_oom_score_adj = true              # for machines without CAP_SYS_RESOURCE
  netns_mounts_under_state_dir = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
    Root = "{paths.RUN}/runc"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{paths.CONFIG}/cni"
"""

KUBELET_CONFIG = f"""\
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: {BRIDGE_ADDRESS}
port: {KUBELET_PORT}
healthzPort: {KUBELET_HEALTH_PORT}
authentication:
  anonymous: {{enabled: false}}
  webhook: {{enabled: true}}
  x509: {{clientCAFile: {paths.PKI}/ca.crt}}
authorization: {{mode: Webhook}}
cgroupDriver: cgroupfs
cgroupRoot: /{CGROUP}
failCgroupV1: false
failSwapOn: false
# Both for machines without CAP_SYS_RESOURCE: what kubelet may not set there is passed over.
featureGates: {{KubeletInUserNamespace: true}}
oomScoreAdj: 0
# Its chains would outlive the testbed, and kube-proxy does not need them.
makeIPTablesUtilChains: false
clusterDNS: [{DNS_SERVICE}]
clusterDomain: {DNS_DOMAIN}
resolvConf: ""
containerRuntimeEndpoint: unix://{paths.CONTAINERD_SOCKET}
rotateCertificates: false
evictionHard: {{nodefs.available: "1%", imagefs.available: "1%", memory.available: 100Mi}}
imageGCHighThresholdPercent: 100
podLogsDir: {paths.STATE}/pod-logs
volumePluginDir: {paths.STATE}/volume-plugins
registerNode: true
nodeStatusUpdateFrequency: 10s
nodeStatusReportFrequency: 1m
volumeStatsAggPeriod: 10s
# A volume that has grown is looked at with its pod, by default once a minute.
syncFrequency: 10s
"""

# Every connection through a service is masqueraded: pods share one bridge, and an answer
# that crossed it directly would carry the pod's address instead of the service's.
PROXY_CONFIG = f"""\
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
nftables: {{masqueradeAll: true}}
clientConnection: {{kubeconfig: {paths.SYSTEM_KUBECONFIG}}}
clusterCIDR: {POD_SUBNET}
hostnameOverride: {NODE}
healthzBindAddress: 127.0.0.1:{PROXY_HEALTH_PORT}
metricsBindAddress: 127.0.0.1:{PROXY_METRICS_PORT}
conntrack: {{maxPerCore: 0}}
"""


def containerd() -> Daemon:
    """Configure containerd, which neither knows nor needs the control plane."""
    config = paths.write_config("containerd.toml", CONTAINERD_CONFIG)
    return Daemon("containerd", ["containerd", f"--config={config}", "--log-level=warn"], {"GOGC": "60"})


def kubelet(kube: Path) -> Daemon:
    """Configure kubelet."""
    config = paths.write_config("kubelet.yaml", KUBELET_CONFIG)
    command = [
        str(kube), "kubelet",
        f"--config={config}",
        f"--kubeconfig={paths.CONFIG}/kubelet.conf",
        f"--hostname-override={NODE}",
        f"--node-ip={BRIDGE_ADDRESS}",
        f"--root-dir={paths.KUBELET}",
        f"--cert-dir={paths.PKI}/kubelet",
    ]  # fmt: skip
    return Daemon("kubelet", command, {"GOGC": "60", "GOMEMLIMIT": "150MiB"})


def kube_proxy(kube: Path) -> Daemon:
    """Configure kube-proxy."""
    config = paths.write_config("kube-proxy.yaml", PROXY_CONFIG)
    return Daemon("kube-proxy", [str(kube), "kube-proxy", f"--config={config}"], {"GOGC": "60"})
