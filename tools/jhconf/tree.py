# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Addresses, interrupts and names of a device tree."""

from __future__ import annotations

from dataclasses import dataclass

from . import fdt, schema
from .errors import ConfigError
from .fdt import Node
from .names import close_names
from .schema import PAGE_SIZE, Kind

GIC_V2 = ("arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic", "arm,cortex-a9-gic",
          "arm,eb11mp-gic", "arm,pl390", "arm,arm1176jzf-devchip-gic", "qcom,msm-8660-qgic",
          "qcom,msm-qgic2")
GIC_V3 = ("arm,gic-v3",)
# Largest size of a frame; trees may claim more.
FRAME_MOST = {kind.path[-1]: kind.limit for kind in schema.UNIT_KINDS if kind.limit}
# Registers of a CPU interface: two pages, of which the second holds GICC_DIR alone.
GICC_SIZE, GICC_DIR = 0x2000, 0x1000
# Bytes of a redistributor in GICv3, and in GICv4 with virtual LPIs; GICR_TYPER tells.
GICR_STRIDES = (0x20000, 0x40000)
# Ends of the names of controllers that sit in the line to the GIC and keep its numbers: they wake
# the chip up or invert a line.
IN_LINE = ("-sysirq", "-ictlr", "imx8mq-gpc", "imx7d-gpc")

# compatible -> (console type, its flags); the register distance comes from reg-shift.
UARTS = {
    "arm,pl011": "pl011", "arm,sbsa-uart": "pl011",
    "ns16550a": "8250", "ns16550": "8250", "snps,dw-apb-uart": "8250", "ns8250": "8250",
    "brcm,bcm2835-aux-uart": "8250",
    "cdns,uart-r1p12": "xuartps", "cdns,uart-r1p8": "xuartps", "xlnx,xuartps": "xuartps",
    "xlnx,zynqmp-uart": "xuartps",
}

# Linux' names for UARTs of these types.
TTYS = {"AMA": "pl011", "S": "8250", "PS": "xuartps"}


@dataclass(frozen=True)
class Range:
    """A range of physical addresses."""

    start: int
    size: int

    @property
    def end(self) -> int:
        return self.start + self.size

    def overlaps(self, other: Range) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Range) -> bool:
        return self.start <= other.start and other.end <= self.end

    def pages(self) -> Range:
        """The whole pages that hold this range."""
        start = self.start & -PAGE_SIZE
        return Range(start, (self.end + PAGE_SIZE - 1 & -PAGE_SIZE) - start)

    def __str__(self) -> str:
        return f"{self.start:#x}-{self.end - 1:#x}"


@dataclass(frozen=True)
class Interrupt:
    """An interrupt at the GIC."""

    intid: int
    edge: bool


@dataclass(frozen=True)
class Gic:
    """The interrupt controller: frames by name (gicd, gicr, gicc, gich, gicv)."""

    node: Node
    version: int
    frames: dict[str, Range]
    maintenance: int | None
    its: tuple[Range, ...]

    def units(self) -> dict[Kind, tuple[Range, ...]]:
        """The frames by their kind."""
        found = {name: (frame,) for name, frame in self.frames.items()} | {"its": self.its}
        return {kind: found[kind.path[-1]] for kind in schema.UNIT_KINDS
                if kind.path[0] == "gic" and found.get(kind.path[-1])}

    def problem(self) -> str:
        """Why jh cannot use the GIC as the tree describes it, or None."""
        for name in ("gicc", "gicv"):
            frame = self.frames.get(name)
            if frame is not None and frame.size < GICC_SIZE:
                return (f"{self.node.path} gives {name.upper()} {frame.size:#x} bytes, but its "
                        f"register GICC_DIR lies at {GICC_DIR:#x}: correct the node's reg to "
                        f"{GICC_SIZE:#x} bytes in the tree that Linux boots with")
        stride = _join(self.node.cells("redistributor-stride"))
        if self.version == 3 and stride not in (0, *GICR_STRIDES):
            return (f"{self.node.path} says redistributor-stride = {stride:#x}: jh finds "
                    f"redistributors that lie {' or '.join(f'{s:#x}' for s in GICR_STRIDES)} apart")
        for kind, frame in ((kind, frame) for kind, found in self.units().items()
                            for frame in found):
            if (frame.start | frame.size) % kind.step or frame.size < kind.least \
                    or frame.end > schema.ADDRESS_LIMIT:
                return (f"{self.node.path} gives {kind.path[-1].upper()} {frame}, but it takes "
                        f"{kind.least:#x} bytes or more, in steps of {kind.step:#x}: correct the "
                        "node's reg in the tree that Linux boots with")
        return ""


class Tree:
    """A device tree with its names resolved."""

    def __init__(self, data: bytes) -> None:
        self.root, self.reservations = fdt.parse(data)
        self.nodes = list(self.root.walk())
        self.by_path = {node.path: node for node in self.nodes}
        self.by_phandle = {node.cell("phandle", node.cell("linux,phandle", 0)): node
                           for node in self.nodes}
        self.by_phandle.pop(0, None)
        self.aliases = self._names("/aliases")
        self.labels = self._names("/__symbols__")

    def _names(self, path: str) -> dict[str, str]:
        node = self.by_path.get(path)
        return {name: node.string(name) for name in node.props} if node else {}

    # Names

    def find(self, spec: str) -> Node:
        """The node of an alias, a label, a path or a unique part of a path."""
        for names in (self.aliases, self.labels):
            path = names.get(spec.removeprefix("&"))
            if path and path in self.by_path:
                return self.by_path[path]
        if not spec:
            raise ConfigError("a device without a name: give its alias, label or path")
        path = spec.rstrip("/") or "/"
        if path in self.by_path:
            return self.by_path[path]
        head, _, rest = spec.partition("/")
        below_alias = f"{self.aliases.get(head, '?')}/{rest}"
        if below_alias in self.by_path:
            return self.by_path[below_alias]
        found = [node for node in self.nodes if spec in node.path]
        tops = [node for node in found if spec in node.name or "/" in spec]
        tops = [node for node in tops if not any(node.path.startswith(o.path + "/") for o in tops)]
        enabled = [node for node in tops if node.enabled]
        if len(tops) == 1 or len(enabled) == 1:
            return (enabled or tops)[0]
        if tops:
            names = ", ".join(node.path for node in tops[:6])
            more = f" and {len(tops) - 6} more" if len(tops) > 6 else ""
            raise ConfigError(f"\"{spec}\" fits several devices: {names}{more}; name one of them")
        for kind, names in (("alias", self.aliases), ("label", self.labels)):
            if names.get(spec.removeprefix("&")):
                raise ConfigError(f"the {kind} \"{spec}\" points to {names[spec.removeprefix('&')]}"
                                  ", which the device tree does not have: give the device's path")
        raise ConfigError(f"there is no device \"{spec}\" in the device tree{self._hint(spec)}")

    def _hint(self, spec: str) -> str:
        names = list(self.aliases) + [node.path for node in self.nodes] + list(self.labels)
        close = close_names(spec, names, 3)
        return f"; near it: {', '.join(close)}" if close else \
            ": give its alias, label or path, or a part of the path"

    def alias_of(self, node: Node) -> str:
        return next((name for name, path in self.aliases.items() if path == node.path), "")

    # Addresses

    def regs(self, node: Node) -> list[Range]:
        """The node's registers as physical ranges; empty if the CPU cannot address them."""
        if node.parent is None or "reg" not in node.props:
            return []
        address_cells = node.parent.cell("#address-cells", 2)
        size_cells = node.parent.cell("#size-cells", 1)
        cells, stride, result = node.cells("reg"), address_cells + size_cells, []
        if not stride or not size_cells:
            return []
        for at in range(0, len(cells) - stride + 1, stride):
            address = _join(cells[at:at + address_cells])
            size = _join(cells[at + address_cells:at + stride])
            physical = self._translate(node.parent, address, size)
            if physical is not None and size:
                result.append(Range(physical, size))
        return result

    def _translate(self, bus: Node, address: int, size: int) -> int | None:
        """A bus address as the CPU sees it; None if the bus is not mapped there."""
        while bus.parent is not None:
            if "ranges" not in bus.props:
                return None
            if bus.props["ranges"]:
                own, up = bus.cell("#address-cells", 2), bus.parent.cell("#address-cells", 2)
                stride = own + up + bus.cell("#size-cells", 1)
                cells = bus.cells("ranges")
                for at in range(0, len(cells) - stride + 1, stride):
                    child = _join(cells[at:at + own])
                    length = _join(cells[at + own + up:at + stride])
                    if child <= address and address + size <= child + length:
                        address += _join(cells[at + own:at + own + up]) - child
                        break
                else:
                    return None
            bus = bus.parent
        return address

    def pages(self, node: Node) -> list[Range]:
        """The whole pages that hold the node's registers, joined where they touch."""
        merged: list[Range] = []
        for pages in sorted((reg.pages() for reg in self.regs(node)), key=lambda r: r.start):
            if merged and pages.start <= merged[-1].end:
                end = max(pages.end, merged[-1].end)
                merged[-1] = Range(merged[-1].start, end - merged[-1].start)
            else:
                merged.append(pages)
        return merged

    def device_pages(self, node: Node) -> list[Range]:
        """The pages of a device, to be mapped; an error if another device shares one."""
        merged = self.pages(node)
        if not merged:
            raise ConfigError(f"{node.path} has no registers that a CPU can address: "
                              "it cannot be given to a cell")
        for pages in merged:
            others = self.sharing(node, pages)
            if others:
                raise ConfigError(
                    f"{node.path} shares the page {pages} with "
                    f"{', '.join(o.path for o in others[:4])}: whoever gets it reaches those too; "
                    "give them all away together with explicit [[memory]], or leave it to Linux")
        return merged

    def sharing(self, node: Node, pages: Range) -> list[Node]:
        """Devices, of Linux or of others, with registers there; relatives do not count."""
        path = node.path + "/"
        return [other for other in self.nodes
                if other is not node and other.present and not other.path.startswith(path)
                and not path.startswith(other.path.rstrip("/") + "/") and is_device(other)
                and any(reg.overlaps(pages) for reg in self.regs(other))]

    def memory(self) -> list[Range]:
        """RAM, in ascending order."""
        found = [reg for node in self.nodes if node.string("device_type") == "memory"
                 and node.enabled for reg in self.regs(node)]
        return sorted(found, key=lambda r: r.start)

    def reserved_nodes(self) -> list[tuple[Range, Node]]:
        """The children of /reserved-memory with fixed addresses."""
        node = self.by_path.get("/reserved-memory")
        return [(reg, child) for child in (node.children if node else []) if child.present
                for reg in self.regs(child)]

    def reserved(self) -> list[Range]:
        """The ranges of /reserved-memory."""
        return [where for where, _ in self.reserved_nodes()]

    # Interrupts

    def interrupt_parent(self, node: Node) -> Node | None:
        """The nearest node that takes interrupts: a controller, or a map to one."""
        at: Node | None = node
        for _ in range(64):     # a damaged tree may have a loop
            at = self.by_phandle.get(at.cell("interrupt-parent", 0)) \
                if "interrupt-parent" in at.props else at.parent
            if at is None or "#interrupt-cells" in at.props:
                return at
        return None

    def interrupt_specs(self, node: Node) -> list[tuple[Node, list[int]]]:
        """(controller, specifier) of each interrupt."""
        result: list[tuple[Node, list[int]]] = []
        cells = node.cells("interrupts-extended")
        while cells:
            controller = self.by_phandle.get(cells[0])
            if controller is None:
                return result
            count = controller.cell("#interrupt-cells", 1)
            result.append(self._interrupt_route(node, controller, cells[1:1 + count]))
            cells = cells[1 + count:]
        controller = self.interrupt_parent(node)
        cells = node.cells("interrupts")
        if result or controller is None or not cells:
            return result
        count = controller.cell("#interrupt-cells", 1) or 1
        return [self._interrupt_route(node, controller, cells[at:at + count])
                for at in range(0, len(cells), count)]

    def _interrupt_route(self, node: Node, at: Node, spec: list[int]) -> tuple[Node, list[int]]:
        """The end of an interrupt's line, through maps and through controllers that pass it on."""
        unit = node.cells("reg")
        for _ in range(8):      # deeper ones are damaged
            up = self.interrupt_parent(at)
            if any(name.endswith(IN_LINE) for name in at.strings("compatible")):
                if up is None or len(spec) != 3 or not is_gic(up):
                    break
                at = up
            elif "interrupt-map" in at.props:
                found = self._interrupt_map(at, unit, spec)
                if found is None:
                    break
                at, spec, unit = found
            else:
                break
        return at, spec

    def _interrupt_map(self, nexus: Node, unit: list[int],
                       spec: list[int]) -> tuple[Node, list[int], list[int]] | None:
        """(controller, specifier, unit address) of the matching line of an interrupt-map."""
        address_cells = nexus.cell("#address-cells", 2)
        wanted = (unit + [0] * address_cells)[:address_cells] + spec
        mask = (nexus.cells("interrupt-map-mask") + [~0] * len(wanted))[:len(wanted)]
        cells = nexus.cells("interrupt-map")
        while len(cells) > len(wanted):
            head, rest = cells[:len(wanted)], cells[len(wanted):]
            parent = self.by_phandle.get(rest[0])
            if parent is None:
                return None
            units, count = parent.cell("#address-cells", 0), parent.cell("#interrupt-cells", 1)
            if all(a & m == b & m for a, b, m in zip(wanted, head, mask)):
                return parent, rest[1 + units:1 + units + count], rest[1:1 + units]
            cells = rest[1 + units + count:]
        return None

    def interrupts(self, node: Node) -> tuple[list[Interrupt], list[Node]]:
        """The node's interrupts at the GIC, each once, and its other controllers."""
        found: list[Interrupt] = []
        others: list[Node] = []
        for controller, spec in self.interrupt_specs(node):
            interrupt = gic_interrupt(spec) if is_gic(controller) else None
            if interrupt:
                found += [interrupt] if interrupt not in found else []
            elif controller not in others:
                others.append(controller)
        return found, others

    def firmware(self) -> str:
        """The interface of the firmware, by the names of schema.FIRMWARE."""
        if any(node.compatible("xlnx,zynqmp-firmware") for node in self.nodes):
            return "zynqmp"
        if any(self.root.compatible(f"fsl,imx8m{kind}") for kind in "qmnp"):
            return "imx8m"
        return "other"

    def gic(self) -> Gic:
        """The interrupt controller of the machine."""
        for node in self.nodes:
            if is_gic(node) and node.enabled and self.regs(node):
                return self._gic(node)
        raise ConfigError("the device tree has no GICv2 or GICv3 interrupt controller: jh needs "
                          "one of them")

    def _gic(self, node: Node) -> Gic:
        regs = self.regs(node)
        maintenance = None
        for controller, spec in self.interrupt_specs(node):
            interrupt = gic_interrupt(spec) if controller is node else None
            if interrupt and 16 <= interrupt.intid < 32:
                maintenance = interrupt.intid
        if not node.compatible(*GIC_V3):
            return Gic(node, 2, self._cut(node, dict(zip(("gicd", "gicc", "gich", "gicv"), regs))),
                       maintenance, ())
        count = node.cell("#redistributor-regions", 1)
        frames = dict(zip(("gicd", "gicr"), [regs[0], *regs[1:1 + count][:1]]))
        for region in regs[2:1 + count]:
            if region.start != frames["gicr"].end:
                raise ConfigError(f"{node.path} has redistributors in {count} places: only one "
                                  "range is supported")
            frames["gicr"] = Range(frames["gicr"].start, region.end - frames["gicr"].start)
        its = tuple(reg for child in node.children if child.compatible("arm,gic-v3-its")
                    for reg in self.regs(child))
        return Gic(node, 3, self._cut(node, frames), maintenance, its)

    def _cut(self, gic: Node, frames: dict[str, Range]) -> dict[str, Range]:
        """The frames, cut to the sizes of the architecture and where other devices begin."""
        found = {name: Range(frame.start, min(frame.size, FRAME_MOST.get(name, frame.size)))
                 for name, frame in frames.items()}
        for name, frame in found.items():
            for other in self.nodes:
                if (other is not gic and other.enabled and is_device(other)
                        and any(reg.overlaps(frame) for reg in self.regs(other))):
                    raise ConfigError(f"{gic.path}: its {name.upper()} {frame} lies over registers "
                                      f"of {other.path}, which Linux would lose: the tree is "
                                      "wrong, correct the reg property of one of them")
        return found

    # UARTs

    def console_type(self, node: Node) -> str | None:
        """The console type of a UART that jh can drive, as TOML spells it."""
        return next((UARTS[name] for name in node.strings("compatible") if name in UARTS), None)

    def console_flags(self, node: Node) -> list[str]:
        spread = self.console_type(node) != "8250" or node.cell("reg-shift", 0) == 2
        return ["mmio", "regdist-4"] if spread else ["mmio"]

    def bootargs(self) -> str:
        chosen = self.by_path.get("/chosen")
        return chosen.string("bootargs") if chosen else ""

    def uart(self, name: str, number: int) -> list[str]:
        """The path of the UART that Linux calls tty + name + number, if it is known.

        Drivers number their UARTs by the aliases serialN, without these in the order of the tree.
        """
        path = self.aliases.get(f"serial{number}", "")
        if path in self.by_path:
            return [path]
        if any(alias.startswith("serial") for alias in self.aliases):
            return []
        kinds = TTYS.get(name)
        found = [node.path for node in self.nodes if node.enabled and self.regs(node)
                 and kinds is not None and self.console_type(node) == kinds]
        return found[number:number + 1]

    def stdout(self) -> Node | None:
        """The UART that Linux and the firmware use as console."""
        chosen = self.by_path.get("/chosen")
        path = chosen.string("stdout-path") if chosen else ""
        path = (path or (chosen.string("linux,stdout-path") if chosen else "")).split(":")[0]
        path = self.aliases.get(path, path)
        return self.by_path.get(path)

    def cpus(self) -> list[Node]:
        """The CPU nodes that are enabled, in the order of the tree, which is mostly Linux's."""
        node = self.by_path.get("/cpus")
        return [child for child in node.children if child.string("device_type") == "cpu"
                and child.string("status") != "disabled"] if node else []


def _join(cells: list[int]) -> int:
    value = 0
    for cell in cells:
        value = value << 32 | cell
    return value


def is_device(node: Node) -> bool:
    """Is it a device: has it registers, and is it neither RAM, reserved memory nor a CPU?"""
    return (node.parent is not None and node.parent.path not in ("/reserved-memory", "/cpus")
            and node.string("device_type") not in ("memory", "cpu"))


def is_gic(node: Node) -> bool:
    return node.compatible(*GIC_V2, *GIC_V3) and "interrupt-controller" in node.props


def gic_interrupt(spec: list[int]) -> Interrupt | None:
    """Decodes a specifier of the GIC's binding (type, number, flags); None: no SPI or PPI."""
    if len(spec) < 3 or spec[0] > 1 or spec[1] >= (16 if spec[0] else 988):
        return None
    return Interrupt(spec[1] + (16 if spec[0] else 32), spec[2] & 15 in (1, 2))
