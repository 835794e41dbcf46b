"""Every command and option stands in ikewatch(1), in --help and in the completions."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

from conftest import PATIENCE

BUILD = pathlib.Path(os.environ.get("IKEWATCH_BUILD", "build")).absolute()
ROOT = pathlib.Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "man/ikewatch.1").read_text()


def run(*args):
    return subprocess.run([BUILD / "ikewatch", *args], capture_output=True, text=True,
                          timeout=PATIENCE).stdout


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


def completed(line, folder):
    """What bash offers for the last word, with ikewatch(1) in the PATH."""
    script = """
        source "$1"; shift
        COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_LINE="$*"
        COMPREPLY=(); _ikewatch ikewatch "${COMP_WORDS[COMP_CWORD]}"
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    words = line.split(" ")
    proc = subprocess.run(["bash", "--norc", "-c", script, "bash",
                           ROOT / "conf/completion/ikewatch.bash", *words],
                          capture_output=True, text=True, timeout=PATIENCE, cwd=folder,
                          env=dict(os.environ, PATH=f"{BUILD}:{os.environ['PATH']}"))
    assert proc.stderr == "", proc.stderr
    return proc.stdout.split()


def test_bash_completes(tmp_path):
    (tmp_path / "some.log").write_text("")
    assert set(commands()) <= set(completed("ikewatch ", tmp_path))
    assert completed("ikewatch st", tmp_path) == ["status"]
    for command in commands():
        offered = completed(f"ikewatch {command} --", tmp_path)
        assert set(options(command)) <= set(offered), command
        # and nothing that the command does not know
        assert set(offered) <= set(options(command)) | {"--help"}, command
    assert completed("ikewatch report --format h", tmp_path) == ["html"]
    assert "csv" not in completed("ikewatch show --format ", tmp_path)
    assert completed("ikewatch history --reason psk_", tmp_path) == \
        ["psk_mismatch", "psk_missing"]
    assert completed("ikewatch reasons psk_mism", tmp_path) == ["psk_mismatch"]
    assert completed("ikewatch explain so", tmp_path) == ["some.log"]
    assert completed("ikewatch status --db so", tmp_path) == ["some.log"]
    assert {"add", "list", "remove"} <= set(completed("ikewatch silence ", tmp_path))
    assert completed("ikewatch alerts r", tmp_path) == ["retry"]
    subprocess.run([BUILD / "tools/storeload", "-n", "40", "-t", "3", tmp_path / "t.db"],
                   check=True, stdout=subprocess.DEVNULL, timeout=PATIENCE)
    values = completed("ikewatch history --db t.db --tunnel ", tmp_path)
    assert sorted(values) == ["branch-0", "branch-1", "branch-2"]
    assert completed("ikewatch report --db t.db --device fw-00", tmp_path) == \
        ["fw-000", "fw-001", "fw-002"]
    assert completed("ikewatch status --db t.db --peer 10.0.0.1", tmp_path) == ["10.0.0.1"]
    # no noise for nonsense
    completed("ikewatch frob --", tmp_path)


@pytest.mark.skipif(shutil.which("zsh") is None, reason="NOT TESTED: there is no zsh")
def test_zsh_completes(tmp_path):
    """Offered at a pseudo terminal, as a person sees it."""
    shutil.copy(ROOT / "conf/completion/_ikewatch", tmp_path)
    script = tmp_path / "ask.zsh"
    script.write_text("""
        zmodload zsh/zpty
        zpty z zsh -f -i
        zpty -w z "PS1= PATH=$2:\\$PATH TERM=dumb; fpath=($1 \\$fpath); autoload -U compinit"
        zpty -w z "compinit -u -d $1/dump; LISTMAX=10000; zstyle ':completion:*' list-colors ''"
        zpty -w z "print rea''dy"
        zpty -r z out '*ready*'
        zpty -n -w z "ikewatch $3"$'\\t'$'\\t'
        sleep $4
        zpty -r -t z out; print -r -- "$out"
        while zpty -r -t z out; do print -r -- "$out"; done
        zpty -d z
    """.replace("\\\\", "\\"))
    for line, wanted in (("", commands()), ("status --", options("status")),
                         ("report --format ", ["html"])):
        for patience in ("1", "4", "15", "60"):
            proc = subprocess.run(["zsh", "-f", script, tmp_path, BUILD, line, patience],
                                  capture_output=True, text=True, timeout=3 * PATIENCE)
            if all(word in proc.stdout for word in wanted):
                break
        for word in wanted:
            assert word in proc.stdout, (line, word, proc.stdout[-500:])


def test_bash_completes_formats():
    """Each format that is offered is taken."""
    for command in commands():
        for form in completed(f"ikewatch {command} --format ", ROOT):
            proc = subprocess.run([BUILD / "ikewatch", command, "--format", form, "--help"],
                                  capture_output=True, text=True, timeout=PATIENCE)
            assert proc.returncode == 0, (command, form, proc.stderr)


def test_completions_are_installed(tmp_path):
    subprocess.run(["make", "-s", "install", f"DESTDIR={tmp_path}", "PREFIX=/usr"], check=True,
                   cwd=ROOT, timeout=10 * PATIENCE, stdout=subprocess.DEVNULL)
    share = tmp_path / "usr/share"
    assert (share / "bash-completion/completions/ikewatch").exists()
    assert (share / "zsh/site-functions/_ikewatch").read_text().startswith("#compdef ikewatch")
    assert list((share / "ikewatch/grafana").glob("*.json"))
