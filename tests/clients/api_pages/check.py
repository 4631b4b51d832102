"""The pages that show the Executor service's API, in a real browser, without anything from elsewhere.

usage: check.py BIN_DIR
"""

import pathlib
import re
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "console"))

from browser import Browser, Page  # noqa: E402

# What each shows of the document when it has read it.
PAGES = {"/docs": ("#page", "Execute Code"), "/redoc": ("body", "Execute Code")}


def serve(binaries):
    """(process, its address)."""
    process = subprocess.Popen([binaries + "/fcsandbox", "--serve", "executor", "--port", "0",
                                "--no-data"], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               text=True)
    for line in process.stderr:
        found = re.search(r"serving executor on (http://[^,]+)", line)
        if found:
            return process, found.group(1)
    raise RuntimeError("fcsandbox did not start")


def check(browser, address):
    for path, (selector, words) in PAGES.items():
        page = Page(browser, address + path)
        page.await_text(selector, words)
        refused = [told["text"] for told in page.complaints()
                   if "Content Security Policy" in told.get("text", "")]
        elsewhere = [url for url in page.requests()
                     if not url.startswith((address, "data:", "blob:"))]
        # ReDoc wants a logo of its makers; the policy of the page keeps it from asking.
        assert all(any(url in text for text in refused) for url in elsewhere), (elsewhere, refused)
        assert len(page.complaints()) == len(elsewhere), page.complaints()
        page.close()
        print("%s shows the API" % path)


def main(binaries):
    process, address = serve(binaries)
    browser = Browser()
    try:
        check(browser, address)
    finally:
        browser.close()
        process.send_signal(signal.SIGTERM)
        process.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
