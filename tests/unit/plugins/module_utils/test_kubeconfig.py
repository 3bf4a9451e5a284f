# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is wrong with a way to a cluster is told in one line, with what to type, and without a secret."""

from __future__ import annotations

import base64
import contextlib
import copy
import json
import os
import pathlib
import socket
import ssl
import threading
import typing as t

import kubernetes
import pytest
import yaml
from ansible_collections.robustmq.placement_center.plugins.module_utils import _kube, _kubeconfig, _rest
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import Unreachable

from .certificates import Signed, certificate, in_days
from .test_wire import answering, fails, read

Map = dict[str, t.Any]
SECRET = "s3cret-trout"
GOOD: Map = {
    "current-context": "here",
    "contexts": [{"name": name, "context": {"cluster": "c", "user": "u"}} for name in ("here", "europe")],
    "clusters": [{"name": "c", "cluster": {"server": "https://127.0.0.1:1"}}],
    "users": [{"name": "u", "user": {"token": SECRET}}],
}


EXEC = {"apiVersion": "client.authentication.k8s.io/v1", "command": "log-me-in-trout", "interactiveMode": "Never"}


def but(**fields: t.Any) -> str:
    return yaml.safe_dump({**copy.deepcopy(GOOD), **fields})


def user(**fields: str) -> str:
    return but(users=[{"name": "u", "user": fields}])


# what is wrong, the file's text (None: no file), options beside it, what is told; FILE is the file and HERE its folder
CASES: list[tuple[str, str | None, Map, str, str]] = [
    ("no file", None, {}, "FILE does not exist (the option kubeconfig)", "-e pc_kubeconfig=PATH"),
    ("an empty one", " \n", {}, "FILE is empty", "-e pc_kubeconfig=PATH"),
    ("not YAML", f"users:\n- token: {SECRET}\n  x: [", {}, "FILE is not YAML, line 3", "fetch it anew"),
    ("not text", "\udcff", {}, "FILE cannot be read: it is no text", "ls -l FILE"),
    ("another YAML", "just words", {}, "FILE is no kubeconfig", "-e pc_kubeconfig=PATH"),
    ("no contexts", "kind: Pod", {}, "FILE is no kubeconfig: it has no contexts", "-e pc_kubeconfig=PATH"),
    ("an unknown context", but(), {"context": "europa"}, "FILE has no context europa", "-e pc_context=europe; it has here, europe"),
    ("no current context", but(**{"current-context": ""}), {}, "FILE has no current context", "-e pc_context=NAME, one of here, europe"),
    ("no such cluster", but(clusters=None), {}, "FILE has no cluster c, which its context here names", "fetch it anew"),
    ("no certificate", user(**{"client-certificate": "pki/me.crt"}), {}, "HERE/pki/me.crt does not exist, which FILE names as client-certificate", "anew"),
    ("no PEM", user(**{"client-certificate-data": "aGVsbG8="}), {}, "FILE: client-certificate-data is no certificate or key in PEM", "anew"),
]
# What the client takes without a word, and a server then refuses.
SILENT: list[tuple[str, Map, str]] = [
    ("no such user", {"users": []}, "has no user u, which its context here names"),
    ("no program to log in", {"users": [{"name": "u", "user": {"exec": EXEC}}]}, "the program log-me-in-trout, which is to log in, cannot be found"),
    ("no base64", {"users": [{"name": "u", "user": {"client-certificate-data": "%"}}]}, "client-certificate-data is not base64"),
]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    for name in os.environ:
        if name.startswith(("K8S_AUTH_", "KUBE")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    # The client reads both once, when it is imported.
    monkeypatch.setattr(kubernetes.config.kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", "~/.kube/config")
    monkeypatch.setattr(kubernetes.client.Configuration, "_default", None)


def told(options: Map) -> Unreachable:
    with pytest.raises(Unreachable) as caught:
        _kube.Kube(options, 2).version()
    assert SECRET not in caught.value.words and "\n" not in caught.value.words
    return caught.value


@pytest.mark.parametrize("text, options, problem, hint", [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_a_kubeconfig_that_cannot_be_used(tmp_path: pathlib.Path, text: str | None, options: Map, problem: str, hint: str) -> None:
    path = tmp_path / "config"
    if text is not None:
        path.write_bytes(text.encode(errors="surrogateescape"))
    error = told({"kubeconfig": str(path), **options})
    problem, hint = (words.replace("FILE", str(path)).replace("HERE", str(tmp_path)) for words in (problem, hint))
    assert str(error).startswith(f"no usable connection to a cluster: {problem}") and hint in error.hint, error.words


@pytest.mark.parametrize("fields, words", [s[1:] for s in SILENT], ids=[s[0] for s in SILENT])
def test_what_only_a_refusal_brings_to_light(fields: Map, words: str) -> None:
    with answering(fails(401, "Unauthorized")) as kube:
        config = {**copy.deepcopy(GOOD), **fields, "clusters": [{"name": "c", "cluster": {"server": kube.host}}]}
        error = told({"kubeconfig": config})
    assert "Unauthorized" in str(error) and words in error.hint


WHO = [("K8S_AUTH_KUBECONFIG", "(K8S_AUTH_KUBECONFIG)"), ("KUBECONFIG", "(KUBECONFIG)"), ("", "/.kube/config does not exist (the default)")]


@pytest.mark.parametrize("variable, words", WHO)
def test_who_has_named_the_file_is_told(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, variable: str, words: str) -> None:
    if variable:
        monkeypatch.setenv(variable, str(tmp_path / "gone"))
    assert words in " ".join(_kubeconfig.why({}, os.environ) or ())


def test_a_folder_is_no_kubeconfig(tmp_path: pathlib.Path) -> None:
    assert "cannot be read: Is a directory" in str(told({"kubeconfig": str(tmp_path)}))


def test_one_of_several_files_that_is_not_yaml_is_named(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a").write_text(but())
    (tmp_path / "b").write_text(f"{SECRET}: [")
    assert f"{tmp_path}/b is not YAML, line 1" in (_kubeconfig.why({}, {"KUBECONFIG": f"{tmp_path}/gone:{tmp_path}/a:{tmp_path}/b"}) or ())


def test_what_is_right_is_another_ones_fault(tmp_path: pathlib.Path) -> None:
    (tmp_path / "config").write_text(but())
    for options in ({"kubeconfig": str(tmp_path / "config")}, {"kubeconfig": GOOD, "context": "europe"}, {"host": "https://h", "api_key": "k"}):
        assert _kubeconfig.why(options, {}) is None


def test_a_server_that_is_not_there() -> None:
    error = told({"host": "https://127.0.0.1:1", "api_key": "k"})
    assert "refused" in str(error) and "curl -k -m 5 https://127.0.0.1:1/version" in error.hint
    assert "no such host" in told({"host": "https://nowhere.invalid", "api_key": "k"}).hint


@contextlib.contextmanager
def over_tls(signed: Signed, folder: pathlib.Path) -> t.Iterator[tuple[str, str]]:
    """A server that shakes hands and no more; its address, and its certificate as the authority."""
    (folder / "it").write_bytes(signed.cert + signed.key)
    (folder / "ca").write_bytes(signed.cert)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "it")
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            with contextlib.suppress(ssl.SSLError, ConnectionError):
                try:
                    found = listening.accept()[0]
                except OSError:
                    return
                context.wrap_socket(found, server_side=True).close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{listening.getsockname()[1]}", str(folder / "ca")
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def test_a_servers_certificate_that_has_expired(tmp_path: pathlib.Path) -> None:
    with over_tls(certificate(in_days(-1)), tmp_path) as (host, ca):
        assert "the API server's certificate has expired" in told({"host": host, "api_key": "k", "ca_cert": ca}).hint


def test_a_server_of_another_authority_or_name(tmp_path: pathlib.Path) -> None:
    with over_tls(certificate(in_days(1)), tmp_path) as (host, _ca):
        other = tmp_path / "other"
        other.write_bytes(certificate(in_days(1)).cert)
        assert "not signed by the kubeconfig's authority" in told({"host": host, "api_key": "k", "ca_cert": str(other)}).hint
    with over_tls(certificate(in_days(1), "127.0.0.2"), tmp_path) as (host, ca):
        assert "tls-server-name" in told({"host": host, "api_key": "k", "ca_cert": ca}).hint


def test_a_server_without_tls() -> None:
    with answering(fails(401, "Unauthorized")) as kube:
        assert "nothing speaks TLS there" in told({"host": kube.host.replace("http:", "https:"), "api_key": "k"}).hint


def test_an_expired_client_certificate_is_told_by_its_day(tmp_path: pathlib.Path) -> None:
    end = in_days(-3)
    for name, text in zip(("cert", "key"), certificate(end)):
        (tmp_path / name).write_bytes(text)
    with answering(fails(401, "Unauthorized")) as kube, pytest.raises(Unreachable) as caught:
        read(_kube.Kube({"host": kube.host, "client_cert": str(tmp_path / "cert"), "client_key": str(tmp_path / "key")}, 2))
    assert caught.value.hint == f"the client's certificate has expired on {end:%Y-%m-%d at %H:%M} UTC: {_rest.LOG_IN}"


def test_an_expired_token_is_told_by_its_end() -> None:
    end = in_days(-1)
    token = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "x"}, {"exp": end.timestamp()}, {}))
    with answering(fails(401, "Unauthorized")) as kube:
        error = told({"host": kube.host, "api_key": token})
    assert error.hint == f"the token has expired on {end:%Y-%m-%d at %H:%M} UTC: {_rest.LOG_IN}" and token not in error.words


def test_a_host_and_nothing_to_log_in_with(tmp_path: pathlib.Path) -> None:
    assert "there is a host and nothing to log in with" in str(told({"host": "https://127.0.0.1:1"}))
    (tmp_path / ".kube").mkdir()
    (tmp_path / ".kube/config").write_text(but())
    assert _kubeconfig.why({"host": "https://127.0.0.1:1"}, os.environ) is None


def test_every_way_out_is_one_line() -> None:
    assert not [way for way in _rest.WAYS.values() if "\n" in way or len(way) > 160]
