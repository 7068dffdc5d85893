# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Places in C, Python and shell sources for small mistakes."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Site:
    """A range of a file's text, and its replacement."""

    path: Path
    at: int
    old: str
    new: str
    line: int
    kind: str

    def apply(self, text: str) -> str:
        """Return the text with the mistake in it."""
        assert text.startswith(self.old, self.at)
        return text[:self.at] + self.new + text[self.at + len(self.old):]

    def changed_line(self, text: str) -> str:
        """Return the line as the mistake leaves it."""
        return self.apply(text).split("\n")[self.line - 1].strip()


# Comments, strings, characters and lines of the preprocessor: no place for a mistake.
C_MASKED = re.compile(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'"
                      r"|^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.DOTALL | re.MULTILINE)
C_SWAPS = (
    (r"(?<![<>=!+*/%&|^-])<(?![<=])", "<="), (r"<=(?!=)", "<"),
    (r"(?<![<>=!+*/%&|^-])>(?![>=])", ">="), (r"(?<!>)>=", ">"),
    (r"==", "!="), (r"!=", "=="), (r"&&", "||"), (r"\|\|", "&&"),
    (r"(?<= )\+(?= )", "-"), (r"(?<= )-(?= )", "+"), (r"(?<=[\w)] )&(?= )", "|"),
    (r"(?<= )\|(?= )", "&"), (r"(?<!<)<<(?![<=])", ">>"), (r"(?<!>)>>(?![>=])", "<<"),
    (r"\+=", "-="), (r"-=", "+="), (r"\|=", "&="), (r"&=", "|="), (r"!(?=[\w(])", ""),
    (r"\btrue\b", "false"), (r"\bfalse\b", "true"), (r"\bbreak;", ";"), (r"\bcontinue;", ";"),
    (r"~(?=[\w(])", ""), (r"\+\+", "--"), (r"--", "++"), (r"^\t\t+return;$", ";"),
    (r"(?<= )/(?= )", "*"), (r"(?<= )%(?= )", "/"), (r"(?<=[\w)] )\*(?= [\w(])", "/"),
    (r"(?<= )\^(?= )", "|"), (r"\bMIN\(", "MAX("), (r"\bMAX\(", "MIN("), (r"\bmin\(", "max("),
    (r"\bmax\(", "min("), (r"\bmin_t\(", "max_t("), (r"\bmax_t\(", "min_t("),
    (r"\bALIGN_UP\(", "ALIGN_DOWN("), (r"\bALIGN_DOWN\(", "ALIGN_UP("),
    (r"(?<=\bsizeof\()\*(?=\w)", ""),
)
C_NUMBER = re.compile(r"(?<![\w.])(0x[0-9a-fA-F]+|\d+)(?=[uUlL]*\b)")
# Without a fence nothing is different for tests, which run on any CPU and mostly on one.
C_CALL = re.compile(r"^\t+((?!__atomic_thread_fence)\w+\([^;{}]*\);)$", re.MULTILINE)
C_ASSIGNMENT = re.compile(r"^\t+([\w.>\[\]*-]+ (?:[|&+-]|<<|>>)?= [^;{]*;)$", re.MULTILINE)
C_RETURN = re.compile(r"\breturn ([^;{]*[^;{\s\d][^;{]*)(?=;)")
C_NEGATIVE = re.compile(r"\breturn (-)(?=[\w(])")
C_LABEL = re.compile(r"^\t+(case \w+:)(?=\n\t+case )", re.MULTILINE)
C_CLAUSES = re.compile(r" && | \|\| ")
C_CONDITION = re.compile(r"\b(?:if|while) \(")
C_ARGUMENTS = re.compile(r"(?<=\w\()([\w.>\[\]-]+), ([\w.>\[\]-]+)(?=[,)])"
                         r"|(?<=, )([\w.>\[\]-]+), ([\w.>\[\]-]+)(?=\))")
# Of these it makes no difference which argument comes first.
C_SUMS = re.compile(r"\b(?:read(?:8|16|32|64)|range_fits|strn?cmp|memcmp)\($")
C_CHOICE = re.compile(r"(?<= \? )([\w.>\[\]-]+) : ([\w.>\[\]-]+)(?=[;,)])")
C_NAME = re.compile(r"(?<!#define )\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")
C_ERRNO = re.compile(r"(?<=-)E[A-Z0-9]{2,}\b")
C_MEMBER = re.compile(r"\b([a-z_]\w*(?:->|\.))([a-z_]\w*)\b(?!\()")
# A row of a table, a member of what is initialized; a jump; two calls, one behind the other
C_ROW = re.compile(r"^\t+(\{[^;{}]*\},|\[\w+\]\s*= [^;\n]*,|\.\w+\s*= [^{};\n]*,)"
                   r"(?=[ \t]*$)", re.MULTILINE)
C_JUMP = re.compile(r"^\t\t+(goto \w+;|return [^;{}]*;)$", re.MULTILINE)
C_ORDER = re.compile(r"^(\t+)(\w+\([^;{}]*\);)\n(?=\1(\w+\([^;{}]*\);)$)", re.MULTILINE)
C_TEXT = re.compile(r"\"(?=[^\"\n]*\w)(?:\\.|[^\"\\\n])+\"")
# What is no text of the program's
C_OTHER_TEXT = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*|\b(?:asm|__asm__)\b[^;]*;"
                          r"|\bMODULE_\w+\([^;]*;"
                          r"|__attribute__\(\([^;\n]*|\bSection\([^;\n]*|/\*.*?\*/|//[^\n]*",
                          re.DOTALL | re.MULTILINE)


def _blank(pattern: re.Pattern[str], text: str) -> str:
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def _masked(text: str) -> str:
    return _blank(C_MASKED, text)


def _condition(text: str, at: int) -> str | None:
    """Return the text in the parentheses that open before `at`."""
    depth = 1
    for end in range(at, len(text)):
        depth += (text[end] == "(") - (text[end] == ")")
        if not depth:
            return text[at:end]
    return None


def _beside(number: str) -> Iterator[str]:
    """Yield the numbers next to one."""
    value = int(number, 0)
    for other in (value + 1, value - 1)[:2 if value else 1]:
        yield hex(other) if number.startswith("0x") else str(other)


def _c_sites(text: str) -> Iterator[tuple[int, str, str, str]]:
    bare = _masked(text)
    for pattern, new in C_SWAPS:
        for match in re.finditer(pattern, bare):
            yield match.start(), match[0], new, "operator"
    for match in C_NUMBER.finditer(bare):
        if match[1] == "0" or not re.fullmatch(r"0\d+", match[1]):
            for other in _beside(match[1]):
                yield match.start(1), match[1], other, "number"
    for match in C_CALL.finditer(bare):
        yield match.start(1), text[match.start(1):match.end(1)], ";", "call"
    for match in C_ASSIGNMENT.finditer(bare):
        yield match.start(1), text[match.start(1):match.end(1)], ";", "assignment"
    for match in C_RETURN.finditer(bare):
        yield match.start(1), text[match.start(1):match.end(1)], "0", "return"
    for match in C_CONDITION.finditer(bare):
        if condition := _condition(bare, match.end()):
            whole = text[match.end():match.end() + len(condition)]
            yield match.end(), whole, f"!({whole})", "condition"
            # What its names are must not become unused, which would not compile.
            yield match.end(), whole, f"({whole}) && 0", "never"
            if text[match.start():match.end()].startswith("if"):
                yield match.end(), whole, f"({whole}) || 1", "always"
            yield from _clauses(condition, whole, match.end())
    for match in C_ARGUMENTS.finditer(bare):
        before = bare[max(0, match.start() - 16):match.start()]
        first, second = (match[1], match[2]) if match[1] else (match[3], match[4])
        if first != second and not C_SUMS.search(before):
            yield match.start(), match[0], f"{second}, {first}", "arguments"
    for match in C_CHOICE.finditer(bare):
        yield match.start(), match[0], f"{match[2]} : {match[1]}", "choice"
    for match in C_NEGATIVE.finditer(bare):
        yield match.start(1), "-", "", "sign"
    for match in C_LABEL.finditer(bare):
        yield match.start(1), match[1], "", "label"
    for match in C_ROW.finditer(bare):
        yield match.start(1), text[match.start(1):match.end(1)], "", "row"
    for match in C_JUMP.finditer(bare):
        yield match.start(1), text[match.start(1):match.end(1)], ";", "jump"
    for match in C_ORDER.finditer(bare):
        first, second = (text[match.start(group):match.end(group)] for group in (2, 3))
        if first != second:
            whole = text[match.start(2):match.end(3)]
            yield match.start(2), whole, f"{second}\n{match[1]}{first}", "order"
    for match in C_TEXT.finditer(_blank(C_OTHER_TEXT, text)):
        yield match.start(), match[0], '""', "text"
    yield from _others(bare, "name", C_NAME, lambda name: name.rpartition("_")[0])
    yield from _others(bare, "error", C_ERRNO, lambda name: "")
    yield from _members(bare)


def _clauses(bare: str, whole: str, at: int) -> Iterator[tuple[int, str, str, str]]:
    """Leave the first or the last operand of a condition out, if it has one kind of operator."""
    found = [match for match in C_CLAUSES.finditer(bare)
             if bare.count("(", 0, match.start()) == bare.count(")", 0, match.start())]
    if found and len({match[0] for match in found}) == 1:
        yield at, whole, whole[found[0].end():], "clause"
        yield at, whole, whole[:found[-1].start()], "clause"


def _others(bare: str, kind: str, pattern: re.Pattern[str],
            of: Callable[[str], str]) -> Iterator[tuple[int, str, str, str]]:
    """A constant becomes the next one of its family that the file names."""
    families: dict[str, list[str]] = {}
    found = list(pattern.finditer(bare))
    for match in found:
        family = families.setdefault(of(match[0]), [])
        if match[0] not in family:
            family.append(match[0])
    for match in found:
        family = families[of(match[0])]
        if len(family) > 1:
            other = family[(family.index(match[0]) + 1) % len(family)]
            yield match.start(), match[0], other, kind


def _members(bare: str) -> Iterator[tuple[int, str, str, str]]:
    """A member becomes the next one that the file names of what has the same name."""
    families: dict[str, list[str]] = {}
    found = list(C_MEMBER.finditer(bare))
    for match in found:
        family = families.setdefault(match[1], [])
        if match[2] not in family:
            family.append(match[2])
    for match in found:
        family = families[match[1]]
        if len(family) > 1:
            other = family[(family.index(match[2]) + 1) % len(family)]
            yield match.start(2), match[2], other, "member"


PYTHON_SWAPS = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "and": "or",
                "or": "and", "not": "", "True": "False", "False": "True", "+": "-", "-": "+",
                "+=": "-=", "in": "not in", "break": "pass", "continue": "pass", "*": "+",
                "//": "*", "/": "*", "%": "//", "min": "max", "max": "min", "any": "all",
                "all": "any", "&": "|", "|": "&", "<<": ">>", ">>": "<<", "-=": "+=", "|=": "&=",
                "^": "|", "~": "", "sorted": "list", "strip": "lstrip", "startswith": "endswith",
                "partition": "rpartition"}


# What a kind of span becomes.
PYTHON_SPANS = {
    "condition": ("not ({})", "({}) and False", "({}) or True"), "return": ("None",),
    "string": ("type({})()",), "many": ("list({})[1:]",),
}


def _spans(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """Yield annotations, in which nothing is a mistake, and what can be left out or turned."""
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            if isinstance(value := getattr(node, field, None), ast.AST):
                yield value, "annotation"
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node, "call"
        elif isinstance(node, (ast.Assign, ast.AugAssign)):
            yield node, "assignment"
        elif isinstance(node, (ast.If, ast.While, ast.IfExp)):
            yield node.test, "condition"
        elif isinstance(node, ast.Return) and node.value:
            yield node.value, "return"
        elif isinstance(node, ast.Raise):
            yield node, "raise"
        elif isinstance(node, ast.For):
            yield node.iter, "many"
        elif isinstance(node, ast.comprehension):
            yield from ((condition, "condition") for condition in node.ifs)
    yield from ((node, "string") for node in _strings(tree))


def _lists(tree: ast.AST) -> Iterator[tuple[list[tuple[ast.AST, ast.AST]], str]]:
    """Yield what has parts of which one may be lost: each from its first node to its last."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp):
            yield [(value, value) for value in node.values], "clause"
        elif isinstance(node, (ast.List, ast.Tuple)) and len(node.elts) > 2:
            yield [(value, value) for value in node.elts], "element"
        elif isinstance(node, ast.Dict) and None not in node.keys:
            yield list(zip(node.keys, node.values)), "element"


DOCUMENTING = {"help", "description", "epilog", "usage", "prog", "metavar"}    # argparse


def _strings(tree: ast.AST) -> Iterator[ast.AST]:
    """Yield texts, but for those that document and those inside of others."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)
             for part in ast.walk(node) if part is not node}
    inner |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
              or isinstance(node, ast.keyword) and node.arg in DOCUMENTING}
    for node in ast.walk(tree):
        if id(node) not in inner and (isinstance(node, ast.JoinedStr) or isinstance(
                node, ast.Constant) and isinstance(node.value, (str, bytes)) and node.value):
            yield node


def _calls(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield pairs of neighbours among a call's arguments."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from zip(node.args, node.args[1:])


def _python_sites(text: str) -> Iterator[tuple[int, str, str, str]]:
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))

    def offset(row: int, column: int) -> int:
        line = text[starts[row - 1]:starts[row]]
        return starts[row - 1] + len(line.encode()[:column].decode())

    def span(node: ast.AST) -> tuple[int, int]:
        return (offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset))

    tree = ast.parse(text)
    spans = [(*span(node), kind) for node, kind in _spans(tree)]
    annotations = [(begin, end) for begin, end, kind in spans if kind == "annotation"]
    for begin, end, kind in spans:
        if any(first <= begin < last for first, last in annotations):
            continue
        for new in PYTHON_SPANS.get(kind, ("pass",)):
            yield begin, text[begin:end], new.format(text[begin:end]), kind
    for pairs, kind in _lists(tree):
        ends = [(span(first)[0], span(last)[1]) for first, last in pairs]
        for (begin, _), (following, _) in zip(ends, ends[1:]):
            yield begin, text[begin:following], "", kind
        for (_, before), (_, end) in list(zip(ends, ends[1:]))[-1:]:
            yield before, text[before:end], "", kind
    for first, second in _calls(tree):
        (begin, middle), (other, end) = span(first), span(second)
        yield begin, text[begin:end], (f"{text[other:end]}{text[middle:other]}"
                                       f"{text[begin:middle]}"), "arguments"
    previous = ""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        at = starts[token.start[0] - 1] + token.start[1]
        before, previous = previous, token.string
        if any(begin <= at < end for begin, end in annotations):
            continue
        if token.type == tokenize.NUMBER and re.fullmatch("[0-9]+|0x[0-9a-f]+", token.string):
            for other in _beside(token.string):
                yield at, token.string, other, "number"
        elif token.type in (tokenize.OP, tokenize.NAME) and token.string in PYTHON_SWAPS:
            if token.string == "in" and (before == "not" or _is_loop(text, at)):
                continue
            yield at, token.string, PYTHON_SWAPS[token.string], "operator"


def _is_loop(text: str, at: int) -> bool:
    """Is this the `in` of a `for`?"""
    line = text[text.rfind("\n", 0, at) + 1:at]
    return re.search(r"\bfor [\w\s,()*]+$", line) is not None


SHELL_SWAPS = ((r" = ", " != "), (r" != ", " = "), (r" -lt ", " -le "), (r" -gt ", " -ge "),
               (r" -ge ", " -gt "), (r" == ", " != "), (r"\[ ! ", "[ "), (r"\[ -s ", "[ ! -s "),
               (r" && ", " || "), (r" \|\| ", " && "), (r"\breturn 1\b", "return 0"),
               (r"=1$", "=0"))
# A command of one line, and a number in it
SHELL_COMMAND = re.compile(r"^(?:\t*)"
                           r"((?!(?:if|then|else|elif|fi|for|do|done|case|esac|while|until)\b)"
                           r"[\w$:\[][^\n(){}\\]*)$", re.MULTILINE)
SHELL_NUMBER = re.compile(r"(?<=[ =])\d+(?=$|[ ;)])", re.MULTILINE)


def _shell_sites(text: str) -> Iterator[tuple[int, str, str, str]]:
    bare = re.sub(r"^\s*#[^\n]*", lambda match: " " * len(match[0]), text, flags=re.MULTILINE)
    for pattern, new in SHELL_SWAPS:
        for match in re.finditer(pattern, bare, re.MULTILINE):
            yield match.start(), match[0], new, "operator"
    for match in SHELL_COMMAND.finditer(bare):
        yield match.start(1), match[1], ":", "call"
    for match in SHELL_NUMBER.finditer(bare):
        for other in _beside(match[0]):
            yield match.start(), match[0], other, "number"


def find(top: Path, path: Path) -> list[Site]:
    """Return all sites of a file below the top, in the order of the text."""
    text = (top / path).read_text(encoding="utf-8")
    if path.suffix in (".c", ".h"):
        found = _c_sites(text)
    elif text.startswith("#!/bin/sh") or text.startswith("#!/bin/bash"):
        found = _shell_sites(text)
    else:
        found = _python_sites(text)
    # Two rules may make the same mistake.
    made: dict[str, Site] = {}
    for at, old, new, kind in sorted(set(found)):
        site = Site(path, at, old, new, text.count("\n", 0, at) + 1, kind)
        made.setdefault(site.apply(text), site)
    return list(made.values())
