"""What the README shows first does what it says."""

import os
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("IKEWATCH_BUILD", os.path.join(ROOT, "build"))


def test_every_failure_is_stored_and_told():
    proc = subprocess.run(
        [sys.executable, "-B", os.path.join(ROOT, "tests", "demo", "demo.py"),
         BUILD], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=900)
    assert proc.returncode == 0, proc.stdout.decode()
    assert b"MISSING" not in proc.stdout
