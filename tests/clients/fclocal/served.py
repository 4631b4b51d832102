"""`fclocal start` with the functions of a folder."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading


class Served:
    """Serves until end(). Its folder is a copy, since functions leave files beside their code.

    Without `--auth` any keys are good.
    """

    key_id, secret = "parcels-id", "parcels-secret"

    def __init__(self, fclocal, folder, *options):
        self._place = tempfile.TemporaryDirectory(prefix="openfc-clients-")
        self.folder = pathlib.Path(self._place.name) / folder.name
        shutil.copytree(folder, self.folder)
        self._process = subprocess.Popen(
            [str(fclocal), "start", "--port", "0", *options], cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.output = []
        self.port = self._find_port()
        self.host = "127.0.0.1:%d" % self.port
        self.url = "http://" + self.host
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _find_port(self):
        for line in self._process.stdout:
            self.output.append(line)
            found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
            if found:
                return int(found.group(1))
        raise RuntimeError("fclocal start gave no address:\n" + "".join(self.output))

    def _read(self):
        self.output.extend(self._process.stdout)

    def make_fifo(self, name):
        """A new one, with no meaning of its own."""
        path = self.folder / name
        os.mkfifo(path)
        return str(path)

    def end(self):
        """Stops it as Ctrl-C does; everything that it has written is in `output` then."""
        self._process.terminate()
        self._reader.join()
        self._process.wait()
        self._place.cleanup()
