# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make package`: build the archive, look at what is in it, let Galaxy's own importer judge it, and use it from an empty folder.

The archive stays in build/package. Nothing is asked of Galaxy: kubernetes.core comes with the Python package ansible.
"""

import configparser
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from testbed import paths
from tools import environment
from tools.environment import REQUIREMENTS, ROOT
from tools.progress import Problem, say

COLLECTION = "robustmq.placement_center"
BUILD = ROOT / "build" / "package"
# What the archive has at its top: anything new is shipped knowingly, or named in galaxy.yml's build_ignore.
ROOMS = {"LICENSES", "changelogs", "docs", "meta", "playbooks", "plugins", "roles"}
FILES = {
    "CHANGELOG.md",
    "CODE_OF_CONDUCT.md",
    "CONTRIBUTING.md",
    "FILES.json",
    "LICENSE",
    "MAINTAINERS.md",
    "MANIFEST.json",
    "README.md",
    "REUSE.toml",
    "SECURITY.md",
}
# The importer's steps that need no network and no container; ansible-lint and ansible-test are steps of their own in `make test`.
IMPORTER = {
    "log_level_main": "INFO",
    "run_ansible_doc": "True",
    "run_ansible_lint": "False",
    "run_ansible_test": "False",
    "run_flake8": "False",
    "check_required_tags": "True",
    "check_changelog": "True",
    "offline_ansible_lint": "True",
}
EXAMPLE = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMPLAINTS = ("WARNING", "ERROR", "CRITICAL")


def main() -> None:
    """Take every step; the first that fails ends it."""
    shutil.rmtree(BUILD, ignore_errors=True)
    BUILD.mkdir(parents=True)
    archive = build(BUILD)
    if strange := strangers(shipped(archive)):
        raise Problem(f"the archive holds what nobody needs: {', '.join(strange)}")
    judged(archive)
    with tempfile.TemporaryDirectory() as scratch:
        used_from(archive, dict(os.environ), Path(scratch))
    say(f"{archive.relative_to(ROOT)} ({archive.stat().st_size // 1024} KiB)")


def build(folder: Path) -> Path:
    """Make the archive in a folder."""
    command = ["ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"the archive could not be built: {done.stderr}")
    (archive,) = folder.glob("robustmq-placement_center-*.tar.gz")
    return archive


def shipped(archive: Path) -> list[str]:
    """The files in the archive."""
    with tarfile.open(archive) as opened:
        return [member.name for member in opened.getmembers() if member.isfile()]


def strangers(names: Iterable[str]) -> list[str]:
    """The files that do not belong: of the workshop, caches, hidden ones."""
    return [name for name in names if _strange(name.split("/"))]


def _strange(parts: list[str]) -> bool:
    known = parts[0] in (ROOMS if len(parts) > 1 else FILES)
    return not known or "__pycache__" in parts or any(part.startswith(".") for part in parts)


def judged(archive: Path) -> None:
    """Let galaxy-importer read it, in an environment of its own: its dependencies contradict ours."""
    say("galaxy-importer")
    folder = environment.of_pins(environment.find_python(), REQUIREMENTS / "package.txt", paths.CACHE / "python-package")
    with tempfile.TemporaryDirectory() as scratch:
        settings = configparser.ConfigParser()
        settings["galaxy-importer"] = IMPORTER
        with open(Path(scratch, "galaxy-importer.cfg"), "w") as file:
            settings.write(file)
        env = {
            **os.environ,
            "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "VIRTUAL_ENV": str(folder),
            "GALAXY_IMPORTER_CONFIG": str(Path(scratch, "galaxy-importer.cfg")),
            "HOME": scratch,
        }
        command = [str(folder / "bin" / "python"), "-m", "galaxy_importer.main", str(archive)]
        done = subprocess.run(command, cwd=scratch, env=env, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    (BUILD / "importer.log").write_text(said)
    complaints = [line for line in said.splitlines() if line.startswith(COMPLAINTS)]
    if done.returncode or complaints:
        raise Problem("galaxy-importer: " + ("\n".join(complaints) or said[-2000:]))


def used_from(archive: Path, env: Mapping[str, str], folder: Path) -> Path:
    """Install the archive into a folder as a user would, and use it there: every playbook parses by its full name, every manual can be read.

    :param env: has the programs. :returns: where the collections are; nothing of the checkout is within reach.
    """
    collections = folder / "collections"
    collections.mkdir(exist_ok=True)
    env = {**env, "ANSIBLE_COLLECTIONS_PATH": str(collections), "ANSIBLE_LOCALHOST_WARNING": "False", "PWD": str(folder)}
    _run(["ansible-galaxy", "collection", "install", str(archive), "--no-deps", "--offline", "-p", str(collections)], env, folder)
    playbooks, told = names("playbooks/*.yml"), examples(collections, folder)
    say(f"--syntax-check of {len(playbooks)} playbooks and the examples of {len(told)} roles")
    _run(["ansible-playbook", "--syntax-check", *playbooks, *told], env, folder)
    for kind, plugins in (("module", names("plugins/modules/pc_*.py")), ("role", names("roles/*"))):
        say(f"ansible-doc of {len(plugins)} {kind}s")
        told = json.loads(_run(["ansible-doc", "--json", "-t", kind, *plugins], env, folder))
        if silent := [name for name in plugins if not told.get(name) or "error" in told[name]]:
            raise Problem(f"ansible-doc says nothing of {', '.join(silent)}")
    return collections


def examples(collections: Path, folder: Path) -> list[str]:
    """The playbook in each role's README, as a file."""
    made = []
    for readme in sorted(collections.glob("ansible_collections/robustmq/placement_center/roles/*/README.md")):
        (text,) = EXAMPLE.findall(readme.read_text())
        path = folder / f"{readme.parent.name}.yml"
        path.write_text(text)
        made.append(str(path))
    return made


def names(pattern: str) -> list[str]:
    """What the checkout has of a kind, by full names."""
    return [f"{COLLECTION}.{path.stem}" for path in sorted(ROOT.glob(pattern))]


def _run(command: list[str], env: Mapping[str, str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Problem(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(f"package: {problem}")
