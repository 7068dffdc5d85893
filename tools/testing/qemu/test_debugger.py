# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of the debugger's port: requests and answers of the remote protocol."""

import os
import socket
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

sys.path.insert(0, str(Path(__file__).parent))

from jhqemu import debugger                         # noqa: E402
from jhqemu.debugger import Debugger, DebuggerError  # noqa: E402

DESCRIPTION = '<target><xi:include href="a.xml"/><xi:include href="b.xml"/></target>'
FEATURES = {"a.xml": '<reg name="x0" bitsize="64"/><reg name="pc" bitsize="64"/>',
            "b.xml": '<reg name="TCR_EL1" bitsize="64" regnum="70"/><reg name="HCR_EL2"/>'}


class Port(unittest.TestCase):
    """The remote protocol."""

    def setUp(self) -> None:
        self.work = tempfile.TemporaryDirectory()
        self.addCleanup(self.work.cleanup)
        self.path = f"{self.work.name}/gdb"
        self.server = socket.socket(socket.AF_UNIX)
        self.addCleanup(self.server.close)
        self.server.bind(self.path)
        self.server.listen()
        self.asked: list[str] = []
        stop = "T05thread:p01.03;"
        self.answers = {"p46": "0102000000000000", "g": "ab", "vCont;c": stop,
                        "vCont;c:p1.b": stop, "vCont;s:p1.b": stop}
        self.hangs_up = False
        threading.Thread(target=self.serve, daemon=True).start()
        self.debugger = Debugger(self.path)
        self.addCleanup(self.debugger.close)

    def answer(self, packet: str) -> str:
        """As QEMU does."""
        if packet in self.answers:
            return self.answers[packet]
        if packet.startswith("qXfer:features:read:"):
            name, at = packet.split(":")[3:5]
            text = DESCRIPTION if name == "target.xml" else FEATURES[name]
            first, size = (int(part, 16) for part in at.split(","))
            return ("l" if first + size >= len(text) else "m") + text[first:first + size]
        if packet[0] == "m":
            return "2a" * int(packet.split(",")[1], 16)
        return "OK"

    def serve(self) -> None:
        """Serve one connection."""
        connection, _ = self.server.accept()
        data = b""
        while part := connection.recv(4096):
            data += part
            while b"#" in data and len(data) >= data.index(b"#") + 3:
                end = data.index(b"#") + 3
                packet = data[data.index(b"$") + 1:end - 3].decode()
                data = data[end:]
                self.asked.append(packet)
                if self.hangs_up:
                    return connection.close()
                reply = self.answer(packet).encode()
                connection.sendall(b"+$" + reply + b"#%02x" % (sum(reply) & 0xff))
        connection.close()

    def test_registers_by_name(self) -> None:
        self.assertEqual(self.debugger.registers, {"x0": 0, "pc": 1, "TCR_EL1": 70, "HCR_EL2": 71})
        self.debugger.select(1)
        self.assertEqual(self.debugger.read("TCR_EL1"), 0x201)
        self.assertEqual(self.asked[-2:], ["Hgp1.2", "p46"])

    def test_memory_in_pieces(self) -> None:
        self.assertEqual(self.debugger.memory(0x1000, 0x900), b"*" * 0x900)
        self.assertEqual(self.asked[-2:], ["m1000,7f0", "m17f0,110"])

    def test_a_stop_tells_the_cpu(self) -> None:
        self.debugger.resume()
        self.assertEqual(self.debugger.wait(5), 2)

    def test_each_request(self) -> None:
        """As GDB's manual has it, appendix E, and QEMU for physical memory."""
        port = self.debugger
        self.assertEqual(self.asked[0], "qSupported:multiprocess+;xmlRegisters=aarch64")
        for act, packets in (
                (lambda: port.select(11), ["Hgp1.c"]), (lambda: port.select(11), []),
                (lambda: port.select(0), ["Hgp1.1"]),
                (lambda: port.write("HCR_EL2", 0x1234), ["P47=3412000000000000"]),
                (lambda: port.restore(port.save()), ["g", "Gab"]),
                (lambda: port.memory(0xabc, 1), ["mabc,1"]),
                (lambda: port.memory(0xabc, 0), []),
                (lambda: port.memory(0x1000, 0x7f0), ["m1000,7f0"]),
                (lambda: port.memory(0xabc, 4, physical=True), ["Qqemu.PhyMemMode:1", "mabc,4"]),
                (lambda: port.memory(0xabc, 4, physical=True), ["mabc,4"]),
                (lambda: port.patch(0xabc, b"\x01\xfe" * 6), ["Qqemu.PhyMemMode:0",
                                                              "Mabc,c:" + "01fe" * 6]),
                (lambda: port.patch(0xabc, b"\x01"), ["Mabc,1:01"]),
                (lambda: port.insert(0xabc), ["Z1,abc,4"]),
                (lambda: port.remove(0xabc), ["z1,abc,4"]),
                (lambda: (port.resume(), port.wait(5)), ["vCont;c"]),
                (lambda: port.select(0), ["Hgp1.1"]),
                (lambda: (port.resume(10), port.wait(5)), ["vCont;c:p1.b"]),
                (lambda: port.select(0), ["Hgp1.1"]),
                (lambda: port.step_over(10, 0xabc), ["z1,abc,4", "vCont;s:p1.b", "Z1,abc,4"]),
                (lambda: port.select(0), ["Hgp1.1"]),
                (port.detach, ["D;1"])):
            before = len(self.asked)
            act()
            self.assertEqual(self.asked[before:], packets)
        with self.assertRaises(OSError):
            port.save()

    def test_what_comes_back(self) -> None:
        self.assertEqual(self.debugger.save(), "ab")
        self.answers |= {"p46": "zz", "p0": "", "p1": "0", "m1,4": "E14", "m2,4": "",
                         "Z1,3,4": "E22", "z1,4,4": "", "M5,1:00": "E" * 3}
        for act, says in ((lambda: self.debugger.read("TCR_EL1"), "TCR_EL1: zz"),
                          (lambda: self.debugger.read("x0"), "x0: "),
                          (lambda: self.debugger.read("pc"), "pc: 0"),
                          (lambda: self.debugger.memory(1, 4), "memory at 0x1: E14"),
                          (lambda: self.debugger.memory(2, 4), "memory at 0x2: "),
                          (lambda: self.debugger.insert(3), "Z1,3,4: E22"),
                          (lambda: self.debugger.remove(4), "z1,4,4: not supported"),
                          (lambda: self.debugger.patch(5, b"\0"), "M5,1:00: EEE")):
            with self.assertRaises(DebuggerError) as raised:
                act()
            self.assertEqual(str(raised.exception), says)
        self.answers |= {"p46": "0a", "g" * 30: "E01"}
        self.assertEqual(self.debugger.read("TCR_EL1"), 10)
        with self.assertRaisesRegex(DebuggerError, "^g{20}: E01$"):
            self.debugger._must("g" * 30)

    def test_how_a_wait_ends(self) -> None:
        for stop, cpu in (("T05thread:p01.01;", 0), ("T05x:1;thread:p1.1f;y:2;", 30),
                          ("W00", None), ("T05thread:1;", None)):
            self.answers["vCont;c"] = stop
            self.debugger.resume()
            self.assertEqual(self.debugger.wait(5), cpu)
        began = time.monotonic()
        with self.assertRaises(TimeoutError):
            self.debugger.wait(0.1)
        self.assertLess(time.monotonic() - began, 5)
        self.answers["vCont;c"] = ""
        self.hangs_up = True
        self.debugger.resume()
        self.assertIsNone(self.debugger.wait(5))
        with self.assertRaisesRegex(DebuggerError, "^the machine is gone$"):
            self.debugger._reply(5)

    def test_packets(self) -> None:
        """A sum of two digits, an acknowledgement before each; answers in pieces and in a row."""
        ours, theirs = socket.socketpair()
        with ours, theirs, mock.patch.object(self.debugger, "_socket", ours):
            self.debugger._send("g\t")
            self.assertEqual(theirs.recv(99), b"+$g\t#70")
            self.debugger._send("\x01")
            self.assertEqual(theirs.recv(99), b"+$\x01#01")
            self.debugger._send("~~~")
            self.assertEqual(theirs.recv(99), b"+$~~~#7a")
            theirs.sendall(b"+$O\xe9\n#00$K")
            self.assertEqual(self.debugger._reply(5), "O\xe9\n")
            theirs.sendall(b"K#96")
            self.assertEqual(self.debugger._reply(5), "KK")
            self.assertEqual(self.debugger._buffer, b"")
            for seconds in ((), (3,)):
                theirs.sendall(b"$a#61")
                self.debugger._reply(*seconds)
                self.assertEqual(ours.gettimeout(), seconds[0] if seconds else 30)

    def test_a_port_that_comes_later(self) -> None:
        with mock.patch.object(debugger, "START_SECONDS", 0.05), \
                mock.patch.object(debugger.time, "sleep") as sleep, \
                self.assertRaises(FileNotFoundError):
            sleep.side_effect = lambda seconds: self.assertEqual(seconds, 0.1)
            Debugger(f"{self.path}-none")
        self.assertGreater(sleep.call_count, 0)
        self.assertEqual(debugger.START_SECONDS, 30)
        with mock.patch.object(debugger.time, "sleep") as sleep:
            sleep.side_effect = lambda _: os.link(self.path, f"{self.path}-late")
            threading.Thread(target=self.serve, daemon=True).start()
            Debugger(f"{self.path}-late").close()
        self.assertEqual(sleep.call_count, 1)

    def test_a_long_description(self) -> None:
        names = "".join(f'<reg name="r{n}" bitsize="64"/>' for n in range(20))
        self.assertGreater(len(names), 0xff0 // 10)
        with mock.patch.dict(FEATURES, {"b.xml": names * 9}):
            self.assertEqual(self.debugger._document("b.xml"), names * 9)
        self.assertEqual(self.asked[-2:], ["qXfer:features:read:b.xml:0,ff0",
                                           "qXfer:features:read:b.xml:ff0,ff0"])


if __name__ == "__main__":
    unittest.main()
