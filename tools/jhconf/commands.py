# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The commands of jhconf."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from . import (addcell, blob, cheader, checker, create, decode, diff, doc, domains, explain,
               facts, guests, jailhouse, jailimport, page, picture, schema, setrules, show, source,
               suggest, treerules, values)
from .blob import Config
from .devices import Devices
from .errors import ConfigError, Key, line_of
from .facts import Facts
from .findings import ERROR, WARNING, Finding, Member, count, report
from .names import free_name
from .ownership import Ownership
from .reader import Source
from .tree import Tree


class Failure(Exception):
    """A message for the user; ends the program with status 1."""


def read_facts(path: str) -> Facts:
    """A .dtb or an archive of jhctl config collect."""
    try:
        return facts.load(path)
    except ConfigError as error:
        raise Failure(error.text(path if path not in error.message else "")) from error


def read_tree(path: str | None) -> Tree | None:
    return read_facts(path).tree if path else None


def this_machine() -> Facts:
    """The machine that this program runs on, packed by jhctl config collect."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "this machine"))
        try:
            run = subprocess.run(["jhctl", "config", "collect", path], capture_output=True,
                                 text=True, check=False)
        except OSError as error:
            raise Failure(f"jhctl, which knows this machine, cannot be run: {error.strerror}") \
                from error
        if run.returncode:
            raise Failure(f"jhctl config collect: {run.stderr.strip()}")
        return read_facts(path)


def chosen_machine(args: argparse.Namespace) -> Facts | None:
    """The machine that --from, --tree or --live names."""
    if getattr(args, "live", False):
        return this_machine()
    path = args.collected or args.tree
    return read_facts(path) if path else None


def chosen_devices(args: argparse.Namespace) -> Devices | None:
    where = chosen_machine(args)
    return Devices(where) if where else None


def machine(args: argparse.Namespace) -> Facts:
    """The machine that the options name; without options the one this program runs on."""
    where = chosen_machine(args)
    if where is None and Path("/sys/firmware/fdt").exists():
        where = this_machine()
    if where is None:
        raise Failure("name the machine: --tree FILE.dtb, or --from the archive that "
                      "jhctl config collect wrote on it")
    return where


def read_bytes(path: str) -> bytes:
    """A file; - is standard input."""
    try:
        return sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from error


def as_text(path: str, data: bytes) -> str:
    """A file's bytes as text; raises Failure if they are none."""
    try:
        return data.decode("utf-8-sig")     # editors of Windows write a byte order mark
    except UnicodeDecodeError as error:
        raise Failure(f"{path}: is no text in UTF-8: byte {error.start} is none") from error


def read_source(path: str, tree: Tree | None) -> tuple[str, Source]:
    """The text of a TOML file, and its configuration."""
    text = as_text(path, read_bytes(path))
    return text, compile_source(path, text, tree)


def compile_source(path: str, text: str, tree: Tree | None) -> Source:
    try:
        return source.compile_text(text, tree)
    except ConfigError as error:
        raise Failure(error.text(path, text)) from error


def read_member(path: str, tree: Tree | None) -> Member:
    """A file of a set: a source (.toml) or a blob."""
    data = read_bytes(path)
    if path.endswith(".toml") or path == "-" and data[:8] != schema.MAGIC:
        text = as_text(path, data)
        compiled = compile_source(path, text, tree)
        return Member(path, compiled.config, pack(path, compiled.config, text, compiled.origins),
                      text, compiled.origins)
    try:
        return Member(path, blob.unpack(data), data)
    except ConfigError as error:
        raise Failure(f"{path} {error.message}: compile it again from its source (.toml)") \
            from error


def pack(path: str, config: Config, text: str = "",
         origins: dict[tuple[str, int], Key] | None = None) -> bytes:
    try:
        return blob.pack(config)
    except blob.Misfit as error:
        key = (origins or {}).get((error.section, error.index), ())
        # In a system or a cell the field's own key is at fault, not the table as a whole.
        if error.section in ("system", "cell") or not key:
            key = error.key
        raise Failure(ConfigError(error.message, key).text(path, text)) from error


def write(path: str, data: bytes | str) -> None:
    """Writes a file completely or not at all (a device or pipe directly); - is standard output."""
    if path == "-" and isinstance(data, str):
        sys.stdout.write(data)
        return
    if isinstance(data, str):
        data = data.encode("utf-8", "backslashreplace")
    if path == "-":
        sys.stdout.buffer.write(data)
        return
    target = Path(path).resolve()
    temporary = Path(f"{target}.{os.getpid()}.tmp")
    try:
        if Path(path).exists() and not Path(path).is_file():    # never replace /dev/null
            Path(path).write_bytes(data)
        else:
            temporary.write_bytes(data)
            os.replace(temporary, target)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror}") from error


def judge(path: str, text: str, compiled: Source, data: bytes, system: bytes | None) -> None:
    """The C checker's verdict on a compiled source, with the line at fault."""
    try:
        found = checker.verdicts(([system] if system else []) + [data])
    except (RuntimeError, OSError) as error:
        raise Failure(str(error)) from error
    if found is None:
        print(f"{path}: compiled, but not checked: jh-check is not built (make tools)",
              file=sys.stderr)
        return
    verdict = found[-1]
    if verdict is not None:
        key = verdict.key(compiled.origins)
        # A key that the source does not have has its default: there is no line to name.
        error = ConfigError(verdict.text, key if line_of(text, key) else ())
        raise Failure(error.text(path, text))


def direct_notes(config: Config, system: Member | None, tree: Tree | None) -> list[str]:
    """A note if the machine's interrupt controller, where it is known, asks for one."""
    if config.kind != "cell":
        return []
    version = 0
    if system is not None:
        version = schema.gic_version(unit["kind"] for unit in system.config.elements("unit"))
    elif tree is not None:
        with contextlib.suppress(ConfigError):
            version = tree.gic().version
    note = source.direct_note(config, version)
    return [note] if note else []


def run_compile(args: argparse.Namespace) -> None:
    tree = read_tree(args.tree)
    text, compiled = read_source(args.file, tree)
    data = pack(args.file, compiled.config, text, compiled.origins)
    system = read_member(args.system, tree) if args.system else None
    judge(args.file, text, compiled, data, system.data if system else None)
    for note in compiled.notes + direct_notes(compiled.config, system, tree):
        print(f"{args.file}: note: {note}", file=sys.stderr)
    output = "-" if args.file == "-" else str(Path(args.file).with_suffix(".cell"))
    if not args.output and output == args.file != "-":
        raise Failure(f"{args.file}: this would replace the source: name a file with -o")
    write(args.output or output, data)


def run_decode(args: argparse.Namespace) -> None:
    config = read_member(args.file, None).config
    try:
        write(args.output or "-", decode.decode(config))
    except ConfigError as error:
        raise Failure(error.text(args.file)) from error


def split(members: list[Member]) -> tuple[Member | None, list[Member]]:
    """The system, if there is one, and the cells."""
    systems = [member for member in members if member.config.kind == "system"]
    if len(systems) > 1:
        raise Failure(f"{systems[1].file} is a second system beside {systems[0].file}: give one")
    return (systems or [None])[0], [m for m in members if m.config.kind == "cell"]


def run_check(args: argparse.Namespace) -> None:
    devices = chosen_devices(args)
    found: list[Finding] = []
    members = []
    for path in args.files:
        try:
            members.append(read_member(path, devices.tree if devices else None))
        except Failure as failure:
            reason = str(failure).removeprefix(path).lstrip(": ")
            found.append(Finding(ERROR, path, "", reason, "nothing else was checked in it"))
    if members:
        found += judged(Ownership(*split(members), devices))
    print(report(found, args.json))
    if count(found, ERROR) or args.strict and count(found, WARNING):
        raise SystemExit(1)


def ownership(args: argparse.Namespace, paths: list[str]) -> Ownership:
    """The set that the files make up on the machine that the options name."""
    devices = chosen_devices(args)
    tree = devices.tree if devices else None
    return Ownership(*split([read_member(path, tree) for path in paths]), devices)


def run_explain(args: argparse.Namespace) -> None:
    """The last argument is the subject to explain, unless it is a file."""
    paths, what = args.files, ""
    if len(paths) > 1 and not Path(paths[-1]).exists() \
            and not paths[-1].endswith((".toml", ".cell")):
        paths, what = paths[:-1], paths[-1]
    owners = ownership(args, paths)
    try:
        print(explain.explain(owners, what) if what else explain.everything(owners))
    except ConfigError as error:
        raise Failure(error.text()) from error


def run_diff(args: argparse.Namespace) -> None:
    tree = read_tree(args.tree)
    lines = diff.diff(read_member(args.old, tree).config, read_member(args.new, tree).config)
    print("\n".join(lines) if lines else f"{args.old} and {args.new} mean the same")
    if lines:
        raise SystemExit(1)


def judged(owners: Ownership) -> list[Finding]:
    """The findings of all rules for a set."""
    found = list(setrules.judge(owners.system, owners.cells))
    if owners.devices is not None:
        found += treerules.judge(owners.devices, owners.system, owners.cells)
    return found


def run_show(args: argparse.Namespace) -> None:
    owners = ownership(args, args.files)
    if args.svg:
        write(args.svg, picture.draw(owners))
    if args.html:
        write(args.html, page.render(owners, judged(owners)))
    if args.svg or args.html:
        return
    members = ([owners.system] if owners.system else []) + owners.cells
    if args.json:
        print(json.dumps([{"file": m.file, "kind": m.config.kind, **m.config.sections}
                          for m in members], indent=2))
        return
    print("\n\n".join(show.text(member.config) for member in members))
    if len(members) > 1 or owners.devices is not None:
        print("\n" + show.address_map(owners))


def finish(created: create.Created, output: str | None, what: str) -> None:
    """Runs the checker on a created source, and writes it."""
    compiled = source.compile_text(created.text)
    judge(output or what, created.text, compiled, pack(what, compiled.config), None)
    for warning in created.warnings:
        print(f"{output or what}: note: {warning}", file=sys.stderr)
    write(output or "-", created.text)


def run_create(args: argparse.Namespace) -> None:
    try:
        created = create.create(machine(args), args.name or "", args.pool or "", args.fixed)
    except ConfigError as error:
        raise Failure(error.text()) from error
    finish(created, args.output, "sys.toml")


def run_add_cell(args: argparse.Namespace) -> None:
    missing = [f"--{key}" for key in ("name", "cpus", "memory") if not getattr(args, key)]
    if missing and not args.guest:
        args.usage_error(f"it needs {' and '.join(missing)}, or --for GUEST: one of "
                         f"{', '.join(guests.GUESTS)}")
    try:
        guest = guests.find(args.guest) if args.guest else None
    except ConfigError as error:
        args.usage_error(error.message)
    where = machine(args)
    name = args.name or args.guest
    system = read_member(args.system, where.tree).config if args.system else None
    try:
        created = addcell.add_cell(Devices(where), name, args.cpus or "", args.memory or "",
                                   args.device, args.console or "", system, args.force, guest,
                                   args.link, args.virtio)
    except ConfigError as error:
        raise Failure(error.text()) from error
    finish(created, args.output, f"{name}.toml")


def run_import(args: argparse.Namespace) -> None:
    devices = chosen_devices(args)
    if args.files[0].endswith((".yaml", ".yml")):
        files = import_yaml(args, devices)
    else:
        files = import_jailhouse(args, devices)
    if args.directory is None and len(files) > 1:
        raise Failure(f"this makes {len(files)} files: name a directory with -d")
    if args.directory:
        try:
            Path(args.directory).mkdir(exist_ok=True)
        except OSError as error:
            raise Failure(f"{args.directory}: {error.strerror}") from error
    for name, text in files.items():
        write(str(Path(args.directory, name)) if args.directory else args.output or "-", text)


def no_equivalent(path: str, missing: list[str]) -> None:
    for what in missing:
        print(f"{path}: no equivalent: {what}", file=sys.stderr)


def import_yaml(args: argparse.Namespace, devices: Devices | None) -> dict[str, str]:
    """Sources from the first file, a YAML file with domains."""
    if devices is None:
        raise Failure("domains name devices of a device tree: add --tree FILE.dtb")
    path = args.files[0]
    if len(args.files) > 1:
        raise Failure(f"{args.files[1]}: one YAML file is read at a time, {path} is the first")
    missing: list[str] = []
    try:
        result = domains.import_domains(as_text(path, read_bytes(path)), devices, args.root or "",
                                        missing)
    except ConfigError as error:
        raise Failure(f"{path} {error.message}") from error
    finally:
        no_equivalent(path, missing)
    return result.files


def import_jailhouse(args: argparse.Namespace, devices: Devices | None) -> dict[str, str]:
    """Sources from compiled configurations of Jailhouse."""
    olds: list[tuple[str, jailhouse.OldCell | jailhouse.OldSystem]] = []
    together = jailimport.Set(devices=devices)
    for path in args.files:
        try:
            old = jailhouse.read(read_bytes(path))
        except ConfigError as error:
            raise Failure(f"{path} {error.message}") from error
        if isinstance(old, jailhouse.OldCell):
            together.cells.append(old)
        elif together.system is not None:
            raise Failure(f"{path} is a second system: import it without the other")
        else:
            together.system = old
        olds.append((path, old))
    files: dict[str, str] = {}
    for path, old in olds:
        try:
            result = jailimport.convert(old, together)
        except ConfigError as error:
            raise Failure(f"{path} {error.message}") from error
        what = named(result, files)
        lines = [f"# Imported from the Jailhouse configuration {Path(path).name}."]
        lines += [f"# No equivalent: {values.comment(words)}" for words in result.missing]
        files[f"{what}.toml"] = "\n".join(lines) + "\n" + decode.decode(result.config)
        no_equivalent(path, result.missing)
    return files


def named(result: jailimport.Imported, files: dict[str, str]) -> str:
    """A file name that is not taken: cells of one name get different ones."""
    if result.config.kind == "system":
        return "sys"
    cell = result.config.one("cell")
    name = str(cell["name"])
    cell["name"] = free_name(name, {"sys", *(Path(file).stem for file in files)})
    if cell["name"] != name:
        result.missing.append(f"another file has the name {name}: it became {cell['name']}")
    return str(cell["name"])


def run_export(args: argparse.Namespace) -> None:
    owners = ownership(args, args.files)
    write(args.output or "-", domains.export_domains(owners.system, owners.cells, owners.devices))


def run_suggest(args: argparse.Namespace) -> None:
    devices = chosen_devices(args)
    system = read_member(args.file, devices.tree if devices else None).config
    if system.kind != "system":
        raise Failure(f"{args.file} describes a cell: give the system's file")
    log = read_bytes(args.log).decode("utf-8", "replace")
    write(args.output or "-", suggest.render(suggest.suggest(log, system, devices)))


def run_header(args: argparse.Namespace) -> None:
    write(args.output or "-", cheader.render())


def run_doc(args: argparse.Namespace) -> None:
    write(args.output or "-", doc.render())
