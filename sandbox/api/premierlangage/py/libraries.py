"""Prints what code finds here, as JSON: Python's packages, Perl's modules, shared libraries and
programs."""

import importlib.metadata
import json
import os
import re
import subprocess


def output_of(*words):
    """Of a program, as lines; none when it is not here."""
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    except OSError:
        return []
    return done.stdout.decode("utf-8", "replace").split("\n")


def python_packages():
    """Their versions by name."""
    found = {}
    for package in importlib.metadata.distributions():
        if package.metadata and package.metadata["Name"]:
            found.setdefault(package.metadata["Name"], package.version)
    return found


def perl_version(path):
    """What a module's file says of its version, or ?."""
    try:
        with open(path, encoding="latin-1") as file:
            match = re.search(r"\$VERSION\s*=\s*['\"]?v?([0-9][0-9._]*)", file.read(20000))
    except OSError:
        match = None
    return match.group(1) if match else "?"


def perl_modules():
    """Their versions by name, two levels deep."""
    found = {}
    for folder in output_of("perl", "-e", 'print join "\\n", @INC'):
        for place, names, files in os.walk(folder or "/nowhere"):
            below = os.path.relpath(place, folder)
            parts = [] if below == "." else below.split("/")
            if len(parts) >= 1:
                names.clear()
            for name in files:
                if name.endswith(".pm"):
                    module = "::".join(parts + [name[:-3]])
                    found.setdefault(module, perl_version(os.path.join(place, name)))
    return found


def shared_libraries():
    """The versions behind .so, or ?."""
    found = {}
    for line in output_of("/sbin/ldconfig", "-p"):
        match = re.match(r"\s+(\S+?)\.so(?:\.(\S+))?\s", line)
        if match:
            found.setdefault(match.group(1), match.group(2) or "?")
    return found


def programs():
    """All that PATH has, sorted."""
    found = set()
    for folder in os.environ.get("PATH", "").split(":"):
        try:
            found.update(os.listdir(folder))
        except OSError:
            pass
    return sorted(found)


print(json.dumps({"python": python_packages(), "perl": perl_modules(), "c": shared_libraries(),
                  "bin": programs()}))
