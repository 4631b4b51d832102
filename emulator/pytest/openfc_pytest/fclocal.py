"""The program fclocal, found and run."""

import json
import os
import shutil
import subprocess

from openfc_pytest.invocation import Invocation

_USAGE = 2  # Exit code: what was asked for cannot be meant.


class FclocalError(Exception):
    """fclocal could not be run, or did not understand; its sentence."""


def find_fclocal(configured=None):
    """The program's path: as configured, else $OPENFC_FCLOCAL, else along $PATH."""
    wanted = configured or os.environ.get("OPENFC_FCLOCAL") or "fclocal"
    found = shutil.which(os.path.expanduser(wanted))
    if found:
        return os.path.abspath(found)
    if wanted != "fclocal":
        raise FclocalError("there is no program %s: it should be fclocal" % wanted)
    raise FclocalError("fclocal is not on the PATH: build it (./dev build in openfc), then say where "
                       "it is with --fclocal, with fclocal in pytest's ini-file, or in OPENFC_FCLOCAL")


def _bytes_of(event):
    if isinstance(event, (bytes, bytearray, memoryview)):
        return bytes(event)
    if isinstance(event, str):
        return event.encode("utf-8")
    return json.dumps(event, ensure_ascii=False).encode("utf-8")


def _options(code, handler, config, timeout, memory, env):
    options = []
    for name, value in (("--code", code), ("--handler", handler), ("--config", config),
                        ("--timeout", timeout), ("--memory", memory)):
        if value is not None:
            options += [name, str(value)]
    for name, value in sorted((env or {}).items()):
        options += ["--env", "%s=%s" % (name, value)]
    return options


class Fclocal:
    """Runs fclocal in one folder. Relative paths are below that folder."""

    def __init__(self, program, folder=".", seen=None):
        self._program, self._folder = program, str(folder)
        self._seen = seen or (lambda invocation: None)  # Called with each invocation.

    def invoke(self, event=b"", *, code=None, handler=None, config=None, function=None, timeout=None,
               memory=None, env=None):
        """Invokes a function once, in a new instance. Without `code` and `config` it is the one of
        the folder's s.yaml. The event: bytes, text, or what becomes JSON. Gives an Invocation, also
        of a failure; FclocalError when there was nothing to invoke."""
        words = ["invoke", "--json", "--event-file", "-"]
        words += _options(code, handler, config, timeout, memory, env)
        words += ["--", function] if function is not None else []
        done = self._run(words, _bytes_of(event))
        if not done.stdout or done.returncode == _USAGE:
            raise FclocalError(done.stderr.decode("utf-8", "replace").strip() or
                               "fclocal ended with %d and said nothing" % done.returncode)
        invocation = Invocation(json.loads(done.stdout), done.returncode)
        self._seen(invocation)
        return invocation

    def event(self, kind, **fields):
        """The bytes of a sample event: event("oss", bucket="photos"), as `fclocal event` has it."""
        words = ["event", kind]
        for name, value in fields.items():
            text = value if isinstance(value, str) else json.dumps(value)
            words += ["--set", "%s=%s" % (name, text)]
        done = self._run(words, b"")
        if done.returncode != 0:
            raise FclocalError(done.stderr.decode("utf-8", "replace").strip())
        return done.stdout

    def _run(self, words, given):
        try:
            return subprocess.run([self._program] + words, input=given, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, cwd=self._folder, check=False)
        except OSError as error:
            raise FclocalError("%s cannot be run: %s" % (self._program, error)) from error
