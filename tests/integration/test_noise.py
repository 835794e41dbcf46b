"""What firewalls log about other things is no negotiation and no event, however
often it comes and whatever its numbers are. 60,000 lines; with IKEWATCH_LONG a
million."""

import json
import os
import random
import re
import subprocess

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("IKEWATCH_BUILD", os.path.join(ROOT, "build"))


def varied(line, rng):
    """Other numbers of the same length, but not in message ids."""
    return re.sub(r"(?<![-\w])\d{2,5}(?![-\w])",
                  lambda m: str(rng.randrange(10 ** (len(m.group()) - 1),
                                              10 ** len(m.group()))), line)


def test_noise_is_nothing():
    with open(os.path.join(ROOT, "tests", "corpus", "noise.log"),
              encoding="utf-8") as f:
        lines = f.read().splitlines()
    total = 1000000 if os.environ.get("IKEWATCH_LONG") else 60000
    rng = random.Random(1)
    text = list(lines)
    while len(text) < total:
        text += [varied(line, rng) for line in lines]
    out = subprocess.run(
        [os.path.join(BUILD, "ikewatch"), "explain", "--format", "json"],
        input=("\n".join(text) + "\n").encode(), stdout=subprocess.PIPE,
        check=True, timeout=300).stdout.decode().splitlines()
    objects = [json.loads(x) for x in out]
    assert objects[-1]["summary"]["lines"] == len(text)
    assert objects[-1]["summary"]["negotiations"] == 0
    assert len(objects) == 1, objects[:3]
