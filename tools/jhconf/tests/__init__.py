# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of jhconf; run by ci/unittest tools/jhconf."""
