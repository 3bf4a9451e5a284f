# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later

"""How Sphinx builds the site of the documentation; `tools/docs.py` calls it."""

project = "robustmq.placement_center"
author = "The robustmq.placement_center developers"
project_copyright = f"2026 {author}"

extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
# The few places in Ansible's own documentation that pages of modules point to; `tools/docs.py` writes the list, so that no network is needed.
intersphinx_mapping = {"ansible": ("https://docs.ansible.com/ansible/latest/", "../ansible.inv")}
highlight_language = "text"
default_role = "any"
# A reference to what is not there is a warning, and a warning ends the build.
nitpicky = True

html_title = "placement-center on Kubernetes"
html_theme = "furo"
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
antsibull_ext_color_scheme = "default-autodark"
