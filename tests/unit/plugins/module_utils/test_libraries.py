# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is missing is told with the line to type, for the Python that runs the module."""

from __future__ import annotations

import datetime
import importlib
import sys
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _checks, _client, _libraries, _python, _wire
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import MissingLibrary

OTHER = {"kubeconfig": {"clusters": []}, "proxy": "http://p"}  # not plain, so kubernetes.core is needed

# the module that cannot be imported, who wants it, what is to be typed
CASES: list[tuple[str, t.Callable[[], t.Any], str]] = [
    ("kubernetes", lambda: _wire.through_core(OTHER), "PYTHON -m pip install kubernetes, or "),
    ("ansible_collections.kubernetes.core.plugins.module_utils.k8s", lambda: _wire.through_core(OTHER), "ansible-galaxy collection install kubernetes.core"),
    ("jmespath", lambda: _checks.Checks([{"that": "a", "says": "b"}]), "PYTHON -m pip install jmespath, or "),
]


class Refuses:
    """An import hook that does not find one module."""

    def __init__(self, name: str) -> None:
        self.name = name

    def find_spec(self, name: str, *_more: t.Any) -> None:
        if name == self.name or name.startswith(f"{self.name}."):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def without(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for loaded in [each for each in sys.modules if each == name or each.startswith(f"{name}.")]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setattr(sys, "meta_path", [Refuses(name), *sys.meta_path])


@pytest.mark.parametrize("name, act, typed", CASES, ids=[c[0].partition(".")[0] for c in CASES])
def test_a_library_is_missing(name: str, act: t.Callable[[], t.Any], typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    without(name, monkeypatch)
    with pytest.raises(MissingLibrary) as caught:
        act()
    assert caught.value.hint.startswith(typed.replace("PYTHON", sys.executable)), caught.value.words


def test_what_the_client_brings_along_is_not_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_wire, "MISSING", ModuleNotFoundError("No module named 'urllib3'", name="urllib3"))
    with pytest.raises(MissingLibrary, match="urllib3") as caught:
        _wire.Wire({"host": "https://h", "api_key": "k"}, 1)
    assert f"{sys.executable} -m pip install kubernetes" in caught.value.hint


def test_the_program_that_collects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_client, "MISSING", ModuleNotFoundError("No module named 'openshift_client'", name="openshift_client"))
    with pytest.raises(MissingLibrary) as caught:
        _client.program(None)
    assert "-m pip install openshift-client" in caught.value.hint


def test_an_old_python_is_called_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(datetime, "UTC")
    with pytest.raises(ImportError, match=f"need Python 3.11 or newer, not {sys.executable}: -e ansible_python_interpreter=PATH"):
        importlib.reload(_python)


def test_a_path_with_a_space_can_be_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/my python/bin/python3")
    assert _libraries.missing("no", ImportError("x", name="kubernetes")).hint.startswith("'/opt/my python/bin/python3' -m pip")
