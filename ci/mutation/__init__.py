# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Mutants: where sources can be changed, and the copy of the tree that they live in."""
