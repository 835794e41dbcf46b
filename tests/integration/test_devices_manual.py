"""Every vendor that is understood stands in ikewatch-devices(7), and every
vendor that hints name is one of them."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "man/ikewatch-devices.7").read_text()


def parsers():
    """The names in the registry, as configuration and database have them."""
    registry = (ROOT / "parsers/registry.c").read_text()
    rows = re.findall(r"X\((\w+)\)", registry.split("#define PARSERS(X)")[1].split("#define X")[0])
    names = []
    for row in rows:
        found = [m.group(1) for path in (ROOT / "parsers").glob("*.c")
                 for m in [re.search(rf'const struct parser parser_{row} = {{\s*\.name = "([^"]+)"',
                                     path.read_text())] if m]
        assert len(found) == 1, row
        names += found
    assert len(names) >= 26
    return names


def headings():
    return re.findall(r"^\.Ss ([a-z-]+): ", MANUAL, re.M)


def test_every_parser_has_a_section():
    assert sorted(headings()) == sorted(parsers())


def test_every_section_says_what_is_needed_and_what_is_not_seen():
    devices = MANUAL.split(".Sh DEVICES\n")[1].split(".Sh SEE ALSO")[0]
    for section in devices.split(".Ss ")[1:]:
        for label in ("Needed", "Not seen"):
            assert section.count(".Em %s :\n" % label) == 1, section


def test_sections_are_in_order():
    assert headings() == sorted(headings())


def test_hints_name_known_vendors():
    hints = (ROOT / "parsers/hints.c").read_text()
    rows = re.findall(r'\{ "([a-z0-9-]+)", IKE_R_(\w+),', hints)
    assert len(rows) >= 100
    assert len(set(rows)) == len(rows)
    assert {vendor for vendor, _ in rows} == set(parsers())


def test_every_vendor_says_what_to_check_first():
    """What fails most: proposals, selectors, silence."""
    hints = (ROOT / "parsers/hints.c").read_text()
    rows = set(re.findall(r'\{ "([a-z0-9-]+)", IKE_R_(\w+),', hints))
    for vendor in parsers():
        reasons = {r for v, r in rows if v == vendor}
        assert {"PSK_MISMATCH", "TRAFFIC_SELECTOR_MISMATCH",
                "NO_RESPONSE"} <= reasons, vendor
        assert reasons & {"IKE_PROPOSAL_MISMATCH", "PROPOSAL_MISMATCH"}
