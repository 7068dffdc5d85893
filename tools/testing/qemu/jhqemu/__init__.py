# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The parts of jh-qemu: boot a root cell in QEMU, run a command in it, report."""
