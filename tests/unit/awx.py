# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of AWX's API as its own client needs for an import, in memory, and as strict where it matters: every key must resolve, a playbook
must be in the project, and a job template takes only what its survey asks."""

from __future__ import annotations

import datetime
import json
import re
import typing as t

import requests

Object = dict[str, t.Any]
BASE = "/api/v2/"

# Kind as addresses have it: its type, the keys of others that it has, and its lists: "new" for things of its own (and their kind), "link" for others.
KINDS: dict[str, tuple[str, tuple[str, ...], dict[str, tuple[str, str]]]] = {
    "organizations": ("organization", (), {}),
    "execution_environments": ("execution_environment", ("organization",), {}),
    "credential_types": ("credential_type", (), {}),
    "credentials": ("credential", ("organization", "credential_type"), {}),
    "projects": ("project", ("organization", "default_environment"), {}),
    "inventories": ("inventory", ("organization",), {"hosts": ("new", "hosts")}),
    "hosts": ("host", ("inventory",), {}),
    "job_templates": (
        "job_template",
        ("inventory", "project", "execution_environment"),
        {"credentials": ("link", "credentials"), "survey_spec": ("blob", ""), "schedules": ("new", "schedules")},
    ),
    "schedules": ("schedule", ("unified_job_template",), {}),
    "workflow_job_templates": (
        "workflow_job_template",
        ("organization", "inventory"),
        {"survey_spec": ("blob", ""), "workflow_nodes": ("new", "workflow_job_template_nodes")},
    ),
    "workflow_job_template_nodes": (
        "workflow_job_template_node",
        ("workflow_job_template", "unified_job_template"),
        {**{f"{when}_nodes": ("link", "workflow_job_template_nodes") for when in ("success", "failure", "always")}, "create_approval_template": ("blob", "")},
    ),
}
OTHERS = ("users", "teams", "notification_templates", "inventory_sources", "applications", "system_job_templates")
PARENTS = {"hosts": "inventory", "schedules": "unified_job_template", "workflow_job_template_nodes": "workflow_job_template"}


class Server:
    """What the client calls a connection; ``refused`` has whatever a real one would have refused."""

    server = "http://awx.invalid"

    def __init__(self, playbooks: t.Collection[str], *there: tuple[str, Object]) -> None:
        self.playbooks, self.refused = playbooks, list[str]()
        self.kept: dict[str, list[Object]] = {kind: [] for kind in (*KINDS, *OTHERS)}
        self.lists: dict[str, list[t.Any]] = {}  # address of a list of another object: ids, or what was sent
        for kind, fields in there:
            self._make(kind, fields)

    def one(self, kind: str, name: str) -> Object:
        """What is there under this name or identifier."""
        (found,) = (o for o in self.kept[kind] if name in (o.get("name"), o.get("identifier")))
        return found

    def linked(self, kind: str, name: str, which: str) -> list[t.Any]:
        """What a list of it holds; things by name."""
        kept = self.lists.get(f"{self.one(kind, name)['url']}{which}/", [])
        if KINDS[kind][2][which][0] == "blob":
            return kept
        others = self.kept[KINDS[kind][2][which][1]]
        return [str(o.get("identifier") or o.get("name")) for o in others if o["id"] in kept]

    # The client's verbs

    def get(self, address: str, query_parameters: t.Any = None, headers: t.Any = None) -> requests.Response:
        return _answer("GET", address, 200, self._read(address))

    def options(self, address: str) -> requests.Response:
        kind = _kind(address)
        fields = {key: {"type": "id"} for key in KINDS.get(kind, ("", (), {}))[1]} | {f: {"type": "string"} for f in FIELDS}
        return _answer("OPTIONS", address, 200, {"actions": {"POST": fields}})

    def post(self, address: str, json: Object, data: t.Any = None, headers: t.Any = None) -> requests.Response:
        kind, owner, which = _kind(address), _owner(address), address.rstrip("/").rpartition("/")[2]
        if not owner:
            return _answer("POST", address, *self._created(kind, json))
        how, of = KINDS[_kind(owner)][2][which]
        kept = self.lists.setdefault(address, [])
        if how == "new":
            code, made = self._created(of, {**json, PARENTS[of]: int(owner.rstrip("/").rpartition("/")[2])})
            kept += [made["id"]] if code == 201 else []
            return _answer("POST", address, code, made)
        kept.append(json["id"] if how == "link" else json)
        return _answer("POST", address, 204 if how == "link" else 200, {})

    def put(self, address: str, json: Object) -> requests.Response:
        found = self._read(address)
        code = self._judge(_kind(address), {**found, **json})
        found.update(json)
        return _answer("PUT", address, code, found)

    # What is behind them

    def _read(self, address: str) -> Object:
        owner, number = _owner(address), re.fullmatch(rf"{BASE}(\w+)/(\d+)/", address)
        if number:
            return next(o for o in self.kept[number[1]] if o["id"] == int(number[2]))
        kept = self.kept[_kind(address)]
        mine = [o for o in kept if not owner or o["id"] in self.lists.get(address, [])]
        return {"count": len(mine), "next": None, "previous": None, "results": mine}

    def _created(self, kind: str, fields: Object) -> tuple[int, Object]:
        code = self._judge(kind, fields)
        return (201, self._make(kind, fields)) if code == 200 else (code, {"detail": self.refused[-1]})

    def _make(self, kind: str, fields: Object) -> Object:
        name, keys, lists = KINDS[kind]
        if kind == "job_templates":
            project = next(p for p in self.kept["projects"] if p["id"] == fields["project"])
            fields, keys = {**fields, "organization": project["organization"]}, (*keys, "organization")
        number = sum(map(len, self.kept.values())) + 1
        url = f"{BASE}{kind}/{number}/"
        related = {which: f"{url}{which}/" for which in lists}
        related |= {key: f"{BASE}{self._kind_of(key, fields[key])}/{fields[key]}/" for key in keys if fields.get(key) is not None}
        made = {**fields, "id": number, "type": name, "url": url, "related": related, "status": "successful", "created": "2026-01-01T00:00:00.000000Z"}
        self.kept[kind].append(made)
        return made

    def _kind_of(self, key: str, number: int) -> str:
        return next(kind for kind, kept in self.kept.items() for o in kept if o["id"] == number)

    def _judge(self, kind: str, fields: Object) -> int:
        what = f"{kind} {fields.get('name') or fields.get('identifier')}"
        wrong = [f"{what}: {key} names nothing" for key in KINDS[kind][1] if key in fields and fields[key] is None]
        if kind == "job_templates" and fields["playbook"] not in self.playbooks:
            wrong.append(f"{what}: no playbook {fields['playbook']}")
        if fields.get("extra_data"):
            template = self._kind_of("", fields["unified_job_template"])
            survey = self.lists.get(f"{BASE}{template}/{fields['unified_job_template']}/survey_spec/", [{"spec": []}])[-1]
            unasked = fields["extra_data"].keys() - {q["variable"] for q in survey["spec"]}
            wrong += [f"{what}: nobody asks for {name}" for name in sorted(unasked)]
        self.refused += wrong
        return 400 if wrong else 200


FIELDS = (
    *("name", "description", "kind", "inputs", "injectors", "image", "scm_type", "scm_url", "scm_branch", "enabled", "variables", "identifier"),
    *("job_type", "playbook", "extra_vars", "allow_simultaneous", "ask_job_type_on_launch", "ask_diff_mode_on_launch", "survey_enabled"),
    *("rrule", "extra_data", "all_parents_must_converge"),
)


def _owner(address: str) -> str:
    """Whose list it is; empty for a list of all."""
    found = re.fullmatch(rf"({BASE}\w+/\d+/)\w+/", address)
    return found[1] if found else ""


def _kind(address: str) -> str:
    owner, parts = _owner(address), address.removeprefix(BASE).split("/")
    return KINDS[parts[0]][2][parts[2]][1] if owner else parts[0]


def _answer(method: str, address: str, code: int, body: Object) -> requests.Response:
    made = requests.Response()
    made.status_code, made._content, made.elapsed = code, json.dumps(body).encode(), datetime.timedelta(0)
    made.headers["Allow"] = "GET, POST"
    made.request = requests.Request(method, Server.server + address).prepare()
    return made
