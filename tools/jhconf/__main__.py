# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""python3 -m jhconf, and python3 .../jhconf: the folder itself can be run."""

import sys
from pathlib import Path

if sys.version_info < (3, 11):
    sys.exit("jhconf needs Python 3.11 (for tomllib); run it on another machine: what it wants to "
             "know of this one is packed by 'jhctl config collect'")
if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from jhconf.cli import main  # noqa: E402

sys.exit(main())
