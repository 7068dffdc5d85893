# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""make bench: the costs of the hypervisor, in instructions."""
