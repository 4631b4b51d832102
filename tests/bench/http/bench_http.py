"""The HTTP mode beside the servers that people use in its place.

usage: bench_http.py BIN_DIR --python PYTHON [--only NAME,...] [--rounds N] [--seconds N]

PYTHON has requirements.txt installed, and is of bootstrap's version. All servers of a contest run in
turn, round by round, one process each; ratios are taken within a round. Told are the median of the
rounds, and the lowest and the highest.
"""

import argparse
import os
import socket
import statistics
import subprocess
import sys
import threading
import time

from load import Load
from subjects import gunicorn, ours, uvicorn, uwsgi

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from ratios import spread  # noqa: E402  (the path comes first)

CONNECTIONS = (1, 16, 256)


class Contest:
    """Servers under the same load; the first one is ours. `targets`: (connections, which of the
    others, what is compared, the factor to reach)."""

    def __init__(self, title, load, subjects, targets):
        self.title, self.load, self.subjects, self.targets = title, load, subjects, targets

    def run(self, options):
        print("\n%s" % self.title)
        figures = {subject.name: {c: [] for c in CONNECTIONS} for subject in self.subjects}
        memory = {subject.name: [] for subject in self.subjects}
        for _ in range(options.rounds):
            for subject in self.subjects:
                with subject.start() as server:
                    self.load.put_on(server.port, 4, 1)  # Warm.
                    for connections in CONNECTIONS:
                        figures[subject.name][connections].append(
                            self.load.put_on(server.port, connections, options.seconds))
                    memory[subject.name].append(server.pss_mb())
        self._tell(figures, memory)
        return self._judge(figures, memory)

    def _tell(self, figures, memory):
        print("  %-34s %s   PSS MB" % ("", "".join("%-31s" % ("c=%d: req/s, p99 ms" % c)
                                                   for c in CONNECTIONS)))
        for name, of_name in figures.items():
            print("  %-34s %s   %.1f" % (name, "".join(
                "%-31s" % ("%s, %.2f" % (spread([rate for rate, _ in of_name[c]], "%.0f"),
                                         statistics.median([p99 for _, p99 in of_name[c]])))
                for c in CONNECTIONS), statistics.median(memory[name])))

    def _judge(self, figures, memory):
        mine = self.subjects[0].name
        reached = True
        for connections, other, what, factor in self.targets:
            index = 0 if what == "rate" else 1
            pairs = zip(figures[mine][connections], figures[other][connections])
            ratios = [own[index] / their[index] for own, their in pairs]
            median = statistics.median(ratios)
            good = median >= factor if what == "rate" else median <= factor
            reached &= good
            print("  target: %s %s of %s at c=%d: %s: %s" % (
                what, "%.1f" % factor if what == "rate" else "at most %.1f" % factor, other,
                connections, spread(ratios), "reached" if good else "NOT REACHED"))
        for subject in self.subjects[1:]:
            good = statistics.median(memory[mine]) < statistics.median(memory[subject.name])
            reached &= good
            print("  target: memory below that of %s: %s" % (
                subject.name, "reached" if good else "NOT REACHED"))
        return reached


def invoke(options):
    load = Load("/invoke", "twenty bytes of text")
    gunicorn_1 = gunicorn("gunicorn + Flask", options.python, "flask_invoke:app")
    gunicorn_20 = gunicorn("gunicorn + Flask, 20 threads", options.python, "flask_invoke:app",
                           "--threads", "20")
    targets = [(c, other.name, "rate", 4) for c in (1, 16) for other in (gunicorn_1, gunicorn_20)]
    return Contest("An event handler at /invoke (ours: FC_CONCURRENT_LIMIT=1)", load,
                   [ours("openfc", options.bin_dir, "event.handler", "event"), gunicorn_1,
                    gunicorn_20],
                   targets + [(256, gunicorn_20.name, "p99", 0.5)]).run(options)


def flask(options):
    peer = gunicorn("gunicorn", options.python, "flask_app:app")
    threads = gunicorn("gunicorn, 20 threads", options.python, "flask_app:app", "--threads", "20")
    other = uwsgi("uWSGI", "flask_app:app", os.path.dirname(os.path.dirname(options.python)))
    return Contest("A Flask application (ours: FC_CONCURRENT_LIMIT=1)", Load("/items/7?page=2"),
                   [ours("openfc", options.bin_dir, "flask_app.app", "wsgi",
                         PYTHONPATH=site_packages(options.python)), peer, threads, other],
                   [(c, name, "rate", 1.5) for c in (1, 16)
                    for name in (peer.name, threads.name)]).run(options)


def fastapi(options):
    peer = uvicorn("uvicorn[standard]", options.python, "fastapi_app:app")
    return Contest("A FastAPI application (ours: 100 at once)", Load("/items/7?page=2"),
                   [ours("openfc", options.bin_dir, "fastapi_app.app", "asgi",
                         PYTHONPATH=site_packages(options.python)), peer],
                   [(c, peer.name, "rate", 1.1) for c in (1, 16)]).run(options)


def asgi(options):
    peer = uvicorn("uvicorn[standard]", options.python, "asgi_echo:app")
    return Contest("A raw ASGI echo (ours: 100 at once)", Load("/", "twenty bytes of text"),
                   [ours("openfc", options.bin_dir, "asgi_echo.app", "asgi",
                         PYTHONPATH=site_packages(options.python)), peer],
                   [(c, peer.name, "rate", 1.0) for c in (1, 16, 256)]).run(options)


def idle(options):
    """16 busy connections, with and without 1,000 idle ones beside them."""
    load = Load("/invoke", "twenty bytes of text")
    ratios = []
    for _ in range(options.rounds):
        with ours("openfc", options.bin_dir, "event.handler", "event").start() as server:
            load.put_on(server.port, 4, 1)
            alone, _ = load.put_on(server.port, 16, options.seconds)
            others = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(900)]
            beside, _ = load.put_on(server.port, 16, options.seconds)
            for connection in others:
                connection.close()
            ratios.append(beside / alone)
    good = statistics.median(ratios) >= 0.9
    print("\n900 idle connections beside 16 busy ones (a process may have 1,024 descriptors here)\n"
          "  target: 0.9 of the rate without them: %s: %s" % (
              spread(ratios), "reached" if good else "NOT REACHED"))
    return good


def burst(options):
    """200 clients at once, each with a connection of its own."""
    slowest = []
    request = b"POST /invoke HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}"

    def call(port, times):
        begin = time.monotonic()
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.sendall(request)
            client.recv(4096)
        times.append((time.monotonic() - begin) * 1000)

    for _ in range(options.rounds):
        with ours("openfc", options.bin_dir, "event.handler", "event").start() as server:
            times = []
            threads = [threading.Thread(target=call, args=(server.port, times)) for _ in range(200)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            slowest.append(max(times))
    good = statistics.median(slowest) < 100
    print("\n200 connections at once\n  target: none waits over 100 ms: %s: %s" % (
        spread(slowest, "%.0f"), "reached" if good else "NOT REACHED"))
    return good


CONTESTS = {"invoke": invoke, "flask": flask, "fastapi": fastapi, "asgi": asgi, "idle": idle,
            "burst": burst}


def site_packages(python):
    return subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"], check=True,
        stdout=subprocess.PIPE, universal_newlines=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser(usage=__doc__.split("\n\n")[1].replace("usage: ", ""))
    parser.add_argument("bin_dir", type=os.path.abspath)
    parser.add_argument("--python", required=True, type=os.path.abspath)
    parser.add_argument("--only", default=",".join(CONTESTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    options = parser.parse_args()
    results = [CONTESTS[name](options) for name in options.only.split(",")]
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
