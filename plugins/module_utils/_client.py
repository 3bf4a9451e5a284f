# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only door to openshift-client, and through it to ``oc`` or ``kubectl``. A secret is handed over in a file, never on a command line."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import tempfile
import typing as t

from ansible_collections.robustmq.placement_center.plugins.module_utils import _connect, _libraries
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, MissingLibrary, Unreachable

try:
    import openshift_client as oc
except ImportError as exc:
    MISSING: ImportError | None = exc
else:
    MISSING = None

Object = dict[str, t.Any]
Map = t.Mapping[str, t.Any]

UNTOLD = ("username", "password", "proxy", "no_proxy", "proxy_headers")


class Access(t.NamedTuple):
    """How the program reaches the cluster; no kubeconfig means that it finds its own."""

    kubeconfig: str | None
    flags: list[str]


class Client:
    """Questions to one namespace; safe to use from several threads."""

    def __init__(self, program: str, access: Access, namespace: str, seconds: float) -> None:
        """:param seconds: how long one question may take."""
        self._program, self._access, self._namespace, self._seconds = program, access, namespace, seconds

    def objects(self, *what: str) -> list[Object]:
        """Objects, by ``resource`` or by any number of ``resource/name``; those that are missing are left out."""
        said = self.ask("get", "-o=json", "--ignore-not-found", *what)
        found = json.loads(said) if said.strip() else {"items": []}
        items: list[Object] = found.get("items", [found])
        return items

    def ask(self, verb: str, *words: str) -> str:
        """What the program prints.

        :raises Unreachable: it failed; the message is its own.
        """
        here = oc.client_path(self._program), oc.api_server(kubeconfig_path=self._access.kubeconfig), oc.project(self._namespace)
        with here[0], here[1], here[2], oc.timeout(self._seconds):
            try:
                done = oc.invoke(verb, [*words, *self._access.flags], auto_raise=False)
            except OSError as exc:
                raise Unreachable(f"could not run {self._program}: {exc}") from exc
        if done.get_timeout():
            raise Unreachable(f"{verb} {words[-1]} took more than {self._seconds:.0f} s")
        if done.status():
            raise Unreachable((done.err().strip() or f"exit code {done.status()}").splitlines()[-1])
        return str(done.out())


def program(wanted: str | None) -> str:
    """The program's path: the one that is wanted, else ``oc``, else ``kubectl``.

    :raises MissingLibrary: there is none, or openshift-client is missing.
    """
    if MISSING:
        raise _libraries.missing("cannot collect evidence", MISSING)
    names = [wanted] if wanted else ["oc", "kubectl"]
    found = next((path for path in map(shutil.which, names) if path), None)
    if found is None:
        raise MissingLibrary(f"cannot find {' or '.join(names)}", "install one of oc and kubectl where this task runs, or name its path: client")
    return found


@contextlib.contextmanager
def access(options: Map, env: Map) -> t.Iterator[Access]:
    """What kubernetes.core's options and environment mean for the program; a file made for it lasts as long as the block.

    :raises BadInput: they say what no file can.
    """
    given = {name: value for name in [*_connect.OPTIONS, *UNTOLD, "impersonate_user", "impersonate_groups"] if (value := _given(options, env, name))}
    groups = given.get("impersonate_groups") or []
    flags = [f"--as={given['impersonate_user']}"] if "impersonate_user" in given else []
    flags += [f"--as-group={group}" for group in (groups.split(",") if isinstance(groups, str) else groups)]
    narrowed = {key: value for key, value in env.items() if not key.lower().endswith("_proxy") and not _foreign(key)}
    settings = _connect.plain({name: options.get(name) for name in _connect.OPTIONS}, narrowed)
    if told := [name for name in given if name in UNTOLD or (settings is None and name in _connect.OPTIONS and name not in ("kubeconfig", "context"))]:
        raise BadInput(told[0], "(set)", "cannot be handed to the program that collects", "say it in a kubeconfig")
    config = given.get("kubeconfig") if settings is None else kubeconfig(settings)
    if settings is None and "context" in given:
        flags.append(f"--context={given['context']}")
    if not isinstance(config, dict):
        yield Access(os.path.expanduser(config) if config else None, flags)
        return
    with tempfile.TemporaryDirectory(prefix="pc-evidence-") as folder:
        path = os.path.join(folder, "kubeconfig")
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            json.dump(config, file)
        yield Access(path, flags)


def kubeconfig(found: _connect.Settings) -> Object:
    """A plain connection as a kubeconfig."""

    def pem(name: str, value: str | bytes | None) -> Object:
        if value is None:
            return {}
        return {f"{name}-data": base64.b64encode(value).decode()} if isinstance(value, bytes) else {name: os.path.abspath(value)}

    cluster: Object = {"server": found.host, **({"tls-server-name": found.server_name} if found.server_name else {})}
    cluster |= pem("certificate-authority", found.ca) if found.verify else {"insecure-skip-tls-verify": True}
    user: Object = {**({"token": found.token} if found.token else {}), **pem("client-certificate", found.cert), **pem("client-key", found.key)}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "it", "cluster": cluster}],
        "users": [{"name": "me", "user": user}],
        "contexts": [{"name": "here", "context": {"cluster": "it", "user": "me"}}],
        "current-context": "here",
    }


def secrets(options: Map, env: Map) -> set[str]:
    """The connection's own secrets."""
    found = _connect.plain({name: options.get(name) for name in _connect.OPTIONS}, env)
    mine = {str(value) for name in ("api_key", "password") if (value := _given(options, env, name))}
    return mine | ({found.token} if found and found.token else set()) | _connect.secrets_of(options.get("kubeconfig"))


def _given(options: Map, env: Map, name: str) -> t.Any:
    names = [f"K8S_AUTH_{n.upper()}" for n in (name, _connect.OPTIONS.get(name, name))]
    value = options.get(name)
    return value if value is not None else next((env[n] for n in names if env.get(n)), None)


def _foreign(key: str) -> bool:
    """An option in the environment that a plain connection knows nothing of; what it means is handed over by other means, or refused."""
    return key.startswith("K8S_AUTH_") and key not in {f"K8S_AUTH_{n.upper()}" for pair in _connect.OPTIONS.items() for n in pair}
