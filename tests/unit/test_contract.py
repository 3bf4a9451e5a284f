# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written twice says the same: specification and documentation, defaults and argument specs, codes and their page."""

from __future__ import annotations

import ast
import importlib
import pathlib
import re
import typing as t

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.kubernetes.core.plugins.module_utils.args_common import AUTH_ARG_SPEC
from ansible_collections.robustmq.placement_center.plugins.doc_fragments import auth, cluster, mover, parts, steps
from ansible_collections.robustmq.placement_center.plugins.module_utils import _entry, _hints, _mover_words, _verdict, _views
from ansible_collections.robustmq.placement_center.plugins.module_utils._rights import EVIDENCE, HEALTH, HISTORY, Right

from tools.package import EXAMPLE

ROOT = pathlib.Path(__file__).parents[2]
AT_HOME = {"pc_variables"}  # an action plugin that asks no cluster
MODULES = sorted(p.stem for p in (ROOT / "plugins/modules").glob("pc_*.py") if p.stem not in AT_HOME)
ROLES = sorted(p.name for p in (ROOT / "roles").iterdir() if p.is_dir())
FRAGMENTS = {"steps": steps, "mover": mover, "parts": parts}  # those that go beside options of a module's own
PAGE = ROOT / "docs/docsite/rst/reason_codes.rst"
Spec = dict[str, t.Any]


def load(path: pathlib.Path) -> t.Any:
    return yaml.safe_load(path.read_text())


def test_connection_options_are_kubernetes_cores_own() -> None:
    # Whether a whole kubeconfig is censored differs by version; we censor its secrets.
    theirs = {name: {k: v for k, v in option.items() if name != "kubeconfig" or k != "no_log"} for name, option in AUTH_ARG_SPEC.items()}
    assert theirs == _entry.AUTH_SPEC


def agree(spec: Spec, documented: Spec) -> None:
    assert set(spec) == set(documented)
    for name, option in spec.items():
        said = documented[name]
        assert said["type"] == option.get("type", "str"), name
        assert said.get("default") == option.get("default"), name
        assert said.get("choices") == option.get("choices") or sorted(said["choices"]) == sorted(option["choices"]), name
        assert said.get("aliases") == option.get("aliases"), name
        if "options" in option:
            agree(option["options"], said["suboptions"])


@pytest.mark.parametrize("module", MODULES)
def test_a_module_documents_exactly_its_options(module: str) -> None:
    found = importlib.import_module(f"ansible_collections.robustmq.placement_center.plugins.modules.{module}")
    said = yaml.safe_load(found.DOCUMENTATION)
    options = said.get("options", {})
    for name, fragment in FRAGMENTS.items():
        if f"robustmq.placement_center.{name}" in said["extends_documentation_fragment"]:
            options = {**options, **yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)["options"]}
    agree(found.SPEC, options)


@pytest.mark.parametrize("action", sorted(AT_HOME))
def test_an_action_documents_exactly_its_options(action: str) -> None:
    told, plugin = (importlib.import_module(f"ansible_collections.robustmq.placement_center.plugins.{kind}.{action}") for kind in ("modules", "action"))
    agree(plugin.SPEC, yaml.safe_load(told.DOCUMENTATION)["options"])


def test_the_fragments_document_exactly_the_shared_options() -> None:
    agree(_entry.AUTH_SPEC, yaml.safe_load(auth.ModuleDocFragment.DOCUMENTATION)["options"])
    agree(_entry.CLUSTER_SPEC, yaml.safe_load(cluster.ModuleDocFragment.DOCUMENTATION)["options"])


@pytest.mark.parametrize("role", ROLES)
def test_a_roles_defaults_are_those_of_its_specification(role: str) -> None:
    options = load(ROOT / f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    defaults = load(ROOT / f"roles/{role}/defaults/main.yml")
    assert {name: o["default"] for name, o in options.items() if "default" in o} == defaults
    assert not [name for name, o in options.items() if o.get("required") and "default" in o]


@pytest.mark.parametrize("role", ROLES)
def test_a_roles_readme_names_every_variable(role: str) -> None:
    text = (ROOT / f"roles/{role}/README.md").read_text()
    for name in load(ROOT / f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]["options"]:
        assert f"`{name}`" in text, name


@pytest.mark.parametrize("role", ROLES)
def test_a_roles_example_is_a_whole_playbook_that_its_specification_takes(role: str) -> None:
    (text,) = EXAMPLE.findall((ROOT / f"roles/{role}/README.md").read_text())
    (play,) = yaml.safe_load(text)
    (used,) = play.pop("roles")
    assert play == {"hosts": "localhost", "gather_facts": False} and used.pop("role") == f"robustmq.placement_center.{role}"
    given = used.pop("vars", {})
    options = load(ROOT / f"roles/{role}/meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    assert used == {} and ArgumentSpecValidator(options).validate(given).error_messages == []


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_a_scenario_in_which_it_runs_by_itself(role: str) -> None:
    (play,) = load(ROOT / f"molecule/{role}/converge.yml")
    assert [used["role"] for used in play["roles"]] == [f"robustmq.placement_center.{role}"]
    assert (ROOT / f"molecule/{role}/verify.yml").exists()


def test_module_defaults_reach_every_module() -> None:
    group = load(ROOT / "meta/runtime.yml")["action_groups"]["all"]
    assert [m for m in group if isinstance(m, str)] == MODULES


RETURNING = {("_manifest", "broken"), ("_backup_report", "reason")}  # functions whose answer is a code


def returned(function: ast.FunctionDef) -> set[str]:
    """The strings that a function may return."""
    values = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]
    return {node.value for value in values for node in ast.walk(value) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def codes_in_source() -> set[str]:
    """Codes as the source writes them: first argument of Reason, Finding and Refused, ``reason`` of an error, a coded Answer."""
    found = set(_views.WAITING.values()) | set(_verdict.STUCK) | set(_mover_words.CODES.values()) | {code for code, _mark in _mover_words.MEANINGS}
    for path in (ROOT / "plugins").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                at = {"Reason": 0, "Finding": 0, "Refused": 0, "Failure": 0, "Answer": 1, "BadInput": 4}.get(name)
                found |= {k.value.value for k in node.keywords if k.arg == "trouble" and isinstance(k.value, ast.Constant)}
                if at is not None and len(node.args) > at and isinstance(node.args[at], ast.Constant):
                    found.add(t.cast(ast.Constant, node.args[at]).value)
            elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "reason" and isinstance(node.value, ast.Constant):
                found.add(str(node.value.value))
            elif isinstance(node, ast.FunctionDef) and (path.stem, node.name) in RETURNING:
                found |= {c for c in returned(node) if re.fullmatch("[a-z]+(_[a-z]+)+", c)}
    text = (ROOT / "plugins/module_utils/_probe.py").read_text() + (ROOT / "plugins/module_utils/_answers.py").read_text()
    found |= set(re.findall(r'return "([a-z_]+)"', text))
    found |= {"raft_not_ready", "cluster_disconnected", "storage_error", "process_unresponsive", "critical_threads_dead"}
    return {c for c in found if isinstance(c, str) and c}


def codes_on_page() -> set[str]:
    return set(re.findall(r"^``([a-z_]+)``$", PAGE.read_text(), re.MULTILINE))


def test_the_next_step_on_the_screen_is_the_one_of_the_page() -> None:
    page = dict(re.findall(r"^``([a-z_]+)``\n.*?\*What to do:\* (.*?)\n", PAGE.read_text(), re.MULTILINE | re.DOTALL))
    assert {code: page[code] for code in _hints.NEXT} == _hints.NEXT


def test_whoever_asks_for_a_hint_gets_one() -> None:
    asked = {code for path in (ROOT / "plugins").rglob("*.py") for code in re.findall(r'\bhint\("([a-z_]+)"\)', path.read_text())}
    assert asked - _hints.NEXT.keys() == set()


def test_every_reason_code_is_explained_and_every_explained_code_exists() -> None:
    assert codes_in_source() - codes_on_page() == set(), "not on the page"
    assert codes_on_page() - codes_in_source() == set(), "on the page, but nothing says it"


def granted(file: str) -> set[Right]:
    found: set[Right] = set()
    said = load(ROOT / f"docs/permissions/{file}.yml")
    for role in said.get("items", [said]):
        for rule in role["rules"]:
            everywhere = role["kind"] == "ClusterRole"
            found |= {Right(v, r, g, everywhere) for g in rule["apiGroups"] for r in rule["resources"] for v in rule["verbs"]}
    return found


def test_the_documented_roles_grant_what_looking_needs_and_nothing_else() -> None:
    for_claims = {
        Right("get", "persistentvolumes", "", True),
        Right("get", "storageclasses", "storage.k8s.io", True),
        Right("list", "volumesnapshotclasses", "snapshot.storage.k8s.io", True),
    }
    assert granted("observe") == {*HEALTH, *HISTORY} | for_claims
    assert granted("evidence") == set(EVIDENCE)
