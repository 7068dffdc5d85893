# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""The subset of bitbake that recipes of meta-jh need: variables, the layer's classes, functions.

Nothing of Yocto's is here: which variables its own classes set, the caller says.
"""
from __future__ import annotations

import re
from pathlib import Path

ASSIGNMENT = re.compile(r'^(?P<name>[\w${}:.-]+?)(?P<flag>\[\w+\])?\s*'
                        r'(?P<operator>\?\?=|\?=|:=|\+=|\.=|=)\s*"(?P<value>.*)"$', re.DOTALL)
FUNCTION = re.compile(r"^(?P<name>[\w:]+)\s*\(\)\s*\{\n(?P<body>.*?)^\}\n",
                      re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^python \w*\s*\(\)\s*\{\n.*?^\}\n", re.MULTILINE | re.DOTALL)


class RecipeError(Exception):
    """A line that bitbake would refuse, or that this subset cannot judge."""


class Recipe:
    """A recipe with what it inherits from the layer."""

    def __init__(self, path: Path, layer: Path, given: dict[str, str]) -> None:
        self.layer = layer
        self.values = dict(given)
        self.values.setdefault("PN", path.stem.split("_")[0])
        self.flags: dict[str, str] = {}
        self.functions: dict[str, str] = {}
        self.classes: list[str] = []
        self.defaults: dict[str, str] = {}
        self._read(path)
        for name, value in self.defaults.items():
            self.values.setdefault(name, value)

    def _read(self, path: Path) -> None:
        text = PYTHON.sub("", path.read_text())
        for match in FUNCTION.finditer(text):
            self.functions[match["name"]] = match["body"]
        text = FUNCTION.sub("", text).replace("\\\n", " ")
        for number, line in enumerate(text.splitlines(), 1):
            if line.strip() and not line.startswith("#"):
                self._take(line.rstrip(), f"{path.name}:{number}")

    def _take(self, line: str, where: str) -> None:
        word, _, rest = line.partition(" ")
        if word == "inherit":
            for name in rest.split():
                self.classes.append(name)
                own = self.layer / f"classes/{name}.bbclass"
                if own.exists():
                    self._read(own)
            return
        match = ASSIGNMENT.match(line)
        if not match:
            raise RecipeError(f"{where}: {line!r} is no line of a recipe")
        name = match["name"].replace("${PN}", self.values["PN"])
        if match["flag"]:
            self.flags[name + match["flag"]] = match["value"]
        else:
            self._assign(name, match["operator"], match["value"])

    def _assign(self, name: str, operator: str, value: str) -> None:
        if name.endswith(":append"):
            name, operator = name.removesuffix(":append"), ".="
        if operator == "??=":
            self.defaults[name] = value
        elif operator == "?=":
            self.values.setdefault(name, value)
        elif operator == "+=":
            self.values[name] = f"{self.values.get(name, '')} {value}".strip()
        elif operator == ".=":
            self.values[name] = self.values.get(name, "") + value
        else:
            self.values[name] = value

    def get(self, name: str) -> str:
        """A variable, fully expanded."""
        value = self.values.get(name, "")
        for _ in range(20):
            found = re.search(r"\$\{([\w:-]+)\}", value)
            if not found:
                return value
            if found[1] not in self.values:
                raise RecipeError(f"{self.values['PN']}: {name} wants {found[1]}, "
                                  "which nothing sets")
            value = value.replace(found[0], self.values[found[1]])
        raise RecipeError(f"{self.values['PN']}: {name} refers to itself")

    def variables(self) -> dict[str, str]:
        """All variables that a shell function sees."""
        plain = [name for name in self.values if re.fullmatch(r"\w+", name)]
        return {name: self.get(name) for name in plain if "${@" not in self.values[name]}
