"""Records nobody has seen: every case of the corpus is told in other ways that
a person would read the same (other host names and addresses, other spacing,
CRLF, labels in capitals, a relay's header in front, no header at all), and the
verdict must stay what it is.

All mutations of all cases with IKEWATCH_LONG; else every seventh.
    python3 tests/integration/test_mutations.py [-v] FILE.jsonl ...
runs them over other files.
"""

import glob
import json
import os
import random
import re
import subprocess
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("IKEWATCH_BUILD", os.path.join(ROOT, "build"))

PRI = re.compile(r"^<\d{1,3}>")
STAMP = r"(?:[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d)"
BSD = re.compile(r"^(<\d{1,3}>)?(%s) ([A-Za-z][\w.-]*) (?=\S)" % STAMP)
ADDRESS = re.compile(r"\b(198\.51\.100|203\.0\.113|192\.0\.2)\.(\d{1,3})\b")
LABEL = re.compile(r"^(\s*)([A-Za-z][A-Za-z -]{2,20})(\s*:)", re.M)


def each(change):
    return lambda lines, rng: [change(line, rng) for line in lines]


def other_address(line, _):
    other = {"198.51.100": "203.0.113", "203.0.113": "192.0.2",
             "192.0.2": "198.51.100"}
    return ADDRESS.sub(
        lambda m: "%s.%s" % (other[m.group(1)], m.group(2)), line)


def other_host(line, _):
    return BSD.sub(lambda m: "%s%s edge-gw.paris-7 " % (m.group(1) or "",
                                                        m.group(2)), line)


def other_spacing(line, rng):
    """Some blanks between words are doubled, none inside quotes, and none in
    the header of RFC 5424, which has single ones."""
    out, quoted = [], False
    start = 100 if re.match(r"<\d+>1 ", line) else 50
    for i, c in enumerate(line):
        quoted ^= c == '"'
        out.append(c)
        if (c == " " and not quoted and i > start and rng.random() < 0.3
                and line[i - 1] != " " and line[i + 1:i + 2] != " "):
            out.append(" ")
    return "".join(out)


def trailing_blanks(line, _):
    return line + "  "


def capital_labels(line, _):
    """Labels of a block of "Key : value" lines; a line with more is none."""
    if len(line) > 60 or PRI.match(line) or "[" in line:
        return line
    return LABEL.sub(lambda m: m.group(1) + m.group(2).upper() + m.group(3),
                     line)


def relay_bsd(line, _):
    return "<134>Nov 21 10:11:12 relay-1 " + PRI.sub("", line)


def relay_5424(line, _):
    return "<134>1 2026-11-21T10:11:12.123Z relay-1 - - - - " + \
        PRI.sub("", line)


def relay_iso(line, _):
    """rsyslog's file format."""
    return "2026-11-21T10:11:12.123456+01:00 relay-1 " + PRI.sub("", line)


def relay_address(line, _):
    return "Nov 21 10:11:12 192.0.2.250 " + PRI.sub("", line)


def relay_tag(line, _):
    """logger -t vpn, of a line with no header of its own."""
    return line if BSD.match(line) or PRI.match(line) else \
        "<13>Nov 21 10:11:12 relay-1 vpn: " + line


def other_stamp(line, _):
    """A single blank before the day of the month."""
    return re.sub(r"([A-Z][a-z]{2})  (\d \d\d:)", r"\1 \2", line)


def bare(line, _):
    return BSD.sub("", PRI.sub("", line))


def with_pri(line, _):
    return line if PRI.match(line) else "<190>" + line


def blank_lines(lines, _):
    return [x for line in lines for x in (line, "")]


MUTATIONS = {
    "crlf": each(lambda line, _: line + "\r"),
    "trailing-blanks": each(trailing_blanks),
    "other-address": each(other_address),
    "other-host": each(other_host),
    "other-spacing": each(other_spacing),
    "capital-labels": each(capital_labels),
    "relay-bsd": each(relay_bsd),
    "relay-5424": each(relay_5424),
    "relay-iso": each(relay_iso),
    "relay-address": each(relay_address),
    "relay-tag": each(relay_tag),
    "other-stamp": each(other_stamp),
    "no-pri": each(lambda line, _: PRI.sub("", line)),
    "with-pri": each(with_pri),
    "no-header": each(bare),
    "blank-lines": blank_lines,
}


def explain(lines):
    proc = subprocess.run(
        [os.path.join(BUILD, "ikewatch"), "explain", "--format", "json"],
        input=("\n".join(lines) + "\n").encode(), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=120, check=True)
    return [json.loads(x) for x in proc.stdout.decode().splitlines()]


def holds(verdict, objects):
    """As the corpus defines verdicts."""
    kind, _, reason = verdict.partition(":")
    negotiations = [o for o in objects if "outcome" in o]
    events = [o for o in objects if "event" in o and "outcome" not in o]
    failed = [n["reason"] for n in negotiations
              if n["outcome"] in ("failed", "stalled")]
    failed += [e["reason"] for e in events if e["reason"] and e["event"] in
               ("failed", "config_problem", "peer_dead")]
    up = [n for n in negotiations if n["outcome"] == "established"]
    gone = [n["reason"] for n in negotiations
            if n["outcome"] in ("deleted", "superseded")]
    gone += [e["reason"] for e in events if e["event"] == "deleted"]
    if kind == "failed":
        return reason in failed or (reason == "unknown" and None in failed)
    if kind == "deleted":
        return reason in gone or (reason == "unknown" and bool(gone))
    if kind == "established":
        return bool(up) and not failed
    if kind == "up":
        return any(n["kind"] == "ike" for n in up) and not failed
    return not failed and not up and not gone


def cases(path):
    with open(path, encoding="utf-8") as f:
        for line in f:
            yield json.loads(line)


def mutate(paths, step=1):
    """(tried, misses): each miss is (id, mutation)."""
    tried, misses, number = 0, [], 0
    for path in paths:
        for case in cases(path):
            rng = random.Random(case["id"])
            for name, change in MUTATIONS.items():
                lines = change(case["lines"], rng)
                if lines == case["lines"]:
                    continue
                number += 1
                if number % step:
                    continue
                tried += 1
                if not holds(case["verdict"], explain(lines)):
                    misses.append((case["id"], name))
    return tried, misses


def test_other_ways_to_say_it():
    step = 1 if os.environ.get("IKEWATCH_LONG") else 7
    paths = sorted(glob.glob(os.path.join(ROOT, "tests", "corpus", "*.jsonl")))
    tried, misses = mutate(paths, step)
    assert tried > 0
    assert len(misses) <= tried * 0.01, \
        "%d of %d: %s" % (len(misses), tried, misses[:20])


if __name__ == "__main__":
    args = [a for a in sys.argv[1:] if a != "-v"]
    total, wrong = mutate(args)
    for case_id, name in wrong:
        print(case_id, name)
    print("%d mutations, %d keep their verdict (%.2f %%)" %
          (total, total - len(wrong), 100 * (total - len(wrong)) / max(1, total)))
