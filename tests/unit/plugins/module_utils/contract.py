# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract's StatefulSet and StorageClass, typed out once; tests of the renderer and of the live cluster compare with it."""

from __future__ import annotations

import copy
import typing as t

Object = dict[str, t.Any]
LABELS = {"app": "robustmq", "component": "placement-center"}

CONTRACT_CLASS: Object = {
    "apiVersion": "storage.k8s.io/v1",
    "kind": "StorageClass",
    "metadata": {"name": "ssd"},
    "provisioner": "ebs.csi.aws.com",
    "parameters": {"type": "gp3", "iops": "3000", "throughput": "125"},
    "allowVolumeExpansion": True,
    "reclaimPolicy": "Retain",
}

CONTRACT_SET: Object = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {"name": "placement-center", "namespace": "robustmq", "labels": LABELS},
    "spec": {
        "serviceName": "placement-center-headless",
        "replicas": 3,
        "podManagementPolicy": "OrderedReady",
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
        "selector": {"matchLabels": LABELS},
        "template": {
            "metadata": {"labels": LABELS},
            "spec": {
                "containers": [
                    {
                        "name": "placement-center",
                        "image": "robustmq/placement-center:0.3.0",
                        "imagePullPolicy": "IfNotPresent",
                        "command": [
                            "/robustmq/libs/placement-center",
                            "--conf",
                            "/etc/robustmq/placement-center.toml",
                            "--data-path",
                            "/robustmq/data",
                        ],
                        "ports": [
                            {"name": "grpc", "containerPort": 1228, "protocol": "TCP"},
                            {"name": "http", "containerPort": 1227, "protocol": "TCP"},
                        ],
                        "resources": {
                            "requests": {"memory": "512Mi", "cpu": "500m"},
                            "limits": {"memory": "1Gi", "cpu": "1000m"},
                        },
                        "volumeMounts": [
                            {"name": "data", "mountPath": "/robustmq/data"},
                            {"name": "config", "mountPath": "/etc/robustmq"},
                        ],
                        "readinessProbe": {
                            "httpGet": {"path": "/health/ready", "port": 1227},
                            "initialDelaySeconds": 45,
                            "periodSeconds": 10,
                            "timeoutSeconds": 5,
                            "successThreshold": 1,
                            "failureThreshold": 3,
                        },
                        "livenessProbe": {
                            "httpGet": {"path": "/health/alive", "port": 1227},
                            "initialDelaySeconds": 90,
                            "periodSeconds": 30,
                            "timeoutSeconds": 15,
                            "successThreshold": 1,
                            "failureThreshold": 5,
                        },
                    }
                ],
                "volumes": [{"name": "config", "configMap": {"name": "placement-center-config"}}],
            },
        },
        "volumeClaimTemplates": [
            {
                "metadata": {"name": "data"},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": "ssd",
                    "resources": {"requests": {"storage": "20Gi"}},
                },
            }
        ],
    },
}

# What the collection adds, and nothing else; roles/statefulset/README.md says why.
ADDED: Object = {
    "spec": {
        "template": {
            "spec": {
                "containers": [
                    {
                        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                        "startupProbe": {
                            "tcpSocket": {"port": 1228},
                            "periodSeconds": 1,
                            "timeoutSeconds": 5,
                            "successThreshold": 1,
                            "failureThreshold": 3600,
                        },
                    }
                ],
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 1000,
                    "runAsGroup": 1000,
                    "fsGroup": 1000,
                    "fsGroupChangePolicy": "OnRootMismatch",
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "terminationGracePeriodSeconds": 60,
                "enableServiceLinks": False,
                "automountServiceAccountToken": False,
                "topologySpreadConstraints": [
                    {
                        "maxSkew": 1,
                        "topologyKey": "kubernetes.io/hostname",
                        "whenUnsatisfiable": "ScheduleAnyway",
                        "labelSelector": {"matchLabels": LABELS},
                    }
                ],
            }
        }
    }
}


def overlay(base: t.Any, added: t.Any) -> t.Any:
    """``added`` laid over ``base``; a field that both set would hide a contradiction, so it is an error."""
    if isinstance(base, dict):
        return {k: overlay(base[k], added[k]) if k in base and k in added else copy.deepcopy(base.get(k, added.get(k))) for k in [*base, *added]}
    if isinstance(base, list) and len(base) == len(added):
        return [overlay(b, a) for b, a in zip(base, added)]
    raise AssertionError(f"added {added!r} contradicts {base!r}")
