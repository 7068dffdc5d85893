# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""Help, man page and completion know every verb and every option, and only those."""
from __future__ import annotations

import re
import subprocess
from pathlib import Path

from tap import Jhctl, Tap

SOURCE = Path(__file__).resolve().parent.parent


def verbs_of(text: str) -> list[str]:
    return [match[1] for match in re.finditer(r"^  ([a-z]+(?: [a-z]+)?)  +\S", text, re.MULTILINE)]


def complete(*words: str) -> list[str]:
    """What bash offers for the last word."""
    line = " ".join(words)
    script = (f"source {SOURCE}/completion/jhctl.bash; COMP_WORDS=({line}); "
              f"[[ '{words[-1]}' ]] || COMP_WORDS+=(''); COMP_CWORD={len(words) - 1}; "
              "jhctl() { printf '%s\\n' 'ID  NAME  STATE' ' 0  virt  running' "
              "' 1  rtos  running'; }; "
              "_jhctl; printf '%s\\n' \"${COMPREPLY[@]}\"")
    done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True,
                          check=False)
    return sorted(done.stdout.split())


def run(tap: Tap, jhctl: Jhctl) -> None:
    listing = jhctl("--help")
    verbs = verbs_of(listing.out)
    tap.equal((listing.code, len(verbs) > 12), (0, True), "--help lists the verbs")
    tap.ok(re.fullmatch(r"jhctl [0-9.]+\S*\n", jhctl("--version").out) is not None, "--version")
    tap.equal(len(verbs_of(jhctl("cell", "--help").out)), 11, "cell --help lists those of cells")

    manual = (SOURCE / "man/jhctl.8").read_text().replace("\\-", "-").replace("\\fR", "")
    manual = manual.replace("\\fB", "").replace("\\fI", "")
    for verb in verbs:
        words = verb.split()
        # jhconf answers for its own verbs.
        if verb == "config":
            continue
        seen = jhctl(*words, "--help")
        tap.equal(seen.code, 0, f"{verb} --help")
        tap.ok(seen.out.startswith(f"usage: jhctl {verb}"), f"{verb} --help has a usage line", seen)
        tap.ok(max(map(len, seen.out.splitlines())) <= 100, f"{verb} --help is not too wide", seen)
        tap.equal(jhctl("help", *words).out, seen.out, f"help {verb} is the same")
        tap.contains(manual, f"jhctl {verb}", f"{verb} is in the manual")
        options = re.findall(r"--([a-z-]+)", seen.out.split("\n\n")[-1])
        for option in options:
            if option != "help":
                tap.contains(manual, f"--{option}", f"{verb} --{option} is in the manual")
        offered = complete("jhctl", *words, "--")
        tap.equal(offered, sorted(f"--{option}" for option in options),
                  f"completion offers the options of {verb}")
    tops = sorted({verb.split()[0] for verb in verbs} | {"help", "--help", "--version"})
    tap.equal(complete("jhctl", ""), tops, "completion offers the verbs")
    tap.equal(complete("jhctl", "cell", "s"), ["show", "shutdown", "start", "stats"],
              "completion offers the second words")
    tap.equal(complete("jhctl", "cell", "start", ""), ["rtos", "virt"],
              "completion offers the names of cells")
    for group in ("0", "1", "2", "3", "4"):
        tap.ok(re.search(rf"^\.B {group}$", manual, re.MULTILINE) is not None,
               f"exit code {group} is in the manual")
