"""Two million negotiations of ten thousand tunnels, ten million events: who
asks has an answer within 100 ms, a report within two seconds, and 20,000
events a second more are written meanwhile. The short form tries the same on
a small database, and holds nobody to a time."""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", ROOT / "build"))
LOAD = BUILD / "tools" / "storeload"
BENCH = ROOT / "tests" / "bench" / "store_queries.py"
LONG = bool(os.environ.get("IKEWATCH_LONG"))


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A database of that size; IKEWATCH_FULL names one that is there."""
    path = os.environ.get("IKEWATCH_FULL")
    if path:
        yield path
        return
    home = tmp_path_factory.mktemp("full")
    if LONG and shutil.disk_usage(home).free < 12 << 30:
        pytest.skip("NOT TESTED: needs 12 GiB of disk")
    path = home / "t.db"
    subprocess.run([LOAD, "-t", "10000" if LONG else "100",
                    "-n", "2000000" if LONG else "4000", "-e", "5",
                    "-d", "365" if LONG else "60", path], check=True,
                   stdout=subprocess.DEVNULL)
    yield path
    shutil.rmtree(home)


def test_questions(full):
    got = subprocess.run([sys.executable, "-B", BENCH,
                          *(["--check"] if LONG else []), full],
                         capture_output=True, text=True, timeout=600)
    print(got.stdout)
    assert got.returncode == 0, got.stdout + got.stderr
    assert got.stdout.count("\n") > 25


def test_steady_writing(full):
    """4,000 negotiations of five events each second: the queue that the
    receive path fills keeps far from its bound, and nothing is refused."""
    rate, seconds = (4000, 30) if LONG else (400, 2)
    got = subprocess.run([LOAD, "-T", "-r", str(rate), "-n",
                          str(rate * seconds), "-t",
                          "10000" if LONG else "100", "-e", "5", full],
                         capture_output=True, text=True, timeout=600)
    assert got.returncode == 0, got.stderr
    queued = [int(n) for n in re.findall(r"queued (\d+)", got.stdout)]
    done = re.search(r"(\d+) events/s", got.stdout)
    print(got.stdout.splitlines()[-1], "queue: most", max(queued))
    # in the last line, of the whole run
    assert done.string[done.start():].rstrip().endswith("refused 0")
    # three quarters of 200,000: there streams would be paused
    assert max(queued) < 150000
    if LONG:
        assert int(done.group(1)) >= 0.9 * 5 * rate
