# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The tables of guest-abi.rst against the code that they describe and the tests that show them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import sources

TOP = sources.TOP
PAGE = TOP / "Documentation" / "guest-abi.rst"
TESTS = TOP / "Documentation" / "guest-abi.toml"
HYPERVISOR = TOP / "hypervisor"
LINK = HYPERVISOR / "uapi" / "jh" / "link.h"
VUART = HYPERVISOR / "core" / "vuart.c"
PL011 = HYPERVISOR / "include" / "hv" / "pl011.h"
PSCI = HYPERVISOR / "arch" / "arm64" / "firmware" / "psci.c"
SMCCC = HYPERVISOR / "arch" / "arm64" / "firmware" / "smccc_table.h"

# Of DEN 0022: function numbers of PSCI.
PSCI_NAMES = {0x00: "VERSION", 0x01: "CPU_SUSPEND", 0x02: "CPU_OFF", 0x03: "CPU_ON",
              0x04: "AFFINITY_INFO", 0x05: "MIGRATE", 0x06: "MIGRATE_INFO_TYPE",
              0x07: "MIGRATE_INFO_UP_CPU", 0x08: "SYSTEM_OFF", 0x09: "SYSTEM_RESET",
              0x0a: "FEATURES", 0x0b: "CPU_FREEZE", 0x0c: "CPU_DEFAULT_SUSPEND",
              0x0d: "NODE_HW_STATE", 0x0e: "SYSTEM_SUSPEND", 0x12: "SYSTEM_RESET2"}
# Rows of the table of firmware calls, and calls of each. Those of silicon providers and of
# hypervisors are decided by code, which test_smccc.c and test_decode.c know.
CALLS = {"SMCCC_VERSION": [(0, 0)], "architecture (features, work-arounds)": [(0, 2), (0, 0x8000)],
         "PSCI": [(4, 3)], "SDEI": [(4, 0x20)], "TRNG (random numbers)": [(4, 0x50)],
         "other standard services": [(4, 0x60)],
         "CPU and OEM services, trusted OS": [(1, 0), (3, 0), (50, 1)],
         "trusted applications": [(48, 0), (49, 0)]}
BY_CODE = {"SiP (of the chip)", "vendor hypervisor services"}
VERDICTS = {"SMCCC_PSCI": "hypervisor", "SMCCC_ANSWER_VERSION": "1.1",
            "SMCCC_FORWARD": "to firmware", "SMCCC_ANSWER_FEATURES": "to firmware",
            "SMCCC_REFUSE": "refused"}
OWNERS = {"ARCH": 0, "CPU": 1, "SIP": 2, "OEM": 3, "STANDARD": 4}

Table = list[list[str]]


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def cells_of(line: str, border: str) -> list[str]:
    """The columns of a line of a simple table; the last one is as wide as it likes."""
    starts = [match.start() for match in re.finditer("=+", border)]
    ends = [*starts[1:], None]
    return [line[start:end].strip() for start, end in zip(starts, ends)]


def table_at(lines: list[str], first: int) -> tuple[Table, int]:
    """The rows of the table whose upper border is line first, and the line behind it."""
    rows: Table = []
    number = first + 1
    headed = False
    while True:
        line = lines[number]
        if line.startswith("==="):
            if number + 1 >= len(lines) or not lines[number + 1].strip():
                return rows, number + 1
            rows, headed = [], True
        elif rows and not cells_of(line, lines[first])[0]:
            for column, more in enumerate(cells_of(line, lines[first])):
                rows[-1][column] = f"{rows[-1][column]} {more}".strip()
        else:
            rows.append(cells_of(line, lines[first]))
        number += 1


def tables(text: str) -> dict[str, Table]:
    """All tables, by the title of their section."""
    lines = text.splitlines()
    found: dict[str, Table] = {}
    title, number = "", 0
    while number < len(lines):
        if re.fullmatch(r"-{3,}", lines[number]):
            title = lines[number - 1]
        if re.fullmatch(r"=+(  +=+)+", lines[number]):
            found[title], number = table_at(lines, number)
        else:
            number += 1
    return found


def label(row: list[str]) -> str:
    """What a row is about: the register, where a column of offsets comes first."""
    return row[1] if re.fullmatch("0x[0-9a-f]+", row[0]) else row[0]


def tested(found: dict[str, Table]) -> Iterator[str]:
    """Each row names tests that are there, and no test is for a row that is not."""
    named = tomllib.loads(text_of(TESTS))
    for title, rows in found.items():
        known = named.pop(title, {})
        for row in rows:
            tests = known.pop(label(row), [])
            if not tests:
                yield f"{title}: {label(row)}: {TESTS.name} names no test"
            for test in tests:
                path, _, words = test.partition(":")
                if not (TOP / path).is_file() or words not in text_of(TOP / path):
                    yield f"{title}: {label(row)}: there is no test {test}"
        for name in known:
            yield f"{title}: there is no row {name}"
    for title in named:
        yield f"there is no table of {title}"


def same(title: str, told: list, found: list) -> Iterator[str]:
    for row in told:
        if row not in found:
            yield f"{title}: the code has no {row}"
    for row in found:
        if row not in told:
            yield f"{title}: the page has no {row}"


def links(rows: Table) -> Iterator[str]:
    """Offsets and names of link.h."""
    text = text_of(LINK)
    registers = re.findall(r"^#define JH_LINK_(\w+)\t+(0x[0-9a-f]{2})\t", text, re.MULTILINE)
    yield from same("Links", [(row[1], row[0]) for row in rows],
                    [(name, offset) for name, offset in registers])


def uart(rows: Table) -> Iterator[str]:
    """Offsets of vuart.c, values after a reset, and bytes of identification."""
    text = text_of(VUART)
    defined = re.findall(r"^#define UART(\w+)\s+(0x[0-9a-f]+)$", text_of(PL011), re.MULTILINE)
    registers = {name: int(value, 16) for name, value in defined}
    told = {name.strip(): int(row[0], 16) for row in rows for name in row[1].split(",")}
    words = " ".join(row[2] for row in rows)
    # Those of RSR and ECR are as all that is not there.
    told.pop("ECR", None)
    told.pop("RSR", None)
    told["PERIPHID"] = told.pop("IDs", -1)
    for name, offset in registers.items():
        if told.pop(name, None) != offset and not re.search(rf"\b{name}\b", words):
            yield f"The virtual UART: the page has no {name} at {offset:#05x}"
    for name in told:
        yield f"The virtual UART: the code has no {name}"
    ids = " ".join(re.findall("0x[0-9a-f]{2}", re.search(r"ids\[\] = \{(.*?)\}", text)[1]))
    values = [ids, *re.findall(r"^#define \w+_RESET\s+(0x[0-9a-f]+)", text, re.MULTILINE)]
    for value in values:
        if value not in words.replace(",", ""):
            yield f"The virtual UART: the page does not tell of {value}"


def psci(rows: Table) -> Iterator[str]:
    """The functions of psci.c."""
    numbers = re.findall(r"^\t\[(0x[0-9a-f]{2})\] = \{ \w", text_of(PSCI), re.MULTILINE)
    told = [name.strip() for row in rows for name in row[0].split(",") if name.strip()]
    yield from same("PSCI", told, [PSCI_NAMES[int(number, 16)] for number in numbers])


def firmware_rows() -> list[tuple[int, bool, int, int, str]]:
    """Owner, whether a cell may, first and last function, verdict."""
    row = re.compile(r"X\((\w+), (BOTH|ROOT|CELL), (0x[0-9a-f]+), (0x[0-9a-f]+), (\w+)\)")
    return [(OWNERS.get(owner.removeprefix("SMCCC_OWNER_"), -1) if owner.startswith("SMCCC") else
             int(owner), who != "ROOT", int(first, 16), int(last, 16), verdict)
            for owner, who, first, last, verdict in row.findall(text_of(SMCCC))]


def verdict_of(call: tuple[int, int], by_cell: bool) -> str:
    """What becomes of a call, as smccc_decide() looks for it."""
    owner, function = call
    for row_owner, cell, first, last, verdict in firmware_rows():
        if row_owner == owner and first <= function <= last and (cell or not by_cell):
            return VERDICTS[verdict]
    # Trusted OSes are root's.
    return "to firmware" if owner >= 50 and not by_cell else "refused"


def smccc(rows: Table) -> Iterator[str]:
    """The table of firmware calls."""
    yield from same("SMCCC", [row[0] for row in rows], [*CALLS, *BY_CODE])
    for name, by_cell, by_root in rows:
        for call in CALLS.get(name, []):
            if (by_cell, by_root) != (verdict_of(call, True), verdict_of(call, False)):
                yield f"SMCCC: {name} is {verdict_of(call, True)} and {verdict_of(call, False)}"


def findings() -> Iterator[str]:
    """All that is not as the page says."""
    found = tables(text_of(PAGE))
    yield from tested(found)
    yield from links(found["Links"])
    yield from uart(found["The virtual UART"])
    yield from psci(found["PSCI"])
    yield from smccc(found["SMCCC"])
