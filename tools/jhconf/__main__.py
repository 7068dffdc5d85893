# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""python3 -m jhconf"""

import sys

from .cli import main

sys.exit(main())
