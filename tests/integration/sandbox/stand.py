"""What the scripts beside it have in common: a place for one server, and how they are run."""

import contextlib
import os
import shutil
import sys
import tempfile

# Each with the user whom its server runs as: root, or nobody.
PROFILES = (("full", 0), ("setuid", 0), ("unpriv", 65534))
SKIPPED = 77  # CTest's SKIP_RETURN_CODE here.


class Stand:
    """A folder that every user can reach, with the programs, and a state folder of the server's."""

    def __init__(self, folder, user):
        self.folder, self.user = folder, user
        self.state = os.path.join(folder, "state")
        self.lines = os.path.join(folder, "runs.jsonl")

    def batch(self, profile, *more):
        """The words that start the server, without data libraries."""
        return [os.path.join(self.folder, "fcsandbox"), "batch", "--no-data",
                "--isolation=" + profile, "--state", self.state, *more]

    def as_user(self):
        """What has subprocess start it as its user."""
        return {"user": self.user, "group": self.user, "extra_groups": []}

    def left(self):
        """The folders of runs that are still there."""
        return os.listdir(os.path.join(self.state, "runs"))


@contextlib.contextmanager
def stand(binaries, name, user):
    """A Stand, gone afterwards with all that is in it."""
    folder = tempfile.mkdtemp(prefix="openfc-%s-" % name, dir="/tmp")
    place = Stand(folder, user)
    try:
        os.chmod(folder, 0o755)
        os.mkdir(place.state)
        os.chown(place.state, user, user)
        for program in ("fcsandbox", "fcsandbox-zygote"):
            shutil.copy(os.path.join(binaries, program), folder)
        yield place
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(run):
    """Runs a script, which becomes other users; ends with what `run` returns."""
    if os.getuid() != 0:
        print("skipped: needs root")
        sys.exit(SKIPPED)
    sys.exit(run())
