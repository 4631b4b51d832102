"""`fclocal start` with the functions of this folder."""

import pathlib
import re
import shutil
import subprocess
import tempfile
import threading

FUNCTIONS = pathlib.Path(__file__).resolve().parent / "functions"


class RealPlatform:
    """Runs until end()."""

    def __init__(self, program):
        self._folder = tempfile.TemporaryDirectory(prefix="openfc-console-")
        code = pathlib.Path(self._folder.name) / "functions"
        shutil.copytree(FUNCTIONS, code)
        self._process = subprocess.Popen(
            [str(program), "start", "-c", str(code / "s.yaml"), "--port", "0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            cwd=self._folder.name)
        self.output = []
        self.url = self._find_url()
        threading.Thread(target=self._read, daemon=True).start()

    def _find_url(self):
        for line in self._process.stdout:
            self.output.append(line)
            found = re.search(r"http://[\d.]+:\d+", line)
            if found:
                return found.group() + "/"
        raise RuntimeError("fclocal start gave no address:\n" + "".join(self.output))

    def _read(self):
        self.output.extend(self._process.stdout)

    def end(self):
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()
