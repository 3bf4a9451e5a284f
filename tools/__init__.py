# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""Programs behind the Makefile's targets; each runs as `python3 -m tools.NAME` from the repository's root."""
