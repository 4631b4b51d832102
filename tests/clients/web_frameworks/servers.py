"""The servers that serve one application each: ours in the HTTP mode, and the one it usually has."""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time

SITES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sites")
START_SECONDS = 60
STOP_SECONDS = 30
THREADS = 8  # Requests at once of a WSGI application.


class Server:
    """A program that serves on a port of its own choice, which its log names."""

    def __init__(self, command, port_pattern, variables=None):
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        environment.update(PYTHONPATH=sysconfig.get_paths()["purelib"], PYTHONHASHSEED="0",
                           PYTHONDONTWRITEBYTECODE="1", **(variables or {}))
        self._log = tempfile.TemporaryFile()
        self._process = subprocess.Popen(command, cwd=SITES, env=environment, stdout=self._log,
                                         stderr=self._log, start_new_session=True)
        self.port = self._await_port(port_pattern)

    def log(self):
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def stop(self):
        """As a platform stops an instance; what it wrote. Raises when it does not end."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        finally:
            self.kill()
        return self.log()

    def kill(self):
        """It and all that it started."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()

    def _await_port(self, pattern):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            found = re.search(pattern, self.log())
            if found:
                return int(found.group(1))
            time.sleep(0.02)
        self.kill()
        raise RuntimeError("%s does not serve:\n%s" % (self._process.args, self.log()))


def ours(bin_folder, handler, variables=None):
    command = [os.path.join(bin_folder, "rloader"), "--port", "0", "--bootstrap",
               os.path.join(bin_folder, "bootstrap")]
    return Server(command, r"listening purpose=requests .*port=(\d+)", dict(
        {"FC_FUNC_CODE_PATH": SITES, "FC_FUNCTION_HANDLER": handler}, **(variables or {})))


def gunicorn(application):
    return Server([sys.executable, "-m", "gunicorn", "--workers", "1", "--threads", str(THREADS),
                   "--bind", "127.0.0.1:0", "--worker-tmp-dir", "/dev/shm", application],
                  r"Listening at: http://127\.0\.0\.1:(\d+)")


def uvicorn(application):
    return Server([sys.executable, "-m", "uvicorn", "--port", "0", "--no-access-log", application],
                  r"running on http://127\.0\.0\.1:(\d+)")
