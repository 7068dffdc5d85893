# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Configuration of jh: the schema, the compiler, and commands that explain a configuration."""
