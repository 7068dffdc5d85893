# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Facts read from jh's sources: macros, structs, reasons, verbs, figures."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
UAPI = TOP / "hypervisor" / "uapi" / "jh"
REASONS = UAPI / "reasons.h"
VERBS = TOP / "tools" / "jhctl" / "main.c"
BENCH = TOP / "tools" / "testing" / "bench"
OWNERSHIP = TOP / "Documentation" / "safety" / "ownership.toml"
SCRUB = TOP / "hypervisor" / "arch" / "arm64" / "cpu" / "scrub.c"
CARRIERS = ("cpu", "interrupt", "page", "device", "number")
MOMENTS = {"park", "enter", "claim", "release", "start"}

SIZES = {"char": 1, "__u8": 1, "__u16": 2, "__u32": 4, "__s32": 4, "__u64": 8, "__s64": 8}
STRING = r'"((?:[^"\\]|\\.)*)"'
Row = tuple[str, ...]


def unescape(text: str) -> str:
    """What a C string holds."""
    return text.replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


def reasons(name: str) -> list[Row]:
    """Number, identifier, errno, sentence and next step of each row of a list."""
    text = REASONS.read_text(encoding="utf-8").replace("\\\n", " ")
    match = re.search(rf"^#define {name}\(X\)(.*)$", text, re.MULTILINE)
    if not match:
        raise ValueError(f"{REASONS.name} has no list {name}")
    row = re.compile(rf"X\((\w+), (\d+), (\w+), {STRING},\s*{STRING}\)")
    found = [(m[2], f"JH_ERR_{m[1]}", m[3], unescape(m[4]), unescape(m[5]))
             for m in row.finditer(match[1])]
    if len(found) != match[1].count("X("):
        raise ValueError(f"{name}: {match[1].count('X(')} rows, {len(found)} understood")
    return found


def ownership(carrier: str | None = None) -> list[dict]:
    """Rows of the table of what changes its owner; of one carrier or all."""
    rows = tomllib.loads(OWNERSHIP.read_text(encoding="utf-8"))["row"]
    keys = {"carrier", "what", "who", "when", "how", "tests"}
    for row in rows:
        if set(row) - {"qemu", "not_in_qemu"} != keys or row["carrier"] not in CARRIERS or \
                not set(row["when"]) <= MOMENTS:
            raise ValueError(f"{OWNERSHIP.name}: a row is not as the file says: {row}")
    return [row for row in rows if carrier in (None, row["carrier"])]


def scrubbed() -> list[Row]:
    """Register, value and condition of each row that scrub.c writes."""
    text = SCRUB.read_text(encoding="utf-8").replace("\\\n", "\n")
    row = re.compile(r"^\tX\((.+?), (\w+), (\w+)\)[ \t]*(?:/\* (\w+) \*/)?", re.MULTILINE)
    found = [(m[4] or m[2].upper(), m[3], "" if m[1] == "ALWAYS" else m[1])
             for m in row.finditer(text)]
    if not found:
        raise ValueError(f"{SCRUB.name}: the table was not understood")
    return found


def code_lines(folders: str) -> int:
    """How many lines of C and assembly, headers too, are neither empty nor all comment."""
    paths = [path for folder in folders.split() for path in sorted((TOP / folder).rglob("*.[chS]"))]
    if not paths:
        raise ValueError(f"{folders}: no sources")
    texts = (re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
             for path in paths)
    return sum(bool(line.strip()) for text in texts for line in text.splitlines())


def comment_text(comment: str) -> str:
    return " ".join(re.sub(r"^\s*\*", "", line).strip() for line in comment.splitlines()).strip()


def defines(header: Path, prefix: str) -> list[Row]:
    """Name, value and meaning of the macros that start with a prefix."""
    macro = re.compile(rf"^#define ({prefix}\w*)[ \t]+(\S+(?: \S+)*?)"
                       r"(?:[ \t]+/\*(.*?)\*/)?[ \t]*$", re.MULTILINE | re.DOTALL)
    found = [(m[1], m[2], comment_text(m[3] or ""))
             for m in macro.finditer(header.read_text(encoding="utf-8"))
             if "\n" not in m[2]]
    if not found:
        raise ValueError(f"{header.name} has no macro {prefix}*")
    return found


def number(text: str, header: Path) -> int:
    """An array's length: a number, or a macro of this header or of its neighbours."""
    if text.isdigit():
        return int(text)
    for path in (header, *sorted(header.parent.glob("*.h")), *sorted(UAPI.glob("*.h"))):
        match = re.search(rf"^#define {text}\s+(\d+)", path.read_text(encoding="utf-8"),
                          re.MULTILINE)
        if match:
            return int(match[1])
    raise ValueError(f"{header.name}: the length {text} is not known")


def struct_source(header: Path, name: str) -> tuple[Path, str, str]:
    """Where a struct is, its members, and the comment before it."""
    for path in (header, *sorted(UAPI.glob("*.h"))):
        text = path.read_text(encoding="utf-8")
        match = re.search(rf"^struct {name} \{{\n(.*?)^\}};", text, re.MULTILINE | re.DOTALL)
        if match:
            before = text[:match.start()]
            start = before.rfind("/*")
            return path, match[1], before[start:] if before.rstrip().endswith("*/") else ""
    raise ValueError(f"{header.name} has no struct {name}")


def members(header: Path, name: str) -> Iterator[tuple[str, str, int, int, str]]:
    """Field, type, size, alignment and meaning, in order."""
    path, body, doc = struct_source(header, name)
    documented = {m[1]: comment_text(m[2]) for m in
                  re.finditer(r"@(\w+):\s*(.*?)(?=\n \*\s*@|\n \*\n|\n \*/|\*/)", doc, re.DOTALL)}
    field = re.compile(r"\t(?:volatile )?((?:struct )?\w+) (\w+)(\[(\w*)\])?;"
                       r"(?:\s*/\*(.*?)\*/)?", re.DOTALL)
    for m in field.finditer(body):
        base, array = m[1], m[4]
        if base.startswith("struct "):
            size, align = layout(path, base.split()[1])
        else:
            size = align = SIZES[base]
        if m[3]:
            size *= number(array, path) if array else 0
        yield m[2], m[1] + (m[3] or ""), size, align, \
            comment_text(m[5] or "") or documented.get(m[2], "")


def layout(header: Path, name: str) -> tuple[int, int]:
    """Size and alignment of a struct, by C's rules for natural alignment."""
    at, most = 0, 1
    for _, _, size, align, _ in members(header, name):
        at = -(-at // align) * align + size
        most = max(most, align)
    return -(-at // most) * most, most


def fields(header: Path, name: str) -> list[Row]:
    """Offset, type, field and meaning."""
    rows, at = [], 0
    for field, kind, size, align, meaning in members(header, name):
        at = -(-at // align) * align
        rows.append((f"{at:#x}", kind, field, meaning))
        at += size
    return rows


def verbs() -> list[Row]:
    """Verb, arguments and summary of each verb of jhctl."""
    text = VERBS.read_text(encoding="utf-8")
    table = text[text.index("verbs[] = {"):]
    table = table[:table.index("\n};")]
    row = re.compile(rf"\{{\s*{STRING},\s*(NULL|{STRING}),\s*{STRING}")
    found = [(m[1], unescape(m[3] or ""), unescape(m[4])) for m in row.finditer(table)]
    if len(found) != table.count("_run\n"):
        raise ValueError(f"main.c: {table.count('_run')} verbs, {len(found)} understood")
    return found


def bench() -> list[Row]:
    """Title, id, baseline by GIC, goal and peers of each row of the benchmark."""
    sys.path.insert(0, str(BENCH))
    from jhbench import baseline, rows  # pylint: disable=import-outside-toplevel

    def number(value: int | None) -> str:
        return "" if value is None else f"{value:,}"

    medians = baseline.load()
    return [(row.title, row.id, number(medians.get((row.id, 3))), number(medians.get((row.id, 2))),
             number(row.goal), *(number(row.peers.get(name)) for name in rows.PEERS))
            for row in rows.ROWS]
