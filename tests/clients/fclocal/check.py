"""Other people's clients of the platform, unchanged, against a real `fclocal start`: the SDKs of the
Invoke API, curl, and an s.yaml of each edition.

usage: check.py BIN_DIR NODE_DIR    by a Python that has requirements.txt; NODE_DIR has node_modules
"""

import json
import os
import pathlib
import subprocess
import sys
import traceback

from auth_cases import AuthCases
from curl_cases import CurlCases
from fc2_cases import Fc2Cases
from fc3_cases import Fc3Cases
from file_cases import FileCases
from served import Served
from task_cases import TaskCases

HERE = pathlib.Path(__file__).resolve().parent


def run_case(case):
    """What went wrong, or nothing."""
    try:
        case()
        return ""
    except Exception:  # Of any kind: it is the case's failure.
        return traceback.format_exc()


def run_python(cases):
    """(name, fault) of every case."""
    group = type(cases).__name__
    return [(group + "." + name, run_case(getattr(cases, name)))
            for name in vars(type(cases)) if not name.startswith("_")]


def run_node(served, packages):
    """(name, fault) of every case of Node's SDK."""
    done = subprocess.run(["node", str(HERE / "node_cases.js"), served.url, packages,
                           served.key_id, served.secret, served.make_fifo("node")],
                          stdout=subprocess.PIPE, check=False)
    results = [json.loads(line) for line in done.stdout.decode().splitlines()]
    faults = [("Node." + result["name"], result["fault"]) for result in results]
    if done.returncode != 0 or not faults:
        faults.append(("Node", "node ended with exit code %d" % done.returncode))
    return faults


def run_all(served1, served3, packages):
    """(name, fault) of everything."""
    return (run_python(FileCases(served1, served3)) + run_sdks(served1, served3, packages) +
            run_python(CurlCases(served1, served3)))


def run_sdks(served1, served3, packages):
    """(name, fault) of what may be called with the right keys."""
    return (run_python(Fc2Cases(served1)) + run_python(Fc3Cases(served3)) +
            run_python(TaskCases(served3)) + run_node(served1, packages))


def run_signed(served1, served3, packages):
    """The same where signatures are checked, and wrong keys."""
    return ([("signed, " + name, fault) for name, fault in run_sdks(served1, served3, packages)] +
            run_python(AuthCases(served1, served3)))


def report(results, *served):
    """Tells of the failures, and how many of all there were."""
    failures = [(name, fault) for name, fault in results if fault]
    for name, fault in failures:
        print("FAILED: %s\n%s" % (name, fault))
    if failures:
        for platform in served:
            print("".join(platform.output)[-8000:])
    print("fclocal clients: %d passed, %d failed" % (len(results) - len(failures), len(failures)))
    return 1 if failures else 0


def main(bin_folder, packages):
    """The exit code."""
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        os.environ.pop(name, None)  # Nothing here is meant for one.
    fclocal = pathlib.Path(bin_folder).resolve() / "fclocal"
    keys = "%s:%s" % (Served.key_id, Served.secret)
    served = []
    try:
        for options in ((), ("--auth", keys)):
            for edition in ("edition1", "edition3"):
                served.append(Served(fclocal, HERE / edition, *options))
        packages = os.path.abspath(packages)
        results = run_all(*served[:2], packages) + run_signed(*served[2:], packages)
    finally:
        for platform in served:
            platform.end()
    return report(results, *served)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
