# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""Checks of the layer for Yocto and the tree for Buildroot that need no build."""
from __future__ import annotations

import hashlib
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from bitbake import Recipe, RecipeError

PACKAGING = Path(__file__).resolve().parent.parent
TOP = PACKAGING.parent.parent
LAYER = PACKAGING / "yocto/meta-jh"
BUILDROOT = PACKAGING / "buildroot"
RECIPES = sorted(LAYER.glob("recipes-*/*/*.bb"))
# Classes of openembedded-core.
CORE_CLASSES = {"bash-completion", "core-image", "externalsrc", "module", "pkgconfig", "systemd",
                "useradd"}


class Layer(unittest.TestCase):
    """meta-jh."""

    def recipe(self, path: Path) -> Recipe:
        return Recipe(path, LAYER, {})

    def test_recipes_are_there(self) -> None:
        names = {path.stem.split("_")[0] for path in RECIPES}
        self.assertEqual(names, {"jh-module", "jh-firmware", "jhctl", "jhconf", "jh-inmates",
                                 "jh-configs", "jh-image-demo"})

    def test_each_has_what_yocto_wants(self) -> None:
        for path in RECIPES:
            with self.subTest(path.name):
                recipe = self.recipe(path)
                for name in ("SUMMARY", "DESCRIPTION", "LICENSE"):
                    self.assertTrue(recipe.values.get(name), name)
                self.assertLess(len(recipe.values["SUMMARY"]), 73)
                known = {own.stem for own in LAYER.glob("classes/*.bbclass")}
                self.assertLessEqual(set(recipe.classes), CORE_CLASSES | known)

    def test_licence_is_the_tree_s(self) -> None:
        for path in RECIPES:
            recipe = self.recipe(path)
            if "jh" in recipe.classes:
                value = hashlib.md5((TOP / "LICENSE").read_bytes()).hexdigest()
                self.assertEqual(recipe.values["LIC_FILES_CHKSUM"], f"file://LICENSE;md5={value}")
                self.assertEqual(recipe.values["PV"], path.stem.split("_")[1])

    def test_image_installs_what_the_layer_has(self) -> None:
        image = self.recipe(LAYER / "recipes-core/images/jh-image-demo.bb")
        self.assertEqual(set(image.values["IMAGE_INSTALL"].split()),
                         {path.stem.split("_")[0] for path in RECIPES} - {"jh-image-demo"})

    def test_the_layer_finds_the_tree(self) -> None:
        text = (LAYER / "conf/layer.conf").read_text()
        way = re.search(r"JH_LAYER\}/([./]+)'", text)
        assert way
        self.assertEqual((LAYER / way[1]).resolve(), TOP)
        for glob in re.findall(r"\$\{LAYERDIR\}/(\S+\.bb(?:append)?)\b", text):
            self.assertTrue(list(LAYER.glob(glob)), glob)

    def test_includes_name_what_is_there(self) -> None:
        for path in LAYER.glob("conf/machine/include/*.inc"):
            text = path.read_text()
            board = re.search(r'^JH_BOARD = "(.*)"', text, re.MULTILINE)
            if board:
                self.assertTrue((TOP / "configs/arm64" / board[1] / "Makefile.machine").exists())
            for name in re.findall(r"\$\{JH_LAYER\}/(\S+)\"", text):
                self.assertTrue((LAYER / name).exists(), name)

    def test_kas_files_name_layers_and_includes(self) -> None:
        for path in (PACKAGING / "yocto/kas").glob("*.yml"):
            text = path.read_text()
            self.assertIn("tools/packaging/yocto/meta-jh:", text)
            self.assertNotIn("url:", text)
            for name in re.findall(r"require (\S+)", text):
                self.assertTrue((LAYER / name).exists(), name)

    def test_kernel_fragment_has_what_the_driver_asks_for(self) -> None:
        text = (LAYER / "recipes-kernel/linux/files/jh.cfg").read_text()
        for option in ("HOTPLUG_CPU", "FW_LOADER", "CPU_PM"):
            self.assertIn(f"CONFIG_{option}=y\n", text)
            self.assertIn(f"CONFIG_{option}", (TOP / "Documentation/boards/index.rst").read_text())

    def test_reserved_memory_is_a_tree(self) -> None:
        text = (LAYER / "conf/machine/include/jh-reserved.dtsi").read_text()
        source = "/dts-v1/;\n/ { #address-cells = <2>; #size-cells = <2>; };\n" + text
        done = subprocess.run(["dtc", "-q", "-O", "dts"], input=source, capture_output=True,
                              text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("no-map", done.stdout)


class Evaluator(unittest.TestCase):
    """The stand-in for bitbake refuses what it does not understand."""

    def test_unknown_lines(self) -> None:
        with self.assertRaises(RecipeError):
            Recipe(self.put("SUMMARY = 'x\n"), LAYER, {})
        with self.assertRaises(RecipeError):
            Recipe(self.put('A = "${B}"\n'), LAYER, {}).get("A")

    def test_operators(self) -> None:
        recipe = Recipe(self.put('A ??= "0"\nA ?= "1"\nA += "2"\nA:append = "3"\nB ??= "4"\n'
                                 'D = "${A}-${PN}"\ndo_x() {\n\techo ${A}\n}\n'), LAYER, {})
        self.assertEqual([recipe.get(name) for name in "ABD"], ["1 23", "4", "1 23-t"])
        self.assertEqual(recipe.functions, {"do_x": "\techo ${A}\n"})

    def put(self, text: str) -> Path:
        folder = self.enterContext(tempfile.TemporaryDirectory())
        path = Path(folder) / "t_1.bb"
        path.write_text(text)
        return path


class Buildroot(unittest.TestCase):
    """The BR2_EXTERNAL tree."""

    def test_names_agree(self) -> None:
        self.assertIn("name: JH\n", (BUILDROOT / "external.desc").read_text())
        for name in ("Config.in", "external.mk"):
            self.assertIn("BR2_EXTERNAL_JH_PATH", (BUILDROOT / name).read_text())
        package = (BUILDROOT / "package/jh/jh.mk").read_text()
        way = re.search(r"JH_SITE = \$\(BR2_EXTERNAL_JH_PATH\)/(\S+)", package)
        assert way
        self.assertEqual((BUILDROOT / way[1]).resolve(), TOP)

    def test_every_option_is_used(self) -> None:
        config = (BUILDROOT / "package/jh/Config.in").read_text()
        package = (BUILDROOT / "package/jh/jh.mk").read_text()
        options = re.findall(r"^config (BR2_PACKAGE_JH_\w+)", config, re.MULTILINE)
        self.assertEqual(len(options), 4)
        for option in options:
            self.assertIn(option, package)


if __name__ == "__main__":
    unittest.main()
