"""What is posted for what a handler returned (fc-runtime-api.md, section 4)."""

import sys

from _openfc import library


def _is_instance(value, module, *names):
    """Whether value is of a class of a module that nobody may have imported yet."""
    known = sys.modules.get(module)
    classes = tuple(getattr(known, name) for name in names if hasattr(known, name))
    return isinstance(value, classes)


def to_plain(value):
    """What json should write in place of a value that it does not know."""
    if _is_instance(value, "decimal", "Decimal"):
        return float(value)
    if _is_instance(value, "datetime", "datetime", "date"):
        return value.isoformat()
    to_json = getattr(value, "to_json", None)
    if callable(to_json):
        return to_json()
    raise TypeError("%r is not JSON serializable" % (value,))


def encode(result):
    """The bytes to post."""
    if isinstance(result, bytes):
        return result
    if not isinstance(result, str):
        json = library.load("json", "dumps")
        result = json.dumps(result, indent=4, sort_keys=True, default=to_plain)
    return str.encode(result, "utf-8")
