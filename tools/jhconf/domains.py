# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Import and export of openamp,domain-v1 YAML, as the system-device-tree flow writes it."""

from __future__ import annotations

import fnmatch
import re
import zlib
from dataclasses import dataclass, field
from typing import Any, Iterator

from . import addcell, create, decode, schema, source, values
from .blob import element
from .devices import Devices
from .errors import ConfigError
from .fdt import Node
from .findings import Member
from .names import free_name, valid_name
from .flags import MEM
from .tree import Range

COMPATIBLE = ("openamp,domain-v1", "xilinx,subsystem", "openamp,domain")
# Keys of a domain. Those that are not read here are for other clusters or tools.
KEYS = ("compatible", "id", "os,type", "parent", "domains", "cpus", "memory", "sram", "access",
        "domain-to-domain")
MOST_VALUES = 100000    # in a file; real ones have hundreds
FOREIGN = ("r5", "r52", "microblaze", "pmu", "ppu", "psm", "pmc", "m4", "m7")


@dataclass
class Domain:
    """A domain of the YAML file, checked as far as jh needs it."""

    name: str
    clusters: list[str] = field(default_factory=list)   # of arm64
    cpus: list[int] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    memory: list[tuple[int | None, int]] = field(default_factory=list)
    sram: list[tuple[int | None, int]] = field(default_factory=list)
    devices: list[Node] = field(default_factory=list)
    shared: list[Node] = field(default_factory=list)
    os_type: str = ""
    parent: str = ""
    missing: list[str] = field(default_factory=list)

    def asks_for_something(self) -> bool:
        """Does it claim anything, rather than only hold other domains?"""
        return bool(self.memory or self.sram or self.devices or self.shared or self.missing)


@dataclass
class Result:
    """Sources by file name, and a list of what has no equivalent."""

    files: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)


def _measure(value: Any, sizes: dict[int, int]) -> int:
    """The number of values after expansion of all references; it is bounded."""
    parts = [*value.keys(), *value.values()] if isinstance(value, dict) else \
        value if isinstance(value, list) else []
    if sizes.setdefault(id(value), -1) > 0 or not parts:
        return max(sizes[id(value)], 1)
    sizes[id(value)] = 0
    size = 1
    for part in parts:
        if isinstance(part, (dict, list)) and sizes.get(id(part), -1) == 0:
            raise ConfigError("has an anchor (&) within which it is referred to (*): remove the "
                              "reference")
        size += _measure(part, sizes)
    if size > MOST_VALUES:
        raise ConfigError(f"has more than {MOST_VALUES} values, references counted as often as "
                          "they are there")
    sizes[id(value)] = size
    return size


def load(text: str) -> dict[str, Any]:
    """The YAML text as data."""
    try:
        import yaml
    except ImportError as error:
        raise ConfigError("needs the Debian package python3-yaml") from error

    class Loader(yaml.SafeLoader):
        """YAML silently takes the last of equal keys: merge keys all count, others must differ."""

        def compose_mapping_node(self, anchor: Any) -> Any:
            node = super().compose_mapping_node(anchor)
            keys: set[str] = set()
            for key, _ in node.value:
                while _is_merge(key.value) and key.value in keys:
                    key.value += "+"
                if isinstance(key.value, str) and key.value in keys:
                    raise ConfigError(f"has the key \"{key.value}\" a second time in line "
                                      f"{key.start_mark.line + 1}: one of them would be lost")
                keys.add(str(key.value))
            return node

    try:
        data = yaml.load(text, Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" in line {mark.line + 1}" if mark else ""
        raise ConfigError(f"is no valid YAML{line}") from error
    except RecursionError as error:
        raise ConfigError("is nested too deeply") from error
    _measure(data, {})
    if not isinstance(data, dict) or not isinstance(data.get("domains"), dict):
        raise ConfigError("has no domains at its top level: give the file with \"domains:\"")
    return data


def _number(value: Any, what: str) -> int:
    """Numbers may be quoted; sizes may have a unit."""
    if isinstance(value, list):     # <high low>
        result = 0
        for part in value:
            result = result << 32 | _number(part, what)
        return result
    try:
        return values.size(value, ())
    except ConfigError as error:
        raise ConfigError(f"{what}: \"{value}\" is no number") from error


def _words(value: Any) -> list[str]:
    """A name, or a list of names."""
    return [str(word) for word in value if word is not None] if isinstance(value, list) else \
        [] if value is None else [str(value)]


def _is_merge(key: Any) -> bool:
    """<<+ and similar keys: their value is merged into the table or list around them."""
    return isinstance(key, str) and key.startswith("<<")


def _members(value: Any) -> Iterator[dict[str, Any]]:
    """The non-empty members of a list, with merges; a plain name is the dev of a table."""
    if isinstance(value, list):
        for item in value:
            yield from _members(item)
    elif isinstance(value, str):
        yield {"dev": value}
    elif isinstance(value, dict):
        own = {key: item for key, item in value.items() if not _is_merge(key)}
        if own:
            yield own
        for key, item in value.items():
            if _is_merge(key):
                yield from _members(item)


def _strange(value: Any) -> Iterator[Any]:
    """Members that _members() cannot use: numbers and the like in place of tables and names."""
    if isinstance(value, list):
        for item in value:
            yield from _strange(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if _is_merge(key):
                yield from _strange(item)
    elif not isinstance(value, str) and value is not None:
        yield value


def _merged(table: dict[str, Any]) -> dict[str, Any]:
    """A domain with the tables merged into it; lists are appended to its own."""
    result = {key: value for key, value in table.items() if not _is_merge(key)}
    for merge in (value for key, value in table.items() if _is_merge(key)):
        for other in merge if isinstance(merge, list) else [merge]:
            for key, value in (other.items() if isinstance(other, dict) else ()):
                if isinstance(value, list) and isinstance(result.get(key), list):
                    result[key] = result[key] + value
                else:
                    result.setdefault(key, value)
    return result


class Reader:
    """Walks the domains."""

    def __init__(self, devices: Devices, missing: list[str]) -> None:
        self.devices = devices
        self.tree = devices.tree
        self.domains: list[Domain] = []
        self.missing = missing

    def read(self, data: dict[str, Any]) -> None:
        for name, table in (data.get("reserved-memory") or {}).items():
            if isinstance(table, dict):
                self.missing.append(f"reserved-memory {name}: declare it in the device tree")
        self._walk(_merged(data["domains"]), "")

    def _walk(self, tables: dict[str, Any], parent: str) -> None:
        for name, table in tables.items():
            if not isinstance(table, dict):
                continue
            compatible = str(table.get("compatible", ""))
            if "domain-to-domain" in compatible or "relation" in compatible:
                self.missing.append(f"{name}: relations between domains come with inter-cell "
                                    "communication")
                continue
            if compatible and not any(word in compatible for word in COMPATIBLE):
                self.missing.append(f"{name}: compatible \"{compatible}\" is unknown")
                continue
            table = _merged(table)
            self._domain(str(name), table, parent)
            if isinstance(table.get("domains"), dict):
                self._walk(_merged(table["domains"]), str(name))

    def _domain(self, name: str, table: dict[str, Any], parent: str) -> None:
        domain = Domain(name, os_type=str(table.get("os,type", "")),
                        parent=str(table.get("parent", parent)).rsplit("/", 1)[-1])
        self.domains.append(domain)
        for item in _members(table.get("cpus", [])):
            self._cpus(domain, item)
        for item in _members(table.get("memory", [])):
            self._memory(domain, item, "memory", domain.memory)
        for item in _members(table.get("sram", [])):
            self._memory(domain, item, "sram", domain.sram)
        for item in _members(table.get("access", [])):
            self._access(domain, item)
        for key in ("cpus", "memory", "sram", "access"):
            domain.missing += [f"{key}: \"{what}\" is neither a table nor a name"
                               for what in _strange(table.get(key))]
        if "domain-to-domain" in table:
            domain.missing.append("its relations to other domains come with inter-cell "
                                  "communication")
        domain.missing += [f"{key}: nothing here reads it" for key in table if key not in KEYS]

    def _memory(self, domain: Domain, item: dict[str, Any], key: str,
                found: list[tuple[int | None, int]]) -> None:
        """The addresses of the entry, else those of the device that it names."""
        if isinstance(item.get(key), list):     # memory: {os,type: linux, memory: [...]}
            for inner in _members(item[key]):
                self._memory(domain, inner, key, found)
            return
        size = _number(item.get("size", 0), f"{domain.name}: {key}")
        start = item.get("start")
        if size:
            found.append((None if start is None else _number(start, f"{domain.name}: {key}"), size))
            return
        names = _words(item.get("dev", item.get("label")))
        regs = [reg for name in names for node in self._find(name)
                for reg in self.tree.regs(node)]
        found += [(reg.start, reg.size) for reg in regs]
        if not regs:
            what = f" \"{', '.join(names)}\"" if names else ""
            domain.missing.append(f"{key}{what} without a size")

    def _cpus(self, domain: Domain, item: dict[str, Any]) -> None:
        cluster = str(item.get("cluster", item.get("dev", "")))
        mask = _number(item.get("cpumask", 0), f"{domain.name}: cpumask")
        if mask >> 64:
            raise ConfigError(f"{domain.name}: cpumask {mask:#x} has more than 64 bits")
        first = self._first_cpu(cluster)
        numbers = [first + n for n in range(64) if mask >> n & 1]
        if any(word in cluster.lower().replace("-", "_").split("_") or
               f"_{word}" in f"_{cluster.lower()}" for word in FOREIGN):
            domain.foreign.append(cluster)
            return
        if not cluster:
            domain.missing.append(f"cpus: cpumask {mask:#x} without a cluster is taken for the "
                                  "machine's first CPUs")
            cluster = "cpus"
        domain.clusters.append(cluster)
        if not mask:
            domain.missing.append(f"cluster {cluster}: cpumask 0 names none of its CPUs")
        mode = item.get("mode") or {}
        if isinstance(mode, dict) and str(mode.get("secure", False)).lower() == "true":
            domain.missing.append(f"cluster {cluster}: secure mode")
        count = len(self.tree.cpus())
        strange = [number for number in numbers if count and number >= count]
        if strange:
            domain.missing.append(f"cluster {cluster}: there is no CPU "
                                  f"{', '.join(map(str, strange))}, the machine has {count}")
        domain.cpus += [number for number in numbers if number not in strange]

    def _first_cpu(self, cluster: str) -> int:
        """Linux's number of a cluster's first CPU: cpus_a78_1 is cluster1 of the cpu-map."""
        node = self.tree.by_path.get("/cpus/cpu-map")
        number = re.search(r"_(\d+)$", cluster)
        if node is None or number is None or int(number[1]) >= len(node.children):
            return 0
        return sum(1 for before in node.children[:int(number[1])] for below in before.walk()
                   if "cpu" in below.props)

    def _access(self, domain: Domain, item: dict[str, Any]) -> None:
        specs = _words(item.get("dev", item.get("label")))
        flags = item.get("flags")
        flags = flags if isinstance(flags, list) else [flags]
        shared = any("shared" in flag.replace(",", " ").split() if isinstance(flag, str) else
                     isinstance(flag, dict) and flag.get("shared") for flag in flags)
        domain.missing += [f"access to \"{', '.join(specs)}\": flag {flag} is no name: the device "
                           "is taken for one of this domain alone"
                           for flag in flags if flag and not isinstance(flag, (str, dict))]
        found = domain.shared if shared else domain.devices
        if not specs:
            domain.missing.append("access without a dev")
        for spec in specs:
            nodes = self._find(spec)
            if not nodes:
                domain.missing.append(f"access to \"{spec}\": no such device in the device tree")
            found += [node for node in nodes if node not in found]

    def _find(self, spec: str) -> list[Node]:
        if any(mark in spec for mark in "*?["):
            labels = {path: label for label, path in self.tree.labels.items()}
            return [node for node in self.devices.enabled if self.tree.regs(node) and (
                fnmatch.fnmatch(node.name, spec)
                or fnmatch.fnmatch(labels.get(node.path, ""), spec))]
        try:
            return [self.tree.find(spec)]
        except ConfigError:
            return []


def import_domains(text: str, devices: Devices, root: str = "",
                   missing: list[str] | None = None) -> Result:
    """A source for the system and one for each domain that becomes a cell.

    What has no equivalent is appended to missing, also if a ConfigError is raised.
    """
    result = Result(missing=[] if missing is None else missing)
    reader = Reader(devices, result.missing)
    try:
        reader.read(load(text))
    finally:
        for domain in reader.domains:
            result.missing += [f"{domain.name}: cluster {cluster} is no arm64 cluster, only these "
                               "become cells" for cluster in domain.foreign]
            result.missing += [f"{domain.name}: {what}" for what in domain.missing]
            if not domain.clusters and not domain.foreign and domain.asks_for_something():
                result.missing.append(f"{domain.name}: without cpus it becomes no cell")
    usable = [domain for domain in reader.domains if domain.clusters]
    if not usable:
        raise ConfigError("has no domain with CPUs of an arm64 cluster: a cell needs cpus with "
                          "cluster and cpumask")
    first = _root(usable, root)
    _check_parents(reader.domains, result)
    cells = [domain for domain in usable if domain is not first and domain.cpus]
    result.missing += [f"{domain.name}: without a CPU it becomes no cell" for domain in usable
                       if domain is not first and not domain.cpus]
    result.files["sys.toml"] = ""       # root's name comes first: no cell may take it
    for domain in cells:
        _usable_memory(domain, devices, result)
        name = free_name(valid_name(domain.name), [file[:-5] for file in result.files])
        if name != domain.name:
            result.missing.append(f"{domain.name}: its name became {name}")
        result.files[f"{name}.toml"] = _cell(domain, name, devices, result)
    result.files["sys.toml"] = _system(first, cells, devices, result)
    return result


def _usable_memory(domain: Domain, devices: Devices, result: Result) -> None:
    """Drops ranges that are no RAM of the machine, and parts of pages."""
    ram = devices.facts.ram()
    for start, size in list(domain.memory):
        where = Range(start or 0, size)
        if (where.start | where.size) & (schema.PAGE_SIZE - 1):
            why = "it does not consist of whole pages"
        elif start is not None and ram and not any(bank.contains(where) for bank in ram):
            why = "the device tree has no RAM there"
        else:
            continue
        domain.memory.remove((start, size))
        what = str(where) if start is not None else f"of {size:#x} bytes"
        result.missing.append(f"{domain.name}: memory {what} was left out: {why}")


def _root(domains: list[Domain], name: str) -> Domain:
    """The domain of Linux: by name, else the first one that is marked so, else the first."""
    for domain in domains:
        if name and domain.name == name:
            return domain
    if name:
        raise ConfigError(f"has no domain \"{name}\" with CPUs of an arm64 cluster; there are "
                          f"{', '.join(d.name for d in domains)}")
    return next((domain for domain in domains if domain.os_type == "linux"), domains[0])


def _check_parents(domains: list[Domain], result: Result) -> None:
    """A domain may access only what its parent does."""
    by_name = {domain.name: domain for domain in domains}
    for domain in domains:
        parent = by_name.get(domain.parent)
        if parent is None or not parent.devices:
            continue
        extra = [node.path for node in domain.devices
                 if node not in parent.devices and node not in parent.shared]
        if extra:
            result.missing.append(f"{domain.name}: {', '.join(extra[:3])} is not among what its "
                                  f"parent {parent.name} accesses")


def _cell(domain: Domain, name: str, devices: Devices, result: Result) -> str:
    lines = [f"# Domain {values.comment(domain.name)}, imported from openamp,domain-v1."]
    lines += [f"# os,type: {values.comment(domain.os_type)}"] if domain.os_type else []
    lines += [f"name = \"{name}\"", f"cpus = {sorted(domain.cpus)}"]
    fixed = [start for start, _ in domain.memory if start is not None]
    if fixed:
        lines.append(f"entry = {fixed[0]:#x}  # start of its first memory")
        if any(start <= 0x80000000 < start + size for start, size in domain.memory
               if start is not None):
            lines.append(f"comm = {_free(domain):#x}  # beside its memory")
    usable = [node for node in domain.devices if devices.tree.regs(node)]
    uarts = [node for node in usable if devices.tree.console_type(node)]
    lines += addcell.console_lines(devices, usable, uarts[0].path if uarts else "hypervisor")
    if not domain.memory:
        result.missing.append(f"{domain.name}: it names no memory, 16 MiB from a pool are taken")
        lines += ["", "[[memory]]", "size = \"16M\""]
    for start, size in domain.memory:
        lines += ["", "[[memory]]"]
        lines += [f"phys = {start:#x}", f"virt = {start:#x}"] if start is not None else []
        lines.append(f"size = {size:#x}")
    for start, size in domain.sram:
        if start is None:
            result.missing.append(f"{domain.name}: sram without a start")
            continue
        result.missing.append(f"{domain.name}: sram {Range(start, size)} is mapped as device "
                              "memory: no code runs in it")
        lines += ["", "[[memory]]  # sram", f"phys = {start:#x}", f"size = {size:#x}",
                  "flags = [\"read\", \"write\", \"io\"]"]
    for node in usable:
        problems = [p for p in devices.problems(node) if p.fatal]
        result.missing += [f"{domain.name}: {node.path}: {problem}" for problem in problems]
        lines += addcell.device_lines(devices, node)
    result.missing += [f"{domain.name}: {node.path} has no registers that a CPU can address"
                       for node in domain.devices if node not in usable]
    result.missing += [f"{domain.name}: {node.path} is shared: it stays with root"
                       for node in domain.shared]
    return "\n".join(lines) + "\n"


def _free(domain: Domain) -> int:
    """The page after all memory of the domain."""
    return max(start + size for start, size in domain.memory if start is not None) + 0xFFF & -0x1000


def _system(root: Domain, cells: list[Domain], devices: Devices, result: Result) -> str:
    """The machine's system with pools for the cells and their devices assignable."""
    config = source.compile_text(create.create(devices.facts).text).config
    pools = _pools([(start, size) for cell in cells for start, size in cell.memory
                    if start is not None])
    automatic = sum(size for cell in cells for start, size in cell.memory if start is None) \
        + sum(16 << 20 for cell in cells if not cell.memory)
    elements = [element("pool", address=pool.start, size=pool.size) for pool in pools]
    if automatic or not elements:
        size = max(automatic, 2 << 20) + schema.POOL_ALIGN - 1 & -schema.POOL_ALIGN
        elements.append(element("pool", size=size, flags=1))
    config.sections["pool"] = elements
    wanted = [pages for cell in cells for node in cell.devices
              for pages in devices.tree.pages(node)]
    wanted += [Range(start, size).pages() for cell in cells for start, size in cell.sram
               if start is not None]
    have = [Range(int(w["address"]), int(w["size"])) for w in config.elements("assignable")]
    missing = [pages for pages in dict.fromkeys(wanted)
               if not any(where.contains(pages) for where in have)]
    have = [w for w in have if any(w.overlaps(pages) for pages in wanted)]
    config.sections["assignable"] = [element("assignable", address=w.start, size=w.size)
                                 for w in have + missing]
    if not config.sections["assignable"]:
        del config.sections["assignable"]
    if root.devices or root.memory:
        result.missing.append(f"{root.name}: its memory and access lists: root gets all that "
                              "nobody else owns")
    return (f"# Root domain {values.comment(root.name)}, imported from openamp,domain-v1.\n"
            + decode.decode(config))


def _pools(ranges: list[tuple[int, int]]) -> list[Range]:
    """2 MiB-aligned pools around the ranges."""
    align, merged = schema.POOL_ALIGN, []
    for start, size in sorted(ranges):
        low, high = start & -align, start + size + align - 1 & -align
        if merged and low <= merged[-1].end:
            low, high = merged[-1].start, max(high, merged[-1].end)
            merged.pop()
        merged.append(Range(low, high - low))
    return merged


# Export


def export_domains(system: Member | None, cells: list[Member], devices: Devices | None) -> str:
    """The set as openamp,domain-v1 YAML."""
    cluster = "cpus"
    count = 0
    if devices is not None:
        count = len(devices.tree.cpus())
        cluster = next((label for label, path in devices.tree.labels.items() if path == "/cpus"),
                       "cpus")
    taken = {int(c["cpu"]) for cell in cells for c in cell.config.elements("cpu")}
    lines = ["# Exported by jhctl config export --domains.", "domains:"]
    if system is not None:
        mask = sum(1 << n for n in range(count) if n not in taken)
        lines += _domain_lines(valid_name(system.name), mask, cluster, "linux")
    for cell in cells:
        mask = sum(1 << int(c["cpu"]) for c in cell.config.elements("cpu"))
        lines += _domain_lines(cell.name, mask, cluster, "baremetal")
        ram = [m for _, m in cell.memories() if not int(m["flags"]) & MEM["io"]]
        lines += ["    memory:"] if ram else []
        for item in ram:
            start = "" if int(item["flags"]) & MEM["auto"] else f"start: {int(item['phys']):#x}, "
            lines.append(f"      - {{{start}size: {int(item['size']):#x}}}")
        paths = [str(d["path"]) for d in cell.config.elements("device")]
        lines += ["    access:"] if paths else []
        lines += [f"      - {{dev: \"{_dev_name(path, devices)}\"}}" for path in paths]
    return "\n".join(lines) + "\n"


def _domain_lines(name: str, mask: int, cluster: str, os_type: str) -> list[str]:
    number = zlib.crc32(name.encode()) or 1     # stable, and different for different names
    lines = [f"  {name}:", "    compatible: openamp,domain-v1", f"    id: {number:#x}",
             f"    os,type: {os_type}"]
    if mask:
        lines += ["    cpus:", f"      - {{cluster: {cluster}, cpumask: {mask:#x}, "
                  "mode: {secure: false, el: 0x1}}"]
    return lines


def _dev_name(path: str, devices: Devices | None) -> str:
    """The node's name if it is unique, else its path."""
    name = path.rsplit("/", 1)[-1]
    if devices is not None and sum(node.name == name for node in devices.tree.nodes) != 1:
        return path
    return name
