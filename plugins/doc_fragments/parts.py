# -*- coding: utf-8 -*-
# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the parts that a deployment is made of."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of ``pc_apply``'s parts; their specification is ``module_utils/_parts``."""

    DOCUMENTATION = r"""
options:
  storage:
    description: The StorageClass of the members' volumes. Left alone when not given.
    type: dict
    suboptions:
      name:
        description: Name of the class.
        type: str
        default: ssd
      provisioner:
        description:
          - V(ebs.csi.aws.com), its in-tree name V(kubernetes.io/aws-ebs), or any other.
          - Empty means the provisioner of the class if the class exists, else V(ebs.csi.aws.com).
        type: str
        default: ""
      parameters:
        description: Parameters of the class. With an EBS provisioner the default is gp3 with 3000 iops and 125 MiB/s, else none.
        type: dict
      expandable:
        description: Whether claims can grow.
        type: bool
        default: true
      reclaim_policy:
        description: What becomes of a volume when its claim is deleted.
        type: str
        choices: [Retain, Delete]
        default: Retain
      binding_mode:
        description: When a volume is made. V(WaitForFirstConsumer) makes it in the zone of the pod.
        type: str
        choices: [WaitForFirstConsumer, Immediate]
        default: WaitForFirstConsumer
      require_driver:
        description: Refuse when the cluster has no CSIDriver object of the provisioner. Switch off for provisioners that are no CSI driver.
        type: bool
        default: true
  config:
    description: The ConfigMap with the server's configuration. Left alone when not given.
    type: dict
    suboptions:
      values:
        description:
          - Keys of the server's TOML, laid over the defaults. A key that the profile's server does not know is refused, and one that only
            another release knows too, where O(statefulset.image) names one.
          - Where members listen, meet and keep their data is derived; another value for these keys is refused.
        type: dict
        default: {}
      log_level:
        description:
          - Level of the server's log, V(trace), V(debug), V(info), V(warn) or V(error). Empty means the server's usual one.
          - With O(profile=v0_4) it goes into the C(logger.toml) beside the server's file. The server of O(profile=v0_1) writes no log at any level.
        type: str
        default: ""
      versioned:
        description: Keep an immutable copy beside the current text, which the members mount, so that a revision carries its configuration.
        type: bool
        default: true
      admin_secret:
        description:
          - The same as O(statefulset.admin_secret). The configuration of a new cluster takes the login from the members' environment in any case;
            that of one which an older release of this collection has made does so with its next change, and naming a Secret is one.
        type: str
        default: ""
  statefulset:
    description: The services, disruption budget, network policy and StatefulSet. Left alone when not given.
    type: dict
    suboptions:
      image:
        description: Image by tag (not C(latest)) or digest.
        type: str
        default: robustmq/placement-center:0.3.0
      storage_class:
        description: StorageClass of the claims.
        type: str
        default: ssd
      storage_size:
        description: Size of each claim.
        type: str
        default: 20Gi
      probes:
        description:
          - A preset, V(tcp), V(basic), V(tuned) or V(update).
          - Or a table with C(preset) and, under C(readiness), C(liveness) and C(startup), fields of a Kubernetes probe that go over the preset's.
          - With O(profile=v0_4) readiness asks C(/health/ready) where the image's tag names a release that has it, v0.4.12 or newer, else the port.
        type: raw
        default: tuned
      resources:
        description: Requests and limits. The default requests 512Mi and 500m and is limited to 1Gi and 1000m.
        type: dict
      config_versioned:
        description: Mount the immutable copy of the ConfigMap rather than the ConfigMap itself. The same as O(config.versioned).
        type: bool
        default: true
      user:
        description: Numeric user, group and file system group of the members.
        type: int
        default: 1000
      grace_period:
        description: Seconds that a member has to stop by itself. When unset, 60 for O(profile=contract), 30 for the others.
        type: int
      pre_stop:
        description:
          - A Kubernetes lifecycle handler, run before a member is told to stop. An empty one is none.
          - When unset, O(profile=v0_1) sends SIGINT by a shell, because that server does not heed SIGTERM; the others need none.
        type: dict
      spread:
        description: What to do when members cannot be spread over nodes.
        type: str
        choices: [ScheduleAnyway, DoNotSchedule]
        default: ScheduleAnyway
      disruption_budget:
        description: Make a PodDisruptionBudget that lets at most one member be evicted.
        type: bool
        default: true
      network_policy:
        description: Make a NetworkPolicy that lets in only peers, O(statefulset.clients), O(statefulset.http_clients) and the API server.
        type: bool
        default: true
      clients:
        description:
          - Who may reach the members' gRPC port, as NetworkPolicy peers. The default is every pod of the namespace that is labelled C(app=robustmq).
          - There is no authentication on it at any version. Whoever reaches it may change the membership.
        type: list
        elements: dict
        default: [{podSelector: {matchLabels: {app: robustmq}}}]
      http_clients:
        description:
          - Who may reach the members' HTTP port, as NetworkPolicy peers. Whoever scrapes C(/metrics) is one of them.
          - With O(profile=v0_4) metrics and the administrator's API share that port, so a client of the one can try to log in to the other.
        type: list
        elements: dict
        default: []
      admin_secret:
        description:
          - Name of a Secret in the cluster's namespace with the keys C(username), C(password) and C(jwt_secret), the login of the administrator's API.
          - Empty means C(NAME-admin), which is made with random values where it does not exist, and never written over.
          - The members get it by an immutable copy, C(NAME-admin-HASH), that their template names. So a Secret that has changed is an
            update of the template like another, and each revision carries its own login.
          - Only with O(profile=v0_4); the other servers have no administrator.
        type: str
        default: ""
      api_server_cidrs:
        description: Where the API server's pod proxy comes from. The default is the endpoints of the service C(kubernetes).
        type: list
        elements: str
      guard_claims:
        description:
          - Give the members' claims a finalizer for life, so that a claim which somebody deletes never leads to an empty member. No pod is made
            behind a claim that is being deleted; M(robustmq.placement_center.pc_replace_member) and M(robustmq.placement_center.pc_restore)
            let it go, and M(robustmq.placement_center.pc_destroy) where it deletes claims.
          - Claims that do not exist yet are in RV(unguarded); call again when they do.
          - Switched off it is taken off again, but never from a claim that is being deleted.
        type: bool
        default: false
      env:
        description: Further environment variables of the container.
        type: dict
        default: {}
      annotations:
        description: Annotations of the pods.
        type: dict
        default: {}
      node_selector:
        description: Node labels that the pods need.
        type: dict
        default: {}
      tolerations:
        description: Tolerations of the pods.
        type: list
        elements: dict
        default: []
      priority_class:
        description: Priority class of the pods.
        type: str
        default: ""
      pull_secrets:
        description: Names of secrets to pull the image with.
        type: list
        elements: str
        default: []
"""
