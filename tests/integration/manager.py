"""The part of a service manager that the daemon talks to: it hears what is said
to it, keeps descriptors and hands them to the next process."""

import array
import os
import socket

from receiver import PATIENCE


class Manager:
    """The part of a service manager that the daemon talks to."""

    def __init__(self, folder):
        self.path = str(folder / "notify")
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(self.path)
        self.sock.settimeout(PATIENCE)
        self.said, self.fds = [], []

    def wait(self, word):
        while word not in self.said:
            data, control, _, _ = self.sock.recvmsg(
                4096, socket.CMSG_SPACE(64))
            lines = data.decode().splitlines()
            for level, kind, payload in control:
                if kind == socket.SCM_RIGHTS:
                    fds = array.array("i")
                    fds.frombytes(payload)
                    name = [l[7:] for l in lines if l.startswith("FDNAME=")]
                    self.fds.append((fds[0], name[0]))
            self.said += lines

    def hear_out(self):
        """Everything that was said until now, and its descriptors."""
        self.sock.setblocking(False)
        try:
            self.wait("never")
        except BlockingIOError:
            pass
        self.sock.settimeout(PATIENCE)

    def pass_on(self):
        """For Popen: the descriptors as 3, 4, ..., and their names. The
        variables want the daemon's pid, so a shell sets them."""
        return [fd for fd, _ in self.fds], ":".join(n for _, n in self.fds)


def under(manager, build, tmp_path):
    """A script in ikewatchd's place that hands the descriptors over."""
    fds, names = manager.pass_on()
    folder = tmp_path / "bin"
    folder.mkdir(exist_ok=True)
    moves = " ".join("%d<&%d" % (3 + i, 100 + i) for i in range(len(fds)))
    closes = " ".join("%d<&-" % (100 + i) for i in range(len(fds)))
    script = folder / "start"
    script.write_text(
        "#!/bin/bash\n" + ("exec %s\n" % moves if fds else "") +
        ("exec %s\n" % closes if fds else "") +
        "export LISTEN_PID=$$ LISTEN_FDS=%d LISTEN_FDNAMES=%s\n"
        "exec %s/ikewatchd \"$@\"\n" % (len(fds), names, build))
    script.chmod(0o755)

    def arrange():
        for i, fd in enumerate(fds):
            os.dup2(fd, 100 + i, inheritable=True)
    return script, arrange


def start_under(d, manager, build, tmp_path):
    script, arrange = under(manager, build, tmp_path)
    d.popen = {"env": {"NOTIFY_SOCKET": manager.path}, "close_fds": False,
               "preexec_fn": arrange, "executable": str(script)}
    d.start()
