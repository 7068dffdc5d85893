# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The figures of the last accepted state, and the judgement on new ones, as TAP."""

import json
from pathlib import Path

PATH = Path(__file__).resolve().parents[1] / "baseline.json"
TOLERANCE = 0.03
Rows = list[dict[str, int | str]]
Key = tuple[str, int]


def _by_key(rows: Rows) -> dict[Key, int]:
    return {(str(row["id"]), int(row["gic"])): int(row["median"]) for row in rows}


def load() -> dict[Key, int]:
    """The medians of the baseline."""
    return _by_key(json.loads(PATH.read_text())["rows"]) if PATH.exists() else {}


def save(rows: Rows) -> None:
    """Make these figures the baseline."""
    lines = [json.dumps({key: row[key] for key in ("id", "gic", "median")}) for row in rows]
    PATH.write_text('{"rows": [\n' + ",\n".join(lines) + "\n]}\n")


def judge(rows: Rows, expected: dict[Key, int]) -> tuple[list[str], bool]:
    """Return lines of TAP, one for each row of the baseline, and whether all passed."""
    found = _by_key(rows)
    lines = []
    passed = True
    for number, (key, base) in enumerate(expected.items(), start=1):
        value = found.get(key)
        good = value is not None and value <= base * (1 + TOLERANCE)
        passed = passed and good
        said = "not measured" if value is None else f"{value}"
        lines.append(f"{'ok' if good else 'not ok'} {number} - {key[0]} GICv{key[1]}: {said}, "
                     f"baseline {base}")
    return lines + [f"1..{len(expected)}"], passed
