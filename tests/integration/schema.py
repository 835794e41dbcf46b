"""Holds JSON against the schemas in tests/schemas: the keywords used there,
"not" as a pattern that must not be found, and maxBytes."""

import json
import pathlib
import re

FOLDER = pathlib.Path(__file__).parent.parent / "schemas"
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}


def load(name):
    return json.loads((FOLDER / (name + ".json")).read_text())


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def faults(value, schema, at="$"):
    """Every place where the value is not as the schema says."""
    if "anyOf" in schema:
        each = [list(faults(value, s, at)) for s in schema["anyOf"]]
        if all(each):
            yield "%s: none of %d forms: %s" % (at, len(each), each)
        return
    if "const" in schema and value != schema["const"]:
        yield "%s: %r is not %r" % (at, value, schema["const"])
    if "enum" in schema and value not in schema["enum"]:
        yield "%s: %r is none of %r" % (at, value, schema["enum"])
    if "type" in schema and not is_type(value, schema["type"]):
        yield "%s: %r is no %s" % (at, value, schema["type"])
        return
    judge = {dict: of_object, list: of_array, str: of_string, int: of_number}
    yield from judge.get(type(value), of_nothing)(value, schema, at)


def of_nothing(*_):
    return ()


def of_object(value, schema, at):
    for name in schema.get("required", []):
        if name not in value:
            yield "%s: %s is missing" % (at, name)
    more = schema.get("additionalProperties", True)
    for name, item in value.items():
        known = schema.get("properties", {}).get(name)
        if not re.search(schema.get("propertyNames", ""), name):
            yield "%s: %r is no name" % (at, name)
        if known is not None:
            yield from faults(item, known, "%s.%s" % (at, name))
        elif more is False:
            yield "%s: %s is unknown" % (at, name)
        elif isinstance(more, dict):
            yield from faults(item, more, "%s.%s" % (at, name))


def of_array(value, schema, at):
    if not schema.get("minItems", 0) <= len(value) <= schema.get(
            "maxItems", len(value)):
        yield "%s: %d items" % (at, len(value))
    for i, item in enumerate(value):
        yield from faults(item, schema.get("items", {}), "%s[%d]" % (at, i))


def of_string(value, schema, at):
    if not schema.get("minLength", 0) <= len(value) <= schema.get(
            "maxLength", len(value)):
        yield "%s: %d characters" % (at, len(value))
    if len(value.encode()) > schema.get("maxBytes", 1 << 30):
        yield "%s: %d bytes" % (at, len(value.encode()))
    if not re.search(schema.get("pattern", ""), value, re.DOTALL):
        yield "%s: %r does not match %s" % (at, value, schema["pattern"])
    if "not" in schema and re.search(schema["not"], value):
        yield "%s: %r must not match %s" % (at, value, schema["not"])


def of_number(value, schema, at):
    if not schema.get("minimum", value) <= value <= schema.get(
            "maximum", value):
        yield "%s: %d" % (at, value)
