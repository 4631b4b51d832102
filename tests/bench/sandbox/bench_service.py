"""Snippets through fcsandbox's Executor service, with its walls, beside fresh processes; and how soon
its PremierLangage service ends what runs out of time.

usage: bench_service.py BIN_DIR [--only NAME,...] [--rounds N] [--isolation PROFILE]

What is compared runs in turn, round by round; ratios are taken within a round. Told are the median of
the rounds, and the lowest and the highest. The fresh Python is the one that bootstrap embeds.
"""

import argparse
import concurrent.futures
import contextlib
import http.client
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from ratios import judge, spread  # noqa: E402  (the path comes first)

PYTHON = "/usr/bin/python3"
BWRAP = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc",
         "--tmpfs", "/tmp", "--die-with-parent"]
HELLO = 'print("hello")'
CHART = """
import numpy as np
import matplotlib.pyplot as plt
x = np.linspace(0, 10, 100)
plt.figure(figsize=(10, 6))
plt.plot(x, np.sin(x), label="sin(x)")
plt.title("sine")
plt.legend()
plt.grid(True)
"""
# A fresh process draws where the service's harvest of open figures does.
DRAWN = ("import matplotlib\nmatplotlib.use('Agg')\n" + CHART +
         "\nimport io\nplt.savefig(io.BytesIO(), format='png', dpi=100, bbox_inches='tight')\n")
FRAME = """
import pandas as pd
frame = pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]})
print(frame.sum().to_dict())
"""


class Client:
    """A kept connection to the service."""

    def __init__(self, port):
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._connection.connect()
        self._connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def execute(self, code):
        """Seconds of one snippet, which succeeded."""
        begin = time.monotonic()
        self._connection.request("POST", "/execute", json.dumps({"code": code, "timeout": 30}),
                                 {"Content-Type": "application/json"})
        answer = json.load(self._connection.getresponse())
        taken = time.monotonic() - begin
        if answer.get("status") != "success":
            raise RuntimeError("a snippet failed: %s" % answer)
        return taken


@contextlib.contextmanager
def service(options, *words, name="executor"):
    """A started service: its process and its port."""
    with tempfile.TemporaryDirectory() as folder:
        log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
        process = subprocess.Popen(
            [os.path.join(options.bin_dir, "fcsandbox"), "--serve", name, "--port", "0",
             "--isolation", options.isolation, *words], stdout=subprocess.DEVNULL, stderr=log)
        try:
            yield process, port_of(process, log.name)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


def port_of(process, log):
    """The port that it tells once it serves."""
    while process.poll() is None:
        with open(log, encoding="utf-8") as file:
            found = re.search(r"serving \w+ on http://127\.0\.0\.1:(\d+)", file.read())
        if found:
            return int(found.group(1))
        time.sleep(0.01)
    raise RuntimeError("fcsandbox does not start: " + open(log, encoding="utf-8").read())


def seconds_of(command):
    """Of a whole process."""
    begin = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - begin


def beside(options, title, target, factor, code, command, rounds):
    """`code` through the service against the process, in turn."""
    ratios, own, fresh = [], [], []
    with service(options) as (_, port):
        client = Client(port)
        for _ in range(3):
            client.execute(code)  # Warm.
        for _ in range(rounds):
            fresh.append(seconds_of(command))
            own.append(client.execute(code))
            ratios.append(own[-1] / fresh[-1])
    print("\n  ms: %s, a fresh process %s" % (
        spread([each * 1000 for each in own]), spread([each * 1000 for each in fresh])))
    return judge(title, target, ratios, lambda ratio: ratio <= factor)


def hello(options):
    return beside(options, "A hello snippet", "at most 0.5 of `bwrap --unshare-all python3 -I -S -c`",
                  0.5, HELLO, BWRAP + [PYTHON, "-I", "-S", "-c", HELLO], options.rounds * 10)


def chart(options):
    return beside(options, "The sine chart of the service's README", "at most 0.35 of a fresh python3",
                  0.35, CHART, [PYTHON, "-c", DRAWN], options.rounds)


def frame(options):
    return beside(options, "pandas and a small DataFrame", "at most 0.05 of a fresh python3", 0.05,
                  FRAME, [PYTHON, "-c", FRAME], options.rounds)


def burst(options):
    """16 clients at once, again and again."""
    ratios = []
    with service(options) as (_, port), concurrent.futures.ThreadPoolExecutor(16) as pool:
        clients = [Client(port) for _ in range(16)]
        for _ in range(options.rounds):
            times = []
            for _ in range(20):
                times += pool.map(lambda client: client.execute(HELLO), clients)
            times.sort()
            ratios.append(times[len(times) * 99 // 100] / statistics.median(times))
    return judge("16 hello snippets at once, none of which failed", "p99 below 10 times p50", ratios,
                 lambda ratio: ratio < 10)


def idle(options):
    """Of the server, both interpreters and what they keep ready."""
    megabytes = []
    for _ in range(options.rounds):
        with service(options) as (process, port):
            client = Client(port)
            client.execute(FRAME)
            megabytes.append(pss_mb(process.pid))
    return judge("An idle engine with both interpreters, MB", "below 200", megabytes,
                 lambda size: size < 200)


def pss_mb(pid):
    """Of a process and all below it."""
    kilobytes = 0
    try:
        with open("/proc/%d/smaps_rollup" % pid, encoding="ascii") as file:
            kilobytes += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
            children = [int(child) for child in file.read().split()]
    except OSError:
        return 0  # It has just ended.
    return kilobytes / 1024 + sum(map(pss_mb, children))


def timeout(options):
    """How late PremierLangage's service answers for a command that sleeps on; the latest of ten."""
    body = urllib.parse.urlencode(
        {"config": json.dumps({"commands": [{"command": "sleep 1", "timeout": 0.2}]})})
    latest = []
    with service(options, "--no-data", name="premierlangage") as (_, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(options.rounds):
            times = []
            for _ in range(10):
                begin = time.monotonic()
                connection.request("POST", "/execute/", body,
                                   {"Content-Type": "application/x-www-form-urlencoded"})
                answer = json.load(connection.getresponse())
                times.append((time.monotonic() - begin) * 1000)
                if answer["status"] != -2:
                    raise RuntimeError("a command did not run out of time: %s" % answer)
            latest.append(max(times))
    return judge("A timeout of 200 ms is answered within, ms", "at most 250", latest,
                 lambda taken: taken <= 250)


CONTESTS = {"hello": hello, "chart": chart, "frame": frame, "burst": burst, "idle": idle,
            "timeout": timeout}


def main():
    """Ends with 1 when a target is not reached."""
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].replace("usage: ", ""))
    parser.add_argument("bin_dir", type=os.path.abspath)
    parser.add_argument("--only", default=",".join(CONTESTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--isolation", default="full" if os.geteuid() == 0 else "unpriv")
    options = parser.parse_args()
    results = [CONTESTS[name](options) for name in options.only.split(",")]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
