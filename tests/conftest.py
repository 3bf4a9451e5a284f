# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Let tests import the collection by the name that Ansible gives it."""

import os
import sys

sys.path[:0] = filter(None, os.environ.get("ANSIBLE_COLLECTIONS_PATH", "").split(os.pathsep))
