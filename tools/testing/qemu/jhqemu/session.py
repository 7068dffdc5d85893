# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Run one QEMU process and follow what the guest says on its channels."""

import ctypes
import selectors
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from .outcome import Outcome, SerialChannel
from .wires import Wire, Wiring

EXIT_TIMEOUT = 124
EXIT_PANIC = 125
EXIT_QEMU_ENDED = 126

PANIC = b"Kernel panic - not syncing"
PANIC_REST = 20.0          # seconds in which the rest of a panic's report may come
TAIL_LINES = 40             # how much of the console is shown when something went wrong
PR_SET_PDEATHSIG = 1


class Terminated(Exception):
    """jh-qemu itself got a signal to end; the argument is its number."""


def die_with_parent() -> None:
    """In a child before exec: be killed when jh-qemu goes, however it goes (prctl(2))."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Session:
    """A QEMU process with its channels; a context manager that ends all of it."""

    def __init__(self, log: Path, timeout: float | None) -> None:
        self.outcome = Outcome()
        self._log_path = log
        self._log: BinaryIO = open(log, "wb")       # pylint: disable=consider-using-with
        self._timeout = timeout
        self._selector = selectors.DefaultSelector()
        self._guest_ends: list[socket.socket] = []
        self._serial: SerialChannel | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._control = b""
        self._console_end = b""                     # enough to see a marker that comes in pieces
        self._panicked = False

    def __enter__(self) -> "Session":
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._log.close()

    @staticmethod
    def _on_signal(number: int, _frame: object) -> None:
        raise Terminated(number)

    def _connect(self, name: str) -> int:
        """Make a connection whose far end QEMU inherits; return that end's descriptor."""
        ours, theirs = socket.socketpair()
        self._guest_ends.append(theirs)
        self._selector.register(ours, selectors.EVENT_READ, getattr(self, f"_take_{name}"))
        return theirs.fileno()

    def console_arguments(self) -> list[str]:
        """Return QEMU's arguments for the first serial port, read by this session."""
        return ["-chardev", f"socket,id=console,fd={self._connect('console')}",
                "-serial", "chardev:console"]

    def channel_arguments(self, kind: str) -> list[str]:
        """Return QEMU's arguments for the channel that carries the command's output."""
        if kind == "serial":
            self._serial = SerialChannel(self.outcome)
            return []
        arguments = ["-device", "virtio-serial-device,id=jh"]
        for number, name in enumerate(("output", "control", "files"), start=1):
            arguments += ["-chardev", f"socket,id=jh-{name},fd={self._connect(name)}",
                          "-device", f"virtserialport,bus=jh.0,nr={number},"
                                     f"chardev=jh-{name},name=jh.{name}"]
        return arguments

    def run(self, command: list[str], inherit: list[int], wires: tuple[Wire, ...] = ()) -> int:
        """Start QEMU; return the command's status, or one of EXIT_* with the reason on stderr."""
        wiring = Wiring(wires) if wires else None
        if wiring:
            command = command + wiring.arguments()
            inherit = [*inherit, wiring.theirs.fileno()]
        descriptors = [*inherit, *(end.fileno() for end in self._guest_ends)]
        self._process = subprocess.Popen(           # pylint: disable=consider-using-with
            command, stdin=subprocess.DEVNULL, pass_fds=descriptors,
            preexec_fn=die_with_parent)             # pylint: disable=subprocess-popen-preexec-fn
        for end in self._guest_ends:
            end.close()
        if wiring:
            wiring.connect()
        deadline = None if self._timeout is None else time.monotonic() + self._timeout

        connected = True
        while connected and self.outcome.status is None and not self._panicked:
            if deadline and time.monotonic() > deadline:
                return self._fail(EXIT_TIMEOUT, f"no end after {self._timeout:g} s (--timeout): "
                                  f"{self.outcome.where()}")
            connected = self._poll(deadline)
        if self.outcome.status is not None:
            self._take_rest(0)
            return self.outcome.status
        if self._panicked:
            self._take_rest(PANIC_REST)
            ended = " and the machine ended" if self._has_ended() else ""
            return self._fail(EXIT_PANIC, f"the kernel of the root cell panicked{ended}: "
                              f"{self.outcome.where()}")
        if self._process.wait():
            return self._fail(EXIT_QEMU_ENDED, f"QEMU ended with {self._process.returncode}")
        return self._fail(EXIT_QEMU_ENDED, "the machine went off before the command had ended: "
                          f"{self.outcome.where()}")

    def _has_ended(self) -> bool:
        """Has QEMU left, or is it about to: are all its channels closed?"""
        assert self._process
        if self._selector.get_map():
            return False
        try:
            self._process.wait(PANIC_REST)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _poll(self, deadline: float | None) -> bool:
        """Wait for data until the deadline, take it; return False when QEMU has gone."""
        patience = None if deadline is None else max(0.0, deadline - time.monotonic())
        for key, _ in self._selector.select(patience):
            assert isinstance(key.fileobj, socket.socket)
            data = key.fileobj.recv(65536)
            if data:
                key.data(data)
            else:
                self._selector.unregister(key.fileobj)
        return bool(self._selector.get_map())

    def _take_rest(self, seconds: float) -> None:
        """Take in what comes within the given time, and in any case what is there already."""
        deadline = time.monotonic() + seconds
        while self._selector.get_map() and (time.monotonic() < deadline
                                            or self._selector.select(0)):
            self._poll(deadline)

    def _fail(self, status: int, reason: str) -> int:
        sys.stdout.flush()
        for line in self._log_path.read_bytes().splitlines()[-TAIL_LINES:]:
            print("  |", line.decode(errors="replace"), file=sys.stderr)
        print(f"jh-qemu: {reason}; the whole console is in {self._log_path}", file=sys.stderr)
        return status

    def _take_output(self, data: bytes) -> None:
        self.outcome.output(data)

    def _take_files(self, data: bytes) -> None:
        self.outcome.files(data)

    def _take_control(self, data: bytes) -> None:
        self._control += data
        line, complete, _ = self._control.partition(b"\n")
        if complete:
            self.outcome.status = int(line.removeprefix(b"exit "))

    def _take_console(self, data: bytes) -> None:
        self._log.write(data)
        self._log.flush()
        recent = self._console_end + data
        self._panicked = self._panicked or PANIC in recent
        self._console_end = recent[-len(PANIC):]
        if self._serial:
            self._serial.take(data)
