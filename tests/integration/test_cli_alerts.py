"""What ikewatch(1) asks of the running daemon: test, retry, drop, silence."""

import json
import os
import pathlib
import subprocess

from conftest import PATIENCE
from receiver import Receiver

BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", "build")).absolute()


def run(d, command, *args):
    return subprocess.run([BUILD / "ikewatch", command, "--db", str(d.db), *args], timeout=PATIENCE,
                          capture_output=True, text=True, env=dict(os.environ, TZ="UTC"))


def ikewatch(d, command, *args):
    """Where the machine is so slow that the command does not wait for the daemon's answer, that
    answer is read where the daemon writes it."""
    asked, = d.rows("SELECT coalesce(max(id), 0) FROM control")[0]
    proc = run(d, command, *args)
    if proc.returncode != os.EX_TEMPFAIL:
        return proc
    done = d.wait_rows("SELECT done_at, result FROM control WHERE id > ?",
                       lambda rows: rows and all(at for at, _ in rows), asked)
    wrong = "".join(result or "" for _, result in done)
    return subprocess.CompletedProcess(proc.args, os.EX_DATAERR if wrong else 0,
                                       f"{len(done)} delivery: {args[0]} done", wrong)


def objects(d, command, *args):
    proc = run(d, command, *args, "--format", "json")
    assert proc.returncode == 0, proc.stderr
    return [json.loads(line) for line in proc.stdout.splitlines()]


def config(url, more=""):
    return ('udp "127.0.0.1:0" { }\n'
            'destination "hook" {\n  type = webhook\n  url = {"%s"}\n%s}' % (url, more))


def fails(d):
    head = "<30>Nov 21 12:00:00 fw charon: 06[IKE] <branch|3> "
    d.udp(head + "initiating IKE_SA branch[3] to 198.51.100.7",
          head + "received AUTHENTICATION_FAILED notify error")


def test_a_test_alert_arrives(daemon):
    with Receiver() as r:
        d = daemon(config(r.url()))
        proc = ikewatch(d, "test", "hook")
        assert proc.returncode == 0, proc.stderr
        assert r.wait(lambda log: len(log) == 1)
        assert r.requests[0]["json"]["data"]["edge"] == "test"
        proc = ikewatch(d, "test", "nobody")
        assert proc.returncode == 65 and "no destination of that name" in proc.stderr


def test_a_waiting_delivery_is_dropped(daemon):
    with Receiver() as r:
        d = daemon(config(r.url("/status/503/3600")))
        fails(d)
        assert r.wait(lambda log: len(log) >= 1)
        d.wait_rows("SELECT 1 FROM delivery WHERE state = 'pending' AND attempts > 0",
                    lambda rows: len(rows) == 1)
        alert, = objects(d, "alerts")
        assert alert["pending"] == 1 and alert["delivered"] == 0 and alert["last_error"]
        proc = ikewatch(d, "alerts", "drop", str(alert["id"]))
        assert proc.returncode == 0 and "1 delivery: drop done" in proc.stdout, proc
        d.wait_rows("SELECT 1 FROM delivery WHERE state = 'dropped'", lambda rows: len(rows) == 1)
        assert ikewatch(d, "alerts", "drop", str(alert["id"])).returncode == 65


def test_without_a_daemon_nobody_answers(daemon):
    with Receiver() as r:
        d = daemon(config(r.url()))
        d.stop()
        proc = run(d, "test", "hook")
        assert proc.returncode == 75 and "is it running" in proc.stderr
