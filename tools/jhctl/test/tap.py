# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""TAP output, and running jhctl over the fake driver."""
from __future__ import annotations

import difflib
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TIMEOUT = 30
EXPECTED = Path(__file__).resolve().parent / "expected"
HEAD = "# SPDX-License-Identifier: GPL-2.0-only\n# Copyright (c) The jh authors\n"
SEED = re.compile(r"((?:kaslr|rng)-seed = )<([^>]*)>")
# Who runs the tests is root or not.
VARIES = re.compile(r'("name": "user",\n)[^}]*|^(?:ok|warning) +user: .*$', re.MULTILINE)
STALL = int(os.environ.get("JHCTL_TEST_SECONDS", "60"))     # between two results, at most


def random_cells(match: re.Match[str]) -> str:
    return f"{match[1]}<{len(match[2].split())} random cells>"


def as_expected(tap: Tap, name: str, text: str) -> None:
    """Compare with a file of expected/; JHCTL_EXPECTED=write writes it anew, to be read before."""
    file = EXPECTED / name
    if os.environ.get("JHCTL_EXPECTED") == "write":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes((HEAD + text).encode())
    wanted = file.read_bytes().decode() if file.exists() else ""
    difference = difflib.unified_diff(wanted.splitlines(), (HEAD + text).splitlines(),
                                      "expected", "seen", lineterm="")
    tap.ok(wanted == HEAD + text, f"the whole of {name}", "\n".join(difference))


class Stalled(Exception):
    """A timeout. It is no OSError, because some tests catch those."""


def stalled(_number: int, _frame: object) -> None:
    raise Stalled(f"no result for {STALL} s")


@contextmanager
def started(command: list[str | Path], **how: Any) -> Iterator[subprocess.Popen[Any]]:
    """A process that is killed when the block ends."""
    with subprocess.Popen(command, **how) as process:
        try:
            yield process
        finally:
            process.kill()


class Tap:
    """Counts results and prints them."""

    def __init__(self) -> None:
        self.number = 0
        self.failures = 0
        print("TAP version 13")
        signal.signal(signal.SIGALRM, stalled)
        self.goes_on()

    @staticmethod
    def goes_on() -> None:
        """There will be a result, after more of the same."""
        signal.alarm(STALL)

    def ok(self, good: bool, what: str, seen: object = "") -> None:
        self.goes_on()
        self.number += 1
        self.failures += not good
        print(f"{'ok' if good else 'not ok'} {self.number} - {what}")
        if not good:
            for line in str(seen).splitlines():
                print(f"#   {line}")
        sys.stdout.flush()

    def equal(self, seen: object, wanted: object, what: str) -> None:
        self.ok(seen == wanted, what, f"seen   {seen!r}\nwanted {wanted!r}")

    def contains(self, text: str, part: str, what: str) -> None:
        self.ok(part in text, what, f"{part!r} is not in:\n{text}")

    def end(self) -> int:
        print(f"1..{self.number}")
        return 1 if self.failures else 0


@dataclass
class Result:
    code: int
    out: str
    err: str


@dataclass
class Jhctl:
    """jhctl with a fake driver whose state lives as long as this object."""

    tools: Path
    directory: tempfile.TemporaryDirectory[str] = field(
        default_factory=lambda: tempfile.TemporaryDirectory(prefix="jhctl-test-"))
    said: list[str] = field(default_factory=list)   # each command, and all that it printed
    _before: dict[tuple[str, ...], str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return Path(self.directory.name)

    def environment(self, extra: dict[str, str]) -> dict[str, str]:
        env = {"PATH": os.environ["PATH"], "JH_FAKE_STATE": str(self.home / "state"),
               "JH_FAKE_ROOT": str(self.home / "root")}
        env.update(extra)
        return {key: value for key, value in env.items() if value}

    def __call__(self, *words: str, **env: str) -> Result:
        done = subprocess.run([self.tools / "jhctl", *words], cwd=self.home, timeout=TIMEOUT,
                              env=self.environment(env), capture_output=True, check=False)
        result = Result(done.returncode, done.stdout.decode(errors="replace"),
                        done.stderr.decode(errors="replace"))
        self.note(words, env, result)
        return result

    def note(self, words: tuple[str, ...], env: dict[str, str], seen: Result) -> None:
        """Record a command's output for transcript(); of a repeated command only changes."""
        line = " ".join([*(f"{key}={value}" for key, value in env.items()), "jhctl", *words])
        text = f"{seen.out}--- stderr\n{seen.err}--- code {seen.code}\n"
        text = VARIES.sub(r"\1(varies)", SEED.sub(random_cells, text))
        before, self._before[words] = self._before.get(words), text
        if before is not None:
            text = "".join(difflib.unified_diff(before.splitlines(True), text.splitlines(True),
                                                n=0)).partition("+++ \n")[2] or "as before\n"
        self.said.append(f"$ {line}\n{text}")

    def transcript(self) -> str:
        """All recorded output, without parts that differ from one machine to the next."""
        text = "".join(self.said).replace(str(self.home), "HOME").replace(
            os.environ["PATH"], "PATH")
        version = re.escape(self("--version").out.split()[1])
        return re.sub(rf'(jhctl (?:is )?|version"?:? "?){version}\b', r"\1VERSION", text)

    def on_terminal(self, *words: str, **env: str) -> str:
        """Everything that appears on a terminal that is stdout and stderr."""
        main, other = pty.openpty()
        with started([self.tools / "jhctl", *words], cwd=self.home, stdin=other, stdout=other,
                     stderr=other, env=self.environment(env)) as process:
            os.close(other)
            seen = b""
            while True:
                try:
                    piece = os.read(main, 4096)
                except OSError:
                    break
                if not piece:
                    break
                seen += piece
            process.wait(TIMEOUT)
        os.close(main)
        return seen.decode(errors="replace")

    def interrupted(self, number: int, after: float, *words: str, **env: str) -> int:
        """The exit code of a jhctl that gets a signal after some seconds."""
        with started([self.tools / "jhctl", *words], cwd=self.home, env=self.environment(env),
                     stderr=subprocess.DEVNULL) as process:
            time.sleep(after)
            process.send_signal(number)
            return process.wait(TIMEOUT)

    def put(self, name: str, data: bytes) -> str:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return name

    def blob(self, name: str, *words: str) -> str:
        data = subprocess.run([self.tools / "makeblob", *words], capture_output=True, check=True,
                              timeout=TIMEOUT).stdout
        return self.put(name, data)
