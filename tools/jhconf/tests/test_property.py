# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Properties that hold for all generated sources; failures print the seed and the source."""

import unittest
from random import Random

from jhconf import blob, checker, decode, source
from jhconf.blob import Config
from jhconf.errors import ConfigError
from jhconf.tests import random_config
from jhconf.values import Unspellable

RUNS = 300
# What the C checker says about the frame of a file; all other reasons are about elements.
FRAME = {"TRUNCATED", "MAGIC", "VERSION", "ARCH", "LENGTH", "CHECKSUM", "SECTION_TYPE",
         "SECTION_ORDER", "SECTION_SIZE", "SECTION_RANGE", "TOO_MANY", "MISSING", "FILE_SIZE"}


def verdicts(blobs: list[bytes]) -> list[checker.Verdict | None]:
    """Check each alone: none of them is the system for the others."""
    systems = [data for data in blobs if len(data) > 12 and data[12] == 1]
    if checker.find() is None:
        raise unittest.SkipTest("jh-check is not built")
    alone = {data: (checker.verdicts([data]) or [None])[0] for data in systems}
    cells = [data for data in blobs if data not in alone]
    alone |= dict(zip(cells, checker.verdicts(cells) or []))
    return [alone[data] for data in blobs]


class PropertyTest(unittest.TestCase):

    def round_trip(self, config: Config, what: str) -> None:
        data = blob.pack(config)
        self.assertEqual(blob.unpack(data), config, what)
        text = decode.decode(config)
        again = source.compile_text(text).config
        self.assertEqual(blob.pack(again), data, f"{what}\n--- decoded:\n{text}")

    def test_sources_come_back(self) -> None:
        for seed in range(RUNS):
            rng = Random(seed)
            text = rng.choice((random_config.cell_source, random_config.system_source))(rng)
            with self.subTest(seed=seed):
                self.round_trip(source.compile_text(text).config, text)

    def test_anything_comes_back_or_is_refused(self) -> None:
        unspellable = []
        for seed in range(RUNS):
            config = random_config.anything(Random(seed))
            data = blob.pack(config)
            with self.subTest(seed=seed):
                self.assertEqual(blob.unpack(data), config)
                try:
                    self.round_trip(config, repr(config))
                except Unspellable:
                    unspellable.append(data)
        self.assertGreater(len(unspellable), 10)
        for data, verdict in zip(unspellable, verdicts(unspellable)):
            self.assertIsNotNone(verdict, blob.unpack(data))

    def test_both_frames_agree(self) -> None:
        """C refuses whatever Python cannot read, and Python whatever C calls a broken frame."""
        blobs = []
        for seed in range(RUNS):
            rng = Random(seed)
            text = rng.choice((random_config.cell_source, random_config.system_source))(rng)
            blobs.append(self.damage(rng, blob.pack(source.compile_text(text).config)))
        refused = 0
        for data, verdict in zip(blobs, verdicts(blobs)):
            try:
                blob.unpack(data)
            except ConfigError as error:
                refused += 1
                self.assertIsNotNone(verdict, f"{error}: {data.hex()}")
            else:
                self.assertFalse(verdict and verdict.reason in FRAME, f"{verdict} {data.hex()}")
        self.assertGreater(refused, RUNS // 10)
        self.assertLess(refused, RUNS)

    def test_each_rule_of_the_frame(self) -> None:
        """One field wrong at a time, everything else consistent: both refuse, for the frame."""
        text = 'name = "a"\ncpus = [1]\nmemory = "1M"\n'
        good = blob.pack(source.compile_text(text).config)
        entry = 32      # of the section cell: type, offset, count, size; then cpu
        wrong = {"type of the section before": (entry + 32, 4), "descending": (entry, 5),
                 "unknown type": (entry, 99), "of a system": (entry, 1),
                 "in the header": (entry + 4, 24), "over another": (entry + 20, 96),
                 "behind the end": (entry + 20, len(good)),
                 "unaligned": (entry + 36, int.from_bytes(good[68:72], "little") + 4),
                 "too many": (entry + 8, 2), "size": (entry + 12, 88), "reserved": (24, 1),
                 "sections": (14, 9), "version": (8, 77), "arch": (10, 77), "kind": (12, 7)}
        blobs = {}
        for what, (at, value) in wrong.items():
            width = 4 if at >= 24 else 2
            data = bytearray(good + bytes(4) if what == "unaligned" else good)
            data[at:at + width] = value.to_bytes(width, "little")
            blobs[what] = self.sealed(data)
        for (what, data), verdict in zip(blobs.items(), verdicts(list(blobs.values()))):
            with self.subTest(what):
                self.assertIsNotNone(verdict)
                with self.assertRaises(ConfigError):
                    blob.unpack(data)

    @staticmethod
    def sealed(data: bytearray) -> bytes:
        """With a length and a checksum that fit."""
        data[16:20] = len(data).to_bytes(4, "little")
        data[20:24] = bytes(4)
        data[20:24] = blob.zlib.crc32(data).to_bytes(4, "little")
        return bytes(data)

    @staticmethod
    def damage(rng: Random, data: bytes) -> bytes:
        """A byte of the header or table changed, or the end cut; sealed again mostly."""
        result = bytearray(data)
        if rng.random() < 0.2:
            del result[rng.randrange(32, len(result)):]
        for _ in range(rng.randrange(3)):
            result[rng.randrange(min(len(result), 140))] = rng.choice((0, 1, 2, 8, 16, 40, 255))
        if rng.random() < 0.9 and len(result) >= 32:
            return PropertyTest.sealed(result)
        return bytes(result)

    def test_most_sources_are_judged_either_way(self) -> None:
        """The generator is useful: it makes both accepted and refused ones."""
        blobs = []
        for seed in range(RUNS):
            rng = Random(seed)
            text = rng.choice((random_config.cell_source, random_config.system_source))(rng)
            blobs.append(blob.pack(source.compile_text(text).config))
        good = sum(verdict is None for verdict in verdicts(blobs))
        self.assertGreater(good, RUNS // 12)
        self.assertLess(good, RUNS * 9 // 10)
