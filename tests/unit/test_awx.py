# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file for AWX: its own client imports it, twice as well as once, and what it asks and runs is what the playbooks know."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import setuptools  # noqa: F401 # pylint: disable=unused-import
import yaml
from awxkit import yaml_file  # it imports distutils, which setuptools brings along
from awxkit.api.pages.api import ApiV2
from dateutil.rrule import rrulestr

from .awx import BASE, KINDS, OTHERS, Server
from .test_names import EXPRESSIONS, depends, values

ROOT = pathlib.Path(__file__).parents[2]
ASSETS = ROOT / "docs/awx/assets.yml"
PLAYBOOKS = {f"playbooks/{p.name}": p.stem for p in (ROOT / "playbooks").glob("*.yml")}
Object = dict[str, t.Any]


def load() -> Object:
    """As the client does it."""
    with open(ASSETS, encoding="utf-8") as file:
        return t.cast(Object, yaml.load(file, Loader=yaml_file.Loader))


DATA = load()
JOBS: list[Object] = DATA["job_templates"]
(WORKFLOW,) = DATA["workflow_job_templates"]
THERE: tuple[tuple[str, Object], ...] = (
    ("organizations", {"name": "Default"}),
    ("credential_types", {"name": "OpenShift or Kubernetes API Bearer Token", "kind": "kubernetes", "managed": True}),
)


def imported(server: Server) -> ApiV2:
    addresses = {kind.replace("inventories", "inventory"): f"{BASE}{kind}/" for kind in (*KINDS, *OTHERS)}
    api = ApiV2(server, endpoint=BASE, json=addresses)
    api.import_assets(load())
    return api


@pytest.fixture(scope="module")
def server() -> Server:
    made = Server(PLAYBOOKS, *THERE)
    assert not getattr(imported(made), "_has_error", False), made.refused
    return made


def test_the_client_imports_all_of_it(server: Server) -> None:
    assert server.refused == []
    for kind, name in (("job_templates", "job_templates"), ("projects", "projects"), ("inventory", "inventories"), ("credentials", "credentials")):
        assert [o["name"] for o in server.kept[name]] == [o["name"] for o in DATA[kind]]
    for job in JOBS:
        assert server.linked("job_templates", job["name"], "credentials") == ["placement-center cluster"]
        assert server.linked("job_templates", job["name"], "survey_spec") == [job["related"]["survey_spec"]]
    assert server.linked("inventories", "placement-center", "hosts") == ["localhost"]
    assert {len(server.kept[kind]) for kind in ("schedules", "execution_environments")} == {2, 1}


def test_imported_again_it_makes_nothing_twice_and_leaves_secrets_as_they_are() -> None:
    server = Server(PLAYBOOKS, *THERE)
    imported(server)
    server.one("credentials", "placement-center cluster")["inputs"] = {"host": "h", "bearer_token": "$encrypted$"}
    before = {kind: len(kept) for kind, kept in server.kept.items()}
    imported(server)
    assert {kind: len(kept) for kind, kept in server.kept.items()} == before and server.refused == []
    assert server.one("credentials", "placement-center cluster")["inputs"] == {"host": "h", "bearer_token": "$encrypted$"}


def test_the_workflow_goes_in_this_order(server: Server) -> None:
    def after(name: str, when: str) -> list[str]:
        return t.cast(list[str], server.linked("workflow_job_template_nodes", name, f"{when}_nodes"))

    way, names = ["status"], {n["id"]: n["name"] for n in server.kept["job_templates"]}
    while following := after(way[-1], "success"):
        way += following
    assert way == ["status", "backup", "canary", "approval", "upgrade", "drill"]
    assert [n for n in way if after(n, "failure") == ["evidence"]] == ["canary", "approval", "upgrade"], "before that nothing was changed"
    assert after("evidence", "always") == ["rollback"], "taken back whatever becomes of the evidence"
    runs = {n["identifier"]: names.get(n.get("unified_job_template")) for n in server.kept["workflow_job_template_nodes"]}
    assert runs == {
        "status": "placement-center status",
        "backup": "placement-center backup",
        "canary": "placement-center upgrade of the first member",
        "approval": None,
        "upgrade": "placement-center upgrade",
        "drill": "placement-center drill",
        "evidence": "placement-center evidence",
        "rollback": "placement-center rollback",
    }
    assert server.linked("workflow_job_template_nodes", "approval", "create_approval_template")[0]["timeout"] > 0
    assert yaml.safe_load(WORKFLOW["extra_vars"]) == {"pc_must_pass": True, "pc_unfinished_only": True}
    (canary,) = (job for job in JOBS if job["name"].endswith("first member"))
    assert yaml.safe_load(canary["extra_vars"]) == {"pc_canary": True}


def test_every_playbook_has_a_template_and_none_runs_beside_itself() -> None:
    assert {PLAYBOOKS[job["playbook"]] for job in JOBS} == set(PLAYBOOKS.values())
    assert [job["name"] for job in (*JOBS, WORKFLOW) if job["allow_simultaneous"]] == []


def known(playbook: str) -> list[str]:
    """The expressions that a playbook depends on: its own, and those of its roles' variables."""
    (play,) = yaml.safe_load((ROOT / f"playbooks/{playbook}.yml").read_text())
    roles = tuple(f"{entry['role'].rpartition('.')[2]}_" for entry in play["roles"])
    return [name for name in EXPRESSIONS if name.startswith((*roles, f"{playbook} "))]


QUESTIONS = [(job["name"], PLAYBOOKS[job["playbook"]], q) for job in JOBS for q in job["related"]["survey_spec"]["spec"]]


@pytest.mark.parametrize("playbook, question", [q[1:] for q in QUESTIONS], ids=[f"{q[0]}-{q[2]['variable']}" for q in QUESTIONS])
def test_a_question_is_about_a_variable_and_its_default_is_the_playbooks_own(playbook: str, question: Object) -> None:
    concerned = [name for name in known(playbook) if depends(name, question["variable"])]
    assert concerned, "the playbook does not know it"
    default = question.get("default", "")
    assert as_text(values(concerned, **{question["variable"]: default})) == as_text(values(concerned))
    assert not question["required"] or default == "" or playbook == "deploy"
    assert default == "" or isinstance(default, int if question["type"] == "integer" else str), "AWX refuses another type"
    if question["type"] == "multiplechoice":
        assert default in question["choices"]
        specs = {n: o for s in (ROOT / "roles").glob("*/meta/argument_specs.yml") for n, o in options(s).items() if n in concerned and "choices" in o}
        assert all(set(question["choices"]) <= set(spec["choices"]) for spec in specs.values())
    elif default != "":
        size = default if question["type"] == "integer" else len(default)
        assert question["min"] <= size <= question["max"]


def as_text(found: Object) -> dict[str, str]:
    """Numbers and flags as what they are read from: a survey's answer is often a text."""
    return {name: str(value).lower() for name, value in found.items()}


def options(path: pathlib.Path) -> Object:
    return t.cast(Object, yaml.safe_load(path.read_text())["argument_specs"]["main"]["options"])


def test_the_workflow_asks_what_one_of_its_jobs_knows_and_leaves_out_what_differs_between_them() -> None:
    asked = {q["variable"] for q in WORKFLOW["related"]["survey_spec"]["spec"]}
    jobs = {n["unified_job_template"]["name"] for n in WORKFLOW["related"]["workflow_nodes"] if "unified_job_template" in n}
    playbooks = [PLAYBOOKS[job["playbook"]] for job in JOBS if job["name"] in jobs]
    for variable in asked | yaml.safe_load(WORKFLOW["extra_vars"]).keys():
        assert any(depends(name, variable) for playbook in playbooks for name in known(playbook)), variable
    assert "pc_canary" not in asked and "pc_image" in asked


def test_a_schedule_has_a_next_time() -> None:
    schedules = [s for job in JOBS for s in job["related"].get("schedules", [])]
    assert [s["natural_key"]["unified_job_template"]["name"] for s in schedules] == ["placement-center backup", "placement-center drill"]
    assert all(len(list(zip(rrulestr(s["rrule"]), range(2)))) == 2 and "INTERVAL=" in s["rrule"] for s in schedules)


def test_it_is_of_this_version_and_has_no_secret() -> None:
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text())
    (project,) = DATA["projects"]
    (environment,) = DATA["execution_environments"]
    assert (project["scm_url"], project["scm_branch"]) == (galaxy["repository"], galaxy["version"])
    assert environment["image"].endswith(f":{galaxy['version']}")
    assert [c for c in DATA["credentials"] if "inputs" in c] == [], "it would overwrite those that AWX has"
    (kind,) = DATA["credential_types"]
    assert [f["secret"] for f in kind["inputs"]["fields"]] == [True]
    assert kind["injectors"]["file"] == {"template.signing_key": "{{ signing_key }}"}, "a file, so that no command line and no result has it"
