#!/usr/bin/env python3
"""seeds.py FOLDER: seeds for every fuzzer, out of the corpus and the
conformance vectors, in FOLDER/FUZZER, and FOLDER/words.dict, what the rows of
the parsers look for. Made when the fuzzers run, since they
would only repeat what stands in tests/corpus and tests/conformance."""

import base64
import glob
import hashlib
import json
import os
import re
import struct
import sys

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
VENDORS = []  # in the order of the registry, for the octet that chooses one
MOST = 600    # seeds a fuzzer
LONGEST = 3000


def lines_of(path):
    with open(path, encoding="utf-8", errors="surrogateescape") as f:
        return f.read().split("\n")


def octets(text):
    return text.encode("utf-8", "surrogateescape")


def vendors():
    with open(os.path.join(TESTS, "..", "parsers", "registry.c"),
              encoding="ascii") as f:
        return [v.replace("_", "-")
                for v in re.findall(r"\bX\((\w+)\)", f.read()) if v != "v"]


def cases():
    """(vendor, [lines])"""
    for path in sorted(glob.glob(os.path.join(TESTS, "corpus", "*.jsonl"))):
        vendor = os.path.basename(path)[:-len(".jsonl")]
        for line in lines_of(path):
            if line:
                yield vendor, [octets(x) for x in json.loads(line)["lines"]]


def samples():
    for path in sorted(glob.glob(os.path.join(TESTS, "corpus", "*.rows"))):
        vendor = os.path.basename(path)[:-len(".rows")]
        for line in lines_of(path):
            if "\t" in line and not line.startswith("#"):
                text = line.split("\t", 1)[1]
                text = text.replace("\\n", "\n").replace("\\\\", "\\")
                yield vendor, octets(text)


def vectors(kind):
    for line in lines_of(os.path.join(TESTS, "conformance",
                                      kind + ".jsonl")):
        if line:
            yield json.loads(line)


def messages():
    for v in vectors("messages"):
        if "input" in v:
            yield octets(v["input"])
        elif "input_b64" in v:
            yield base64.b64decode(v["input_b64"])


def streams():
    for v in vectors("framing"):
        chunks = v.get("chunks")
        if chunks and all(isinstance(c, str) for c in chunks):
            yield b"".join(base64.b64decode(c) for c in chunks)


def text_of(line):
    """What stands behind the header, about."""
    at = line.rfind(b": ", 0, 120)
    return line[at + 2:] if at > 0 else line


def frames(lines):
    """Steps of one millisecond, one device."""
    return b"\x1e\x08".join(lines)


def vendor_octet(vendor):
    return bytes([VENDORS.index(vendor) if vendor in VENDORS else 0])


def make():
    """(fuzzer, seed)"""
    records = [x for _, x in samples()] + list(messages())
    for r in records:
        yield "fuzz_record", r
        yield "fuzz_parsers", r
        yield "fuzz_rules", b"\n" + text_of(r)
        yield "fuzz_term", b"\x50" + r
        if b"=" in r:
            yield "fuzz_kv", r
    for r in messages():
        yield "fuzz_stamp", struct.pack("<q", 1711972800000000) + r[4:64]
        if b"[" in r:
            yield "fuzz_sd", r[r.index(b"["):]
    for s in streams():
        yield "fuzz_frame", b"\x07" + s
    for i, (vendor, lines) in enumerate(cases()):
        yield "fuzz_pipeline", bytes([2 | i & 8]) + frames(lines)
        yield "fuzz_assemble", vendor_octet(vendor) + b"\x1e".join(lines)
        yield "fuzz_parsers", b"\n".join(lines)
    for vendor, r in samples():
        yield "fuzz_assemble", vendor_octet(vendor) + r
    for head in (b"", b"Retry-After: 120\r\n", b"retry-after: 1e9\r\n",
                 b"Retry-After: Wed, 21 Oct 2026 07:28:00 GMT\r\n",
                 b"Retry-After: Wednesday, 21-Oct-26 07:28:00 GMT\r\n",
                 b"Retry-After: Wed Oct 21 07:28:00 2026\r\n"):
        for body in (b'{"retry_after": 0.5}', b'{"retry_after":[{}]}',
                     b"<html>no</html>", b"\xff\x1b[31m"):
            yield "fuzz_answer", b"\x01\xad" + head + b"\r\n" + body


def words():
    """The literals between the holes of the rows, in a dictionary's form."""
    found = set()
    for path in sorted(glob.glob(os.path.join(TESTS, "..", "parsers",
                                              "*.c"))):
        for line in lines_of(path):
            if line.startswith("#"):
                continue
            for text in re.findall(r'"((?:[^"\\]|\\.)*)"', line):
                for part in re.split(r"\$\{?[a-z_*?]+\}?|\\.", text):
                    if 3 <= len(part) <= 40 and part.isascii():
                        found.add(part)
    return "".join('"%s"\n' % w.replace(" ", "\\x20") for w in sorted(found))


def main(folder):
    VENDORS.extend(vendors())
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "words.dict"), "w",
              encoding="ascii") as f:
        f.write(words())
    count = {}
    for fuzzer, seed in make():
        where = os.path.join(folder, fuzzer)
        os.makedirs(where, exist_ok=True)
        count.setdefault(fuzzer, [])
        if len(seed) <= LONGEST:
            count[fuzzer].append(seed)
    for fuzzer, seeds in count.items():
        step = max(1, len(seeds) // MOST)
        for seed in seeds[::step]:
            name = hashlib.sha1(seed).hexdigest()[:16]
            with open(os.path.join(folder, fuzzer, name), "wb") as f:
                f.write(seed)


if __name__ == "__main__":
    main(sys.argv[1])
