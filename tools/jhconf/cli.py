# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The command line: jhconf COMMAND ..."""

from __future__ import annotations

import argparse
import io
import os
import sys

from . import commands, guests, virtio
from .errors import ConfigError
from .values import unknown


def from_option(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--from", dest="collected", metavar="FILE",
                     help="archive of jhctl config collect (or a .dtb)")
    sub.add_argument("--live", action="store_true", help="the machine this runs on, right now")


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="jhconf", description="Configurations of jh.")
    verbs = top.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, function: object, about: str, *, files: str = "",
                tree: bool = False, output: bool = False) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=about, description=about)
        sub.set_defaults(function=function)
        if files:
            sub.add_argument("files" if files == "+" else "file", metavar="FILE",
                             **({"nargs": "+"} if files == "+" else {}))
        if tree:
            sub.add_argument("--tree", metavar="DTB", help="device tree (.dtb) of the machine")
        if output:
            sub.add_argument("-o", "--output", metavar="OUT", help="file to write, - for stdout")
        return sub

    sub = command("compile", commands.run_compile, "compile a TOML source to a .cell file",
                  files="1", tree=True, output=True)
    sub.add_argument("--system", metavar="FILE",
                     help="the system's file (.cell or .toml): checks a cell against it")
    sub = command("check", commands.run_check,
                  "judge a system and its cells (.toml or .cell) as a whole", files="+", tree=True)
    from_option(sub)
    sub.add_argument("--json", action="store_true", help="findings as JSON")
    sub.add_argument("--strict", action="store_true", help="fail on warnings too")
    command("decode", commands.run_decode, "turn a .cell file into a source that compiles to it",
            files="1", output=True)
    sub = command("show", commands.run_show, "print or draw configurations for people", files="+",
                  tree=True)
    from_option(sub)
    sub.add_argument("--svg", metavar="OUT", help="draw a picture instead")
    sub.add_argument("--json", action="store_true", help="print the records as JSON")
    sub.add_argument("--html", metavar="OUT", help="write a page with picture, tables, findings")
    sub = command("create", commands.run_create, "write the system's source for a machine",
                  tree=True, output=True)
    from_option(sub)
    sub.add_argument("--name", help="name of the machine (default: from the tree)")
    sub.add_argument("--pool", metavar="SIZE", help="RAM for cells (default: by the machine)")
    sub.add_argument("--fixed", action="store_true",
                     help="choose fixed addresses, for reserved memory")
    sub = command("add-cell", commands.run_add_cell, "write the source of a cell", tree=True,
                  output=True)
    from_option(sub)
    sub.set_defaults(usage_error=sub.error)
    sub.add_argument("--for", dest="guest", metavar="GUEST",
                     help=f"in the shape that a kind of guest wants: {', '.join(guests.GUESTS)}")
    sub.add_argument("--name", help="with --for by default its word")
    sub.add_argument("--cpus", metavar="LIST", help="1,3-5; with --for by default the last ones")
    sub.add_argument("--memory", metavar="SIZE", help="64M, or 64M@0x40000000; with --for by "
                     "default where the guest is linked")
    sub.add_argument("--device", action="append", default=[], metavar="DEVICE",
                     help="alias, label, path or a unique part of it; may be repeated")
    sub.add_argument("--console", metavar="WHAT",
                     help="uart, hypervisor, none, or one of the devices")
    sub.add_argument("--link", action="append", default=[], metavar="NAME:PEER",
                     help="a link to the cell PEER; NAME:PEER:SIZE@ADDRESS; may be repeated")
    sub.add_argument("--virtio", action="append", default=[], choices=list(virtio.USUAL),
                     help="a virtio device, whose other end is in root; may be repeated")
    sub.add_argument("--system", metavar="FILE", help="system on which the devices are assignable")
    sub.add_argument("--force", action="store_true", help="in spite of what shares a device")
    sub = command("explain", commands.run_explain,
                  "say who owns an address (0x...), irqN, cpuN or device, and why, or what a cell "
                  "owns; the last argument is what to explain", files="+", tree=True)
    from_option(sub)
    sub = command("diff", commands.run_diff, "compare two configurations by meaning; status 1 if "
                  "they differ", tree=True)
    sub.add_argument("old", metavar="A")
    sub.add_argument("new", metavar="B")
    sub = command("import", commands.run_import,
                  "turn compiled Jailhouse configurations, or a YAML file with openamp,domain-v1 "
                  "domains, into sources", files="+", tree=True, output=True)
    from_option(sub)
    sub.add_argument("-d", "--directory", metavar="DIR", help="where several files go")
    sub.add_argument("--root", metavar="NAME", help="domain that is the root cell")
    sub = command("export", commands.run_export, "write a set in another format", files="+",
                  tree=True, output=True)
    from_option(sub)
    sub.add_argument("--domains", action="store_true", required=True,
                     help="as YAML with openamp,domain-v1 domains")
    sub = command("suggest", commands.run_suggest, "suggest lines for a listed root from the "
                  "accesses that the hypervisor recorded", files="1", tree=True, output=True)
    from_option(sub)
    sub.add_argument("--log", default="-", metavar="FILE", help="output of jhctl console")
    command("header", commands.run_header, "generate hypervisor/uapi/jh/config.h", output=True)
    command("doc", commands.run_doc, "generate Documentation/reference/config-format.rst",
            output=True)
    return top


def main(arguments: list[str] | None = None) -> int:
    top = parser()
    for stream in (sys.stdout, sys.stderr):     # names may be unencodable
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    words = sys.argv[1:] if arguments is None else arguments
    verbs = dict(next(action.choices for action in top._actions if action.choices) or {})
    if words and not words[0].startswith("-") and words[0] not in verbs:
        print(f"jhconf: {unknown(words[0], verbs, 'command')}", file=sys.stderr)
        return 2
    args, rest = top.parse_known_args(words)
    # argparse takes no positional argument after an option that follows the first ones.
    if rest and (not isinstance(getattr(args, "files", None), list)
                 or any(word.startswith("-") for word in rest)):
        verb, strange = verbs[words[0]], next((w for w in rest if w.startswith("-")), rest[0])
        options = [name for action in verb._actions for name in action.option_strings]
        verb.error(unknown(strange.split("=")[0], options, "option") if strange.startswith("-")
                   else f"\"{strange}\" is too much: it takes one file")
    if rest:
        args.files += rest
    try:
        args.function(args)
    except (commands.Failure, ConfigError, RuntimeError) as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return 0
