#!/usr/bin/python3
"""Real IKE daemons fail on demand, and a running ikewatchd has to say why.

    lab.py --lab FOLDER [--transport udp|tcp] [--loglevel L] [SCENARIO ...]

FOLDER holds lab.sh, which runs two strongSwan daemons in namespaces of this
machine and relays their syslog, and scenarios.tsv, which says what each end's
records amount to. Without a folder ($IKEWATCH_LAB), without root or without
what lab.sh needs, there is nothing to do and that is no error.

Each run has a daemon, a database and a webhook path of its own, so that runs
stand side by side; --jobs says how many. After each run the daemon is left
alone for longer than stall-after: what was left open has stalled by then.

The scenarios of this folder are beside those of the lab: scenarios/NAME.sh in
the lab's own manner, told.tsv what an operator must hear of each.
"""

import argparse
import collections
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))

NEEDS = ("ip", "nsenter", "unshare", "rsyslogd", "swanctl", "nft")
STALL = 15  # seconds; longer than the pauses between the lab's retries
GRACE = 10  # seconds, rekey-grace
# The lab sends UDP from an address for each end, TCP from one for both.
ENDS = {"vpn-ams1": "127.0.1.1", "vpn-fra2": "127.0.1.2"}
FAULTS = ("failed", "stalled")

Row = collections.namedtuple(
    "Row", "scenario version device role peer verdict also")
Negotiation = collections.namedtuple(
    "Negotiation", "id device tunnel peer kind role outcome reason"
    " refused_by other_end_id stage")
Run = collections.namedtuple("Run", "scenario version transport loglevel")


def missing(lab):
    """What keeps us from running; None when all is there."""
    if not lab or not (pathlib.Path(lab) / "lab.sh").exists():
        return "no lab: --lab or $IKEWATCH_LAB names its folder"
    if os.geteuid() != 0:
        return "the lab needs root (network namespaces)"
    tools = [t for t in NEEDS if not shutil.which(t)]
    if tools:
        return "the lab needs %s: run lab.sh --setup" % ", ".join(tools)
    return None


def table(path):
    """The rows of a tab-separated file whose first line names the columns."""
    lines = path.read_text().splitlines()
    names = lines[0].lstrip("#").split("\t")
    return [dict(zip(names, line.split("\t"))) for line in lines[1:]
            if line and not line.startswith("#")]


def rows_of(lab):
    return [Row(r["scenario"], r["ike_version"], r["device"], r["role"],
                r["peer"], r["verdict"],
                [] if r["also"] == "-" else r["also"].split())
            for r in table(lab / "scenarios.tsv")]


def told_of():
    """{(scenario, version): [what must be heard, in order]}"""
    return {(r["scenario"], r["ike_version"]): r["told"].split()
            for r in table(HERE / "told.tsv")}


def lab_with_ours(lab, folder):
    """The lab's folder with our scenarios beside its own."""
    (folder / "scenarios").mkdir(parents=True)
    for entry in lab.iterdir():
        if entry.name != "scenarios":
            (folder / entry.name).symlink_to(entry)
    for entry in [*(lab / "scenarios").iterdir(),
                  *(HERE / "scenarios").iterdir()]:
        (folder / "scenarios" / entry.name).symlink_to(entry)
    return folder


# ---- one run --------------------------------------------------------------

def config(run, hook):
    text = 'udp "127.0.0.1:0" { }\ntcp "127.0.0.1:0" { }\n'
    if run.transport == "tcp":
        text += 'relay "127.0.0.1" { }\n'
    else:
        for name, address in ENDS.items():
            text += 'device "%s" { address = {"%s"} }\n' % (name, address)
    return text + (
        'track { stall-after = "%ds"  rekey-grace = "%ds" }\n'
        'destination "hook" { type = webhook\n url = {"%s"} }\n'
        % (STALL, GRACE, hook))


def lab_run(lab, run, port):
    args = ["bash", str(lab / "lab.sh"), run.scenario, "--ike", run.version,
            "--collector", "127.0.0.1:%d" % port, "--transport",
            run.transport, "--loglevel", run.loglevel, "--quiet"]
    p = subprocess.run(args, stdin=subprocess.DEVNULL, capture_output=True,
                       timeout=300)
    if p.returncode != 0:
        raise RuntimeError("lab.sh: %s" % p.stderr.decode()[-400:])


def negotiations(daemon):
    return [Negotiation(*r) for r in daemon.rows(
        "SELECT id, device, tunnel, peer, kind, role, outcome, reason,"
        " refused_by, other_end_id, stage FROM negotiations ORDER BY id")]


def settle(daemon, told):
    """Until nothing is open any more, at most until that has stalled; where
    it counts what is told, until a tunnel that lost its SA is down."""
    start = time.monotonic()
    time.sleep(1)
    while time.monotonic() < start + STALL + 8:
        if not any(n.outcome == "open" for n in negotiations(daemon)):
            break
        time.sleep(0.5)
    least = GRACE + 3 if told else 1
    time.sleep(max(1, start + least - time.monotonic()))


def attempt(lab, work, receiver, turn, run, told):
    """Runs a scenario; what the database and the receiver then hold."""
    from conftest import Daemon
    folder = work / "-".join(run)
    folder.mkdir()
    path = "/ok/" + "-".join(run)
    daemon = Daemon(folder, config(run, receiver.url(path)))
    try:
        with turn:
            lab_run(lab, run, daemon.port(run.transport))
        settle(daemon, told)
        found = negotiations(daemon)
        heard = [r["json"]["data"] for r in receiver.requests
                 if r["path"] == path]
    finally:
        daemon.stop()
    return found, heard


# ---- verdicts -------------------------------------------------------------

def verdicts(of):
    """What one end's negotiations amount to, as scenarios.tsv says it."""
    return {"failed:%s" % (n.reason or "unknown") if n.outcome in FAULTS
            else "deleted:%s" % (n.reason or "unknown")
            if n.outcome in ("deleted", "superseded") else n.outcome
            for n in of}


def of_row(found, row):
    """The negotiations of one row: of its device, with its peer."""
    return [n for n in found if n.device == row.device and
            n.peer in (row.peer, None)]


def answers(row, rows):
    """The verdicts that are right for a row. Where both ends log, an end may
    know by the other one what its own records do not say."""
    right = {row.verdict, *row.also}
    if row.verdict.startswith(("failed:", "deleted:")) or \
            "failed:stalled" in right:
        for other in rows:
            reason = other.verdict.partition(":")[2]
            if other.device != row.device and reason:
                right |= {"failed:" + reason, "deleted:" + reason}
    return right


def judge(row, rows, found):
    """What is wrong with a row; nothing when it came out right."""
    mine = of_row(found, row)
    got = verdicts(mine)
    right = answers(row, rows)
    bad = {g for g in got if g.startswith("failed:") and g not in right}
    wrong = []
    if "open" in got:
        wrong.append("still open")
    if row.verdict in ("established", "up"):
        if not any(n.outcome == "established" and n.kind == "child"
                   for n in mine):
            wrong.append("no child is up")
    elif row.verdict == "none":
        if "established" in got:
            wrong.append("established")
    elif not right & got:
        wrong.append("no %s" % row.verdict)
    if bad:
        wrong.append("also %s" % " ".join(sorted(bad)))
    if row.scenario in REFUSED and row.verdict.startswith("failed:"):
        want = {"initiator": "peer", "responder": "here"}[row.role]
        if {n.refused_by for n in mine if n.outcome in FAULTS} != {want}:
            wrong.append("not refused by %s" % want)
    if not wrong:
        return []
    return ["%s %s: %s" % (row.device, row.peer, ", ".join(wrong))] + [
        "    %d %s %s %s %s:%s by %s" % (n.id, n.kind, n.role, n.stage,
                                         n.outcome, n.reason, n.refused_by)
        for n in mine]


# Scenarios in which the responder says no.
REFUSED = ("psk-mismatch", "psk-mismatch-journald", "ike-proposal-mismatch",
           "esp-proposal-mismatch", "dh-group-mismatch", "long-proposals")


def judge_told(told, heard, found):
    """What is wrong with what the receiver heard."""
    incidents = collections.defaultdict(list)
    for e in heard:
        incidents[e["incident_id"]].append(e)
    said = ["    %s %s" % (e["edge"], e["title"]) for e in heard]
    if told == ["nothing"]:
        loose = ["stalled: %d" % n.id for n in found
                 if n.outcome == "stalled"]
        return (["told, and nothing was wrong"] + said if heard else []) + \
            loose
    if not incidents:
        return ["nothing was told"]
    # both ends log here, and there is one tunnel
    wrong = ["%d incidents" % len(incidents)] if len(incidents) > 1 else []
    for edges in incidents.values():
        wrong += judge_incident(told, edges)
    return wrong + said if wrong else []


def judge_incident(told, edges):
    wrong = []
    names = [e["edge"] for e in edges]
    ends = ["resolved"] if "resolved" in told else []
    if names.count("firing") != 1 or names[0] != "firing" or \
            [n for n in names if n == "resolved"] != ends:
        wrong.append("edges %s" % " ".join(names))
    reasons = [e["reason"]["name"] for e in edges if e["edge"] != "resolved"]
    if reasons and reasons[-1] != told[0]:
        wrong.append("reason %s" % " ".join(reasons))
    if ends and names[-1] == "resolved" and not 1 <= edges[-1][
            "duration_s"] <= 60:
        wrong.append("outage of %s s" % edges[-1]["duration_s"])
    return wrong


# ---- all of it ------------------------------------------------------------

def check(lab, work, receiver, turn, run, rows, told):
    """Everything that is wrong with one run, as lines."""
    try:
        found, heard = attempt(lab, work, receiver, turn, run, told)
    except (RuntimeError, subprocess.TimeoutExpired, AssertionError) as e:
        return ["did not run: %s" % e]
    wrong = [line for row in rows for line in judge(row, rows, found)]
    if told:
        wrong += judge_told(told, heard, found)
    return wrong


def runs_of(args, rows, told):
    names = dict.fromkeys([(r.scenario, r.version) for r in rows] +
                          list(told))
    return [Run(s, v, t, level) for t in args.transport or ("udp", "tcp")
            for level in args.loglevel or ("default", "ike2")
            for s, v in names
            if not args.scenario or s in args.scenario]


def arguments():
    args = argparse.ArgumentParser(description="the lab against the daemon")
    args.add_argument("--lab", default=os.environ.get("IKEWATCH_LAB"))
    args.add_argument("--transport", action="append",
                      choices=("udp", "tcp"))
    args.add_argument("--loglevel", action="append",
                      choices=("default", "ike2", "ikename"))
    args.add_argument("--jobs", type=int, default=3)
    args.add_argument("--keep", help="folder that keeps the databases")
    args.add_argument("scenario", nargs="*")
    return args.parse_args()


def main():
    args = arguments()
    if why := missing(args.lab):
        print("lab: not run: %s" % why)
        return 0
    from receiver import Receiver
    rows, told = rows_of(pathlib.Path(args.lab).resolve()), told_of()
    work = pathlib.Path(args.keep or tempfile.mkdtemp(prefix="ikewatch-lab"))
    work.mkdir(parents=True, exist_ok=True)
    lab = lab_with_ours(pathlib.Path(args.lab).resolve(), work / "lab")
    runs = runs_of(args, rows, told)
    turn = threading.Semaphore(args.jobs)
    bad = 0
    try:
        # More workers than turns: an idle daemon that waits costs nothing.
        with Receiver() as receiver, concurrent.futures.ThreadPoolExecutor(
                args.jobs * 4) as pool:
            jobs = {pool.submit(
                check, lab, work, receiver, turn, run,
                [r for r in rows if (r.scenario, r.version) == run[:2]],
                told.get(run[:2])): run for run in runs}
            for job in concurrent.futures.as_completed(jobs):
                wrong = job.result()
                bad += bool(wrong)
                print("%-5s %s" % ("WRONG" if wrong else "right",
                                   " ".join(jobs[job])), flush=True)
                for line in wrong:
                    print("      " + line, flush=True)
    finally:
        if not args.keep:
            shutil.rmtree(work)
    print("lab: %d of %d runs right" % (len(runs) - bad, len(runs)))
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
