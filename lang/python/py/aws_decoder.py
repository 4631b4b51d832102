"""JSON in, in AWS's dialect: the event.

The standard library decodes. What it refuses is refused in the words of the JSON library that
awslambdaric brings along; NaN and Infinity, which are no JSON, are refused, too.
"""

import json
import re

_BYTE_ORDER_MARK = "\ufeff"
_BLANK = " \t\n\r"
_STRING_OR_CONSTANT = re.compile(r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity)', re.DOTALL)
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|([\[\]{}])', re.DOTALL)
_WHOLE_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_FOUR_DIGITS = re.compile("[0-9a-fA-F]{4}")


class _Constant(Exception):
    """NaN or Infinity stands in the text."""


def _refuse_constant(name):
    raise _Constant(name)


_scan = json.JSONDecoder(parse_constant=_refuse_constant).scan_once


def decode(event):
    """The event's value. ValueError when it has none, with the text to report."""
    text = str(event, "utf-8")
    start = _skip_blanks(text, 1 if text.startswith(_BYTE_ORDER_MARK) else 0)
    try:
        value, end = _scan(text, start)
    except StopIteration as stop:
        raise _refusal(*_missing_value(text, stop.value)) from None
    except json.JSONDecodeError as error:
        raise _refusal(*_in_other_words(error.msg, text, error.pos)) from None
    except _Constant:
        raise _refusal("Expecting value", text, _first_constant(text)) from None
    end = _skip_blanks(text, end)
    if end != len(text):
        raise _extra_data(text, end)
    return value


def _skip_blanks(text, position):
    while position < len(text) and text[position] in _BLANK:
        position += 1
    return position


def _line_and_column(text, position):
    return text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)


def _refusal(message, text, position):
    line, column = _line_and_column(text, position)
    return ValueError("%s: line %d column %d (char %d)" % (message, line, column, position))


def _extra_data(text, start):
    return ValueError("Extra data: line %d column %d - line %d column %d (char %d - %d)" % (
        *_line_and_column(text, start), *_line_and_column(text, len(text)), start, len(text)))


def _first_constant(text):
    return next(match.start() for match in _STRING_OR_CONSTANT.finditer(text) if match.group(1))


def _unterminated_string(text):
    return _WHOLE_STRING.sub(lambda match: " " * len(match.group()), text).index('"')


def _last_before(text, position):
    """Where the last character that is no blank stands before `position`; -1: nowhere."""
    return len(text[:position].rstrip(_BLANK)) - 1


def _is_in_array(text, position):
    """Whether the innermost bracket that is open there is [."""
    open_brackets = []
    for match in _STRING_OR_BRACKET.finditer(text, 0, position):
        bracket = match.group(1)
        if bracket in ("[", "{"):
            open_brackets.append(bracket)
        elif bracket:
            open_brackets.pop()
    return open_brackets[-1:] == ["["]


def _in_other_words(message, text, position):
    """(message, text, position) as the other library has them."""
    if message.startswith("Expecting property name"):
        return _missing_name(text, position)
    if message.startswith("Expecting ','"):
        end = "]" if _is_in_array(text, position) else "}"
        return "Expecting ',' delimiter or '%s'" % end, text, position
    if message.startswith("Invalid control character"):
        return "Invalid control character %r at" % text[position:position + 1], text, position
    if message.startswith("Invalid \\u"):
        return _bad_unicode_escape(text, position)
    if message.startswith("Invalid \\"):
        letter = position + 1
        return "Invalid \\X escape sequence %r" % text[letter:letter + 1], text, letter
    if message.startswith("Expecting value"):
        return _missing_value(text, position)
    return message, text, position


def _missing_value(text, position):
    last = _last_before(text, position)
    if text[last:last + 1] == "[" and position == len(text):
        return "Expecting value or ']'", text, position
    if text[last:last + 1] == "," and text[position:position + 1] == "]":
        return "Illegal trailing comma before end of array", text, last
    return "Expecting value", text, position


def _bad_unicode_escape(text, position):
    if _FOUR_DIGITS.match(text, position + 1) and position + 5 == len(text):
        return "Unterminated string starting at", text, _unterminated_string(text)
    return "Invalid \\uXXXX escape sequence", text, position - 1


def _missing_name(text, position):
    last = _last_before(text, position)
    if text[last:last + 1] != ",":
        return "Expecting property name enclosed in double quotes or '}'", text, position
    if text[position:position + 1] == "}":
        return "Illegal trailing comma before end of object", text, last
    return "Expecting property name enclosed in double quotes", text, position
