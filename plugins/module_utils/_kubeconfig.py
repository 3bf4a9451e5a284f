# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with a kubeconfig that could not be used, and what to type. Asked only after that; nothing of its content but names is told."""

from __future__ import annotations

import base64
import difflib
import os
import shutil
import typing as t

FILES = {"cluster": ("certificate-authority",), "user": ("client-certificate", "client-key")}
ANOTHER = "-e pc_kubeconfig=PATH names another"
ANEW = "fetch it anew from the cluster"

Map = t.Mapping[str, t.Any]


class _Wrong(Exception):
    """The problem, and what to type."""


def why(options: Map, env: Map) -> tuple[str, str] | None:
    """The first thing that is wrong, and what to type; None where it is another one's fault than the kubeconfig's."""
    try:
        _check(options, env)
    except _Wrong as exc:
        problem, hint = exc.args
        return problem, hint
    except Exception:  # a form that nobody has thought of; the client's own words are better than none
        return None
    return None


def _check(options: Map, env: Map) -> None:
    config, said_by = _given(options, env, "kubeconfig")
    context = _given(options, env, "context")[0]
    if isinstance(config, t.Mapping):
        return _content(config, context, "the kubeconfig", "")
    if not config:
        config, said_by = (env["KUBECONFIG"], "KUBECONFIG") if env.get("KUBECONFIG") else ("~/.kube/config", "the default")
        if _given(options, env, "host")[0]:
            return _beside_host(options, env, config)
    first, *more = [os.path.expanduser(each) for each in config.split(os.pathsep) if each]
    if more:  # several files make one, those that exist; what they make together is the client's matter
        for each in (first, *more):
            if os.path.exists(each):
                _parsed(_text(each, said_by), each)
        return None
    return _content(_parsed(_text(first, said_by), first), context, first, os.path.dirname(os.path.abspath(first)))


def _beside_host(options: Map, env: Map, config: str) -> None:
    """With a host, what logs in may come from options or from a kubeconfig; with neither the client speaks of a file that nobody has meant."""
    by_options = any(_given(options, env, name)[0] for name in ("api_key", "username", "client_cert", "cert_file"))
    by_file = any(os.path.exists(os.path.expanduser(each)) for each in config.split(os.pathsep))
    if not by_options and not by_file:
        raise _Wrong("there is a host and nothing to log in with", "K8S_AUTH_API_KEY, or client_cert and client_key, or a kubeconfig")


def _given(options: Map, env: Map, name: str) -> tuple[t.Any, str]:
    """An option's value and who has said it."""
    variable = f"K8S_AUTH_{name.upper()}"
    return (options[name], f"the option {name}") if options.get(name) else (env.get(variable), variable)


def _text(path: str, said_by: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except FileNotFoundError:
        raise _Wrong(f"{path} does not exist ({said_by})", ANOTHER) from None
    except (OSError, UnicodeDecodeError) as exc:
        said = exc.strerror if isinstance(exc, OSError) else "it is no text"
        raise _Wrong(f"{path} cannot be read: {said} ({said_by})", f"see ls -l {path}; {ANOTHER}") from None
    if not text.strip():
        raise _Wrong(f"{path} is empty ({said_by})", f"{ANEW}; {ANOTHER}")
    return text


def _parsed(text: str, path: str) -> Map:
    import yaml  # here, as in _connect: who gives host and api_key needs none

    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as exc:  # its words would show the line, and with it a token
        mark = getattr(exc, "problem_mark", None)
        raise _Wrong(f"{path} is not YAML{f', line {mark.line + 1}' if mark else ''}", f"{ANEW}; {ANOTHER}") from None
    if not isinstance(found, t.Mapping):
        raise _Wrong(f"{path} is no kubeconfig", ANOTHER)
    return found


def _content(config: Map, context: str | None, path: str, folder: str) -> None:
    names = [str(entry["name"]) for entry in config.get("contexts") or []]
    if not names:
        raise _Wrong(f"{path} is no kubeconfig: it has no contexts", ANOTHER)
    wanted = context or config.get("current-context")
    if not wanted:
        raise _Wrong(f"{path} has no current context", f"-e pc_context=NAME, one of {', '.join(names)}")
    if wanted not in names:
        near = difflib.get_close_matches(str(wanted), names, n=1)
        raise _Wrong(f"{path} has no context {wanted}", f"-e pc_context={near[0] if near else 'NAME'}; it has {', '.join(names)}")
    chosen = next(entry["context"] for entry in config["contexts"] if entry["name"] == wanted)
    for kind, keys in FILES.items():
        if not chosen.get(kind) and kind == "user":
            continue
        entry = next((e[kind] for e in config.get(f"{kind}s") or [] if e["name"] == chosen.get(kind)), None)
        if entry is None:
            raise _Wrong(f"{path} has no {kind} {chosen.get(kind)}, which its context {wanted} names", ANEW)
        for key in keys:
            _pem(entry, key, path, folder)
        program = (entry.get("exec") or {}).get("command")
        if program and not shutil.which(os.path.join(folder, program) if os.sep in program else program):
            raise _Wrong(f"{path}: the program {program}, which is to log in, cannot be found", f"install {program}, or add its folder to PATH")


def _pem(entry: Map, key: str, path: str, folder: str) -> None:
    """A certificate or key is there, and looks like one."""
    if entry.get(f"{key}-data"):
        try:
            text = base64.b64decode(entry[f"{key}-data"], validate=True)
        except ValueError:
            raise _Wrong(f"{path}: {key}-data is not base64", ANEW) from None
        where = f"{path}: {key}-data"
    elif entry.get(key):
        where = os.path.normpath(os.path.join(folder, entry[key]))
        if not os.path.isfile(where):
            raise _Wrong(f"{where} does not exist, which {path} names as {key}", ANEW)
        with open(where, "rb") as file:
            text = file.read()
    else:
        return
    if b"-----BEGIN" not in text:
        raise _Wrong(f"{where} is no certificate or key in PEM", ANEW)
