"""What plain Python says: the table's expectations that differ from version to version.

    oracle.py eval EXPRESSION        its value: text or bytes as they are, all else as JSON
    oracle.py raised MODULE NAME     the error document of MODULE.NAME(b"", None)
    oracle.py unloaded MODULE        the error document of importing MODULE

Run in the function's folder. The rules are those of fc-runtime-api.md, sections 3 and 4.
"""

import importlib
import json
import os
import sys
import traceback


def as_json(value):
    """The one layout of every JSON that the runtime posts."""
    return json.dumps(value, indent=4, sort_keys=True)


def write(value):
    """To stdout, as bytes."""
    if not isinstance(value, (bytes, str)):
        value = as_json(value)
    if isinstance(value, str):
        value = value.encode()
    sys.stdout.buffer.write(value)


def frame(entry):
    """One entry of Python's traceback formatting as an inner list of stackTrace."""
    lines = entry.rstrip("\n").split("\n")
    source = lines[1].strip() if len(lines) > 1 else ""
    return [part.strip() for part in lines[0].split(",")] + [source]


def raised_document(error):
    """For an exception of the handler: its own frames, ours (the first) left out."""
    document = {"errorType": type(error).__name__, "errorMessage": str(error)}
    frames = [frame(entry) for entry in traceback.format_tb(error.__traceback__.tb_next)]
    if frames:
        document["stackTrace"] = frames
    return as_json(document)


def raised(module, name):
    """Calls the handler, which must raise."""
    handler = getattr(importlib.import_module(module), name)
    try:
        handler(b"", None)
    except BaseException as error:  # SystemExit too is answered.
        return raised_document(error)
    raise AssertionError("the handler returned")


def stripped_lines(entry):
    """Its lines without carets and blanks around them, empty ones dropped."""
    lines = [line.strip(" ^\t\r") for line in entry.split("\n")]
    return [line for line in lines if line]


def flat_stack(error):
    """The flat list of an import that failed."""
    first, *others = traceback.format_exception_only(type(error), error)
    split = [part.strip() for line in stripped_lines(first) for part in line.split(",")]
    return split + [line for entry in others for line in stripped_lines(entry)]


def name_failure(module, error):
    """errorType and errorMessage of section 3's table."""
    if isinstance(error, ImportError):
        return "ImportModuleError", f"Unable to import module '{module}'"
    if isinstance(error, SyntaxError):
        return "UserCodeSyntaxError", f"Syntax error in module '{module}'"
    if isinstance(error, ValueError):
        return "InvalidHandleName", f"Invalid handler '{module}'"
    return "UserCodeError", f"Module initialization error: '{error}'"


def unloaded(module):
    """Imports the module, which must fail."""
    try:
        importlib.import_module(module)
    except BaseException as error:  # SystemExit too is answered.
        kind, message = name_failure(module, error)
        return as_json(
            {"errorType": kind, "errorMessage": message, "stackTrace": flat_stack(error)}
        )
    raise AssertionError("the module can be imported")


def words_of(function, value):
    """The message of the exception that encoding the value raises."""
    try:
        function(value, indent=4, sort_keys=True)
    except Exception as error:
        return str(error)
    raise AssertionError("nothing was raised")


def evaluate(expression):
    """The value of an expression, with what the table needs at hand."""
    names = {"json": json, "sys": sys, "as_json": as_json, "words_of": words_of}
    return eval(expression, names)  # The table's own text.


def main(mode, *arguments):
    """Answers one question."""
    sys.path[0] = os.getcwd()
    write({"eval": evaluate, "raised": raised, "unloaded": unloaded}[mode](*arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
