#!/usr/bin/env python3
"""PremierLangage's own client, sync and async, unchanged, against fcsandbox.

usage: check.py BIN_DIR
"""

import asyncio
import io
import os
import re
import subprocess
import sys
import tarfile
import traceback

import sandbox_api
from sandbox_api import ASandbox, Sandbox, SandboxErrCode

NOBODY = "24df3aec-cb1d-4a6e-b3f7-9f6cd2d512c6"  # A UUID of no environment.
CLIENTS = 20


def archive(**files):
    """A .tgz as a client has it; __ in a name stands for a slash."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as made:
        folder = tarfile.TarInfo("dir")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o755
        made.addfile(folder)
        for name, content in files.items():
            info = tarfile.TarInfo(name.replace("__", "/"))
            info.size = len(content)
            made.addfile(info, io.BytesIO(content))
    file.seek(0)
    return file


def names(file):
    """Of an archive's members, sorted."""
    with tarfile.open(fileobj=file) as read:
        return sorted(read.getnames())


class Awaited:
    """The async client, with the sync one's functions; a session for each call, as it is meant."""

    def __init__(self, url):
        self.url = url

    def __getattr__(self, name):
        async def call(*arguments):
            async with ASandbox(self.url) as sandbox:
                return await getattr(sandbox, name)(*arguments)
        return lambda *arguments: asyncio.run(call(*arguments))


def check_execute(sandbox):
    answer = sandbox.execute({"commands": ["echo $WHO", "-false", "cat file1.txt dir/file2.txt"],
                              "environ": {"WHO": "you"}},
                             archive(**{"file1.txt": b"1\n", "dir__file2.txt": b"2\n"}))
    assert answer["status"] == 0, answer
    assert [one["stdout"] for one in answer["execution"]] == ["you", "", "1\n2"], answer


def check_environment(sandbox):
    sent = {"file1.txt": b"1\n", "dir__file2.txt": b"2\n"}
    answer = sandbox.execute({"commands": ["true"], "save": True}, archive(**sent))
    uuid = answer["environment"]
    assert names(sandbox.download(uuid)) == ["dir", "dir/file2.txt", "file1.txt"]
    assert sandbox.download(uuid, "dir/file2.txt").read() == b"2\n"
    assert int(sandbox.check(uuid)) > 0 and sandbox.check(uuid, "file1.txt") == "2"
    assert sandbox.check(NOBODY) == 0 == sandbox.check(uuid, "missing")
    answer = sandbox.execute({"commands": ["cat file1.txt dir/file2.txt > r"], "environment": uuid,
                              "result_path": "r"}, archive(**{"file1.txt": b"body\n"}))
    assert answer["result"] == "body\n2\n", answer


def check_codes(sandbox):
    answer = sandbox.execute({"commands": [{"command": "sleep 1000", "timeout": 0.2}]})
    assert answer["status"] == SandboxErrCode.TIMEOUT, answer
    answer = sandbox.execute({"commands": ["true"], "result_path": "missing"})
    assert answer["status"] == SandboxErrCode.RESULT_NOT_FOUND, answer
    answer = sandbox.execute({"commands": ["printf '\\377' > r"], "result_path": "r"})
    assert answer["status"] == SandboxErrCode.RESULT_NOT_UTF8, answer


def check_host(sandbox):
    assert sandbox.specifications()["host"]["memory"]["ram"] > 0
    assert sandbox.usage()["process"] > 0
    assert "bash" in sandbox.libraries()["bin"]


def check_exceptions(sandbox):
    for call in (lambda: sandbox.execute("Definitely not json"), lambda: sandbox.execute({})):
        expect(sandbox_api.Sandbox400, call)
    expect(sandbox_api.Sandbox404, lambda: sandbox.download(NOBODY))
    expect(sandbox_api.Sandbox404, lambda: sandbox.download(NOBODY, "a"))
    expect(sandbox_api.Sandbox404,
           lambda: sandbox.execute({"commands": ["true"], "environment": NOBODY}))


def expect(kind, call):
    try:
        call()
    except kind:
        return
    raise AssertionError("no %s" % kind.__name__)


# What 20 clients do at once: a config, its files, and what the last command's output must be.
C_PROGRAM = b'#include <stdio.h>\nint main(void) { puts("compiled"); return 0; }\n'
LOAD = (
    ({"commands": ["echo hello"]}, {}, "hello"),
    ({"commands": ["wc -c < big"]}, {"big": b"x" * 1_000_000}, "1000000"),
    ({"commands": ["gcc -o program program.c", "./program"]}, {"program.c": C_PROGRAM}, "compiled"),
    ({"commands": ["python3 program.py"]}, {"program.py": b"print(6 * 7)"}, "42"),
    ({"commands": [{"command": "-sleep 1000", "timeout": 0.7}, "echo on"]}, {}, "on"),
)


async def run_load(url):
    async def one(number):
        config, files, expected = LOAD[number % len(LOAD)]
        async with ASandbox(url) as sandbox:
            answer = await sandbox.execute(config, archive(**files) if files else None)
        assert answer["status"] == 0, answer
        assert answer["execution"][-1]["stdout"] == expected, answer
    await asyncio.gather(*(one(number) for number in range(CLIENTS)))


def address_of(server):
    """From the line that says that it serves; others may come before it."""
    said = ""
    for line in server.stderr:
        said += line
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return found.group() + "/"
    raise RuntimeError("fcsandbox did not start:\n" + said)


def main():
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = "127.0.0.1"
    server = subprocess.Popen(
        [sys.argv[1] + "/fcsandbox", "--serve", "premierlangage", "--port", "0", "--no-data",
         "--runs", str(CLIENTS)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    passed = failed = 0
    try:
        url = address_of(server)
        checks = [(kind.__name__ + " " + check.__name__,
                   lambda check=check, kind=kind: check(kind(url)))
                  for kind in (Sandbox, Awaited)
                  for check in (check_execute, check_environment, check_codes, check_host,
                                check_exceptions)]
        checks.append(("load", lambda: asyncio.run(run_load(url))))
        for name, check in checks:
            try:
                check()
                passed += 1
            except Exception:  # Whatever the client has raised: the next check is another matter.
                failed += 1
                print("FAILED: " + name)
                traceback.print_exc(file=sys.stdout)
    finally:
        server.terminate()
        server.wait()
    print("PremierLangage's client: %d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
