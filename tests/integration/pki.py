"""Certificates made for a test, and clients that show them."""

import hashlib
import ssl
import subprocess


def openssl(*args, cwd):
    subprocess.run(["openssl", *args], cwd=cwd, check=True,
                   stdin=subprocess.DEVNULL, capture_output=True)


def make(d):
    """In folder d: ca.pem, crl.pem; NAME.pem and NAME.key of server, fw1,
    old (expired), gone (revoked) and other (of an authority nobody knows)."""
    for name in "ca", "strange":
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=%s" % name, "-keyout", name + ".key", "-out",
                name + ".pem", cwd=d)
    (d / "names").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
    for name, ca in (("server", "ca"), ("fw1", "ca"), ("old", "ca"),
                     ("gone", "ca"), ("other", "strange")):
        openssl("req", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name,
                "-keyout", name + ".key", "-out", name + ".csr", cwd=d)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", ca + ".pem",
                "-CAkey", ca + ".key", "-CAcreateserial", "-days",
                "0" if name == "old" else "2",
                "-extfile", "names", "-out", name + ".pem", cwd=d)
    revoke(d)
    return d


def revoke(d):
    """gone.pem is revoked: by crl.pem."""
    (d / "index").write_text("")
    (d / "number").write_text("01")
    (d / "ca.conf").write_text(
        "[ca]\ndefault_ca=x\n[x]\ndatabase=index\ncrlnumber=number\n"
        "default_md=sha256\ndefault_crl_days=2\n")
    common = ("-config", "ca.conf", "-cert", "ca.pem", "-keyfile", "ca.key")
    openssl("ca", *common, "-revoke", "gone.pem", cwd=d)
    openssl("ca", *common, "-gencrl", "-out", "crl.pem", cwd=d)


def fingerprint(pki, name):
    der = ssl.PEM_cert_to_DER_cert((pki / (name + ".pem")).read_text())
    return hashlib.sha256(der).hexdigest()


def section(pki, more=""):
    return ('tls "127.0.0.1:0" { cert-file = "%s/server.pem" '
            'key-file = "%s/server.key" %s }\n' % (pki, pki, more))


def client(pki, name=None):
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    c.check_hostname = False
    c.load_verify_locations(pki / "ca.pem")
    if name:
        c.load_cert_chain(pki / (name + ".pem"), pki / (name + ".key"))
    return c


def send(d, pki, text, name=None, source=None):
    with d.connect("tls", source=source) as raw:
        with client(pki, name).wrap_socket(raw) as s:
            s.sendall(b"%d %s" % (len(text), text.encode()))
            s.unwrap()
