# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of versions, tarball and bill of materials, in a small clone."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
WHEN = {"GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"}
MARK = "SPDX-License-" + "Identifier: "
FILES = {
    "a.c": f"/* {MARK}GPL-2.0-only OR BSD-2-Clause */\n/* Copyright (c) The jh authors */\n",
    "b.sh": f"#!/bin/sh\n# {MARK}GPL-2.0-only\n# Copyright (c) The jh authors\n",
    "data": "nothing\n",
}


class Dist(unittest.TestCase):
    """A clone with the programs of tools/packaging and three files."""

    def setUp(self) -> None:
        self.top = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.top)
        self.clone = self.top / "clone"
        tools = self.clone / "tools/packaging"
        tools.mkdir(parents=True)
        for name in ("version", "dist", "sbom"):
            shutil.copy(HERE / name, tools)
        for name, text in FILES.items():
            (self.clone / name).write_text(text, encoding="ascii")
        self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-qm", "all")

    def git(self, *words: str) -> None:
        subprocess.run(["git", "-c", "user.name=x", "-c", "user.email=x@x", *words],
                       cwd=self.clone, check=True, timeout=60, env=os.environ | WHEN)

    def version(self, *words: str) -> str:
        return subprocess.run([self.clone / "tools/packaging/version", *words], check=True,
                              capture_output=True, text=True, timeout=60).stdout.strip()

    def dist(self, name: str) -> Path:
        subprocess.run([self.clone / "tools/packaging/dist", self.top / name], check=True,
                       capture_output=True, timeout=200)
        return self.top / name

    def test_version(self) -> None:
        self.assertRegex(self.version(), r"^0\.\d+~git20231114\.[0-9a-f]{9}$")
        self.assertEqual(self.version("--date"), "1700000000")
        self.git("tag", "v7.1")
        self.assertEqual(self.version(), "7.1")
        (self.clone / ".version").write_text("8 123\n", encoding="ascii")
        self.assertEqual((self.version(), self.version("--date")), ("8", "123"))

    def test_tarball(self) -> None:
        self.git("tag", "v7.1")
        one = self.dist("one")
        self.assertEqual(sorted(path.name for path in one.iterdir()),
                         ["SHA256SUMS", "jh-7.1.spdx.json", "jh-7.1.tar.xz"])
        with tarfile.open(one / "jh-7.1.tar.xz") as archive:
            names = archive.getnames()
            version = archive.extractfile("jh-7.1/.version")
            self.assertEqual(version.read() if version else b"", b"7.1 1700000000\n")
        for name in FILES:
            self.assertIn(f"jh-7.1/{name}", names)
        for line in (one / "SHA256SUMS").read_text(encoding="ascii").splitlines():
            value, name = line.split()
            self.assertEqual(hashlib.sha256((one / name).read_bytes()).hexdigest(), value)
        # Of what is committed, whatever lies there, and the same bytes each time.
        (self.clone / "data").write_text("not committed\n", encoding="ascii")
        other = self.dist("other")
        for name in ("jh-7.1.tar.xz", "jh-7.1.spdx.json"):
            self.assertEqual((one / name).read_bytes(), (other / name).read_bytes(), name)

    def test_sbom(self) -> None:
        self.git("tag", "v7.1")
        text = (self.dist("one") / "jh-7.1.spdx.json").read_text(encoding="ascii")
        sbom = json.loads(text)
        self.assertEqual((sbom["spdxVersion"], sbom["creationInfo"]["created"]),
                         ("SPDX-2.3", "2023-11-14T22:13:20Z"))
        files = {entry["fileName"]: entry for entry in sbom["files"]}
        self.assertEqual(sorted(files), ["./.version"] + sorted(
            [f"./{name}" for name in FILES] +
            [f"./tools/packaging/{name}" for name in ("dist", "sbom", "version")]))
        self.assertEqual(files["./a.c"]["licenseConcluded"], "GPL-2.0-only OR BSD-2-Clause")
        self.assertEqual(files["./a.c"]["licenseInfoInFiles"], ["BSD-2-Clause", "GPL-2.0-only"])
        self.assertEqual(files["./a.c"]["copyrightText"], "Copyright (c) The jh authors")
        self.assertEqual(files["./b.sh"]["licenseConcluded"], "GPL-2.0-only")
        self.assertEqual(files["./data"]["licenseConcluded"], "NOASSERTION")
        self.assertEqual(files["./data"]["checksums"][1]["checksumValue"],
                         hashlib.sha256(FILES["data"].encode()).hexdigest())
        known = {"SPDXRef-DOCUMENT"} | {entry["SPDXID"] for entry in
                                        sbom["files"] + sbom["packages"]}
        self.assertEqual(len(known), 1 + len(files) + len(sbom["packages"]))
        for relation in sbom["relationships"]:
            self.assertIn(relation["spdxElementId"], known)
            self.assertIn(relation["relatedSpdxElement"], known)
        sums = sorted(entry["checksums"][0]["checksumValue"] for entry in files.values())
        self.assertEqual(sbom["packages"][0]["packageVerificationCode"],
                         {"packageVerificationCodeValue":
                          hashlib.sha1("".join(sums).encode()).hexdigest()})


if __name__ == "__main__":
    unittest.main()
