# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The few calls the testbed makes to the API server, over the standard library's HTTPS."""

import base64
import http.client
import json
import re
import ssl
import typing as t

from testbed import paths
from testbed.progress import Failure
from testbed.settings import API_PORT, BRIDGE_ADDRESS

_TIMEOUT_SECONDS = 5


def embedded(kubeconfig: str, key: str) -> bytes:
    """Take one base64 field out of a kubeconfig that kubeadm wrote."""
    found = re.search(rf"^\s*{key}: (\S+)$", kubeconfig, re.MULTILINE)
    if not found:
        raise Failure(f"the kubeconfig holds no {key}")
    return base64.b64decode(found[1])


class Api:
    """The API server as its administrator sees it."""

    def __init__(self) -> None:
        """Unpack the administrator's certificate; the connection is made by each call."""
        config = paths.SYSTEM_KUBECONFIG.read_text()
        identity = paths.PKI / "testbed-client.pem"
        identity.write_bytes(embedded(config, "client-certificate-data") + embedded(config, "client-key-data"))
        self._tls = ssl.create_default_context(cafile=str(paths.PKI / "ca.crt"))
        self._tls.load_cert_chain(identity)

    def call(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """Send one request and give status and text; raises OSError when nobody answers."""
        connection = http.client.HTTPSConnection(BRIDGE_ADDRESS, API_PORT, timeout=_TIMEOUT_SECONDS, context=self._tls)
        try:
            headers = {"Content-Type": "application/apply-patch+yaml"} if body else {}
            connection.request(method, path, body.encode() if body else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except http.client.HTTPException as error:
            raise ConnectionError(f"the API server broke off: {error}") from error
        finally:
            connection.close()

    def get(self, path: str) -> dict[str, t.Any] | None:
        """Read an object; None while it, or the server, is not there."""
        try:
            status, text = self.call("GET", path)
        except OSError:
            return None
        return json.loads(text) if status == http.HTTPStatus.OK else None

    def ready(self) -> bool:
        """Tell whether the API server calls itself ready."""
        try:
            return self.call("GET", "/readyz")[0] == http.HTTPStatus.OK
        except OSError:
            return False

    def apply(self, path: str, manifest: str) -> None:
        """Create the object at path, or bring it to what the manifest (YAML or JSON) says."""
        status, text = self.call("PATCH", f"{path}?fieldManager=testbed&force=true", manifest)
        if status not in (http.HTTPStatus.OK, http.HTTPStatus.CREATED):
            raise Failure(f"the API server refused {path}: {text}")
