# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""make bench: what the hypervisor costs, in instructions."""
