"""What pytest loads: the options, and the fixture."""

import pathlib

import pytest

from openfc_pytest.fclocal import Fclocal, FclocalError, find_fclocal


def pytest_addoption(parser):
    """Where fclocal is."""
    parser.getgroup("openfc").addoption("--fclocal", metavar="PROGRAM", default=None,
                                        help="the fclocal that invokes functions")
    parser.addini("fclocal", "the fclocal that invokes functions", default=None)


def function_folder(test_file, root):
    """The nearest folder at or above the test's that has an s.yaml, else pytest's root."""
    for folder in pathlib.Path(str(test_file)).resolve().parents:
        if (folder / "s.yaml").is_file():
            return folder
    return pathlib.Path(str(root))


@pytest.fixture
def fclocal(request):
    """Invokes functions: fclocal.invoke(event, code=..., handler=...) gives an Invocation.

    Paths are below the folder of the s.yaml that is nearest to the test, or else pytest's root. The
    log of an invocation stands in the report of a test that fails."""
    options = request.config
    program, missing = None, None
    try:
        program = find_fclocal(options.getoption("--fclocal") or options.getini("fclocal") or None)
    except FclocalError as error:
        missing = str(error)
    if missing:  # Out here, or pytest would tell of both errors.
        pytest.fail(missing, pytrace=False)
    node = request.node

    def keep_log(invocation):
        node.add_report_section("call", "fclocal", invocation.log)

    test_file = getattr(node, "path", None) or node.fspath  # Before pytest 7 it had no path.
    return Fclocal(program, function_folder(test_file, options.rootpath), keep_log)
