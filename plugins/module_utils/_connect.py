# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the cluster is and who asks, by the options, environment and kubeconfig of kubernetes.core.

What is plain is read here, because importing the Kubernetes client costs as much as a whole look at a cluster. Whatever goes beyond it
(exec plugins, proxies, impersonation, in-cluster configuration, a broken file) is left to kubernetes.core, word for word.
"""

from __future__ import annotations

import base64
import os
import sys
import typing as t

# The options that are read here -> kubernetes.core's other name for it, which the environment may use as well.
OPTIONS = {
    "kubeconfig": "kubeconfig",
    "context": "context",
    "host": "host",
    "api_key": "api_key",
    "validate_certs": "verify_ssl",
    "ca_cert": "ssl_ca_cert",
    "client_cert": "cert_file",
    "client_key": "key_file",
}
CLUSTER = {"server", "certificate-authority", "certificate-authority-data", "insecure-skip-tls-verify", "tls-server-name", "extensions"}
USER = {"client-certificate", "client-certificate-data", "client-key", "client-key-data", "token", "tokenFile", "extensions"}
SECRET = {
    *("token", "password", "secret", "api_key", "access-token", "refresh-token"),
    *("client-key-data", "client-certificate-data", "certificate-authority-data"),
}

Map = t.Mapping[str, t.Any]


class Settings(t.NamedTuple):
    """A plain connection."""

    host: str
    token: str | None = None
    verify: bool = True
    server_name: str | None = None
    ca: str | bytes | None = None  # a path, or what would be in the file; so are the next two
    cert: str | bytes | None = None
    key: str | bytes | None = None


class _Other(Exception):
    """Not plain."""


def plain(options: Map, env: Map) -> Settings | None:
    """The settings where they are plain, else None: kubernetes.core knows what they mean, or what is wrong with them."""
    try:
        return _settings(_given(options, env), env)
    except Exception:
        return None


def secrets_of(kubeconfig: object) -> set[str]:
    """The secret strings of a kubeconfig given as a dictionary, for Ansible's censor."""
    if isinstance(kubeconfig, list):
        return set().union(*map(secrets_of, kubeconfig))
    if not isinstance(kubeconfig, dict):
        return set()
    mine = {value for key, value in kubeconfig.items() if key in SECRET and isinstance(value, str)}
    return mine.union(*(secrets_of(value) for key, value in kubeconfig.items() if key not in SECRET))


def _given(options: Map, env: Map) -> dict[str, t.Any]:
    """The options that have a value, the environment's included."""
    names = {f"K8S_AUTH_{name.upper()}" for pair in OPTIONS.items() for name in pair}
    foreign = any(value is not None and name not in OPTIONS for name, value in options.items())
    proxied = sys.platform == "darwin" or any(name.lower().endswith("_proxy") for name in env)  # macOS keeps proxies in its own settings
    if foreign or proxied or any(name.startswith("K8S_AUTH_") and name not in names for name in env):
        raise _Other
    given = {}
    for name, alias in OPTIONS.items():
        value = options.get(name)
        if value is None:
            value = env.get(f"K8S_AUTH_{name.upper()}") or env.get(f"K8S_AUTH_{alias.upper()}")
            value = value.lower() not in ("0", "false", "no") if value and name == "validate_certs" else value
        if value == "":
            raise _Other
        if value is not None:
            given[name] = value
    return given


def _settings(given: Map, env: Map) -> Settings:
    own = {"ca": "ca_cert", "cert": "client_cert", "key": "client_key", "verify": "validate_certs", "token": "api_key", "host": "host"}
    over = {field: given[name] for field, name in own.items() if name in given}
    if "host" in over:
        over["host"] = over["host"].rstrip("/")
    if "host" in over and ("token" in over or ("cert" in over and "key" in over)):
        return Settings(**over)
    if "kubeconfig" not in given and "context" not in given and "KUBERNETES_SERVICE_HOST" in env:
        raise _Other
    config, folder = given.get("kubeconfig", env.get("KUBECONFIG", "~/.kube/config")), ""
    if isinstance(config, str):
        path = os.path.expanduser(config)
        folder = os.path.abspath(os.path.dirname(path))
        import yaml  # here, not above: host and api_key need none

        with open(path, encoding="utf-8") as file:  # several paths in one are no file, and so not plain
            config = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    found = _of_kubeconfig(config, given.get("context"), folder)
    if found.token and over:
        raise _Other  # which of them wins differs by version of the client
    return found._replace(**over)


def _of_kubeconfig(config: Map, context: str | None, folder: str) -> Settings:
    def named(kind: str, name: str) -> dict[str, t.Any]:
        (found,) = (entry[kind] for entry in config[f"{kind}s"] if entry["name"] == name)
        return found

    def pem(entry: Map, key: str) -> str | bytes | None:
        if key not in entry and f"{key}-data" not in entry:
            return None
        data, path = base64.standard_b64decode(entry.get(f"{key}-data", "")), os.path.normpath(os.path.join(folder, entry.get(key, "")))
        if not data and not os.path.isfile(path):
            raise _Other
        return data or path

    chosen = named("context", config["current-context"] if context is None else context)
    cluster, user = named("cluster", chosen["cluster"]), named("user", chosen["user"]) if chosen.get("user") else {}
    odd = [key for entry, known in ((cluster, CLUSTER), (user, USER)) for key, value in entry.items() if key not in known or value in (None, "")]
    insecure, token = cluster.get("insecure-skip-tls-verify", False), user.get("token")
    if odd or not isinstance(insecure, bool):
        raise _Other
    if token is None and "tokenFile" in user:
        with open(os.path.join(folder, user["tokenFile"]), encoding="utf-8") as file:
            token = file.read().strip()
    found = Settings(cluster["server"].rstrip("/"), token, not insecure, cluster.get("tls-server-name"))
    if not found.host.startswith("https"):
        return found
    return found._replace(ca=pem(cluster, "certificate-authority"), cert=pem(user, "client-certificate"), key=pem(user, "client-key"))
