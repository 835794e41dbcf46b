"""Every command and option stands in ikewatch(1), in --help and in the completions."""

import os
import pathlib
import re
import subprocess

BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", "build")).absolute()
ROOT = pathlib.Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "man/ikewatch.1").read_text()


def run(*args):
    return subprocess.run([BUILD / "ikewatch", *args], capture_output=True, text=True, timeout=20).stdout


def commands():
    found = re.findall(r"^  ([a-z]+) ", run("--help"), re.M)
    assert len(found) >= 9
    return found


def options(command):
    return re.findall(r"^  (--[a-z]+)", run(command, "--help"), re.M)


def test_every_command_is_in_the_manual():
    for command in commands():
        assert re.search(rf"^\.It (Xo )?Cm {command}\b", MANUAL, re.M), command


def test_every_option_is_in_the_manual():
    for command in commands():
        assert "--format" in options(command)
        for option in options(command):
            assert re.search(rf"^\.It Fl -{option[2:]}\b", MANUAL, re.M), option


def test_the_manual_promises_nothing_else():
    known = {option for command in commands() for option in options(command)} | {"--help", "--version"}
    for option in re.findall(r"Fl -([a-z]+)", MANUAL):
        assert "--" + option in known, option


def test_the_completions_know_them_all():
    for name in ("ikewatch.bash", "_ikewatch"):
        text = (ROOT / "conf/completion" / name).read_text()
        for command in commands():
            assert re.search(rf"\b{command}\b", text), (name, command)
            for option in options(command):
                assert option in text, (name, option)


def test_every_reason_has_a_page():
    names = [line.split(",")[0] for line in run("reasons", "--format", "csv").splitlines()[1:]]
    assert len(names) >= 50
    for name in names[::7]:
        assert run("reasons", name).startswith(name)


def test_the_manual_is_clean():
    proc = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", ROOT / "man/ikewatch.1"],
                          capture_output=True, text=True)
    assert proc.returncode == 0, proc.stdout
