"""pytest's own means to test a plugin: a pytest in a folder of its own."""

import os
import stat

import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def stand_in(tmp_path):
    """A program in fclocal's place that is made by make(lines of Python)."""

    def make(*lines, name="fclocal"):
        file = tmp_path / "programs" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("#!/usr/bin/python3\nimport json, os, sys\n" + "\n".join(lines) + "\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return file

    return make


@pytest.fixture(autouse=True)
def no_fclocal_of_this_machine(monkeypatch):
    """Each test says where fclocal is; the real one stands in REAL_FCLOCAL."""
    monkeypatch.delenv("OPENFC_FCLOCAL", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # It may be installed from here.
    monkeypatch.setenv("PATH", "/usr/bin:/bin")


@pytest.fixture
def real_fclocal():
    """The program that was built."""
    return os.environ["REAL_FCLOCAL"]
