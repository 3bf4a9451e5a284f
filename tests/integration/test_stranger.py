# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation's first page, typed by somebody who has the archive, a kubeconfig, and an empty folder."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys
import typing as t

import pytest

from testbed import paths
from tests.documented import ROOT, blocks

from .cluster import Cluster

OURS = ("ANSIBLE_", "K8S_", "KUBE", "PYTHON", "VIRTUAL_ENV", "XDG_")  # what our own environment has set
NAMESPACE = "robustmq"  # the page names none


@pytest.fixture
def home(tmp_path: pathlib.Path) -> t.Iterator[pathlib.Path]:
    (tmp_path / ".kube").mkdir()
    shutil.copy(paths.ADMIN_KUBECONFIG, tmp_path / ".kube/config")
    yield tmp_path
    Cluster(NAMESPACE).remove()


def typed(lines: list[str], folder: pathlib.Path, home: pathlib.Path) -> str:
    """What a shell prints; it ends at the first command that fails."""
    ours = pathlib.Path(sys.prefix) / "bin"
    path = ":".join(each for each in os.environ["PATH"].split(":") if pathlib.Path(each) != ours)
    env = {**{k: v for k, v in os.environ.items() if not k.startswith(OURS)}, "HOME": str(home), "PATH": path, "ANSIBLE_NOCOLOR": "1"}
    done = subprocess.run(["bash", "-e", "-c", "\n".join(lines)], check=False, cwd=folder, env=env, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.long
def test_the_first_page_leads_from_an_empty_folder_to_a_healthy_cluster(home: pathlib.Path) -> None:
    lines = blocks("start")[0]
    assert lines[-1].endswith("status"), "the block ends with a look at the cluster"
    folder = home / "empty"
    folder.mkdir()
    subprocess.run(["ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(folder)], check=True, capture_output=True)
    screen = typed(lines, folder, home)
    assert re.search(r"^\s*healthy: 3 members", screen, re.MULTILINE), screen
    print(screen)
