# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's login of a server that has one: from a Secret, by an immutable copy, into the members' environment. Pure.

The server replaces the text behind ``key =`` in its file by that of a variable, before it reads the file as TOML. So what a variable holds is
a TOML string with its quotes. Where the variable is not valid UTF-8 the server leaves the file's own text, without a word.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import typing as t
from dataclasses import dataclass, field

from ansible_collections.robustmq.placement_center.plugins.module_utils import _toml
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._hints import hint
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import Profile
from ansible_collections.robustmq.placement_center.plugins.module_utils._settings import Cluster

Object = dict[str, t.Any]

KEYS = ("username", "password", "jwt_secret")
# What every copy of the server's own template says, so that everybody knows it.
PUBLISHED = {"password": "admin", "jwt_secret": "robustmq-change-me-in-production"}
SHORTEST_JWT = 32  # bytes: it is the key of the tokens' HMAC-SHA256, and of the hash in the copy's name
FEWEST_JWT = 8  # different characters in it
LONGEST = 4096  # bytes of one value: the kernel takes no variable of more than 128 KiB
HASH = 10  # hexadecimal digits


@dataclass(frozen=True)
class Login:
    """What the server asks of an administrator, and the key of its tokens. Its text shows none of it."""

    username: str
    password: str = field(repr=False)
    jwt_secret: str = field(repr=False)


@dataclass(frozen=True)
class Source:
    """The administrator's Secret, and whether it is still to be made."""

    secret: Object = field(repr=False)
    new: bool = False

    @property
    def name(self) -> str:
        """The Secret's."""
        return str(self.secret["metadata"]["name"])


def check(where: Cluster, given: str) -> None:
    """:raises BadInput: a Secret is named that cannot be the administrator's."""
    if not given:
        return
    if not where.profile.admin_env:
        problem, way = f"is for a server with an administrator, and the profile {where.profile.name} has none", "leave it away, or correct the profile"
        raise BadInput("statefulset.admin_secret", given, problem, way, "admin_unknown")
    if is_copy(given, where.name):
        way = "name the Secret that it was made of, or leave it away"
        raise BadInput("statefulset.admin_secret", given, "is a copy that this collection makes", way, "admin_unknown")
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?", given):
        raise BadInput("statefulset.admin_secret", given, "is no valid name", "use lower case letters, digits, dashes and dots", "name_invalid")


def own_env(profile: Profile, given: t.Mapping[str, t.Any]) -> None:
    """:raises BadInput: a variable of the operator would put a login into the template, for everybody to read, in place of the Secret's."""
    for name in given:
        if name in profile.admin_env.values():
            way = "put it into the Secret that admin_secret (pc_admin_secret) names"
            raise BadInput(f"env.{name}", "...", "is a secret, and this would be in the pod template", way, "admin_secret_in_config")


def source_name(cluster: str, given: str = "") -> str:
    """The Secret that an administrator looks after."""
    return given or f"{cluster}-admin"


def read(secret: Object) -> Login:
    """The login that a Secret holds.

    :raises Refused: it lacks a key, or a value could not be the server's or is everybody's; names the key, never its value.
    """
    name, data = secret["metadata"]["name"], secret.get("data") or {}
    missing = [key for key in KEYS if key not in data]
    if missing:
        there = ", ".join(sorted(data)) or "none"
        raise Refused("admin_secret_incomplete", f"Secret {name} has no {', '.join(missing)}; its keys: {there}", hint("admin_secret_incomplete"))
    return Login(**{key: _value(name, key, data[key]) for key in KEYS})


def _value(name: str, key: str, encoded: str) -> str:
    try:
        raw = base64.b64decode(encoded or "", validate=True)
        value = raw.decode()
    except ValueError:
        raise _wrong(name, key, "is no UTF-8 text, which the server ignores") from None
    if value[-1:] in ("\n", "\r"):
        raise Refused("secret_line_end", f"Secret {name}: {key} ends with a line end", hint("secret_line_end"))
    if not value:
        raise _wrong(name, key, "is empty")
    if re.search(r"[\x00-\x1f\x7f]", value):
        raise _wrong(name, key, "has a line end, NUL or another control character in it, which a line of the server's file cannot hold")
    if len(raw) > LONGEST:
        raise _wrong(name, key, f"is longer than {LONGEST} bytes")
    if value == PUBLISHED.get(key):
        raise Refused("admin_published", f"Secret {name}: {key} is the one of the server's own template, which everybody knows", hint("admin_published"))
    if key == "jwt_secret" and (len(raw) < SHORTEST_JWT or len(set(value)) < FEWEST_JWT):
        raise Refused("jwt_secret_weak", f"Secret {name}: jwt_secret is shorter than {SHORTEST_JWT} bytes, or of too few characters", hint("jwt_secret_weak"))
    return value


def _wrong(name: str, key: str, what: str) -> Refused:
    return Refused("admin_secret_invalid", f"Secret {name}: {key} {what}", hint("admin_secret_invalid"))


def missing(where: Cluster, name: str) -> Refused:
    """A Secret that was named is not there: it is never made under a name that somebody else chose."""
    return Refused("admin_secret_missing", f"Secret {name} does not exist in namespace {where.namespace}", hint("admin_secret_missing"))


def made(where: Cluster, password: str, jwt_secret: str) -> Object:
    """The Secret of a first deployment that named none. :param password: random, as the other."""
    return _secret(where, source_name(where.name), {"username": "admin", "password": password, "jwt_secret": jwt_secret})


def copy_name(where: Cluster, login: Login) -> str:
    """The name of the immutable copy; whoever reads it can try no password, since the hash takes the secret of the tokens."""
    text = "\0".join((login.username, login.password, login.jwt_secret))
    return f"{where.name}-admin-{hmac.new(login.jwt_secret.encode(), text.encode(), hashlib.sha256).hexdigest()[:HASH]}"


def is_copy(name: str, cluster: str) -> bool:
    """Is it the name of such a copy?"""
    return bool(re.fullmatch(rf"{re.escape(cluster)}-admin-[0-9a-f]{{{HASH}}}", name))


def copy_of(where: Cluster, login: Login) -> Object:
    """The copy that a pod template names: what the server's file is to hold, word for word."""
    texts = {key: _toml.string(getattr(login, key)) for key in KEYS}
    return {**_secret(where, copy_name(where, login), texts), "immutable": True}


def _secret(where: Cluster, name: str, texts: t.Mapping[str, str]) -> Object:
    meta = {"name": name, "namespace": where.namespace, "labels": where.labels}
    data = {key: base64.b64encode(value.encode()).decode() for key, value in texts.items()}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": meta, "type": "Opaque", "data": data}


def asked(profile: Profile, data: t.Mapping[str, str]) -> bool:
    """Does this configuration have the login come from the environment? One of an older generation does not.

    :param data: file by file.
    """
    try:
        table = _toml.parse(data.get(profile.config_file, "")).get("admin") or {}
    except ValueError:
        return False
    return bool(profile.admin_env) and all(table.get(key) is False for key in profile.admin_env)


def env(profile: Profile, copy: str) -> list[Object]:
    """The members' variables; none where no copy is named."""
    if not copy:
        return []
    return [{"name": name, "valueFrom": {"secretKeyRef": {"name": copy, "key": key}}} for key, name in profile.admin_env.items()]


def named(profile: Profile, template: Object) -> str:
    """The copy that a pod template names; empty where none."""
    return next((str(each.get("name", "")) for each in _references(profile, template)), "")


def rename(profile: Profile, template: Object, name: str) -> None:
    """Let a pod template name another copy."""
    for each in _references(profile, template):
        each["name"] = name


def _references(profile: Profile, template: Object) -> list[Object]:
    """Where a pod template names the copy."""
    variables, found = set(profile.admin_env.values()), []
    for container in template["spec"]["containers"]:
        for each in container.get("env") or []:
            reference = (each.get("valueFrom") or {}).get("secretKeyRef")
            if each["name"] in variables and reference:
                found.append(reference)
    return found
