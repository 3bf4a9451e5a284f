# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Python environment of this checkout: made once, then printed as exports or entered by a command.

python3 -m tools.environment exports        lines for `eval`
python3 -m tools.environment run CMD...     run CMD inside
"""

import fcntl
import hashlib
import os
import shlex
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from testbed import paths
from tools import debian, interpreters
from tools.interpreters import Interpreter
from tools.progress import Problem, run_quietly, say

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
ENVIRONMENTS = paths.CACHE / "python"
IN_USE_SECONDS = 6 * 3600  # longer than any run; each begins by touching its environment
KEEP_ENVIRONMENTS = 2
# Written last: a folder without it was left by a killed set-up and is made anew.
COMPLETE = "complete"


def main(arguments: list[str]) -> int:
    """Serve the command line."""
    if arguments == ["exports"]:
        for name, value in variables(ensure()).items():
            print(f"export {name}={shlex.quote(value)}")
        return 0
    if len(arguments) > 1 and arguments[0] == "run":
        return enter(arguments[1:])
    print(__doc__, file=sys.stderr)
    return 2


def enter(command: list[str]) -> int:
    """Become the command, inside the environment."""
    # A make inside must not inherit the flags and job slots of the make outside.
    inherited = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    environment = inherited | variables(ensure())
    sys.stdout.flush()
    try:
        os.execvpe(command[0], command, environment)
    except FileNotFoundError as error:
        raise Problem(f"no program {command[0]} in the environment") from error


def variables(folder: Path) -> dict[str, str]:
    """Return what a shell needs to have the environment's programs, the collection and the testbed's cluster."""
    wanted = [str(folder / "bin"), str(paths.BIN), *os.environ.get("PATH", os.defpath).split(os.pathsep)]
    kubeconfig = str(paths.ADMIN_KUBECONFIG)
    return {
        "PATH": os.pathsep.join(dict.fromkeys(wanted)),
        "VIRTUAL_ENV": str(folder),
        "KUBECONFIG": kubeconfig,
        "K8S_AUTH_KUBECONFIG": kubeconfig,
        # openshift-client looks for `oc`; kubectl answers the same verbs.
        "OPENSHIFT_CLIENT_PYTHON_DEFAULT_OC_PATH": str(paths.BIN / "kubectl"),
        "ANSIBLE_COLLECTIONS_PATH": str(collections_folder()),
        # Modules need the environment's libraries, so discovery would find the wrong Python.
        "ANSIBLE_PYTHON_INTERPRETER": str(folder / "bin" / "python"),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
        "ANSIBLE_NOCOWS": "1",
    }


def collections_folder() -> Path:
    """Return a folder that Ansible searches for collections and in which this checkout is one."""
    key = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    folder = paths.CACHE / "collections" / key
    link = folder / "ansible_collections" / "robustmq" / "placement_center"
    if not link.is_symlink():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(ROOT)
    return folder


def ensure() -> Path:
    """Return the environment's folder; make the environment when it is not there yet."""
    python = find_python()
    return of_pins(python, requirements_for(python), ENVIRONMENTS)


def of_pins(python: Interpreter, pins: Path, home: Path) -> Path:
    """Return the folder of an environment with exactly these packages; ``home`` is shared with its earlier versions alone."""
    key = hashlib.sha256(pins.read_bytes() + python.version.encode()).hexdigest()[:12]
    folder = home / f"{python.version}-{key}"
    if not (folder / COMPLETE).exists():
        with only_one(folder):
            if not (folder / COMPLETE).exists():
                make(python, pins, folder)
    os.utime(folder)
    return folder


def find_python() -> Interpreter:
    """Return the newest Python; where none can make environments, have Debian's completed."""
    python = interpreters.newest()
    if python is None:
        debian.install(REQUIREMENTS / "debian-packages.txt")
        python = interpreters.newest()
    if python is None:
        raise Problem(f"no Python between 3.{interpreters.OLDEST_MINOR} and 3.{interpreters.NEWEST_MINOR} with venv and ensurepip was found")
    return python


def requirements_for(python: Interpreter) -> Path:
    """Return the pinned list that fits a Python."""
    return REQUIREMENTS / ("python311.txt" if python.minor == 11 else "python312.txt")


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Let one process make an environment while others wait for it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.parent / f".{folder.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(python: Interpreter, pins: Path, folder: Path) -> None:
    """Make an environment in place: its programs hold its path, so it cannot be renamed afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    say(f"making the Python environment with Python {python.version} and {pins.name} (once, about a minute)")
    log = folder.parent / f"{folder.name}.log"
    run_quietly([python.path, "-m", "venv", str(folder)], "virtual environment", log)
    inside = [str(folder / "bin" / "python"), "-m"]
    # Everything is pinned, so there is nothing to resolve. Most of the files belong to collections that are never used.
    run_quietly([*inside, "pip", "install", "--no-deps", "--no-compile", "-r", str(pins)], "Python packages", log)
    (packages,) = folder.glob("lib/python3*/site-packages")
    used = [path for name in ("kubernetes", "ansible/posix") if (path := packages / "ansible_collections" / name).is_dir()]
    run_quietly([*inside, "compileall", "-q", "-j", "0", "-x", "ansible_collections|/tests?/", str(packages)], "byte code", log)
    if used:
        run_quietly([*inside, "compileall", "-q", *map(str, used)], "byte code of the collections", log)
    (folder / COMPLETE).touch()
    prune(folder)
    say(f"the Python environment is ready in {folder}")


def prune(current: Path) -> None:
    """Remove all but the environments used last; the current one always stays, and so does what another checkout may be using now."""
    others = [path for path in current.parent.iterdir() if (path / COMPLETE).exists() and path != current]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for old in others[KEEP_ENVIRONMENTS - 1 :]:
        if time.time() - old.stat().st_mtime < IN_USE_SECONDS:
            continue
        say(f"removing the old environment {old.name}")
        (old / COMPLETE).unlink()
        shutil.rmtree(old)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        sys.exit(f"environment: {problem}")
