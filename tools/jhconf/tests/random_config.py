# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Random configurations: sources that make sense, and elements that need not."""

from __future__ import annotations

from random import Random

from jhconf import blob, schema
from jhconf.blob import Config, Element
from jhconf.schema import Field

PAGE = schema.PAGE_SIZE


def _address(rng: Random) -> int:
    return rng.randrange(1 << rng.choice((20, 32, 36, 40))) & -PAGE


def _size(rng: Random) -> str:
    return rng.choice((f'"{rng.randrange(1, 64)}M"', f'"{rng.randrange(1, 1024) * 4}K"',
                       hex(rng.randrange(1, 4096) * PAGE), str(rng.randrange(1, 99) * PAGE)))


def _flags(rng: Random, words: list[str]) -> str:
    picked = [word for word in words if rng.random() < 0.6]
    return "[" + ", ".join(f'"{word}"' for word in picked) + "]"


def cell_source(rng: Random) -> str:
    """A source of a cell: well-formed, mostly but not always accepted."""
    cpus = rng.sample(range(64), rng.randrange(1, 5))
    devices = [f"/soc/device@{n:x}000" for n in range(rng.randrange(4))]
    lines = [f'name = "cell{rng.randrange(1000)}"', f"cpus = {cpus}"]
    if rng.random() < 0.5:
        lines.append(f"comm = {_address(rng):#x}")
    if rng.random() < 0.3:
        lines.append(f"entry = {rng.randrange(1 << 20) & -4:#x}")
    for line in ("trusted = true", 'interrupts = "direct"', 'wfi = "trap"', "pmu = true",
                 'shutdown = "now"', 'on-failure = "restart"\nmax-restarts = 3',
                 'scrub = "restart"', 'cpu-ids = "physical"', "vpci-irq-base = 100"):
        if rng.random() < 0.25:
            lines.append(line)
    lines.append(rng.choice(('console = "hypervisor"', 'console = "uart"', 'putc = "permitted"',
                             'putc = "active"', "")))
    lines += [line for path in devices for line in ("[[device]]", f'path = "{path}"')]
    for _ in range(rng.randrange(1, 5)):
        lines += _memory(rng, devices)
    for intid in rng.sample(range(32, 1020), rng.randrange(4)):
        lines += ["[[irq]]", f"intid = {intid}"]
        lines += [f'trigger = "{rng.choice(("edge", "level"))}"'] if rng.random() < 0.5 else []
        lines += [f'device = "{rng.choice(devices)}"'] if devices and rng.random() < 0.5 else []
    return "\n".join(lines) + "\n"


def _memory(rng: Random, devices: list[str]) -> list[str]:
    lines = ["[[memory]]", f"size = {_size(rng)}"]
    io = bool(devices) and rng.random() < 0.4
    if io or rng.random() < 0.4:
        lines.append(f"phys = {_address(rng):#x}")
    if rng.random() < 0.4:
        lines.append(f"virt = {_address(rng):#x}")
    if io:
        lines.append(f'device = "{rng.choice(devices)}"')
    if rng.random() < 0.4:
        words = ["read", "write", "dma", "shared-with-root"]
        flags = _flags(rng, words + (["io"] if io else ["execute", "loadable"]))
        lines.append(f"flags = {flags}")
    return lines


def system_source(rng: Random) -> str:
    """A source of a system without a tree."""
    lines = [f'name = "machine{rng.randrange(100)}"']
    address = f"address = {_address(rng):#x}, " if rng.random() < 0.3 else ""
    units = ", units = []" if rng.random() < 0.3 else ""
    lines.append(f"hypervisor = {{ {address}size = {_size(rng)}{units} }}")
    if rng.random() < 0.3:
        lines.append(f"max-address = {_address(rng) + (1 << 40):#x}")
    ranges = ", ".join(f"{{ address = {_address(rng):#x}, size = {_size(rng)} }}"
                        for _ in range(rng.randrange(4)))
    lines.append(f"assignable = [{ranges}]")
    listed = rng.random() < 0.3
    lines.append('root = { memory = "listed" }' if listed else "")
    lines.append("mitigations = false" if rng.random() < 0.3 else "")
    if rng.random() < 0.3:
        lines += ["[console]", f'type = "{rng.choice(("pl011", "8250", "xuartps"))}"',
                  f"address = {_address(rng):#x}", 'size = "4K"']
    lines += ["[gic]", "maintenance = 25"]
    frames = ("gicd", "gicr") if rng.random() < 0.5 else ("gicd", "gicc", "gich", "gicv")
    lines.append(f"version = {5 - len(frames) if len(frames) == 2 else 2}")
    lines += [f'{frame} = {{ address = {0x8000000 + n * 0x100000:#x}, size = "128K" }}'
              for n, frame in enumerate(frames)]
    if rng.random() < 0.4:
        tables = [f"{{ address = {_address(rng) & -0x10000:#x}, size = {_size(rng)} }}"
                  for _ in range(rng.randrange(3))]
        lines.append(f"its = [{', '.join(tables)}]")
    for _ in range(rng.randrange(1, 3)):
        lines += ["[[pool]]", f'size = "{rng.randrange(1, 9) * 2}M"']
        if rng.random() < 0.4:
            lines.append(f"address = {_address(rng) & -schema.POOL_ALIGN:#x}")
    for n in range(rng.randrange(1, 3) if listed else 0):
        lines += ["[[memory]]", f"phys = {(n + 1) << 30:#x}", f"size = {_size(rng)}"]
    return "\n".join(lines) + "\n"


def _value(rng: Random, field: Field) -> int | str:
    if field.ctype.startswith("char["):
        return rng.choice(("rtos", "/soc/uart@1000", "", "ä b", "1x", "\x1b[2J", 'q"\\', "x" * 31))
    limit = 1 << 8 * field.size
    small = rng.randrange(8)
    known = rng.choice(field.values).value if field.values else small
    return rng.choice((0, small, known, _address(rng) % limit, rng.randrange(limit), limit - 1))


def anything(rng: Random) -> Config:
    """Elements with values that fit into their fields and nothing more."""
    kind = rng.choice(list(schema.KINDS))
    config = Config(kind)
    for record in schema.RECORDS:
        least, most = record.counts.get(kind, (0, 0))
        count = rng.randrange(least, min(most, 3) + 1) if most else 0
        items: list[Element] = []
        for _ in range(count):
            values = {f.name: _value(rng, f) for f in record.fields if rng.random() < 0.3}
            items.append(blob.element(record.section, **values))
        if items:
            config.sections[record.section] = items
    return config
