"""Load from wrk."""

import re
import subprocess
import tempfile

_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 60e3}


class Load:
    """What is asked for: a path, and with a body a POST; by a client that may stay on a processor."""

    def __init__(self, path, body=None, processor=None):
        self.path, self._script = path, None
        self._where = [] if processor is None else ["taskset", "-c", str(processor)]
        if body is not None:
            self._script = tempfile.NamedTemporaryFile("w", suffix=".lua")
            self._script.write('wrk.method = "POST"\nwrk.body = "%s"\n' % body)
            self._script.flush()

    def put_on(self, port, connections, seconds):
        """(requests a second, p99 in ms). Raises when an answer was no success."""
        command = self._where + ["wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, "--latency"]
        if self._script:
            command += ["-s", self._script.name]
        text = subprocess.run(command + ["http://127.0.0.1:%d%s" % (port, self.path)], check=True,
                              stdout=subprocess.PIPE, universal_newlines=True).stdout
        if "Non-2xx" in text or "Socket errors" in text:
            raise RuntimeError("wrk was not served:\n" + text)
        number, unit = re.search(r"99%\s+([\d.]+)([a-z]+)", text).groups()
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
        return rate, float(number) * _UNITS[unit]
