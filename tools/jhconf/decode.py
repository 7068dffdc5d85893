# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Turns a configuration back into a TOML source that compiles to the same bytes, without a tree."""

from __future__ import annotations

from . import schema, values
from .blob import Config, Element
from .schema import Kind, Record
from .cellsource import default_entry
from .flags import (CELL, CONSOLE, IO_FLAGS, LINK, MEM, PL011, RAM_FLAGS, ROOT_FLAGS, ROOT_MEMORY,
                    ROOT_RAM_FLAGS, SYSTEM, VIRTUAL_FLAGS, VIRTUAL_SIZE)
from .values import Unspellable


MADE_OF_OTHERS = {"console_irq"}    # strings or choices, without numeric values


def decode(config: Config) -> str:
    """The source; raises Unspellable for values that no source has (the C checker refuses them)."""
    for section, items in config.sections.items():
        for index, item in enumerate(items if section != "unit" else []):
            _check_spare(schema.BY_SECTION[section], item, f"{section}[{index}]")
    lines = _system(config) if config.kind == "system" else _cell(config)
    return "\n".join(lines) + "\n"


def _check_spare(record: Record, item: Element, what: str) -> None:
    """Fields without a key must be 0, unless other keys set them."""
    for f in record.fields:
        known = sum({value.value for value in f.values})
        if not f.key and f.name not in MADE_OF_OTHERS and int(item[f.name]) & ~known:
            raise Unspellable(f"{what}.{f.name} holds {item[f.name]:#x}, which has no meaning")


def _pairs(record: Record, item: Element, skip: tuple[str, ...] = (),
           drop_default: bool = False) -> list[str]:
    """key = value for the fields that have a key of their own."""
    return [f"{f.key} = {values.spell(f, item[f.name])}" for f in record.fields
            if f.key and f.key not in skip and "." not in f.key
            and not (drop_default and item[f.name] == f.default)]


def _range(item: Element, base: str, size: str) -> str:
    return (f"{{ address = {int(item[base]):#x}, "
            f"size = {values.spell(schema.SYSTEM.field('hv_size'), item[size])} }}")


def is_virtual(console: Element) -> bool:
    """Are the registers emulated by the hypervisor?"""
    return bool(int(console["flags"]) & CONSOLE["VIRTUAL"])


def _virtual_console(config: Config, item: Element) -> list[str]:
    if any(item[name] for name in ("divider", "gate_nr", "clock_reg")) or \
            (item["type"], item["size"], item["flags"]) != (PL011, VIRTUAL_SIZE, VIRTUAL_FLAGS):
        raise Unspellable("the virtual console is none")
    return ["", "[console]", "type = \"uart\"", f"address = {int(item['address']):#x}",
            f"irq = {config.one('cell')['console_irq']}"]


def _console(config: Config) -> list[str]:
    items = config.elements("console")
    if items and is_virtual(items[0]):
        if config.kind != "cell":
            raise Unspellable("the hypervisor's own console is a virtual one")
        return _virtual_console(config, items[0])
    if config.kind == "cell" and config.one("cell")["console_irq"]:
        raise Unspellable("a virtual console's interrupt without one")
    return [line for item in config.elements("console")
            for line in ["", "[console]", *_pairs(schema.CONSOLE, item)]]


def _memory(config: Config, item: Element, default: int) -> list[str]:
    flags = int(item["flags"])
    skip = ["device", "flags"]
    automatic = bool(flags & MEM["auto"]) and not item["phys"] and not flags & MEM["io"]
    if automatic:
        skip.append("phys")
        flags &= ~MEM["auto"]
    lines = ["", "[[memory]]", *_pairs(schema.MEMORY, item, tuple(skip))]
    if flags != (IO_FLAGS if item["device"] else default):
        lines.append(f"flags = {values.spell(schema.MEMORY.field('flags'), flags)}")
    return lines + _device(config, item)


def _device(config: Config, item: Element) -> list[str]:
    number = int(item["device"])
    paths = [device["path"] for device in config.elements("device")]
    if not number:
        return []
    if config.kind == "system":
        raise Unspellable("a region of root belongs to a device")
    if number <= len(paths) and paths.index(paths[number - 1]) == number - 1:
        return [f"device = {values.quote(str(paths[number - 1]))}"]
    return [f"device = {number - 1}"]


def _units(config: Config) -> list[tuple[Kind, str]]:
    """The rows of each kind as its key."""
    rows: dict[Kind, list[str]] = {}
    last = (0, 0)
    for unit in config.elements("unit"):
        kind = schema.unit_kind(unit["kind"])
        if kind is None:
            raise Unspellable(f"a unit is of kind {unit['kind']}, which has no meaning")
        place = (kind.value, int(unit["index"]))
        if place[1] != len(rows.get(kind, [])) or place < last:
            raise Unspellable(f"{kind.label(place[1])} is out of order")
        if unit["argument"] and not kind.argument:
            raise Unspellable(f"{kind.label(place[1])} has an argument that means nothing")
        rows.setdefault(kind, []).append(_range(unit, "address", "size"))
        last = place
    result = []
    for kind, spelled in rows.items():
        if len(spelled) > 1 and kind.most == 1:
            raise Unspellable(f"{kind.name} is there {len(spelled)} times")
        value = spelled[0] if kind.most == 1 else f"[{', '.join(spelled)}]"
        result.append((kind, f"{kind.path[-1]} = {value}"))
    return result


def _gic(config: Config) -> list[str]:
    units = config.elements("unit")
    version = schema.gic_version(unit["kind"] for unit in units)
    kinds = {kind.value for kind in schema.UNIT_KINDS if kind.argument == "gic.maintenance"}
    return [*([f"version = {version}"] if version else []),
            *(f"maintenance = {unit['argument']}" for unit in units if unit["kind"] in kinds)]


def _system(config: Config) -> list[str]:
    item = config.one("system")
    lines = [f"name = {values.quote(str(item['name']))}"]
    if item["max_address"]:
        lines.append(f"max-address = {item['max_address']:#x}")
    memory = ROOT_MEMORY[item["flags"] & ROOT_FLAGS]
    if memory is None:
        raise Unspellable("the system's flags have no spelling")
    if item["firmware"]:
        spelled = values.spell(schema.SYSTEM.field("firmware"), item["firmware"])
        lines.append(f"firmware = {spelled}")
    lines.append(f"root = {{ memory = \"{memory}\" }}")
    if item["flags"] & SYSTEM["TRUST_GUESTS"]:
        lines.append("mitigations = false")
    address = f"address = {item['hv_address']:#x}, " if item["hv_address"] else ""
    size = values.spell(schema.SYSTEM.field("hv_size"), item["hv_size"])
    units = "" if item["optional"] == schema.OPTIONAL_ALL else \
        f", units = {values.spell(schema.SYSTEM.field('optional'), item['optional'])}"
    lines.append(f"hypervisor = {{ {address}size = {size}{units} }}")
    ranges = [_range(w, "address", "size") for w in config.elements("assignable")]
    if ranges:
        lines += ["assignable = ["] + [f"\t{where}," for where in ranges] + ["]"]
    units = _units(config)
    lines += [line for kind, line in units if len(kind.path) == 1]
    lines += ["", "[gic]", *_gic(config)]
    lines += [line for kind, line in units if len(kind.path) > 1]
    lines += _console(config)
    for pool in config.elements("pool"):
        if pool["flags"] and pool["address"]:
            raise Unspellable("a pool is automatic and has an address")
        lines += ["", "[[pool]]", *_pairs(schema.POOL, pool,
                                          ("address",) if pool["flags"] else ())]
    for memory in config.elements("memory"):
        if int(memory["flags"]) & MEM["auto"]:
            raise Unspellable("a region of root is automatic")
        lines += _memory(config, memory, ROOT_RAM_FLAGS)
    return lines


def _cell_flags(config: Config) -> list[str]:
    flags = int(config.one("cell")["flags"])
    if flags & CELL["PUTC_ACTIVE"] and not flags & CELL["PUTC"]:
        raise Unspellable("the cell should print by hypercall without being permitted to")
    lines = []
    if flags & CELL["TRUSTED"]:
        lines.append("trusted = true")
    if flags & CELL["IRQ_DIRECT"]:
        lines.append("interrupts = \"direct\"")
    if flags & CELL["WFI_TRAP"]:
        lines.append("wfi = \"trap\"")
    if flags & CELL["PMU"]:
        lines.append("pmu = true")
    if flags & CELL["PASSIVE_COMM"]:
        lines.append("shutdown = \"now\"")
    if flags & CELL["REBOOT"]:
        lines.append("on-reset = \"restart\"")
    if flags & CELL["SCRUB_RESTART"]:
        lines.append("scrub = \"restart\"")
    if flags & CELL["PHYSICAL_IDS"]:
        lines.append("cpu-ids = \"physical\"")
    if flags & CELL["PUTC_ACTIVE"]:
        by_hypercall = not config.elements("console")
        lines.append("console = \"hypervisor\"" if by_hypercall else "putc = \"active\"")
    elif flags & CELL["PUTC"]:
        lines.append("putc = \"permitted\"")
    return lines


def _rpmsg(config: Config) -> list[str]:
    names = [str(link["name"]) for link in config.elements("link")
             if int(link["flags"]) & LINK["rpmsg"]]
    if len(names) > 1:
        raise Unspellable("more than one link carries rpmsg")
    return [f"rpmsg = {values.quote(name)}" for name in names]


def _cell(config: Config) -> list[str]:
    item = config.one("cell")
    lines = [f"name = {values.quote(str(item['name']))}",
             f"cpus = [{', '.join(str(cpu['cpu']) for cpu in config.elements('cpu'))}]"]
    lines += _pairs(schema.CELL, item, ("name", "entry"), drop_default=True)
    if int(item["entry"]) != default_entry(config):
        lines.append(f"entry = {int(item['entry']):#x}")
    # What it would be without the key depends on the devices.
    if config.elements("ivshmem") and not item["vpci_irq_base"]:
        lines.append("vpci-irq-base = 0")
    lines += _cell_flags(config) + _rpmsg(config) + _console(config)
    for device in config.elements("device"):
        lines += ["", "[[device]]", *_pairs(schema.DEVICE, device)]
    for memory in config.elements("memory"):
        lines += _memory(config, memory, RAM_FLAGS)
    for irq in config.elements("irq"):
        lines += ["", "[[irq]]", *_pairs(schema.IRQ, irq, ("device",)), *_device(config, irq)]
    for link in config.elements("link"):
        lines += ["", "[[link]]", *_pairs(schema.LINK, link)]
        if int(link["flags"]) & LINK["root-pci"]:
            lines.append("root-pci = true")
    names = [str(link["name"]) for link in config.elements("link")]
    for device in config.elements("virtio"):
        if int(device["link"]) >= len(names):
            raise Unspellable(f"virtio stands on link[{device['link']}], which is not there")
        lines += ["", "[[virtio]]", f"link = {values.quote(names[int(device['link'])])}",
                  *_pairs(schema.VIRTIO, device, ("link",))]
    for pci in config.elements("pci"):
        lines += ["", "[pci]", *_pairs(schema.PCI, pci)]
    for device in config.elements("ivshmem"):
        if not config.elements("pci"):
            raise Unspellable("ivshmem is on a PCI host, and there is none")
        if int(device["link"]) >= len(names):
            raise Unspellable(f"ivshmem stands on link[{device['link']}], which is not there")
        lines += ["", "[[ivshmem]]", f"link = {values.quote(names[int(device['link'])])}",
                  *_pairs(schema.IVSHMEM, device, ("link",))]
    return lines
