# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Findings of the rules about a set of configurations, and the files of the set."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from . import schema
from .blob import Config, Element
from .errors import Key, line_of
from .flags import MEM
from .tree import Range

ERROR, WARNING, NOTE = "error", "warning", "note"


@dataclass(frozen=True)
class Finding:
    """An error, a warning or a remark."""

    severity: str
    file: str
    object: str
    reason: str
    action: str
    line: int = 0

    def text(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        named = not self.object or self.reason.startswith((f"{self.object} (", f"{self.object}: "))
        parts = [place, self.severity, *([] if named else [self.object])]
        return ": ".join(parts) + f": {self.reason}; {self.action}"


@dataclass
class Member:
    """A file of the set; text and origins are there if it is a source."""

    file: str
    config: Config
    data: bytes
    text: str = ""
    origins: dict[tuple[str, int], Key] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.config.name

    def find(self, severity: str, section: str, index: int, reason: str,
             action: str) -> Finding:
        """A finding about one of its elements."""
        key = self.origins.get((section, index), ())
        line = line_of(self.text, key) if key else 0
        what = section
        if section in schema.BY_SECTION and self.most(section) > 1:
            what = self.label(section, index)
        return Finding(severity, self.file, what, reason, action, line)

    def label(self, section: str, index: int) -> str:
        """The name of an element in errors, if there may be several; units by their kind."""
        items = self.config.elements(section)
        kind = schema.unit_kind(items[index]["kind"]) \
            if section == "unit" and index < len(items) else None
        return kind.label(int(items[index]["index"])) if kind else f"{section}[{index}]"

    def most(self, section: str) -> int:
        return schema.BY_SECTION[section].counts.get(self.config.kind, (0, 0))[1]

    def memories(self) -> list[tuple[int, Element]]:
        return list(enumerate(self.config.elements("memory")))

    def fixed(self) -> list[tuple[int, Element, Range]]:
        """Regions with a physical address."""
        return [(index, item, Range(int(item["phys"]), int(item["size"])))
                for index, item in self.memories() if not int(item["flags"]) & MEM["auto"]]


def report(found: list[Finding], as_json: bool) -> str:
    """All findings, the worst first."""
    order = {ERROR: 0, WARNING: 1, NOTE: 2}
    found = sorted(found, key=lambda finding: order[finding.severity])
    if as_json:
        return json.dumps({"findings": [asdict(finding) for finding in found],
                           "errors": count(found, ERROR), "warnings": count(found, WARNING)},
                          indent=2)
    lines = [finding.text() for finding in found]
    counts = [(count(found, severity), severity) for severity in order]
    return "\n".join([*lines, ", ".join(f"{number} {word}{'s' * (number != 1)}"
                                        for number, word in counts)])


def count(found: list[Finding], severity: str) -> int:
    return sum(finding.severity == severity for finding in found)
