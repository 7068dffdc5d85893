# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Results of a command in the guest: output, status and files; and the serial channel."""

import base64
import io
import sys
import tarfile
from pathlib import Path


RUNNING = "# running "      # the selftests' `run`, before each test


class Outcome:
    """Collects the results, by whichever channel they come."""

    def __init__(self) -> None:
        self.status: int | None = None      # the command's, once it has ended
        self._archive = io.BytesIO()        # the tar archive with the files asked for
        self._line = b""                    # of output, not complete yet
        self._running = ""
        self._last = ""

    def output(self, data: bytes) -> None:
        """Pass a piece of the command's output on at once."""
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        *lines, self._line = (self._line + data).split(b"\n")
        for line in lines:
            self._look_at(line.decode(errors="replace").strip())

    def _look_at(self, line: str) -> None:
        if line.startswith(RUNNING):
            self._running, self._last = line.removeprefix(RUNNING), ""
        elif line:
            self._last = line

    def where(self) -> str:
        """Return the test that was running, by the selftests' `run`, and the last line."""
        after = f"after `{self._last}`" if self._last else "before its first result"
        if self._running:
            return f"{self._running} was running, {after}"
        return f"the command was running, {after.replace('result', 'line')}"

    def files(self, data: bytes) -> None:
        """Add a piece of the archive."""
        self._archive.write(data)

    def save(self, wanted: list[tuple[str, Path]]) -> list[str]:
        """Write the wanted (guest path, host path) files; return the guest paths missing."""
        members: dict[str, bytes] = {}
        self._archive.seek(0)
        if self._archive.getbuffer().nbytes:
            with tarfile.open(fileobj=self._archive) as archive:
                for member in archive:
                    content = archive.extractfile(member)
                    if content:
                        members[member.name.strip("/")] = content.read()
        missing = []
        for guest, host in wanted:
            content = members.get(guest.strip("/"))
            if content is None:
                missing.append(guest)
            else:
                host.write_bytes(content)
        return missing


class SerialChannel:
    """Output, files and status on the console between marker lines, where there is no virtio.

    Its other half is run_over_serial in guest/init, which keeps the kernel quiet meanwhile.
    """

    BEGIN = b"jh-qemu:begin"
    FILES = b"jh-qemu:files"
    EXIT = b"jh-qemu:exit "
    END = b"jh-qemu:end"

    def __init__(self, outcome: Outcome) -> None:
        self._outcome = outcome
        self._rest = b""
        self._encoded = b""
        self._status = 0
        self._state = self._boot

    def take(self, data: bytes) -> None:
        """Parse the lines that are complete with this piece of the console."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._state(line.removesuffix(b"\r"))

    def _boot(self, line: bytes) -> None:
        if line.endswith(self.BEGIN):
            self._state = self._output

    def _output(self, line: bytes) -> None:
        # Output that does not end its last line has the marker on the same one.
        output, marker, _ = line.partition(self.FILES)
        if marker:
            self._outcome.output(output)
            self._state = self._files
        else:
            self._outcome.output(output + b"\n")

    def _files(self, line: bytes) -> None:
        if line.startswith(self.EXIT):
            self._status = int(line.removeprefix(self.EXIT))
            self._outcome.files(base64.b64decode(self._encoded))
            self._state = self._end
        else:
            self._encoded += line

    def _end(self, line: bytes) -> None:
        if line == self.END:
            self._outcome.status = self._status
