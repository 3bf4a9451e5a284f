# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to type where a library is missing: for the very Python that runs the module, which is not always the one that people think of."""

from __future__ import annotations

import shlex
import sys

from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import MissingLibrary

# What is imported -> the package that brings it; the client brings urllib3 and PyYAML along.
PACKAGES = {"drawsvg": "drawsvg", "jinja2": "jinja2", "jmespath": "jmespath", "markupsafe": "jinja2", "openshift_client": "openshift-client"}
COLLECTION = "ansible-galaxy collection install kubernetes.core"


def missing(doing: str, exc: ImportError) -> MissingLibrary:
    """The error; ``doing`` is what cannot be done without it."""
    module = (exc.name or "").partition(".")[0]
    if module == "ansible_collections":
        return MissingLibrary(f"{doing}: the collection kubernetes.core is missing", COLLECTION)
    package = PACKAGES.get(module, "kubernetes")
    install = f"{shlex.quote(sys.executable)} -m pip install {package}"
    return MissingLibrary(f"{doing}: {exc}", f"{install}, or -e ansible_python_interpreter=PATH names a Python that has it")
