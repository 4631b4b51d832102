#!/usr/bin/env python3
"""Figures of a plotly that pip has installed, through fcsandbox behind its walls; as root alone.

usage: check.py BIN_DIR PYTHON    PYTHON has plotly, and the version that fcsandbox embeds
"""

import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../integration/sandbox"))
import executor_service  # noqa: E402  (the path comes first)
import plotly_figures  # noqa: E402
import stand  # noqa: E402

NOT_NEEDED = ("pip", "setuptools", "pkg_resources", "jupyterlab_plotly")


def packages_of(python):
    """The folder of what pip has installed for it."""
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return subprocess.run([python, "-c", asked], check=True, stdout=subprocess.PIPE,
                          text=True).stdout.strip()


def install(packages, place):
    """Has the interpreters of a stand find them, as every user may read them; they take nothing from
    the environment of fcsandbox."""
    libraries, program = place.folder + "/libraries", place.folder + "/fcsandbox-zygote"
    shutil.copytree(packages, libraries, ignore=shutil.ignore_patterns(*NOT_NEEDED))
    os.rename(program, program + "-itself")
    with open(program, "w", encoding="ascii") as file:
        file.write('#!/bin/sh\nPYTHONPATH="%s" exec "$0-itself" "$@"\n' % libraries)
    os.chmod(program, 0o755)


def check_server(place, profile):
    """How many rows hold."""
    with executor_service.Server(place, profile) as server:
        libraries = json.loads(server.ask("GET", "/health")[2])["available_libraries"]
        assert "plotly" in libraries, libraries
        rows = plotly_figures.check(server, libraries)
        assert server.stop() == 0
    assert place.left() == [], place.left()
    return rows


def run():
    rows = 0
    packages = packages_of(sys.argv[2])
    for profile, user in (("full", 0), ("unpriv", 65534)):
        with stand.stand(sys.argv[1], "plotly", user) as place:
            install(packages, place)
            rows += check_server(place, profile)
    print("plotly through fcsandbox: %d rows hold" % rows)
    return 0


if __name__ == "__main__":
    stand.main(run)
