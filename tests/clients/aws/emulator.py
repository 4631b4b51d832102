"""Our rloader as the runtime of AWS's own runtime interface emulator: invocations through its HTTP
endpoint, the answers compared with what a function on that platform answers.

Usage: emulator.py EMULATOR RLOADER
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

FUNCTION = """
import base64, os, sys
calls = 0
def handler(event, context):
    global calls
    calls += 1
    if event == "raise":
        raise ValueError("asked to")
    if event == "exit":
        sys.exit(3)
    if event == "abort":
        os.abort()
    return {"event": event, "calls": calls, "name": context.function_name,
            "has time": context.get_remaining_time_in_millis() > 0}
"""


def result(event, calls):
    """What the function returns for its nth event in one process."""
    return {"event": event, "calls": calls, "name": "test_function", "has time": True}


def fault(text):
    """What the platform is told when the process ends."""
    return {"errorType": "Runtime.ExitError",
            "errorMessage": "RequestId: {ID} Error: Runtime exited with error: " + text}


# (what it shows, event, the answer, of an error only what is named here)
SCRIPT = (
    ("returns a result", {"a": [1, "\u00e9"]}, result({"a": [1, "\u00e9"]}, 1)),
    ("keeps its state", 2, result(2, 2)),
    ("answers an exception", "raise", {"errorType": "ValueError", "errorMessage": "asked to"}),
    ("lives on after it", 3, result(3, 4)),
    ("answers for a function that exits", "exit", fault("exit status 3")),
    ("starts anew after it", 4, result(4, 1)),
    ("answers for a function that is killed", "abort", fault("signal: aborted")),
    ("starts anew after that", None, result(None, 1)),
)


def free_port():
    """One that nobody had a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def invoke(port, event):
    """The answer's JSON, its request id as {ID}."""
    url = "http://127.0.0.1:%d/2015-03-31/functions/function/invocations" % port
    with urllib.request.urlopen(url, json.dumps(event).encode(), timeout=60) as answer:
        document = json.loads(answer.read())
    if isinstance(document, dict) and document.get("errorMessage", "").startswith("RequestId: "):
        words = document["errorMessage"].split(" ")
        document["errorMessage"] = " ".join([words[0], "{ID}"] + words[2:])
    return document


def await_port(port, emulator):
    """Until the emulator listens."""
    while emulator.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            time.sleep(0.01)  # There is no event to wait for.
    raise SystemExit("the emulator ended with %s" % emulator.returncode)


def agrees(expected, got):
    """Equal; of an error, in the fields that are named."""
    if "errorType" in expected and isinstance(got, dict):
        got = {name: got.get(name) for name in expected}
    return expected == got


def play(port):
    """How many of the script's lines failed."""
    failed = 0
    for title, event, expected in SCRIPT:
        got = invoke(port, event)
        if not agrees(expected, got):
            failed += 1
            print("FAILED: under the emulator: %s\n  expected: %r\n  got:      %r" %
                  (title, expected, got))
    return failed


def main(emulator, rloader):
    """Exit status 1 when any answer differs."""
    port = free_port()
    with tempfile.TemporaryDirectory() as code:
        with open(os.path.join(code, "app.py"), "w", encoding="utf-8") as file:
            file.write(FUNCTION)
        process = subprocess.Popen(
            [emulator, "--runtime-api-address", "127.0.0.1:%d" % free_port(),
             "--runtime-interface-emulator-address", "127.0.0.1:%d" % port, rloader],
            cwd=code, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "LAMBDA_TASK_ROOT": code, "_HANDLER": "app.handler"})
        try:
            await_port(port, process)
            failed = play(port)
        finally:
            process.terminate()
            process.wait()
    print("emulator: %d passed, %d failed" % (len(SCRIPT) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], os.path.abspath(sys.argv[2])))
