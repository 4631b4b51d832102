"""Attempts to have the server read for a run what the run itself cannot: by what it leaves behind."""

import json
import os
import subprocess
import tempfile
import urllib.parse

import served
from escape.attempt import Attempt
from escape.mechanisms import BENEATH

SECRET = "SECRET"

# What a run makes, and the path that is asked for afterwards. OWN is a file that everybody may read, in
# FOLDER.
WAYS = {
    "a link": ("ln -s OWN r", "r"),
    "a chain of links": ("ln -s OWN a; ln -s a b; ln -s b r", "r"),
    "a link that climbs": ("ln -s ../../../../../../../../../../..OWN r", "r"),
    "a link to a folder": ("ln -s FOLDER d", "d/NAME"),
    "a link to the root": ("ln -s / d", "dOWN"),
    "a link in a folder": ("mkdir -p d/e; ln -s FOLDER d/e/f", "d/e/f/NAME"),
    "a link to the process's root": ("ln -s /proc/self/root d", "dOWN"),
    "a link to the environment": ("ln -s /proc/self/environ r", "r"),
    "a link beside its path": ("mkdir d; ln -s FOLDER e", "d/../e/NAME"),
    "a path that climbs": ("true", "../../../../../../../../../../..OWN"),
    "a path from the root": ("true", "OWN"),
    "a path to the environment": ("true", "/proc/self/environ"),
    "a path through a folder": ("mkdir d", "d/../../../../../../../../../../..OWN"),
}
DOORS = ("as a result", "as a file")


def all_attempts():
    """Each by each door."""
    return [Attempt("get %s by %s" % (door, name), json.dumps(way), frozenset([BENEATH]))
            for name, way in WAYS.items() for door in DOORS]


def way_of(one, targets):
    words = {"OWN": targets.script, "FOLDER": targets.shared, "NAME": os.path.basename(targets.script)}
    parts = json.loads(one.code)
    for name, value in words.items():
        parts = [part.replace(name, value) for part in parts]
    return parts


def bare(targets):
    """The names of those that succeed where a server just opens what it is asked for."""
    return {one.name for one in all_attempts() if SECRET in opened(*way_of(one, targets))}


def opened(command, path):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["bash", "-c", command], cwd=folder, check=True)
        # Another process's environment is then as a server's.
        return subprocess.run(["cat", path], cwd=folder, stdout=subprocess.PIPE, check=False).stdout.decode("latin1")


def walled(place, targets, profile):
    """The names of those that succeed with the PremierLangage service."""
    out = set()
    with served.Served(place, "premierlangage", profile, "--no-data") as server:
        for one in all_attempts():
            command, path = way_of(one, targets)
            config = {"commands": [command], "save": True}
            if DOORS[0] in one.name:
                config["result_path"] = path
            status, _, text = server.ask(
                "POST", "/execute/", urllib.parse.urlencode({"config": json.dumps(config)}),
                {"Content-Type": "application/x-www-form-urlencoded"})
            reply = json.loads(text)
            assert status == 200 and reply["execution"][0]["exit_code"] == 0, (one.name, text)
            if DOORS[0] in one.name:
                said = reply.get("result") or ""
            else:
                said = server.ask_bytes("GET", "/files/%s/%s/" % (
                    reply["environment"], urllib.parse.quote(path)))[2].decode("latin1")
            if SECRET in said:
                out.add(one.name)
    return out
