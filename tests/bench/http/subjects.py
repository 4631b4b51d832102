"""The servers that are compared: each one process, each with its documented production settings."""

import os
import signal
import socket
import subprocess
import time

APP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "app")
START_SECONDS = 20


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Subject:
    """How one server is started: `command` gets the port, `environment` is added to what it needs."""

    def __init__(self, name, command, environment=None):
        self.name, self._command, self._environment = name, command, environment or {}

    def start(self):
        port = free_port()
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment.update({name: value.replace("PORT", str(port))
                            for name, value in self._environment.items()})
        command = [part.replace("PORT", str(port)) for part in self._command]
        return Running(subprocess.Popen(command, cwd=APP, env=environment,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        start_new_session=True), port)


class Running:
    """A server that accepts. Ends with its scope, and all that it started."""

    def __init__(self, process, port):
        self.process, self.port = process, port
        until = time.monotonic() + START_SECONDS
        while not self._accepts():
            if process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError("%s does not serve" % process.args)
            time.sleep(0.01)

    def _accepts(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()

    def pss_mb(self):
        """Of all processes of the server."""
        kilobytes = 0
        for pid in self._tree(self.process.pid):
            try:
                with open("/proc/%d/smaps_rollup" % pid) as file:
                    kilobytes += sum(int(line.split()[1]) for line in file
                                     if line.startswith("Pss:"))
            except OSError:
                pass  # It has just ended.
        return kilobytes / 1024

    def _tree(self, pid):
        yield pid
        try:
            with open("/proc/%d/task/%d/children" % (pid, pid)) as file:
                children = [int(child) for child in file.read().split()]
        except OSError:
            return
        for child in children:
            yield from self._tree(child)


def ours(name, bin_dir, handler, interface, **environment):
    return Subject(name, [os.path.join(bin_dir, "rloader")], dict(
        {"FC_FUNC_CODE_PATH": APP, "FC_FUNCTION_HANDLER": handler,
         "OPENFC_INTERFACE": interface, "FC_CUSTOM_LISTEN_PORT": "PORT"}, **environment))


def gunicorn(name, python, module, *options):
    return Subject(name, [python, "-m", "gunicorn", "-w1", "-b", "127.0.0.1:PORT",
                          "--keep-alive", "900", *options, module])


def uvicorn(name, python, module):
    return Subject(name, [python, "-m", "uvicorn", "--host", "127.0.0.1", "--port", "PORT",
                          "--no-access-log", "--log-level", "error", module])


def uwsgi(name, module, home):
    return Subject(name, ["uwsgi-core", "--plugin", "python3", "--http11-socket", "127.0.0.1:PORT",
                          "--wsgi", module, "--home", home, "--master", "--die-on-term",
                          "--processes", "1", "--disable-logging", "--need-app"])
