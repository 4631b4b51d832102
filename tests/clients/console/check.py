"""The console page of `fclocal start` in a real browser, used by the keyboard.

usage: check.py PICTURES_DIR [BIN_DIR]    without BIN_DIR: against a small fake of the server alone
"""

import contextlib
import pathlib
import sys
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "functions"))

import index  # noqa: E402  (a function's module)
from browser import Browser, Page  # noqa: E402
from cases import Cases  # noqa: E402
from fake_cases import FakeCases, place  # noqa: E402
from real_platform import RealPlatform  # noqa: E402

FUNCTIONS = {name: getattr(index, name) for name in ("hello", "hostile", "fails", "binary")}


def run(case, pages):
    """What went wrong in one case, or nothing."""
    try:
        case()
        complaints = [complaint for page in pages for complaint in page.complaints()]
        return "the browser complained: %s" % complaints if complaints else ""
    except Exception:  # Of any kind: it is the case's failure.
        return traceback.format_exc()
    finally:
        for page in pages:
            with contextlib.suppress(RuntimeError):
                page.close()
        pages.clear()


def run_all(cases_of, server, browser, pictures):
    """(passed, failed), with the failures told."""
    pages = []

    def open_page(url, **options):
        pages.append(Page(browser, url, **options))
        return pages[-1]

    cases = cases_of(server, open_page, pictures)
    passed = failed = 0
    for name in [name for name in dir(cases) if name[0] != "_"
                 and name not in ("open", "choose", "invoke")]:
        fault = run(getattr(cases, name), pages)
        if fault:
            failed += 1
            print("FAILED: %s.%s\n%s" % (cases_of.__name__, name, fault))
        else:
            passed += 1
    return passed, failed


def main(arguments):
    pictures = pathlib.Path(arguments[0])
    pictures.mkdir(parents=True, exist_ok=True)
    browser = Browser()
    try:
        passed, failed = run_all(FakeCases, place(FUNCTIONS), browser, pictures)
        if len(arguments) > 1:
            real = RealPlatform(pathlib.Path(arguments[1]).resolve() / "fclocal")
            with contextlib.closing(contextlib.ExitStack()) as stack:
                stack.callback(real.end)
                more = run_all(Cases, real, browser, pictures)
            passed, failed = passed + more[0], failed + more[1]
    finally:
        browser.close()
    print("console: %d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
