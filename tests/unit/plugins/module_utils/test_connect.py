# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain connection is read here as kubernetes.core would read it; all else is left to kubernetes.core."""

from __future__ import annotations

import base64
import copy
import os
import pathlib
import ssl
import typing as t

import kubernetes
import pytest
import yaml
from ansible_collections.kubernetes.core.plugins.module_utils import args_common
from ansible_collections.robustmq.placement_center.plugins.module_utils import _connect, _wire

Map = dict[str, t.Any]


def data(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


KUBECONFIG: Map = {
    "apiVersion": "v1",
    "current-context": "data",
    "contexts": [{"name": n, "context": {"cluster": n, "user": n, "namespace": "n"}} for n in ("data", "files", "token", "tokenfile", "named", "plain")]
    + [{"name": "anonymous", "context": {"cluster": "data"}}],
    "clusters": [
        {"name": "data", "cluster": {"server": "https://data:1/", "certificate-authority-data": data("CA"), "extensions": [{"name": "x"}]}},
        {"name": "files", "cluster": {"server": "https://files", "certificate-authority": "pki/ca"}},
        {"name": "token", "cluster": {"server": "https://token", "insecure-skip-tls-verify": True}},
        {"name": "tokenfile", "cluster": {"server": "https://tokenfile", "insecure-skip-tls-verify": False}},
        {"name": "named", "cluster": {"server": "https://named/prefix", "tls-server-name": "other"}},
        {"name": "plain", "cluster": {"server": "http://plain", "certificate-authority": "pki/ca"}},
    ],
    "users": [
        {"name": "data", "user": {"client-certificate-data": data("CERT"), "client-key-data": data("KEY")}},
        {"name": "files", "user": {"client-certificate": "pki/cert", "client-key": "../conf/pki/key"}},
        {"name": "token", "user": {"token": "secret"}},
        {"name": "tokenfile", "user": {"tokenFile": "pki/token"}},
        {"name": "named", "user": {"client-certificate-data": data("CERT"), "client-key": "pki/key", "token": "t", "tokenFile": "pki/token"}},
        {"name": "plain", "user": {"client-certificate": "pki/cert", "client-key": "pki/key", "token": "t"}},
    ],
}
FILES = {"ca": "CA", "cert": "CERT", "key": "KEY", "token": "from a file"}

# options, environment; HERE is the folder of the kubeconfig
PLAIN: list[tuple[Map, Map]] = [
    *(({"context": c["name"], "kubeconfig": "HERE/config"}, {}) for c in KUBECONFIG["contexts"]),
    ({"kubeconfig": "HERE/config"}, {}),
    ({"kubeconfig": KUBECONFIG}, {}),
    ({"kubeconfig": KUBECONFIG, "context": "token"}, {"K8S_AUTH_CONTEXT": "files"}),
    ({}, {"K8S_AUTH_KUBECONFIG": "HERE/config"}),
    ({}, {"K8S_AUTH_KUBECONFIG": "HERE/config", "K8S_AUTH_CONTEXT": "token", "KUBECONFIG": "HERE/gone"}),
    ({}, {"KUBECONFIG": "HERE/config"}),
    ({"context": "token"}, {"KUBECONFIG": "HERE/config", "KUBERNETES_SERVICE_HOST": "1.2.3.4"}),
    ({"host": "https://h/", "api_key": "k"}, {}),
    ({"host": "https://h", "api_key": "k", "validate_certs": False, "ca_cert": "HERE/pki/ca"}, {"KUBECONFIG": "HERE/config"}),
    ({"host": "https://h", "client_cert": "HERE/pki/cert", "client_key": "HERE/pki/key"}, {}),
    ({"host": "https://h"}, {"KUBECONFIG": "HERE/config"}),
    ({"api_key": "k"}, {"K8S_AUTH_KUBECONFIG": "HERE/config"}),
    ({"ca_cert": "HERE/pki/cert", "validate_certs": True}, {"K8S_AUTH_KUBECONFIG": "HERE/config", "K8S_AUTH_VERIFY_SSL": "no"}),
    ({"client_cert": "HERE/pki/ca"}, {"K8S_AUTH_KUBECONFIG": "HERE/config", "K8S_AUTH_KEY_FILE": "HERE/pki/token"}),
    ({}, {"K8S_AUTH_HOST": "https://awx", "K8S_AUTH_API_KEY": "k", "K8S_AUTH_VERIFY_SSL": "True", "K8S_AUTH_SSL_CA_CERT": "HERE/pki/ca"}),
    ({}, {"K8S_AUTH_HOST": "https://awx", "K8S_AUTH_API_KEY": "k", "K8S_AUTH_VERIFY_SSL": "False", "KUBERNETES_SERVICE_HOST": "1.2.3.4"}),
    # AWX's own credential, in a container group's pod, with a kubeconfig that it does not mean
    (
        {"kubeconfig": None, "context": None},
        {
            "K8S_AUTH_HOST": "https://awx:6443",
            "K8S_AUTH_API_KEY": "k",
            "K8S_AUTH_VERIFY_SSL": "True",
            "K8S_AUTH_SSL_CA_CERT": "HERE/pki/ca",
            "KUBERNETES_SERVICE_HOST": "1.2.3.4",
            "KUBECONFIG": "HERE/config",
        },
    ),
    ({"host": "https://mine"}, {"K8S_AUTH_HOST": "https://awx", "K8S_AUTH_API_KEY": "k", "K8S_AUTH_VALIDATE_CERTS": "0"}),
]


@pytest.fixture
def here(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[pathlib.Path]:
    folder = tmp_path / "conf"
    (folder / "pki").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / "pki" / name).write_text(text)
    (folder / "config").write_text(yaml.safe_dump(KUBECONFIG))
    for name in os.environ:
        if name.startswith(("K8S_AUTH_", "KUBE")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(kubernetes.client.Configuration, "_default", None)
    yield folder
    kubernetes.client.Configuration._default = None


def at(here: pathlib.Path, given: Map) -> Map:
    return {k: v.replace("HERE", str(here)) if isinstance(v, str) else copy.deepcopy(v) for k, v in given.items()}


def text(pem: str | bytes | None) -> str | None:
    return pem.decode() if isinstance(pem, bytes) else pathlib.Path(pem).read_text() if pem else None


@pytest.mark.parametrize("options, env", PLAIN)
def test_both_ways_lead_to_the_same_place(here: pathlib.Path, monkeypatch: pytest.MonkeyPatch, options: Map, env: Map) -> None:
    options, env = at(here, options), at(here, env)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(kubernetes.config.kube_config, "KUBE_CONFIG_DEFAULT_LOCATION", env.get("KUBECONFIG", ""))
    mine, theirs = _connect.plain(options, os.environ), _wire.through_core(options)
    assert mine is not None
    pool = theirs.pool.connection_pool_kw
    assert mine.host == theirs.host
    assert ({"authorization": f"Bearer {mine.token}"} if mine.token else {}) == theirs.headers
    assert mine.verify == (pool["cert_reqs"] == ssl.CERT_REQUIRED)
    assert mine.server_name == pool.get("server_hostname")
    # Where none is named, an older client takes a bundle of its own, and a newer one the system's, as we do.
    authority = None if str(pool["ca_certs"]).endswith("certifi/cacert.pem") else pool["ca_certs"]
    assert [text(p) for p in (mine.ca, mine.cert, mine.key)] == [text(p) for p in (authority, pool["cert_file"], pool["key_file"])]


def changed(**fields: t.Any) -> Map:
    """The kubeconfig with more in its current cluster or user."""
    config = copy.deepcopy(KUBECONFIG)
    for kind, more in fields.items():
        config[f"{kind}s"][0][kind].update(more)
    return config


OTHER: list[tuple[Map, Map]] = [
    *(({"kubeconfig": changed(user={name: "x"})}, {}) for name in ("exec", "auth-provider", "username", "password", "as", "as-groups", "unheard-of")),
    *(({"kubeconfig": changed(cluster={name: "x"})}, {}) for name in ("proxy-url", "unheard-of")),
    ({"kubeconfig": changed(cluster={"insecure-skip-tls-verify": "yes"})}, {}),
    ({"kubeconfig": changed(cluster={"certificate-authority-data": "!"})}, {}),
    ({"kubeconfig": changed(user={"token": ""})}, {}),
    ({"kubeconfig": {**KUBECONFIG, "contexts": KUBECONFIG["contexts"] * 2}}, {}),
    ({"kubeconfig": {}}, {}),
    ({"kubeconfig": "HERE/pki/ca"}, {}),
    ({"kubeconfig": "HERE/gone"}, {}),
    ({"kubeconfig": KUBECONFIG, "context": "gone"}, {}),
    ({"kubeconfig": KUBECONFIG, "context": "token", "host": "https://h"}, {}),
    ({"kubeconfig": KUBECONFIG, "context": "token", "api_key": "k"}, {}),
    ({"kubeconfig": KUBECONFIG, "context": "files"}, {}),
    ({"kubeconfig": "HERE/config:HERE/config"}, {}),
    ({}, {"KUBECONFIG": "HERE/config:HERE/config"}),
    ({}, {"KUBECONFIG": "HERE/config", "KUBERNETES_SERVICE_HOST": "1.2.3.4"}),
    *(({"kubeconfig": KUBECONFIG, name: "x"}, {}) for name in ("username", "password", "proxy", "no_proxy", "impersonate_user", "persist_config")),
    *(({"kubeconfig": KUBECONFIG}, {f"K8S_AUTH_{name}": "x"}) for name in ("USERNAME", "PROXY", "PROXY_HEADERS_USER_AGENT", "IMPERSONATE_GROUPS")),
    *(({"kubeconfig": KUBECONFIG}, {name: "http://p"}) for name in ("HTTPS_PROXY", "no_proxy", "all_proxy")),
    ({"kubeconfig": KUBECONFIG}, {"K8S_AUTH_HOST": ""}),
    ({"host": "https://h"}, {"K8S_AUTH_API_KEY": ""}),
]


@pytest.mark.parametrize("options, env", OTHER)
def test_what_is_not_plain_is_left_to_kubernetes_core(here: pathlib.Path, options: Map, env: Map) -> None:
    assert _connect.plain(at(here, options), {"HOME": str(here), **at(here, env)}) is None


@pytest.mark.skipif(not hasattr(args_common, "extract_sensitive_values_from_kubeconfig"), reason="an older kubernetes.core looks for none")
def test_the_secrets_of_a_kubeconfig_are_those_that_kubernetes_core_finds() -> None:
    config = changed(user={"password": "p", "auth-provider": {"config": {"access-token": "a", "refresh-token": "r", "idp": "i"}}})
    assert _connect.secrets_of(config) == args_common.extract_sensitive_values_from_kubeconfig(config) != set()
    assert _connect.secrets_of("a/path") == set()
