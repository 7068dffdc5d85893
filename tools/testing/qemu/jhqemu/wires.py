# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Connects interrupt lines that QEMU's model of a board lacks, before the machine starts."""

import json
import socket
from collections.abc import Iterable

Wire = tuple[str, str, str]     # object, its property that is the line's end, the other end


class Wiring:
    """A QEMU that waits with -S until its lines are connected by QMP."""

    def __init__(self, wires: Iterable[Wire]) -> None:
        self._wires = list(wires)
        self._ours, self.theirs = socket.socketpair()

    def arguments(self) -> list[str]:
        """Return QEMU's arguments; it must inherit the descriptor of `theirs`."""
        return ["-S", "-chardev", f"socket,id=wiring,fd={self.theirs.fileno()}",
                "-mon", "chardev=wiring,mode=control"]

    def connect(self) -> None:
        """Make the connections and start the machine; a QEMU that has ended is left to others."""
        self.theirs.close()
        with self._ours, self._ours.makefile("rw", encoding="utf-8") as qmp:
            if not qmp.readline():
                return
            self._execute(qmp, "qmp_capabilities")
            for path, name, value in self._wires:
                self._execute(qmp, "qom-set", path=path, property=name, value=value)
            self._execute(qmp, "cont")

    @staticmethod
    def _execute(qmp, command: str, **arguments: str) -> None:
        qmp.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        qmp.flush()
        for line in qmp:
            reply = json.loads(line)
            if "error" in reply:
                raise RuntimeError(f"QEMU: {command} {arguments}: {reply['error']['desc']}")
            if "return" in reply:
                return
