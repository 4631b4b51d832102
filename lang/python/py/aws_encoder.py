"""JSON out, in AWS's dialect: what a handler returned, and our own documents.

Its rules are those of the JSON library that awslambdaric brings along: Decimal keeps its digits,
bytes are UTF-8 text, what has an _asdict() is an object. The standard library's encoder, which is
in C, does the usual values; ours takes over where a value has one of those.
"""

import json
import sys

_NUMBERS = (int, float)
_PLAIN = frozenset((str, int, float, bool, type(None)))


class Encoder:
    """Python values to JSON text; as ASCII, or with Unicode as it is."""

    def __init__(self, keeps_unicode):
        self._plain = json.JSONEncoder(ensure_ascii=not keeps_unicode).encode
        self._quote = (json.encoder.encode_basestring if keeps_unicode
                       else json.encoder.encode_basestring_ascii)

    def encode(self, value):
        """The JSON text. Raises what Python raises for a value that has none."""
        if is_plain(value):
            return self._plain(value)
        chunks = []
        self._write(value, chunks.append, {})
        return "".join(chunks)

    def _write(self, value, put, parents):
        scalar = self._scalar(value)
        if scalar is not None:
            put(scalar)
            return
        if id(value) in parents:
            raise ValueError("Circular reference detected")
        parents[id(value)] = value
        self._write_compound(value, put, parents)
        del parents[id(value)]

    def _write_compound(self, value, put, parents):
        fields = _fields_of(value)
        if fields is not None:
            self._write_object(fields, put, parents)
        elif isinstance(value, (list, tuple)):
            self._write_array(value, put, parents)
        elif isinstance(value, dict):
            self._write_object(value, put, parents)
        else:
            put(_number_of_decimal(value))

    def _write_array(self, values, put, parents):
        put("[")
        for position, value in enumerate(values):
            if position:
                put(", ")
            self._write(value, put, parents)
        put("]")

    def _write_object(self, fields, put, parents):
        separator = "{"
        for key, value in fields.items():
            put(separator)
            put(self._quote(key if isinstance(key, str) else _key_text(key)))
            put(": ")
            self._write(value, put, parents)
            separator = ", "
        put("{}" if separator == "{" else "}")

    def _scalar(self, value):
        if isinstance(value, str):
            return self._quote(value)
        if isinstance(value, bytes):
            return self._quote(str(value, "utf-8"))
        if value is None:
            return "null"
        if isinstance(value, _NUMBERS):
            return _number_text(value)
        return None


def is_plain(value):
    """Whether the standard library's encoder has the same rules for the whole of value. What is
    too deep to look through is left to it, too."""
    try:
        return _is_plain(value)
    except RecursionError:
        return True


def _is_plain(value):
    kind = type(value)
    if kind in _PLAIN:
        return True
    if kind is dict:
        return _PLAIN.issuperset(map(type, value)) and all(map(_is_plain, value.values()))
    return kind in (list, tuple) and all(map(_is_plain, value))


def _number_text(value):
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, int):
        return int.__repr__(int(value))
    if value != value:
        return "NaN"
    text = float.__repr__(float(value))
    return {"inf": "Infinity", "-inf": "-Infinity"}.get(text, text)


def _key_text(key):
    if isinstance(key, bytes):
        return str(key, "utf-8")
    if key is None:
        return "null"
    if isinstance(key, _NUMBERS):
        return _number_text(key)
    raise TypeError("keys must be str, int, float, bool or None, not %s" % type(key).__name__)


def _fields_of(value):
    """What _asdict() gives, of a named tuple as of anything else; None: it has none."""
    as_dict = getattr(value, "_asdict", None)
    if not callable(as_dict):
        return None
    try:
        fields = as_dict()
    except TypeError:
        return None
    if not isinstance(fields, dict):
        raise TypeError("_asdict() must return a dict, not %s" % type(fields).__name__)
    return fields


def _number_of_decimal(value):
    decimal = sys.modules.get("decimal")  # Without the module there is no Decimal.
    if decimal is not None and isinstance(value, decimal.Decimal):
        return "NaN" if value.is_nan() else str(value)
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)
