# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""One key written through whoever leads, and read back from any member: the mark by which a copy is known again."""

from __future__ import annotations

import time
import typing as t
from dataclasses import dataclass

from ansible_collections.robustmq.placement_center.plugins.module_utils import _grpcweb, _kv
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import PcError, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._kube import Kube
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile

PAUSE = 0.2  # seconds


@dataclass(frozen=True)
class Marker:
    """Writes and reads keys of one cluster."""

    kube: Kube
    namespace: str
    profile: Profile
    patience: float = 15.0  # seconds; an election may be under way

    def put(self, pods: t.Sequence[str], key: str, value: str) -> None:
        """Write it; writing the same again changes nothing.

        :raises Refused: nobody acknowledges it.
        """
        end, words = time.monotonic() + self.patience, "no member"
        while True:
            for pod in pods:
                try:
                    said = _kv.written(*self._call(pod, "Set", _kv.set_message(key, value)))
                except PcError as exc:
                    words = str(exc)
                    continue
                if said.acknowledged:
                    return
                words = said.words
            if time.monotonic() > end:
                raise Refused("write_refused", f"no member takes a write: {words}", hint("write_refused"))
            time.sleep(PAUSE)

    def get(self, pod: str, key: str) -> str:
        """What a member has under it; empty where it has nothing.

        :raises PcError: it cannot be asked. :raises Garbled: its answer is none.
        """
        return _kv.value(*self._call(pod, "Get", _kv.key_message(key)))

    def _call(self, pod: str, method: str, body: bytes) -> tuple[int, t.Mapping[str, str], bytes]:
        return self.kube.proxy(self.namespace, pod, self.profile.grpc_port, f"{self.profile.kv_service}/{method}", body, _grpcweb.HEADERS)
