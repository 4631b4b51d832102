"""The plugin in a pytest of its own: how it finds fclocal, which folder it takes, what it reports."""

import importlib
import pathlib
import re

from openfc_pytest import plugin

ROOT = pathlib.Path(plugin.__file__).resolve().parents[1]
ONE_TEST = "def test_it(fclocal):\n    assert fclocal.invoke('hi').text == 'hi'\n"
ANSWER = ("report = dict(ok=True, result='hi', resultEncoding='utf-8', log='said this', errorType=None, "
          "errorMessage=None, requestId='1-a-b', durationMs=1.5, maxMemoryUsedMb=9)")
SAY = "print(json.dumps(report))"


def run(pytester, *options):
    """A pytest that has the plugin, in a process of its own."""
    return pytester.runpytest_subprocess("-p", "openfc_pytest.plugin", "-p", "no:cacheprovider",
                                         *options)


def test_finds_fclocal_by_option(pytester, stand_in):
    pytester.makepyfile(ONE_TEST)
    run(pytester, "--fclocal", str(stand_in(ANSWER, SAY))).assert_outcomes(passed=1)


def test_finds_fclocal_by_ini_file(pytester, stand_in):
    pytester.makepyfile(ONE_TEST)
    pytester.makeini("[pytest]\nfclocal = %s\n" % stand_in(ANSWER, SAY))
    run(pytester).assert_outcomes(passed=1)


def test_finds_fclocal_by_environment(pytester, stand_in, monkeypatch):
    pytester.makepyfile(ONE_TEST)
    monkeypatch.setenv("OPENFC_FCLOCAL", str(stand_in(ANSWER, SAY, name="other")))
    run(pytester).assert_outcomes(passed=1)


def test_finds_fclocal_along_the_path(pytester, stand_in, monkeypatch):
    pytester.makepyfile(ONE_TEST)
    monkeypatch.setenv("PATH", "%s:/usr/bin:/bin" % stand_in(ANSWER, SAY).parent)
    run(pytester).assert_outcomes(passed=1)


def test_says_how_to_find_fclocal(pytester):
    pytester.makepyfile(ONE_TEST)
    result = run(pytester)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fclocal is not on the PATH: *--fclocal*OPENFC_FCLOCAL*"])
    assert "Traceback" not in result.stdout.str()
    assert "another exception" not in result.stdout.str()

    result = run(pytester, "--fclocal", "/nowhere/fclocal")
    result.stdout.fnmatch_lines(["*there is no program /nowhere/fclocal*"])


def test_runs_in_the_folder_of_the_nearest_service_file(pytester, stand_in):
    program = stand_in(ANSWER, "report['result'] = os.getcwd()", SAY)
    for folder in ("app", "app/tests", "other"):
        pytester.mkdir(folder)
    (pytester.path / "app/s.yaml").write_text("")
    test = "def test_%s(fclocal):\n    assert fclocal.invoke().text == %r\n"
    (pytester.path / "app/tests/test_near.py").write_text(
        test % ("near", str(pytester.path / "app")))
    (pytester.path / "other/test_root.py").write_text(test % ("root", str(pytester.path)))
    run(pytester, "--fclocal", str(program), "--rootdir", str(pytester.path)).assert_outcomes(
        passed=2)


def test_shows_the_log_of_a_test_that_fails(pytester, stand_in):
    pytester.makepyfile("def test_it(fclocal):\n    assert fclocal.invoke('x').text == 'other'\n")
    result = run(pytester, "--fclocal", str(stand_in(ANSWER, SAY)))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Captured fclocal call*", "said this"])


def test_gives_the_sentence_of_an_fclocal_that_refuses(pytester, stand_in):
    pytester.makepyfile(ONE_TEST)
    program = stand_in("sys.stderr.write('fclocal: no such thing')", "sys.exit(2)")
    result = run(pytester, "--fclocal", str(program))
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*FclocalError: fclocal: no such thing"])


def test_survives_an_fclocal_that_says_nothing_or_is_none(pytester, stand_in):
    pytester.makepyfile(ONE_TEST)
    result = run(pytester, "--fclocal", str(stand_in("sys.exit(7)")))
    result.stdout.fnmatch_lines(["*FclocalError: fclocal ended with 7 and said nothing"])

    broken = stand_in("")
    broken.write_bytes(b"\x7fELF nothing")
    result = run(pytester, "--fclocal", str(broken))
    result.stdout.fnmatch_lines(["*FclocalError: *cannot be run: *"])


def test_is_what_the_entry_point_of_the_package_names():
    text = (ROOT / "pyproject.toml").read_text()
    entry = re.search(r'\[project\.entry-points\.pytest11\]\nopenfc = "(.*)"', text)
    module = importlib.import_module(entry.group(1))
    assert module.fclocal and module.pytest_addoption
    assert '"%s"' % plugin.__name__.split(".", maxsplit=1)[0] in text
