# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Views of a set: show, explain, diff, the picture and the page."""

from __future__ import annotations

import contextlib
import io
import json
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from jhconf import blob, checker, cli, diff, explain, facts, page, picture, show, source
from jhconf.devices import Devices
from jhconf.errors import ConfigError
from jhconf.findings import Member
from jhconf.ownership import Ownership
from jhconf.tests.dtb import Props, dtb, machine

SYSTEM = 'name = "m"\npool = "64M"\nassignable = ["serial1"]\n'
CELL = 'name = "rtos"\ncpus = [3]\nmemory = "1M"\ndevices = ["serial1"]\nconsole = "serial1"\n'
OTHER = 'name = "second"\ncpus = [1, 2]\nmemory = "2M"\nconsole = "hypervisor"\n'


def ownership(*texts: str, root: Props | None = None) -> Ownership:
    devices = Devices(facts.from_tree(dtb(root or machine())))
    members = []
    for text in texts or (SYSTEM, CELL, OTHER):
        compiled = source.compile_text(text, devices.tree)
        name = f"{blob.unpack(blob.pack(compiled.config)).name}.toml"
        members.append(Member(name, compiled.config, blob.pack(compiled.config), text,
                              compiled.origins))
    return Ownership(members[0], members[1:], devices)


class ClaimsTest(unittest.TestCase):

    def test_what_cells_claim(self) -> None:
        cell = CELL.replace('memory = "1M"\n', "") + \
            '[[memory]]\nphys = 0x60000000\nvirt = 0\nsize = "1M"\nflags = ["read", "execute"]\n'
        claims = ownership(SYSTEM, cell).cell_claims
        self.assertEqual([(claim.where.start, claim.what) for claim in claims],
                         [(0x60000000, "RAM"), (0x9040000, "/uart@9040000")])


class ExplainTest(unittest.TestCase):

    def test_sentences(self) -> None:
        owners = ownership()
        cases = {
            "0x9040010": r"cell rtos \(rtos.toml\): /uart@9040000 .* because of rtos.toml: memory",
            "0x8000000": "belongs to the hypervisor: GIC distributor",
            "0x40000000": r"root \(Linux\): it gets all that nobody else owns. It is RAM",
            "0x7000": r"as a guest address of cell second it is memory from a pool",
            "0xf000000000": "No file and no device tree says",
            "irq40": r"Interrupt 40 \(SPI 8\) belongs to cell rtos .*/uart@9040000",
            "spi1": "Interrupt 33 .* belongs to root .*/uart@9000000",
            "irq25": "belongs to the hypervisor: the GIC's maintenance",
            "0x80000010": "as a guest address of cell rtos it is the communication region",
            "irq1020": "There is no shared peripheral interrupt 1020",
            "irq8192": "is an LPI: all of them are root's",
            "irq27": "private to each CPU",
            "cpu2": "CPU 2 belongs to cell second .*its guest sees it as CPU 1",
            "cpu0": "CPU 0 belongs to root",
            "cpu9": "There is no CPU 9: this machine has 4",
            "serial1": "/uart@9040000 belongs to cell rtos",
            "virtio@a000000": "cannot be split off: its page",
        }
        for what, pattern in cases.items():
            with self.subTest(what):
                self.assertRegex(explain.explain(owners, what), pattern)

    def test_a_cell_by_its_name(self) -> None:
        text = explain.explain(ownership(), "rtos")
        for words in ("CPU 3: cell rtos", "0x9040000-0x9040fff: cell rtos", "1M from a pool",
                      "interrupt 40: cell rtos"):
            self.assertIn(words, text)
        self.assertNotIn("second", text)
        with self.assertRaisesRegex(ConfigError, "no device \"rtso\".*mean the cell \"rtos"):
            explain.explain(ownership(), "rtso")

    def test_what_root_may_access(self) -> None:
        for word, told in (("all", "all that is left"), ("listed", "listed memory only"),
                           ("learn", "is logged")):
            text = SYSTEM + f'root = {{ memory = "{word}" }}\n'
            text += '[[memory]]\nphys = 0x40000000\nsize = "64M"\n' if word != "all" else ""
            self.assertIn(told, show.text(ownership(text).system.config))   # type: ignore

    def test_listed_root(self) -> None:
        owners = ownership(SYSTEM + 'root = { memory = "listed" }\n[[memory]]\n'
                           'phys = 0x40000000\nsize = "64M"\n')
        self.assertIn("listed in m.toml: memory[0]", explain.explain(owners, "0x40000000"))
        self.assertIn("nobody: root gets listed memory only",
                      explain.explain(owners, "0x70000000"))

    def test_everything_has_a_line(self) -> None:
        text = explain.everything(ownership())
        for words in ("CPU 3: cell rtos", "0x9040000-0x9040fff: cell rtos",
                      "1M from a pool: cell rtos", "interrupt 40: cell rtos"):
            self.assertIn(words, text)


class OwnershipTest(unittest.TestCase):

    def test_segments_cover_each_claim_once(self) -> None:
        owners = ownership()
        segments = owners.segments()
        for (first, _), (second, _) in zip(segments, segments[1:]):
            self.assertLessEqual(first.end, second.start)
        for claim in owners.claims:
            covered = sum(min(where.end, claim.where.end) - max(where.start, claim.where.start)
                          for where, _ in segments if where.overlaps(claim.where))
            self.assertEqual(covered, claim.where.size)

    def test_cpus_as_the_guest_sees_them(self) -> None:
        tree = facts.from_tree(dtb(machine())).tree
        for line, words in (("", r"CPUs +2,1 \(the guest sees 0-1\)"),
                            ('cpu-ids = "physical"\n', r"2,1 \(the guest sees the machine's MP")):
            text = OTHER.replace("[1, 2]", "[2, 1]") + line
            shown = show.text(source.compile_text(text, tree).config)
            self.assertRegex(shown, words)

    def test_map(self) -> None:
        text = show.address_map(ownership())
        self.assertRegex(text, r"0x0009040000-0x0009040fff +4 KiB +rtos +rw- +/uart@9040000")
        self.assertRegex(text, r"from a pool +2 MiB +second")


class DiffTest(unittest.TestCase):

    def lines(self, old: str, new: str) -> list[str]:
        tree = facts.from_tree(dtb(machine())).tree
        return diff.diff(source.compile_text(old, tree).config,
                         source.compile_text(new, tree).config)

    def test_same(self) -> None:
        self.assertEqual(self.lines(CELL, CELL), [])
        self.assertEqual(self.lines(SYSTEM, "# other\n" + SYSTEM), [])

    def test_changes_are_named_by_meaning(self) -> None:
        self.assertEqual(self.lines(OTHER, OTHER.replace("[1, 2]", "[2, 3]")),
                         ["- cpu 1", "+ cpu 3"])
        self.assertEqual(self.lines(OTHER, OTHER.replace("[1, 2]", "[2, 1]")),
                         ["~ order of CPUs: 1, 2 -> 2, 1"])
        self.assertEqual(self.lines(OTHER, OTHER.replace("2M", "4M")),
                         ["~ memory 0x0: size 2M -> 4M"])
        self.assertEqual(self.lines(OTHER, OTHER + "trusted = true\n"),
                         ['~ cell: flags putc = "permitted" + putc = "active" -> trusted = true + '
                          'putc = "permitted" + putc = "active"'])
        self.assertIn('- device "/uart@9040000"',
                      self.lines(CELL, CELL.replace('"serial1"', '"timer@2000"', 1)
                                 .replace('console = "serial1"', "")))


class PictureTest(unittest.TestCase):

    def test_svg_is_well_formed_and_complete(self) -> None:
        owners = ownership()
        text = picture.draw(owners)
        root = ElementTree.fromstring(text)
        words = " ".join("".join(element.itertext()) for element in root.iter())
        for word in ("CPU 3", "cell rtos", "cell second", "/uart@9040000", "0x40000000", "pool[0]"):
            self.assertIn(word, words)
        for owner in owners.owners:
            self.assertIn(picture.colour(owners, owner)[0], text)

    def test_twelve_cells_have_colours_of_their_own(self) -> None:
        cells = [f'name = "c{n}"\ncpus = [{n}]\nmemory = "1M"\n' for n in range(12)]
        owners = ownership(SYSTEM, *cells)
        self.assertEqual(len({picture.colour(owners, owner) for owner in owners.owners}), 14)

    def test_a_text_is_cut_where_it_would_be_too_long(self) -> None:
        self.assertEqual([picture._cut(text, 4) for text in ("", "abc", "abcd", "abcde")],
                         ["", "abc", "abcd", "abc…"])

    def test_no_number_of_an_interrupt_is_cut_off(self) -> None:
        """Root has hundreds on a large chip; those of one device are on one line."""
        irqs = {n: ("root", "x") for n in range(32, 1000, 2)}
        text = ",".join(picture._interrupt_lines(irqs, list(irqs), "root"))
        self.assertEqual([int(word) for word in text.replace(",,", ",").split(",")], list(irqs))
        self.assertEqual(picture._interrupt_lines({n: ("c", "/x") for n in (40, 41, 43)},
                                                  [40, 41, 43], "c"), ["40-41,43  /x"])

    def test_reserved_memory_and_narrow_screens(self) -> None:
        root = machine()
        root["reserved-memory"] = {"#address-cells": 2, "#size-cells": 2, "ranges": b"",
                                   "fw@7e000000": {"reg": [0, 0x7E000000, 0, 0x1F91000]}}
        owners = ownership(root=root)
        for text in (picture.draw(owners), show.address_map(owners)):
            self.assertIn("/reserved-memory/fw@7e000000", text)
            self.assertIn("31.6 MiB", text)
        self.assertIn('style="max-width:100%;height:auto"', picture.draw(owners))
        assert owners.devices is not None
        owners.devices.tree.reservations.append((0x7C000000, 0x30000))
        owners = Ownership(owners.system, owners.cells, owners.devices)
        for text in (picture.draw(owners), show.address_map(owners)):
            self.assertIn("set aside by the boot loader", text)
            self.assertIn("192 KiB", text)

    def test_sizes_for_people(self) -> None:
        self.assertEqual([show.human(size) for size in (0, 64, 4096, 0x1F91000, 1 << 30, 1000000)],
                         ["0 B", "64 B", "4 KiB", "31.6 MiB", "1 GiB", "976.6 KiB"])

    def test_dark_screens(self) -> None:
        text = picture.draw(ownership())
        self.assertIn("prefers-color-scheme:dark", text)
        self.assertNotIn('fill="#ffffff"/>', text)

    def test_boxes_do_not_overlap(self) -> None:
        root = ElementTree.fromstring(picture.draw(ownership()))
        boxes = [tuple(float(e.attrib[k]) for k in ("x", "y", "width", "height"))
                 for e in root.iter("{http://www.w3.org/2000/svg}rect") if "x" in e.attrib]
        for index, (x, y, w, h) in enumerate(boxes):
            self.assertLessEqual(x + w, picture.WIDTH)
            for ox, oy, ow, oh in boxes[:index]:
                self.assertFalse(x < ox + ow and ox < x + w and y < oy + oh and oy < y + h)

    def test_page_escapes_and_holds_everything(self) -> None:
        hostile = OTHER + '[[device]]\npath = "/<script>&"\n'
        text = page.render(ownership(SYSTEM, hostile), [])
        self.assertNotIn("/<script>", text)
        self.assertIn("/&lt;script&gt;&amp;", text)
        self.assertNotIn("http://", text.replace("http://www.w3.org/2000/svg", ""))
        for heading in ("Cells", "Findings", "Interrupts", "Physical address space"):
            self.assertIn(f"<h2>{heading}</h2>", text)


class CommandTest(unittest.TestCase):
    """The command line itself."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name, text in (("sys.toml", SYSTEM), ("rtos.toml", CELL), ("second.toml", OTHER)):
            (self.folder / name).write_text(text, encoding="utf-8")
        (self.folder / "m.dtb").write_bytes(dtb(machine()))

    def run_it(self, *arguments: str) -> tuple[int, str, str]:
        out, errors = io.StringIO(), io.StringIO()
        here = [a.replace("@", f"{self.folder}/") for a in arguments]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            try:
                status = cli.main(here)
            except SystemExit as stop:
                status = int(stop.code or 0)
        return status, out.getvalue(), errors.getvalue()

    def test_views(self) -> None:
        tree = ("--tree", "@m.dtb")
        self.assertIn("map of the phys", self.run_it("show", "@sys.toml", "@rtos.toml", *tree)[1])
        status, out, _ = self.run_it("explain", "@sys.toml", "@rtos.toml", *tree, "cpu3")
        self.assertEqual((status, out[:27]), (0, "CPU 3 belongs to cell rtos "))
        self.assertEqual(self.run_it("diff", "@rtos.toml", "@rtos.toml", *tree)[0], 0)
        self.assertEqual(self.run_it("diff", "@rtos.toml", "@second.toml", *tree)[0], 1)
        status, _, errors = self.run_it("show", "@sys.toml", *tree, "--html", "@o.html", "--svg",
                                        "@o.svg")
        self.assertEqual((status, errors), (0, ""))
        self.assertTrue((self.folder / "o.html").stat().st_size > 5000)
        ElementTree.parse(self.folder / "o.svg")

    def test_show_as_json(self) -> None:
        _, out, _ = self.run_it("show", "@sys.toml", "@rtos.toml", "--tree", "@m.dtb", "--json")
        system, cell = json.loads(out)
        self.assertEqual((system["kind"], cell["cpu"][0]["cpu"]), ("system", 3))

    def test_check_as_json(self) -> None:
        status, out, _ = self.run_it("check", "@sys.toml", "@rtos.toml", "@rtos.toml", "--tree",
                                     "@m.dtb", "--json")
        found = json.loads(out)
        self.assertEqual(status, 1)
        self.assertGreater(found["errors"], 2)
        self.assertEqual({"severity", "file", "object", "reason", "action", "line"},
                         set(found["findings"][0]))

    def test_whole_refusals_have_their_line(self) -> None:
        """What the checker says of the cell or the system as a whole, and what fits nowhere."""
        cell, system = 'name = "a"\ncpus = [3]\nmemory = "1M"\n', 'name = "m"\npool = "64M"\n'
        cases = [
            (cell + "max-restarts = 5000000000\n",
             "4: max-restarts: 5000000000 does not fit into 32 bits"),
            (cell.replace("[3]", "[2, 5000000000]"),
             "2: cpus[1]: 5000000000 does not fit into 32 bits"),
            (cell.replace("1M", "17179869184G"), "3: memory: 18446744073709551616 does not fit"),
            (system + "max-address = 0x10000000000000000\n", "3: max-address: 1844674407370955161"),
            (cell.replace('"a"', f'"{"a" * 32}"'), '1: name: "' + "a" * 32 + '" is too long'),
        ]
        if checker.find():
            cases += [
                (cell.replace('"a"', '"ä"'), "1: name: cell ??: the name is empty, not terminated"),
                (cell + 'on-failure = "restart"\nmax-restarts = 0\n',
                 "5: max-restarts: cell a: max-restarts = 0 does not go with its on-failure"),
                (cell + "entry = 0x200000\n", "4: entry: cell a has no executable memory at"),
                (cell + "entry = 0x2\n", "4: entry: cell a: "),
                (cell + 'interrupts = "direct"\n', "4: interrupts: cell a wants direct interrupts"),
                (system + 'hypervisor = { size = "4K" }\n',
                 "3: hypervisor: the hypervisor's memory: 4 KiB are less"),
                (system + "[gic]\nmaintenance = 25\n", "3: gic: system: its units make no"),
                (system + 'root = { memory = "listed" }\n', "3: root: system: root.memory is"),
                (cell + 'on-failure = "restart"\n', ": cell a: max-restarts = 0 does not go"),
            ]
        for text, words in cases:
            with self.subTest(words):
                (self.folder / "x.toml").write_text(text, encoding="utf-8")
                _, _, errors = self.run_it("compile", "@x.toml", "--tree", "@m.dtb")
                self.assertIn(f"/x.toml:{words}" if words[0] != ":" else f"/x.toml{words}", errors)

    def test_bad_files_get_one_sentence(self) -> None:
        (self.folder / "bad.cell").write_bytes(b"JHCONFIG" + bytes(8))
        (self.folder / "binary.toml").write_bytes(b"\xff\xfe")
        for arguments in (("show", "@none.toml"), ("show", "@bad.cell"), ("show", "@binary.toml"),
                          ("compile", "@rtos.toml"), ("decode", "@m.dtb"),
                          ("explain", "@sys.toml", "@missing.toml", "--tree", "@m.dtb"),
                          ("compile", "@rtos.toml", "--tree", "@sys.toml"),
                          ("show", "@sys.toml", "@sys.toml", "--tree", "@m.dtb")):
            with self.subTest(arguments):
                status, out, errors = self.run_it(*arguments)
                self.assertEqual((status, out), (1, ""))
                self.assertEqual(errors.count("\n"), 1, errors)
                self.assertNotIn("Traceback", errors)
