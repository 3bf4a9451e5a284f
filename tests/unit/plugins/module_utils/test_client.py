# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection is handed to the program in a file or by harmless flags, whole, or not at all."""

from __future__ import annotations

import json
import pathlib
import stat

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _client
from ansible_collections.robustmq.placement_center.plugins.module_utils._connect import Settings
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, MissingLibrary, Unreachable

HOST = {"host": "https://api:6443", "api_key": "t0ken-of-mine"}
NOWHERE = {"PATH": "/bin"}
CONFIG = {
    "clusters": [{"name": "c", "cluster": {"server": "https://api:6443"}}],
    "users": [{"name": "u", "user": {"exec": {"command": "login"}}}],
    "contexts": [{"name": "Here", "context": {"cluster": "c", "user": "u"}}],
    "current-context": "Here",
}


def test_a_token_is_in_a_file_for_its_owner_that_is_gone_afterwards() -> None:
    with _client.access(HOST, NOWHERE) as access:
        path = pathlib.Path(str(access.kubeconfig))
        assert access.flags == [] and stat.S_IMODE(path.stat().st_mode) == 0o600
        assert json.loads(path.read_text())["users"][0]["user"] == {"token": "t0ken-of-mine"}
    assert not path.exists() and not path.parent.exists()


def test_what_is_not_plain_stays_in_its_own_file(tmp_path: pathlib.Path) -> None:
    own = tmp_path / "config"
    own.write_text(json.dumps(CONFIG))
    with _client.access({"kubeconfig": str(own), "context": "Here"}, NOWHERE) as access:
        assert access == (str(own), ["--context=Here"])
    with _client.access({}, {**NOWHERE, "K8S_AUTH_KUBECONFIG": str(own)}) as access:
        assert access == (str(own), [])


def test_a_kubeconfig_given_as_a_dictionary_is_handed_over_as_it_is() -> None:
    with _client.access({"kubeconfig": CONFIG}, NOWHERE) as access:
        assert json.loads(pathlib.Path(str(access.kubeconfig)).read_text()) == CONFIG


def test_with_no_options_the_program_finds_its_own(tmp_path: pathlib.Path) -> None:
    with _client.access({}, {**NOWHERE, "KUBECONFIG": str(tmp_path / "none")}) as access:
        assert access == (None, [])


def test_impersonation_and_proxies_of_the_environment() -> None:
    env = {**NOWHERE, "HTTPS_PROXY": "http://p", "K8S_AUTH_IMPERSONATE_GROUPS": "a,b"}
    with _client.access({**HOST, "impersonate_user": "eve"}, env) as access:
        assert access.kubeconfig and access.flags == ["--as=eve", "--as-group=a", "--as-group=b"]


REFUSED = [
    ("a user name", {**HOST, "username": "u"}, {}),
    ("a proxy in the environment", HOST, {"K8S_AUTH_PROXY": "http://p"}),
    ("a host over a file that is not plain", {"kubeconfig": CONFIG, "host": "https://other"}, {}),
]


@pytest.mark.parametrize("options, env", [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_what_cannot_be_handed_over_is_refused(options: dict[str, str], env: dict[str, str]) -> None:
    with pytest.raises(BadInput), _client.access(options, {**NOWHERE, **env}):
        pass


def test_certificates_by_content_and_by_path() -> None:
    made = _client.kubeconfig(Settings("https://api", ca=b"pem", cert="/c.pem", key=b"k", server_name="n"))
    assert made["clusters"][0]["cluster"] == {"server": "https://api", "tls-server-name": "n", "certificate-authority-data": "cGVt"}
    assert made["users"][0]["user"] == {"client-certificate": "/c.pem", "client-key-data": "aw=="}


def test_a_certificate_that_is_not_verified_is_not_named() -> None:
    cluster = _client.kubeconfig(Settings("https://api", verify=False, ca=b"pem"))["clusters"][0]["cluster"]
    assert cluster == {"server": "https://api", "insecure-skip-tls-verify": True}


def test_the_connections_own_secrets_are_known() -> None:
    assert "t0ken-of-mine" in _client.secrets(HOST, NOWHERE)
    assert "t0ken-of-mine" in _client.secrets({"host": "https://api"}, {**NOWHERE, "K8S_AUTH_API_KEY": "t0ken-of-mine"})


def test_oc_goes_before_kubectl_and_neither_is_said_so(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingLibrary, match="oc or kubectl"):
        _client.program(None)
    for name in ("kubectl", "oc"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
        assert _client.program(None) == str(tmp_path / name)
    with pytest.raises(MissingLibrary, match="cannot find /no/where"):
        _client.program("/no/where")


def script(folder: pathlib.Path, text: str) -> _client.Client:
    path = folder / "kubectl"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return _client.Client(str(path), _client.Access("/k", ["--as=eve"]), "ns", 1)


def test_the_program_is_told_everything_but_secrets(tmp_path: pathlib.Path) -> None:
    said = script(tmp_path, 'echo "$@"').ask("logs", "pod/a")
    assert said.split() == ["logs", "--kubeconfig=/k", "--namespace=ns", "pod/a", "--as=eve"]


ANSWERS = [("nothing", "", []), ("one", '{"kind":"Pod"}', [{"kind": "Pod"}]), ("a list", '{"kind":"List","items":[{"a":1}]}', [{"a": 1}])]


@pytest.mark.parametrize("text, objects", [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS])
def test_objects(tmp_path: pathlib.Path, text: str, objects: list[dict[str, str]]) -> None:
    assert script(tmp_path, f"printf '{text}'").objects("pods") == objects


FAILURES = [("its own words", "echo first >&2; echo 'pods is forbidden' >&2; exit 1", "pods is forbidden"), ("too late", "exec sleep 9", "more than 1 s")]


@pytest.mark.parametrize("text, said", [f[1:] for f in FAILURES], ids=[f[0] for f in FAILURES])
def test_a_failure_tells_why(tmp_path: pathlib.Path, text: str, said: str) -> None:
    with pytest.raises(Unreachable, match=said):
        script(tmp_path, text).ask("get", "pods")
