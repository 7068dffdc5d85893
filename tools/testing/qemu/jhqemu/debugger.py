# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""QEMU's debugger port: the subset of GDB's remote serial protocol that the tests need.

All CPUs stand while the debugger talks; a CPU is named by its number. Registers go by the names of
QEMU's own description of them, among which are the system registers.
"""

import re
import socket
import time

PACKET = re.compile(rb"\$([^#]*)#..", re.DOTALL)
CHUNK = 0x7f0           # bytes of memory in a packet of 4 KiB
START_SECONDS = 30.0


class DebuggerError(Exception):
    """QEMU does not answer, or refuses."""


class Debugger:
    """A connection to the port; the machine is stopped from here on."""

    def __init__(self, path: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        self._socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self._socket.connect(path)
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        self._buffer = b""
        self._cpu: int | None = None
        self._physical = False
        # Without this QEMU shows the first CPU alone, and its registers without names.
        self.ask("qSupported:multiprocess+;xmlRegisters=aarch64")
        self.registers = self._describe()

    def detach(self) -> None:
        """Let the machine run without a debugger."""
        self._must("D;1")
        self.close()

    def close(self) -> None:
        """Close the connection; a stopped machine stays so."""
        self._socket.close()

    # --- packets ---

    def _send(self, text: str) -> None:
        data = text.encode()
        self._socket.sendall(b"+$" + data + b"#%02x" % (sum(data) & 0xff))

    def _reply(self, seconds: float = 30.0) -> str:
        self._socket.settimeout(seconds)
        while not (match := PACKET.search(self._buffer)):
            data = self._socket.recv(65536)
            if not data:
                raise DebuggerError("the machine is gone")
            self._buffer += data
        self._buffer = self._buffer[match.end():]
        return match[1].decode("latin-1")

    def ask(self, text: str) -> str:
        """Send a packet, and return the answer."""
        self._send(text)
        return self._reply()

    def _must(self, text: str) -> None:
        answer = self.ask(text)
        if answer != "OK":
            raise DebuggerError(f"{text[:20]}: {answer or 'not supported'}")

    # --- CPUs and their registers ---

    def _document(self, name: str) -> str:
        text = ""
        while True:
            part = self.ask(f"qXfer:features:read:{name}:{len(text):x},ff0")
            text += part[1:]
            if part[:1] == "l":
                return text

    def _describe(self) -> dict[str, int]:
        """The number of each register."""
        numbers: dict[str, int] = {}
        number = 0
        for feature in re.findall('<xi:include href="([^"]*)"', self._document("target.xml")):
            for register in re.findall("<reg ([^>]*)>", self._document(feature)):
                said = dict(re.findall('(\\w+)="([^"]*)"', register))
                number = int(said.get("regnum", number))
                numbers[said["name"]] = number
                number += 1
        return numbers

    def select(self, cpu: int) -> None:
        """Select the CPU for registers and virtual addresses."""
        if cpu != self._cpu:
            self._must(f"Hgp1.{cpu + 1:x}")
            self._cpu = cpu

    def read(self, name: str) -> int:
        """A register of the selected CPU."""
        answer = self.ask(f"p{self.registers[name]:x}")
        if re.fullmatch("(?:[0-9a-f]{2})+", answer) is None:
            raise DebuggerError(f"{name}: {answer}")
        return int.from_bytes(bytes.fromhex(answer), "little")

    def write(self, name: str, value: int) -> None:
        """Set a register of 64 bits of the selected CPU."""
        self._must(f"P{self.registers[name]:x}={value.to_bytes(8, 'little').hex()}")

    def save(self) -> str:
        """The general registers, PC and PSTATE of the selected CPU, for restore()."""
        return self.ask("g")

    def restore(self, saved: str) -> None:
        """Write them back."""
        self._must("G" + saved)

    # --- memory ---

    def _address_space(self, physical: bool) -> None:
        if physical != self._physical:
            self._must(f"Qqemu.PhyMemMode:{int(physical)}")
            self._physical = physical

    def memory(self, address: int, size: int, physical: bool = False) -> bytes:
        """Read memory (no device), at an address of the selected CPU or a physical one."""
        self._address_space(physical)
        data = b""
        while len(data) < size:
            answer = self.ask(f"m{address + len(data):x},{min(CHUNK, size - len(data)):x}")
            if answer[:1] in ("E", ""):
                raise DebuggerError(f"memory at {address + len(data):#x}: {answer}")
            data += bytes.fromhex(answer)
        return data

    def patch(self, address: int, data: bytes) -> None:
        """Write memory at an address of the selected CPU, even if it is read-only for the CPU."""
        self._address_space(False)
        self._must(f"M{address:x},{len(data):x}:{data.hex()}")

    # --- going and stopping ---

    def insert(self, address: int) -> None:
        """Set a breakpoint, for all CPUs."""
        self._must(f"Z1,{address:x},4")

    def remove(self, address: int) -> None:
        """Delete a breakpoint."""
        self._must(f"z1,{address:x},4")

    def resume(self, cpu: int | None = None) -> None:
        """Let all CPUs go on, or one alone."""
        self._send("vCont;c" if cpu is None else f"vCont;c:p1.{cpu + 1:x}")

    def wait(self, seconds: float) -> int | None:
        """Return the CPU that has come to a breakpoint; None: the machine has ended."""
        try:
            stop = self._reply(seconds)
        except (DebuggerError, ConnectionError):
            return None
        thread = re.search(r"thread:p[0-9a-f]+\.([0-9a-f]+);", stop)
        if not thread:
            return None
        self._cpu = None
        return int(thread[1], 16) - 1

    def step_over(self, cpu: int, address: int) -> None:
        """Execute the instruction at a breakpoint, on this CPU alone."""
        self.remove(address)
        self._send(f"vCont;s:p1.{cpu + 1:x}")
        self._reply()
        self._cpu = None
        self.insert(address)
