# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Specification of the parts that a deployment is made of; their documentation is the fragment ``parts``."""

from __future__ import annotations

import typing as t

STORAGE: dict[str, t.Any] = {
    "name": {"type": "str", "default": "ssd"},
    "provisioner": {"type": "str", "default": ""},
    "parameters": {"type": "dict"},
    "expandable": {"type": "bool", "default": True},
    "reclaim_policy": {"type": "str", "default": "Retain", "choices": ["Retain", "Delete"]},
    "binding_mode": {"type": "str", "default": "WaitForFirstConsumer", "choices": ["WaitForFirstConsumer", "Immediate"]},
    "require_driver": {"type": "bool", "default": True},
}
CONFIG: dict[str, t.Any] = {
    "values": {"type": "dict", "default": {}},
    "log_level": {"type": "str", "default": ""},
    "versioned": {"type": "bool", "default": True},
    "admin_secret": {"type": "str", "default": "", "no_log": False},  # its name
}
STATEFULSET: dict[str, t.Any] = {
    "image": {"type": "str", "default": "robustmq/placement-center:0.3.0"},
    "storage_class": {"type": "str", "default": "ssd"},
    "storage_size": {"type": "str", "default": "20Gi"},
    "probes": {"type": "raw", "default": "tuned"},
    "resources": {"type": "dict"},
    "config_versioned": {"type": "bool", "default": True},
    "user": {"type": "int", "default": 1000},
    "grace_period": {"type": "int"},
    "pre_stop": {"type": "dict"},
    "spread": {"type": "str", "default": "ScheduleAnyway", "choices": ["ScheduleAnyway", "DoNotSchedule"]},
    "disruption_budget": {"type": "bool", "default": True},
    "network_policy": {"type": "bool", "default": True},
    "clients": {"type": "list", "elements": "dict", "default": [{"podSelector": {"matchLabels": {"app": "robustmq"}}}]},
    "http_clients": {"type": "list", "elements": "dict", "default": []},
    "admin_secret": {"type": "str", "default": "", "no_log": False},  # its name
    "api_server_cidrs": {"type": "list", "elements": "str"},
    "guard_claims": {"type": "bool", "default": False},
    "env": {"type": "dict", "default": {}},
    "annotations": {"type": "dict", "default": {}},
    "node_selector": {"type": "dict", "default": {}},
    "tolerations": {"type": "list", "elements": "dict", "default": []},
    "priority_class": {"type": "str", "default": ""},
    "pull_secrets": {"type": "list", "elements": "str", "default": [], "no_log": False},
}
PARTS_SPEC: dict[str, t.Any] = {
    "storage": {"type": "dict", "options": STORAGE},
    "config": {"type": "dict", "options": CONFIG},
    "statefulset": {"type": "dict", "options": STATEFULSET},
}
