# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names, addresses and ports of the testbed: one place, so that nothing collides by accident."""

KUBERNETES_VERSION = "1.37.2"
RESTIC_VERSION = "0.18.1"
RCLONE_VERSION = "1.76.0"

NODE = "testbed"
BRIDGE = "pc-testbed"
CGROUP = "pc-testbed"

# Away from Docker (172.17), kubeadm's usual 10.96 and 10.244, k3s (10.42, 10.43) and minikube.
BRIDGE_ADDRESS = "10.231.0.1"
POD_SUBNET = "10.231.0.0/24"
FIRST_POD_ADDRESS = "10.231.0.10"
SERVICE_SUBNET = "10.232.0.0/16"
DNS_SERVICE = "10.232.0.10"
DNS_DOMAIN = "cluster.local"

# Kubernetes' usual ports moved by 10000, so that another cluster may run beside this one.
API_PORT = 16443
ETCD_PORT = 12379
ETCD_PEER_PORT = 12380
KUBELET_PORT = 20250
KUBELET_HEALTH_PORT = 20248
PROXY_METRICS_PORT = 20249
PROXY_HEALTH_PORT = 20256
CONTROLLER_MANAGER_PORT = 20257
SCHEDULER_PORT = 20259

# The first stands in for the cloud driver that the collection's default class names.
CSI_DRIVERS = ("ebs.csi.aws.com", "loop.csi.testbed")
SNAPSHOT_CLASSES = {"ebs.csi.aws.com": "ebs-snapshots", "loop.csi.testbed": "loop-snapshots"}

PAUSE_IMAGE = "docker.io/robustmq-testbed/pause:1"
