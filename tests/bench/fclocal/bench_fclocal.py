"""fclocal beside what it is made of: a bare Python, and the instance that it runs.

usage: bench_fclocal.py BIN_DIR [--only NAME,...] [--rounds N] [--seconds N]

What is compared runs in turn, round by round; ratios are taken within a round. Told are the median of
the rounds, and the lowest and the highest.
"""

import argparse
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "..", "http")]
from load import Load  # noqa: E402  (the path comes first)
from ratios import judge, spread  # noqa: E402

ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
HELLO = os.path.join(ROOT, "examples", "hello")
PYTHON = "/usr/bin/python3"


def seconds_of(command):
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - begin


def invoke(options):
    """The whole process, from the command to its result."""
    fclocal = [os.path.join(options.bin_dir, "fclocal"), "invoke", "--code", HELLO, "-e", "{}",
               "--quiet"]
    ratios = []
    for _ in range(options.rounds * 5):
        plain = seconds_of([PYTHON, "-c", "pass"])
        ratios.append(seconds_of(fclocal) / plain)
    return judge("`fclocal invoke` of a hello function, end to end",
                 "at most 3 times `python3 -c pass`", ratios, lambda ratio: ratio <= 3)


@contextlib.contextmanager
def started(options, *words):
    """The port of an `fclocal start` of examples/hello."""
    with tempfile.TemporaryDirectory() as folder:
        log = open(os.path.join(folder, "log"), "w+")
        process = subprocess.Popen(
            [os.path.join(options.bin_dir, "fclocal"), "start", "--code", HELLO, "--port", "0",
             "--quiet", *words], cwd=folder, stdout=log, stderr=log)
        try:
            yield port_of(process, log.name)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait()


def port_of(process, log):
    while process.poll() is None:
        with open(log) as file:
            found = re.search(r"serving on http://127\.0\.0\.1:(\d+)", file.read())
        if found:
            return int(found.group(1))
        time.sleep(0.01)
    raise RuntimeError("fclocal does not start")


def rate_at_stand_in(options):
    """The same instance with as many in flight, against the platform of the benchmarks."""
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run([os.path.join(options.bin_dir, "bench_runtime"), "--only", "echo16",
                        "--rounds", "1", "--json", file.name], check=True,
                       stdout=subprocess.DEVNULL)
        subjects = json.load(open(file.name))[0]["subjects"]
    ours = next(subject for subject in subjects if "bootstrap" in subject["name"])
    return ours["invocations_per_second"]["median"]


def start(options):
    """16 clients at once, each invocation through the Invoke API.

    The program that plays them stays where the instance is, on the last processor: the platform of
    the benchmarks is its own client, and beside fclocal the kernel stacks the two on one processor
    in one run and not in the next, which makes a third of the rate.
    """
    load = Load("/2023-03-30/functions/hello/invocations", "twenty bytes of text",
                processor=max(os.sched_getaffinity(0)))
    ratios, rates = [], []
    for _ in range(options.rounds):
        with started(options, "--concurrency", "16") as port:
            load.put_on(port, 16, 1)  # Warm.
            rate, _ = load.put_on(port, 16, options.seconds)
        rates.append(rate)
        ratios.append(rate / rate_at_stand_in(options))
    print("\n  sync invocations a second: %s" % spread(rates, "%.0f"))
    return judge("`fclocal start`, 16 connections on one concurrent instance",
                 "at least 0.5 of the instance against the benchmarks' platform", ratios,
                 lambda ratio: ratio >= 0.5)


CONTESTS = {"invoke": invoke, "start": start}


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].replace("usage: ", ""))
    parser.add_argument("bin_dir", type=os.path.abspath)
    parser.add_argument("--only", default=",".join(CONTESTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    results = [CONTESTS[name](options) for name in options.only.split(",")]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
