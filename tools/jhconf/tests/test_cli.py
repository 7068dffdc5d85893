# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""The command line: any input ends in a sentence and a status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from jhconf import blob, cli, source
from jhconf.tests import oldblobs
from jhconf.tests.dtb import dtb, machine

PROGRAM = Path(__file__).resolve().parents[1] / "jhconf"
SYSTEM = 'name = "m"\npool = "64M"\nassignable = ["serial1"]\n'
# As jhctl config collect writes it: the last argument is the file.
COLLECT = "#!/bin/sh\nshift 2\nexec cp machine.tar \"$1\"\n"


class CliTest(unittest.TestCase):

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.put("m.dtb", dtb(machine()))
        self.put("sys.toml", SYSTEM.encode())

    def put(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)

    def run_it(self, *args: str, data: bytes = b"") -> tuple[int, str, str]:
        """Status, standard output and error; a traceback is never right."""
        path = f"{self.folder}{os.pathsep}{os.environ['PATH']}"
        run = subprocess.run([sys.executable, str(PROGRAM.parent), *args], input=data, check=False,
                             capture_output=True, cwd=self.folder, env={**os.environ,
                                                                        "PATH": path})
        error = run.stderr.decode()
        self.assertNotIn("Traceback", error, args)
        return run.returncode, run.stdout.decode(), error

    def test_files_that_are_none(self) -> None:
        self.put("empty.toml", b"")
        self.put("bytes.toml", b"\xff\xfe")
        self.put("empty.cell", b"")
        self.put("ten.toml", b'name = "a"\ncpus = [1]\nmemory = "010"\ncomm = "010"\n')
        for name in ("empty.toml", "bytes.toml", "empty.cell", "missing.toml", ".", "m.dtb",
                     "ten.toml"):
            for verb in ("check", "show", "decode", "compile", "explain", "suggest"):
                with self.subTest(name, verb=verb):
                    status, out, error = self.run_it(verb, name)
                    self.assertEqual(status, 1)
                    self.assertIn(name, out + error)
            for option in ("--tree", "--from"):
                status, _, error = self.run_it("create", option, name)
                self.assertIn(status, (0, 1) if name == "m.dtb" else (1,))

    def test_an_old_python_is_told(self) -> None:
        for program in (PROGRAM, PROGRAM.parent):
            script = (f"import runpy, sys; sys.version_info = (3, 9); "
                      f"runpy.run_path('{program}', run_name='__main__')")
            run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                                 check=False)
            self.assertEqual(run.returncode, 1)
            self.assertRegex(run.stderr, "^jhconf needs Python 3.11")

    def test_marks_of_windows_and_other_letters(self) -> None:
        cell = b'name = "a"\ncpus = [1]\nmemory = "1M"\n'
        self.put("mark.toml", b"\xef\xbb\xbf" + cell.replace(b"\n", b"\r\n"))
        self.assertEqual(self.run_it("compile", "mark.toml", "-o", "a.cell")[0], 0)
        self.put("wide.toml", cell.decode().encode("utf-16"))
        self.assertEqual(self.run_it("compile", "wide.toml")[2],
                         "wide.toml: is no text in UTF-8: byte 0 is none\n")

    def test_words_that_are_nearly_right(self) -> None:
        cell = ("add-cell", "--tree", "m.dtb", "--name", "a", "--cpus", "3", "--memory", "1M")
        for args, words in ((["crate"], 'no command "crate"; did you mean "create"'),
                            (["create", "--treee", "m.dtb"], 'no option "--treee"; did you mean '
                             '"--tree"'),
                            (["decode", "a", "b"], '"b" is too much'),
                            ([*cell, "--console", "hypervisr"], 'did you mean "hypervisor"'),
                            ([*cell, "--console", "HYPERVISOR"], 'did you mean "hypervisor"'),
                            ([*cell, "--device", "seral1"], "near it: serial1"),
                            ([*cell, "--device", "SERIAL1"], "near it: serial1")):
            status, _, error = self.run_it(*args)
            self.assertIn(words, error)
            self.assertNotEqual(status, 0)

    def test_check_goes_on_after_a_bad_file(self) -> None:
        status, out, _ = self.run_it("check", "sys.toml", "none.toml", "--tree", "m.dtb", "--json")
        self.assertEqual(status, 1)
        self.assertEqual({finding["file"] for finding in json.loads(out)["findings"]},
                         {"sys.toml", "none.toml"})

    def test_names_that_are_no_text(self) -> None:
        compiled = source.compile_text('name = "rtos"\ncpus = [1]\nmemory = "1M"\n').config
        compiled.one("cell")["name"] = "rt\udcffos"
        self.put("odd.cell", blob.pack(compiled))
        for args in (["show", "odd.cell"], ["show", "odd.cell", "--html", "odd.html"],
                     ["diff", "odd.cell", "odd.cell"], ["explain", "odd.cell"],
                     ["check", "odd.cell"], ["decode", "odd.cell"]):
            with self.subTest(args):
                self.run_it(*args)

    def test_standard_input_and_output(self) -> None:
        status, out, _ = self.run_it("check", "-", "--tree", "m.dtb", data=SYSTEM.encode())
        self.assertEqual(status, 0, out)
        self.assertIn("-:1: note", out)
        path = self.folder / "sys.cell"
        self.run_it("compile", "sys.toml", "--tree", "m.dtb")
        self.assertIn("system m", self.run_it("show", "-", data=path.read_bytes())[1])

    def test_a_cell_is_compiled_by_a_tree_alone(self) -> None:
        """Whether its interrupt controller asks for a warning comes from the tree."""
        for direct, notes in (("", 0), ('trusted = true\ninterrupts = "direct"\n', 1)):
            self.put("cell.toml", ('name = "a"\ncpus = [1]\nmemory = "1M"\n' + direct).encode())
            status, _, error = self.run_it("compile", "cell.toml", "--tree", "m.dtb")
            self.assertEqual((status, error.count("masks nothing")), (0, notes), error)

    def test_the_source_is_not_replaced(self) -> None:
        self.put("text.cell", SYSTEM.encode())
        status, _, error = self.run_it("compile", "text.cell", "--tree", "m.dtb")
        self.assertEqual((status, (self.folder / "text.cell").read_bytes()), (1, SYSTEM.encode()))
        self.assertIn("name a file with -o", error)

    def test_what_is_no_file_is_written_in_place(self) -> None:
        os.mkfifo(self.folder / "pipe")
        reader = os.open(self.folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        self.addCleanup(os.close, reader)
        self.assertEqual(self.run_it("create", "--tree", "m.dtb", "-o", "pipe")[0], 0)
        self.assertTrue((self.folder / "pipe").is_fifo())
        self.assertIn(b"# System configuration", os.read(reader, 65536))

    def test_this_machine(self) -> None:
        subprocess.run(["tar", "cf", "machine.tar", "--transform", "s,m.dtb,sys/firmware/fdt,",
                        "m.dtb"], cwd=self.folder, check=True)
        self.assertIn("jhctl", self.run_it("check", "sys.toml", "--live")[2])
        self.put("jhctl", COLLECT.encode())
        (self.folder / "jhctl").chmod(0o755)
        status, out, _ = self.run_it("create", "--live")
        self.assertEqual(status, 0)
        self.assertIn("from a running machine", out)

    def test_two_cells_of_one_name_are_two_files(self) -> None:
        for number in (1, 2):
            self.put(f"{number}.cell", oldblobs.cell(14, b"inmate-demo", cpus=(number,)))
        self.put("3.cell", oldblobs.cell(14, b"sys", cpus=(3,)))
        self.put("board.cell", oldblobs.system(14))
        status, _, error = self.run_it("import", "-d", "out", "1.cell", "2.cell", "3.cell",
                                       "board.cell")
        self.assertEqual(status, 0, error)
        self.assertEqual(sorted(path.name for path in (self.folder / "out").iterdir()),
                         ["inmate-demo-2.toml", "inmate-demo.toml", "sys-2.toml", "sys.toml"])
        self.assertIn("2.cell: no equivalent: another file has the name inmate-demo: it became "
                      "inmate-demo-2", error)
        text = (self.folder / "out" / "inmate-demo-2.toml").read_text()
        self.assertIn('name = "inmate-demo-2"\ncpus = [2]\n', text)
        self.put("b2.cell", oldblobs.system(12))
        status, _, error = self.run_it("import", "-d", "out", "board.cell", "b2.cell")
        self.assertEqual((status, error), (1, "b2.cell is a second system: import it without the "
                                           "other\n"))

    def test_what_has_no_equivalent_is_told_of_a_failure_too(self) -> None:
        self.put("d.yaml", b"domains:\n  r5:\n    compatible: openamp,domain-v1\n    id: 1\n"
                 b"    cpus: [{cluster: cpus_r52, cpumask: 1}]\n")
        status, out, error = self.run_it("import", "--tree", "m.dtb", "d.yaml")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("d.yaml: no equivalent: r5: cluster cpus_r52", error)
        self.assertIn("d.yaml has no domain with CPUs of an arm64 cluster", error)
        self.assertEqual(self.run_it("import", "d.yaml"),
                         (1, "", "domains name devices of a device tree: add --tree FILE.dtb\n"))
        self.assertEqual(self.run_it("import", "--tree", "m.dtb", "d.yaml", "e.yaml"),
                         (1, "", "e.yaml: one YAML file is read at a time, d.yaml is the first\n"))

    def test_completion_and_man_page_know_all(self) -> None:
        """Those that people use; header and doc are the build's."""
        top = PROGRAM.parents[2]
        page = (top / "tools/jhctl/man/jhctl.8").read_text()
        verbs = next(action for action in cli.parser()._actions if action.choices)
        for verb, parser in dict(verbs.choices or {}).items():
            if verb in ("header", "doc"):
                continue
            options = {option for action in parser._actions for option in action.option_strings
                       if option.startswith("--")}
            script = (f"source {top}/tools/jhctl/completion/jhctl.bash; echo $_jhctl_config;"
                      f"_jhctl_options 'config {verb}'")
            told = subprocess.run(["bash", "-c", script], capture_output=True, text=True,
                                  check=True).stdout.split("\n", 1)
            with self.subTest(verb):
                self.assertIn(verb, told[0].split())
                self.assertEqual(set(told[1].split()), options)
                self.assertIn(verb.replace("-", "\\-"), page)


if __name__ == "__main__":
    unittest.main()
