"""The collectors that are compared: how each is set up, started and counted.

Each does the same job: it listens on one port for datagrams and streams,
picks the lines of IKE, takes addresses, SPIs and reasons out of them, and
inserts a row for each into an SQLite database. buffer is what is asked for as
the socket's receive buffer; 0 leaves everybody at his own default.
"""
import os
import pathlib
import shutil
import sqlite3

TABLE = """
PRAGMA journal_mode=WAL;
CREATE TABLE event (id INTEGER PRIMARY KEY, received INTEGER, device TEXT,
    program TEXT, peer TEXT, local TEXT, ispi TEXT, rspi TEXT, reason TEXT,
    raw TEXT);
CREATE INDEX event_received ON event (received);
CREATE INDEX event_peer ON event (peer);
CREATE INDEX event_ispi ON event (ispi);
"""

IKEWATCHD = """
user = "root"
udp "127.0.0.1:{port}" {{ {buffer} }}
tcp "127.0.0.1:{port}" {{ }}
store {{ path = "{dir}/out.db" }}
limits {{ connections-per-address = 100 }}
"""

RSYSLOG = """
global(workDirectory="{dir}" net.enableDNS="off" maxMessageSize="8k")
module(load="imudp" threads="1" batchSize="128" timeRequery="8")
module(load="imptcp" threads="2")
module(load="mmnormalize")
module(load="omprog")
template(name="row" type="list" option.stdsql="on") {{
  constant(value="INSERT INTO event(received,device,program,peer,local,ispi,")
  constant(value="rspi,reason,raw) VALUES('")
  property(name="timegenerated" dateFormat="unixtimestamp")
  constant(value="','") property(name="hostname")
  constant(value="','") property(name="programname")
  constant(value="','") property(name="$!peer")
  constant(value="','") property(name="$!local")
  constant(value="','") property(name="$!ispi")
  constant(value="','") property(name="$!rspi")
  constant(value="','") property(name="$!reason")
  constant(value="','") property(name="msg" droplastlf="on")
  constant(value="');\\n")
}}
ruleset(name="work" queue.type="fixedArray" queue.size="250000"
        queue.dequeueBatchSize="4096" queue.workerThreads="2"
        queue.workerThreadMinimumMessages="60000") {{
  if $rawmsg contains ["%CRYPTO-", "%ASA-3-713", "%ASA-5-713", "%ASA-4-75",
     "subtype=\\"vpn\\"", "charon", "pluto", "%%01IPSEC/", "%%10IKE/"] then {{
    action(type="mmnormalize" rulebase="{dir}/rules")
    action(type="omprog" binary="{dir}/into-sqlite" template="row"
           useTransactions="on" beginTransactionMark="BEGIN;"
           commitTransactionMark="COMMIT;" queue.type="linkedList"
           queue.size="250000" queue.dequeueBatchSize="1000"
           queue.workerThreads="1")
  }}
}}
input(type="imudp" address="127.0.0.1" port="{port}" ruleset="work" {buffer})
input(type="imptcp" address="127.0.0.1" port="{port}" ruleset="work")
"""

RSYSLOG_RULES = """version=2
rule=:%-:string-to:IKE message from %IKE message from %peer:ipv4% %reason:rest%
rule=:%-:string-to:with peer at %with peer at %peer:ipv4% %-:rest%
rule=:%-:string-to:IKE packet from %IKE packet from %peer:ipv4% %reason:rest%
rule=:%-:string-to:, IP = %, IP = %peer:ipv4%, %reason:rest%
rule=:%-:string-to:Local:%Local:%local:ipv4%:500 Remote:%peer:ipv4%:500 %reason:rest%
rule=:%-:string-to:remip=%remip=%peer:ipv4% locip=%local:ipv4% %-:string-to:cookies="%cookies="%ispi:char-to:/%/%rspi:char-to:"%" %-:string-to:status=%status=%reason:rest%
rule=:%-:string-to:received packet: from %received packet: from %peer:ipv4%[%-:rest%
rule=:%-:string-to:initiating IKE_SA %initiating IKE_SA %-:word% to %peer:ipv4%
rule=:%-:string-to:initiating IKEv2 connection to %initiating IKEv2 connection to %peer:ipv4%
rule=:%-:string-to:rejected by peer: %rejected by peer: %reason:rest%
rule=:%-:string-to:[IKE] <%[IKE] <%-:char-to:>%> %reason:rest%
rule=:%-:string-to:Reason=%Reason=%reason:char-to:,%, ReasonCode=%-:number%, PeerAddress=%peer:ipv4%, %-:rest%
rule=:%-:string-to:Reason: %Reason: %reason:char-to:.%. SA information: Role: %-:char-to:,%, Local IP: %local:ipv4%, Remote IP: %peer:ipv4%, Initiator cookie: %ispi:char-to:,%, Responder cookie: %rspi:word%%-:rest%
"""

SYSLOG_NG = """@version: {version}
options {{
  threaded(yes); use-dns(no); dns-cache(no); keep-hostname(yes);
  stats-freq(0); log-fifo-size(250000); flush-lines(1000);
  create-dirs(no); log-msg-size(8192);
}};
source s_net {{
  network(transport("udp") ip("127.0.0.1") port({port})
          log-iw-size(100000) log-fetch-limit(10000) {buffer});
  network(transport("tcp") ip("127.0.0.1") port({port})
          max-connections(1000) log-iw-size(1000000) log-fetch-limit(1000));
}};
filter f_ike {{
  match("^charon$|^pluto$|^%%01IPSEC/|^%%10IKE/" value("PROGRAM")) or
  message("%CRYPTO-|%ASA-[35]-713|%ASA-4-75|subtype=\\"vpn\\"")
}};
parser p_ike {{
  regexp-parser(prefix(".ike.") patterns(
    'IKE message from (?<peer>[0-9.]+) (?<reason>.*)',
    'with peer at (?<peer>[0-9.]+)',
    'IKE packet from (?<peer>[0-9.]+) (?<reason>.*)',
    ', IP = (?<peer>[0-9.]+), (?<reason>.*)',
    'Local:(?<local>[0-9.]+):500 Remote:(?<peer>[0-9.]+):500 (?<reason>.*)',
    'remip=(?<peer>[0-9.]+) locip=(?<local>[0-9.]+) .*cookies="(?<ispi>[0-9a-f]+)/(?<rspi>[0-9a-f]+)".* status=(?<reason>.*)',
    'received packet: from (?<peer>[0-9.]+)',
    'initiating IKE_SA \\S+ to (?<peer>[0-9.]+)',
    'initiating IKEv2 connection to (?<peer>[0-9.]+)',
    'rejected by peer: (?<reason>.*)',
    'Reason=(?<reason>[^,]+), .*PeerAddress=(?<peer>[0-9.]+),',
    'Reason: (?<reason>[^.]+)\\. .*Local IP: (?<local>[0-9.]+), Remote IP: (?<peer>[0-9.]+), Initiator cookie: (?<ispi>[0-9a-f]+), Responder cookie: (?<rspi>[0-9a-f]+)',
    '\\[IKE\\] <[^>]*> (?<reason>.*)',
    '" #[0-9]+: (?<reason>.*)',
    '(?<reason>.*)'
  ));
}};
destination d_sql {{
  sql(type(sqlite3) database("{dir}/out.db") table("event")
      columns("received", "device", "program", "peer", "local", "ispi",
              "rspi", "reason", "raw")
      values("$R_UNIXTIME", "$HOST", "$PROGRAM", "${{.ike.peer}}",
             "${{.ike.local}}", "${{.ike.ispi}}", "${{.ike.rspi}}",
             "${{.ike.reason}}", "$MESSAGE")
      session-statements("PRAGMA synchronous=NORMAL")
      flags(explicit-commits, dont-create-tables) batch-lines(1000)
      batch-timeout(1000));
}};
log {{
  source(s_net); filter(f_ike); parser(p_ike); destination(d_sql);
  flags(flow-control);
}};
"""


def make_table(directory):
    with sqlite3.connect(directory / "out.db") as db:
        db.executescript(TABLE)


class Ikewatch:
    name, table = "ikewatch", "message"
    more = ""  # of the configuration
    lingers = 0  # seconds until the last row is committed

    def __init__(self, build):
        self.program = build / "ikewatchd"

    def missing(self):
        return None if self.program.exists() else f"no {self.program}"

    def start(self, directory, port, buffer):
        conf = directory / "ikewatchd.conf"
        conf.write_text(IKEWATCHD.format(
            port=port, dir=directory,
            buffer=f'receive-buffer = "{buffer}"' if buffer else "")
            + self.more)
        return [self.program, "-d", "-f", conf], {}


class Floor:
    name, table = "floor", "event"
    lingers = 0

    def __init__(self, tools):
        self.program = tools / "floor"

    def missing(self):
        return None if self.program.exists() else f"no {self.program}"

    def start(self, directory, port, buffer):
        return [self.program, str(port), directory / "out.db", str(buffer),
                "500"], {}


class Rsyslog:
    name, table = "rsyslog", "event"
    lingers = 0

    def __init__(self):
        self.program = shutil.which(
            "rsyslogd", path="/usr/sbin:/sbin:" + os.environ["PATH"])

    def missing(self):
        if self.program and shutil.which("sqlite3"):
            return None
        return "apt-get install rsyslog sqlite3"

    def start(self, directory, port, buffer):
        make_table(directory)
        conf = directory / "rsyslog.conf"
        conf.write_text(RSYSLOG.format(
            port=port, dir=directory,
            buffer=f'rcvbufSize="{buffer}"' if buffer else ""))
        (directory / "rules").write_text(RSYSLOG_RULES)
        script = directory / "into-sqlite"
        # Debian builds no output for SQLite: its shell has to do it.
        script.write_text(
            "#!/bin/sh\nexec sqlite3 -batch -cmd 'PRAGMA synchronous=NORMAL' "
            f"{directory}/out.db\n")
        script.chmod(0o755)
        return [self.program, "-n", "-f", conf, "-i", directory / "pid"], {}


class SyslogNg:
    """Its packages and rsyslog's exclude each other: they are unpacked to a
    folder (SYSLOG_NG_ROOT), unless it is installed."""
    name, table = "syslog-ng", "event"
    lingers = 1.3

    def __init__(self, root):
        self.root = pathlib.Path(os.environ.get("SYSLOG_NG_ROOT", root))
        if pathlib.Path("/usr/sbin/syslog-ng").exists():
            self.root = pathlib.Path("/")
        self.modules = sorted(self.root.glob("usr/lib/syslog-ng/[0-9]*"))

    def missing(self):
        program = self.root / "usr/sbin/syslog-ng"
        if program.exists() and self.modules:
            return None
        return ("apt-get install libdbd-sqlite3 libivykis0 libnet1; apt-get "
                "download syslog-ng-core syslog-ng-mod-sql; dpkg -x each to "
                "a folder; SYSLOG_NG_ROOT=that folder")

    def start(self, directory, port, buffer):
        make_table(directory)
        modules = self.modules[-1]
        conf = directory / "syslog-ng.conf"
        conf.write_text(SYSLOG_NG.format(
            version=modules.name, port=port, dir=directory,
            buffer=f"so-rcvbuf({buffer})" if buffer else ""))
        return [self.root / "usr/sbin/syslog-ng", "-F", "--no-caps",
                f"--module-path={modules}", "-f", conf,
                "-R", directory / "persist", "-p", directory / "pid",
                "-c", directory / "control"], {
                    "LD_LIBRARY_PATH": str(modules.parent)}


def all_peers(build, tools):
    return [Ikewatch(build), Floor(tools), Rsyslog(),
            SyslogNg(tools / "syslog-ng")]
