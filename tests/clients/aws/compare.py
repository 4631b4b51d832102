"""Runs the published awslambdaric and our bootstrap on the same functions and events, and compares
what they post and log, and how they end. Prints each difference.

Usage: compare.py REFERENCE_PYTHON BOOTSTRAP [WORD...]    WORD: only the cases with it in their names
"""

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

from cases import ARN, CASES
from runtime_api import RuntimeApi

PATIENCE = 60  # Seconds until a case counts as failed.
COMPARED_HEADERS = ("content-type", "lambda-runtime-function-error-type",
                    "lambda-runtime-function-xray-error-cause", "lambda-runtime-invocation-id")
REPEATS = re.compile(r"repeated \d+ more times")  # Their own frames count, too.
TIMES = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
# About updates of AWS's own runtimes: awslambdaric alone has it, before a load that failed.
NOTICE = re.compile(r'^(\[WARNING\]\t|\{[^\n]*"message": ")[^\n]*LAMBDA_WARNING[^\n]*\n', re.MULTILINE)


class Run:
    """What one runtime did."""

    def __init__(self, posts, log, exit_code):
        self.posts = posts
        self.log = log
        self.exit = exit_code


def invocations(calls):
    """(headers, event bytes) of each call."""
    for number, call in enumerate(calls):
        event, further = call if isinstance(call, tuple) else (call, {})
        headers = {"Content-Type": "application/json",
                   "Lambda-Runtime-Aws-Request-Id": "8476a536-e9f4-11e8-9739-2dfe598c3f%02d" % number,
                   "Lambda-Runtime-Deadline-Ms": "4102444800000",
                   "Lambda-Runtime-Invoked-Function-Arn": ARN, **further}
        yield headers.items(), event if isinstance(event, bytes) else event.encode()


def start(command, code, each, api, log, frames):
    """One runtime, its output in files."""
    environment = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
                   "AWS_LAMBDA_RUNTIME_API": api.address, "LAMBDA_TASK_ROOT": code,
                   "_HANDLER": each.get("handler", "index.handler"), **each.get("env", {})}
    descriptors = ()
    if each.get("frames"):
        environment["_LAMBDA_TELEMETRY_LOG_FD"] = str(frames.fileno())
        descriptors = (frames.fileno(),)
    return subprocess.Popen([part.format(**environment) for part in command], cwd=code,
                            env=environment, stdin=subprocess.DEVNULL, stdout=log,
                            stderr=subprocess.DEVNULL, pass_fds=descriptors)


def play(command, code, each):
    """One runtime from its start until it has answered all, or left."""
    api = RuntimeApi(invocations(each["calls"]))
    with tempfile.TemporaryFile() as log, tempfile.TemporaryFile() as frames:
        process = start(command, code, each, api, log, frames)
        waiter = threading.Thread(target=lambda: (process.wait(), api.done.set()))
        waiter.start()
        api.done.wait(PATIENCE)
        if api.posts and api.posts[-1].path.endswith("/init/error"):
            waiter.join(PATIENCE)
        has_left = process.poll()
        process.kill()
        waiter.join()
        api.close()
        log.seek(0)
        frames.seek(0)
        text = log.read().decode("utf-8", "surrogateescape") + shown_frames(frames.read())
        return Run(api.posts, text, has_left)


def shown_frames(data):
    """Each frame's type and text; its time is left out."""
    shown = ""
    while data:
        length = int.from_bytes(data[4:8], "big")
        shown += "<%s>%s\n" % (data[:4].hex(), data[16:16 + length].decode("utf-8", "replace"))
        data = data[16 + length:]
    return shown


def comparable_post(post, skip):
    """What must be equal of a post."""
    headers = {name: post.headers.get(name) for name in COMPARED_HEADERS}
    if post.path.endswith("/init/error"):
        headers.pop("content-type")  # awslambdaric sends none; ours says what it is.
    cause = headers["lambda-runtime-function-xray-error-cause"]
    if cause:
        cause = json.loads(cause)
        cause["paths"].sort()  # Theirs is a set.
        frames = cause["exceptions"][0]["stack"]
        frames[:] = [frame for frame, _ in itertools.groupby(frames)]  # As REPEATS.
        headers["lambda-runtime-function-xray-error-cause"] = cause
    body = REPEATS.sub("repeated N more times", post.body.decode("utf-8", "surrogateescape"))
    if "stack" in skip:
        body = {**json.loads(body), "stackTrace": None}
        if cause:
            cause["exceptions"][0]["stack"] = cause["paths"] = None
    return post.path, headers, body


def comparable_log(text):
    """The log without times of day and without what only they say."""
    return REPEATS.sub("repeated N more times", TIMES.sub("{TIME}", NOTICE.sub("", text)))


def differences(each, theirs, ours):
    """Sentences."""
    skip = each.get("skip", {})
    found = []
    if "posts" not in skip:
        for name, run in (("theirs", theirs), ("ours", ours)):
            run.comparable = [comparable_post(post, skip) for post in run.posts]
        if theirs.comparable != ours.comparable:
            found.append(("posts", theirs.comparable, ours.comparable))
    elif not ours.posts:
        found.append(("posts", "(any)", "none"))
    if "log" not in skip and comparable_log(theirs.log) != comparable_log(ours.log):
        found.append(("log", comparable_log(theirs.log), comparable_log(ours.log)))
    if "exit" not in skip and theirs.exit != ours.exit:
        found.append(("exit code", theirs.exit, ours.exit))
    return found


def write_code(folder, code):
    """The function's files."""
    for name, text in ({"index.py": code} if isinstance(code, str) else code).items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def check(each, reference, bootstrap):
    """True when the two agree."""
    with tempfile.TemporaryDirectory() as code:
        write_code(code, each["code"])
        theirs = play([reference, "-m", "awslambdaric", "{_HANDLER}"], code, each)
        ours = play([bootstrap], code, each)
    found = differences(each, theirs, ours)
    for what, expected, got in found:
        print("FAILED: %s: %s\n  awslambdaric: %.1500r\n  ours:         %.1500r" %
              (each["name"], what, expected, got))
    return not found


def main(reference, bootstrap, *words):
    """Exit status 1 when any case differs."""
    bootstrap = os.path.abspath(bootstrap)
    cases = [each for each in CASES if all(word in each["name"] for word in words)]
    with ThreadPoolExecutor(4) as pool:  # They mostly wait.
        agreed = list(pool.map(lambda each: check(each, reference, bootstrap), cases))
    print("awslambdaric: %d passed, %d failed" % (sum(agreed), len(agreed) - sum(agreed)))
    return 0 if all(agreed) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
