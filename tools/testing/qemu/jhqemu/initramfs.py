# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Make the root cell's initramfs of three concatenated archives.

base     busybox, /init and the kernel's modules: changes with the kernel only
product  what `make install` put into build/root/<kernel>: changes with every build
run      the command and the files of one run

The first two are kept in build/initramfs/<kernel>/ and made anew when what they hold has changed.
"""

import fcntl
import hashlib
import lzma
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from .cpio import Archive

GUEST_INIT = Path(__file__).parent / "guest" / "init"
EDITS = Path(__file__).parents[1]

# Modules of the stock kernel that a root cell has at hand; what they need comes along.
MODULES = ("virtio_mmio", "virtio_console", "virtio_pci", "virtio_net", "virtio_blk", "nvme",
           "e1000e", "igb", "9p", "9pnet_virtio", "rpmsg_core",
           "sdhci_of_arasan", "sdhci_esdhc_imx", "mmc_block", "macb", "fec", "uio", "tun",
           "vhost_net",
           "lkdtm", "kmemleak_test")        # of ci/debug-kernel alone

PROFILE = """\
alias ll='ls -l'
PS1='root-cell:\\w# '
"""


class SetupError(Exception):
    """Something that the user must provide is missing; the text says what."""


class Initramfs:
    """The initramfs of one kernel."""

    def __init__(self, build: Path, kernel: str) -> None:
        self.kernel = build / "kernels" / kernel
        if not (self.kernel / "version").exists():
            raise SetupError(f"kernel {kernel} is not unpacked; run: ci/setup {kernel}")
        self.release = (self.kernel / "release").read_text().strip()
        self._busybox = build / "sysroot" / "arm64" / "bin" / "busybox"
        self._product = build / "root" / kernel
        self._cache = build / "initramfs" / kernel
        self._stage = self._cache / "stage"

    def image(self) -> Path:
        """Return the path of the uncompressed kernel."""
        return self.kernel / "Image"

    def device_tree(self, name: str, edit: str) -> Path:
        """Return the path of a board's device tree, as edited by the script of that name."""
        found = list(self.kernel.glob(f"usr/lib/linux-image-*/{name}"))
        if not found:
            raise SetupError(f"kernel {self.kernel.name} comes without a device tree {name}")
        if not edit:
            return found[0]
        self._cache.mkdir(parents=True, exist_ok=True)
        edited = self._cache / Path(name).name
        with tempfile.TemporaryDirectory(dir=self._cache) as temporary:
            made = Path(temporary) / edited.name
            subprocess.run([EDITS / edit, found[0], made], check=True)
            made.replace(edited)
        return edited

    def configs(self, board: str) -> list[Path]:
        """Return the compiled configurations of a board; none if the product is not built."""
        return sorted((self._product / "etc" / "jh" / board).glob("*.cell"))

    def layers(self) -> bytes:
        """Return the base and the product layer, ready for the run's own to follow."""
        self._cache.mkdir(parents=True, exist_ok=True)
        with open(self._cache / "lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            base_key = _key([GUEST_INIT, Path(__file__), self.kernel / "version", self._busybox])
            base = self._cached("base", base_key, self._make_base)
            product_key = base_key + _key(_files(self._product))
            return base + self._cached("product", product_key, self._make_product)

    def _cached(self, name: str, key: str, make: Callable[[], bytes]) -> bytes:
        data, stamp = self._cache / f"{name}.cpio", self._cache / f"{name}.key"
        if stamp.exists() and stamp.read_text() == key:
            return data.read_bytes()
        stamp.unlink(missing_ok=True)
        content = make()
        data.write_bytes(content)
        stamp.write_text(key)
        return content

    def _make_base(self) -> bytes:
        archive = Archive()
        archive.character_device("dev/console", 5, 1)
        archive.file("init", GUEST_INIT.read_bytes(), 0o755)
        archive.file("bin/busybox", self._busybox.read_bytes(), 0o755)
        archive.file("etc/passwd", b"root::0:0:root:/root:/bin/sh\n")
        archive.file("etc/group", b"root:x:0:\n")
        archive.file("etc/profile", PROFILE.encode())
        self._stage_stock_modules()
        archive.tree(self._stage, "")
        return archive.finish()

    def _stage_stock_modules(self) -> None:
        """Copy the stock modules, uncompressed, to the staging directory."""
        shutil.rmtree(self._stage, ignore_errors=True)
        source = self.kernel / "lib" / "modules" / self.release
        target = self._stage / "lib" / "modules" / self.release
        target.mkdir(parents=True)
        for path in _with_dependencies(source, MODULES):
            content = (source / path).read_bytes()
            if path.endswith(".xz"):
                path, content = path.removesuffix(".xz"), lzma.decompress(content)
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_bytes(content)
        for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
            shutil.copy(source / name, target / name)

    def _make_product(self) -> bytes:
        """Return the product's files and the module index that covers stock and product."""
        archive = Archive()
        if self._product.exists():
            archive.tree(self._product, "")
        modules = Path("lib") / "modules" / self.release
        with tempfile.TemporaryDirectory(dir=self._cache) as temporary:
            merged = Path(temporary)
            for root in (self._stage, self._product):
                if (root / modules).exists():
                    shutil.copytree(root / modules, merged / modules, dirs_exist_ok=True)
            subprocess.run(["depmod", "-b", merged, self.release], check=True)
            for index in sorted((merged / modules).glob("modules.*")):
                archive.file(str(modules / index.name), index.read_bytes())
        return archive.finish()


def _with_dependencies(directory: Path, names: Iterable[str]) -> list[str]:
    """Return the paths of the named modules and of what they need, from modules.dep."""
    needs: dict[str, list[str]] = {}
    paths: dict[str, str] = {}
    for line in (directory / "modules.dep").read_text().splitlines():
        path, _, needed = line.partition(":")
        needs[path] = needed.split()
        paths[Path(path).name.split(".")[0].replace("-", "_")] = path
    found: list[str] = []
    for name in names:
        path = paths.get(name)      # not there: built into this kernel
        if path:
            found += [path, *needs[path]]
    return sorted(set(found))


def _files(directory: Path) -> list[Path]:
    return sorted(path for path in directory.rglob("*") if not path.is_dir())


def _key(files: Iterable[Path]) -> str:
    """Return a text that changes when the content of one of the files does."""
    digest = hashlib.sha256()
    for path in files:
        content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
        digest.update(f"{path} {path.lstat().st_mode:o} {len(content)}\n".encode() + content)
    return digest.hexdigest()
