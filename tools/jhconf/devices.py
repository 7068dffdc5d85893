# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Whether a device can be split off from Linux, and what it depends on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Collection

from . import schema
from .facts import Facts
from .fdt import Node
from .tree import Range, is_device, is_gic

# property -> (the provider's property with the number of cells of a specifier, a word for it)
REFERENCES = {
    "clocks": ("#clock-cells", "clock"),
    "resets": ("#reset-cells", "reset"),
    "power-domains": ("#power-domain-cells", "power domain"),
    "dmas": ("#dma-cells", "DMA channel"),
    "iommus": ("#iommu-cells", "stream"),
    "phys": ("#phy-cells", "PHY"),
    "mboxes": ("#mbox-cells", "mailbox"),
    "interconnects": ("#interconnect-cells", "interconnect"),
    "pwms": ("#pwm-cells", "PWM"),
    "hwlocks": ("#hwlock-cells", "hardware lock"),
    "thermal-sensors": ("#thermal-sensor-cells", "thermal sensor"),
    "sound-dai": ("#sound-dai-cells", "sound interface"),
    "mux-controls": ("#mux-control-cells", "multiplexer"),
    "io-channels": ("#io-channel-cells", "I/O channel"),
    "nvmem-cells": ("", "fuse"),
    "memory-region": ("", "memory region"),
    "pinctrl-0": ("", "pins"),
    "phy-handle": ("", "PHY"),
    "usb-phy": ("", "PHY"),
    "i2c-parent": ("", "I2C bus"),
    "ddc-i2c-bus": ("", "I2C bus"),
    "remote-endpoint": ("", "port"),
}
# Kinds of bus masters, by the ends of words in their names.
MASTERS = ("ethernet", "mmc", "sdhci", "usb", "sata", "pcie", "pci", "nvme", "gpu", "dma",
           "display", "crypto", "vcu", "codec", "isp", "nand", "ufs", "gem", "macb", "fec", "gmac",
           "xhci", "ehci", "ohci", "dwc2", "dwc3", "qspi", "ospi")
# With one of these words the node is a part of such a device, without DMA of its own.
PARTS = ("phy",)
SMMUS = ("arm,mmu-500", "arm,mmu-400", "arm,mmu-401", "arm,smmu-v1", "arm,smmu-v2", "arm,smmu-v3",
         "cavium,smmu-v2", "qcom,smmu-v2", "qcom,smmu-500", "nvidia,smmu-500")


@dataclass(frozen=True)
class Problem:
    """An obstacle to giving the device to a cell; fatal ones must be solved first."""

    fatal: bool
    reason: str
    choices: str
    # Paths that share something: no problem if all of them go to the same cell.
    sharing: tuple[str, ...] = ()

    def solved(self, paths: Collection[str]) -> bool:
        """The devices with these paths go to one cell, and that solves it."""
        return bool(self.sharing) and all(
            any(path == own or path.startswith(own + "/") for own in paths)
            for path in self.sharing)

    def __str__(self) -> str:
        return f"{self.reason}; {self.choices}"


@dataclass(frozen=True)
class Reference:
    """A reference of a device: kind, provider, and the specifier."""

    kind: str
    provider: Node
    spec: tuple[int, ...]


class Devices:
    """The devices of a machine and their dependencies."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.tree = facts.tree

    @cached_property
    def enabled(self) -> list[Node]:
        """Nodes that are enabled, with all their parents."""
        result: list[Node] = []
        stack = [self.tree.root]
        while stack:
            node = stack.pop()
            if node.enabled:
                result.append(node)
                stack += node.children
        return result

    @cached_property
    def foreign(self) -> list[Node]:
        """Nodes that are reserved for firmware or another processor, below enabled parents."""
        return [child for node in self.enabled for child in node.children
                if child.present and not child.enabled]

    @cached_property
    def smmus(self) -> list[Node]:
        return [node for node in self.enabled if node.compatible(*SMMUS)]

    def references(self, node: Node) -> list[Reference]:
        """All references of the node's properties."""
        found = []
        for name in node.props:
            count_name, kind = REFERENCES.get(name, ("", ""))
            if _names_pins(node, name):
                count_name, kind = "#gpio-cells", "GPIO"
            elif name.endswith("-supply"):
                count_name, kind = "", "supply"
            if kind:
                found += self._specifiers(node.cells(name), count_name, kind)
        specs = self.tree.interrupt_specs(node)
        parent = self.tree.interrupt_parent(node)
        if specs and parent is not None and parent not in [controller for controller, _ in specs]:
            specs.append((parent, []))      # such a controller passes the line on to the GIC
        found += [Reference("interrupt", controller, tuple(spec))
                  for controller, spec in specs if not is_gic(controller)]
        return found

    def _specifiers(self, cells: list[int], count_name: str, kind: str) -> list[Reference]:
        result = []
        while cells:
            provider = self.tree.by_phandle.get(cells[0])
            if provider is None:
                break
            count = provider.cell(count_name, 0) if count_name else 0
            result.append(Reference(kind, provider, tuple(cells[1:1 + count])))
            cells = cells[1 + count:]
        return result

    @cached_property
    def users(self) -> dict[str, list[tuple[Node, Reference]]]:
        """Path of a provider -> its users."""
        result: dict[str, list[tuple[Node, Reference]]] = {}
        for node in self.enabled:
            for reference in self.references(node):
                result.setdefault(reference.provider.path, []).append((node, reference))
        return result

    @cached_property
    def interrupt_users(self) -> dict[int, list[Node]]:
        """INTID of an SPI -> enabled devices with that interrupt."""
        result: dict[int, list[Node]] = {}
        for node in self.enabled:
            for interrupt in self.tree.interrupts(node)[0]:
                users = result.setdefault(interrupt.intid, [])
                if interrupt.intid >= 32 and node not in users:
                    users.append(node)
        return result

    @cached_property
    def registers(self) -> list[tuple[Range, Node]]:
        """The registers of all devices of Linux or of others."""
        return [(reg, node) for node in [*self.enabled, *self.foreign] if is_device(node)
                for reg in self.tree.regs(node)]

    def neighbours(self, node: Node, pages: Range) -> list[Node]:
        """Other devices with registers in the pages; parents and children do not count."""
        return _unique([other for reg, other in self.registers
                        if reg.pages().overlaps(pages) and not related(node, other)])

    def at(self, where: Range) -> list[Node]:
        """Enabled devices with registers in the range."""
        return _unique([node for reg, node in self.registers if reg.overlaps(where)])

    def is_master(self, node: Node) -> bool:
        """Is the device a bus master, as far as its node tells?"""
        return any(name in node.props for name in ("iommus", "dma-coherent", "dma-ranges")) \
            or is_kind(node, MASTERS) and not is_kind(node, PARTS)

    def problems(self, node: Node) -> list[Problem]:
        """All obstacles to giving the device to a cell, worst first."""
        found = [*self._register_problems(node), *self._interrupt_problems(node),
                 *self._provider_problems(node), *self._clock_problems(node),
                 *self._dma_problems(node), *self._linux_problems(node)]
        return sorted(found, key=lambda problem: not problem.fatal)

    def _register_problems(self, node: Node) -> list[Problem]:
        regs = self.tree.regs(node)
        if not regs:
            return [Problem(True, "it has no registers that a CPU can address",
                            "give the cell the controller that it hangs on")]
        if not is_device(node):
            return [Problem(True, "it is memory, not a device",
                            "give the cell a [[memory]] with phys and size in a pool")]
        result = []
        if is_gic(node) or any(is_gic(child) for child in node.children):
            result.append(Problem(True, "it is the interrupt controller",
                                  "cells get theirs without asking"))
        for reg in regs:
            if reg.end > schema.ADDRESS_LIMIT:
                result.append(Problem(
                    True, f"its registers {reg} end beyond the address "
                    f"{schema.ADDRESS_LIMIT:#x}", "correct the node's reg in the device tree"))
            others = self.neighbours(node, reg.pages())
            if others:
                result.append(Problem(
                    True, f"its page {reg.pages()} also holds {names(others)}",
                    "give the cell all of these, or leave them all to Linux", _paths(others)))
        return result

    def _interrupt_problems(self, node: Node) -> list[Problem]:
        interrupts, others = self.tree.interrupts(node)
        result = []
        for interrupt in interrupts:
            sharing = [other for other in self.interrupt_users.get(interrupt.intid, [])
                       if other is not node and not related(node, other)]
            if interrupt.intid >= 32 and sharing:
                result.append(Problem(
                    True, f"its interrupt {interrupt.intid} is shared with {names(sharing)}",
                    "give the cell all of these, or let it poll: name its registers as [[memory]] "
                    "instead", _paths(sharing)))
        for controller in others:
            choices = "jh gives away SPIs only: let it poll" if is_gic(controller) else \
                f"give the cell {controller.path} as well, or let it poll"
            result.append(Problem(
                False, f"its interrupts at {controller.path} cannot go to a cell", choices))
        return result

    def _provider_problems(self, node: Node) -> list[Problem]:
        users: dict[str, list[Node]] = {}
        for provider in node.walk():
            for user, reference in self.users.get(provider.path, []):
                if user is not node and not related(node, user):
                    users.setdefault(reference.kind, []).append(user)
        return [Problem(True, f"it provides {'an' if kind[0] in 'aeiouI' else 'a'} {kind} for "
                        f"{names(_unique(nodes))}",
                        "leave it to Linux, or give its users to the same cell", _paths(nodes))
                for kind, nodes in users.items()]

    def _clock_problems(self, node: Node) -> list[Problem]:
        result = []
        for reference in self.references(node):
            if reference.kind not in ("clock", "reset", "power domain"):
                continue
            if reference.provider.compatible("fixed-clock"):
                continue
            sharing = _unique([user for user, other in self.users.get(reference.provider.path, [])
                               if other == reference and user is not node])
            if sharing:
                spec = " ".join(str(number) for number in reference.spec)
                result.append(Problem(
                    False, f"its {reference.kind} {reference.provider.name} {spec}".rstrip()
                    + f" is shared with {names(sharing)}",
                    "the driver keeps it on, but Linux may change its rate for the others: "
                    "forbid that, or choose another device"))
        return result

    def _dma_problems(self, node: Node) -> list[Problem]:
        if not self.is_master(node):
            return []
        if "iommus" in node.props:
            return [Problem(False, "it writes to memory by itself, and no SMMU is programmed yet",
                            "its cell must be trusted to reach its own memory only")]
        if self.smmus:
            return [Problem(False, "it writes to memory by itself and has no stream ID behind "
                            f"{self.smmus[0].path}",
                            "its cell must be trusted to reach its own memory only")]
        return [Problem(False, "it writes to memory by itself, and no SMMU is enabled",
                        "its cell must be trusted to reach its own memory only")]

    def _linux_problems(self, node: Node) -> list[Problem]:
        result = []
        if node.path in self.facts.console_paths():
            result.append(Problem(True, "it is the console of Linux",
                                  "choose another UART, or another console= for Linux"))
        if "interrupt-controller" in node.props and not is_gic(node):
            result.append(Problem(True, "it is an interrupt controller: Linux cannot lose its "
                                  "driver", "leave it to Linux"))
        if node.present and not node.enabled:
            result.append(Problem(True, "its status is \"reserved\": firmware or another processor "
                                  "has it", "choose another device"))
        elif not node.enabled:
            result.append(Problem(False, f"its status is \"{node.string('status')}\"",
                                  "make sure that the firmware set up its clocks and pins"))
        driver = self.facts.driver(node.path)
        # Drivers of UARTs hide unbind from user space only, to protect the console.
        if node.path in self.facts.fixed and node.name.split("@")[0] not in ("serial", "uart") \
                and self.tree.console_type(node) is None:
            result.append(Problem(True, f"its driver in Linux, {driver}, cannot let go of it",
                                  "leave it to Linux, or start Linux without that driver"))
        elif driver:
            result.append(Problem(False, f"Linux uses it with the driver {driver}",
                                  "it is unbound when the cell is created"))
        elif node.enabled:
            result += self._early_problems(node)
        if node.enabled and node.compatible("syscon"):
            result.append(Problem(True, "it has registers that several drivers share (syscon)",
                                  "leave it to Linux"))
        return result

    def _early_problems(self, node: Node) -> list[Problem]:
        """Linux' use of a device without a bound driver: timers, controllers."""
        for interrupt in self.tree.interrupts(node)[0]:
            user = self.facts.interrupts.get(interrupt.intid)
            if user:
                return [Problem(True, f"Linux handles its interrupt {interrupt.intid} ({user}) "
                                "without a driver", "leave it to Linux, which runs on it")]
        code = self.facts.mapper(self.tree.regs(node))
        if code:
            return [Problem(True, f"Linux has its registers mapped, by {code}(), without a driver",
                            "leave it to Linux, which runs on it")]
        return []

    def needs(self, node: Node) -> list[str]:
        """The dependencies of the device, in words."""
        found = []
        for reference in self.references(node):
            spec = " ".join(str(number) for number in reference.spec)
            text = f"{reference.kind} {spec}".rstrip() + f" of {reference.provider.path}"
            if text not in found:
                found.append(text)
        return found


def is_kind(node: Node, words: tuple[str, ...]) -> bool:
    """A word of the node's name or compatible ends like one of these, but for its number.

    lpuart0 is a uart and qspi an spi, but a hwspinlock is none.
    """
    text = node.name.split("@")[0] + " " + " ".join(node.strings("compatible"))
    found = re.split("[^a-z0-9]+", text.lower())
    return any(word.endswith(words) or word.rstrip("0123456789").endswith(words) for word in found)


def _names_pins(node: Node, name: str) -> bool:
    """Does the property refer to GPIOs, rather than count or set the node's own?"""
    if name.endswith(",nr-gpios") or name == "gpios" and "gpio-hog" in node.props:
        return False
    return name in {"gpio", "gpios"} or name.endswith(("-gpios", "-gpio"))


def related(a: Node, b: Node) -> bool:
    """Is one of the nodes below the other?"""
    return (a is b or a.path.startswith(b.path.rstrip("/") + "/")
            or b.path.startswith(a.path.rstrip("/") + "/"))


def _paths(nodes: list[Node]) -> tuple[str, ...]:
    return tuple(node.path for node in nodes)


def _unique(nodes: list[Node]) -> list[Node]:
    return list({node.path: node for node in nodes}.values())


def names(nodes: list[Node]) -> str:
    names = ", ".join(node.path for node in nodes[:3])
    return names + (f" and {len(nodes) - 3} more" if len(nodes) > 3 else "")
