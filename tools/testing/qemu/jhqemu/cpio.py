# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Write cpio archives in the "newc" format that the kernel unpacks as its initramfs.

Owner, times and inode numbers are fixed, so that equal input gives equal bytes
(Linux: Documentation/driver-api/early-userspace/buffer-format.rst).
"""

import os
import stat
from pathlib import Path, PurePosixPath


class Archive:
    """A cpio archive that grows in memory; several may be concatenated for the kernel."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._names: set[str] = set()

    def _entry(self, name: str, mode: int, content: bytes, rdev: tuple[int, int] = (0, 0)) -> None:
        encoded = name.encode() + b"\0"
        fields = (len(self._names) + 1, mode, 0, 0, 1, 0, len(content), 0, 0, *rdev,
                  len(encoded), 0)
        self._data += b"070701" + b"".join(b"%08X" % field for field in fields) + encoded
        self._pad()
        self._data += content
        self._pad()
        self._names.add(name)

    def _pad(self) -> None:
        self._data += bytes(-len(self._data) % 4)

    def _parents(self, name: str) -> None:
        for parent in reversed(PurePosixPath(name).parents):
            if str(parent) != ".":
                self.directory(str(parent))

    def directory(self, name: str) -> None:
        """Add a directory, and its parents, unless it is there."""
        name = name.strip("/")
        if name not in self._names:
            self._parents(name)
            self._entry(name, stat.S_IFDIR | 0o755, b"")

    def file(self, name: str, content: bytes, mode: int = 0o644) -> None:
        """Add a regular file; missing parents are added as well."""
        name = name.strip("/")
        self._parents(name)
        self._entry(name, stat.S_IFREG | mode, content)

    def symlink(self, name: str, target: str) -> None:
        """Add a symbolic link to target."""
        name = name.strip("/")
        self._parents(name)
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def character_device(self, name: str, major: int, minor: int) -> None:
        """Add a character device node."""
        name = name.strip("/")
        self._parents(name)
        self._entry(name, stat.S_IFCHR | 0o600, b"", (major, minor))

    def tree(self, source: Path, name: str) -> None:
        """Add a file, a symbolic link or a whole directory of the host under the given name."""
        if source.is_symlink():
            self.symlink(name, os.readlink(source))
        elif source.is_dir():
            if name.strip("/"):
                self.directory(name)
            for child in sorted(source.iterdir()):
                self.tree(child, f"{name.rstrip('/')}/{child.name}")
        else:
            self.file(name, source.read_bytes(), source.stat().st_mode & 0o777)

    def finish(self) -> bytes:
        """Return the archive with its trailer, padded so that another one may follow."""
        trailer = bytearray(self._data)
        name = b"TRAILER!!!\0"
        fields = (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, len(name), 0)
        trailer += b"070701" + b"".join(b"%08X" % field for field in fields) + name
        return bytes(trailer) + bytes(-len(trailer) % 512)
