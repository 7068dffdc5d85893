# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The figures of the last accepted state, and the judgement on new ones."""

import json
from pathlib import Path

from jhbench.rows import ROWS

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
    """Make these figures the baseline; rows that were not measured stay."""
    medians = load() | _by_key(rows)
    order = [(row.id, gic) for row in ROWS for gic in row.gics if (row.id, gic) in medians]
    lines = [json.dumps({"id": row_id, "gic": gic, "median": medians[row_id, gic]})
             for row_id, gic in order]
    PATH.write_text('{"rows": [\n' + ",\n".join(lines) + "\n]}\n")


def judge(rows: Rows, expected: dict[Key, int]) -> list[tuple[bool, str]]:
    """Whether each row of the baseline is still as good, with a sentence."""
    found = _by_key(rows)
    verdicts = []
    for key, base in expected.items():
        value = found.get(key)
        good = value is not None and value <= base * (1 + TOLERANCE)
        said = "not measured" if value is None else f"{value}"
        verdicts.append((good, f"{key[0]} GICv{key[1]}: {said}, baseline {base}"))
    return verdicts
