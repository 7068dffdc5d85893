# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Settings of Sphinx for jh's documentation; nothing of it needs a network."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "ext"))

project = "jh"
author = "The jh authors"
project_copyright = "The jh authors"
extensions = ["jhdocs"]
exclude_patterns = ["ext"]
highlight_language = "none"
html_theme = "alabaster"
html_theme_options = {
    "description": "A static partitioning hypervisor for arm64",
    "fixed_sidebar": True,
    "page_width": "1100px",
    "sidebar_width": "240px",
}
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_static_path = ["ext/static"]
html_css_files = ["jh.css"]
