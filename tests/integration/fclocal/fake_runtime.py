#!/usr/bin/env python3
"""A runtime for tests: speaks the Runtime API and does what the event says, in words.

FAKE_START, a variable of the function, makes it misbehave before its first poll.
"""
import http.client
import json
import os
import signal
import subprocess
import sys
import time

API = "/2020-11-11/runtime/"


def post(connection, path, body, headers=None):
    """Post and give back the status."""
    connection.request("POST", API + path, body, headers or {})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def misbehave_at_start(word):
    """What FAKE_START asks for."""
    if word == "exit":
        print("cannot go on", flush=True)
        sys.exit(3)
    if word == "never-poll":
        time.sleep(1000)
    if word == "init-error":
        connection = http.client.HTTPConnection(os.environ["FC_RUNTIME_API"])
        post(connection, "init/error", b'{"errorMessage": "no such thing", "errorType": "Oops"}')
        time.sleep(1000)


def hog_memory():
    """Take memory, page by page, until somebody objects."""
    kept = []
    while True:
        kept.append(bytearray(os.urandom(1024 * 1024)))


def print_megabytes(count):
    """Write that much to both streams, without a newline at the end."""
    piece = b"x" * 1023 + b"\n"
    for _ in range(count):
        for stream in (1, 2):
            for _ in range(512):
                os.write(stream, piece)
    os.write(1, b"no newline")


def leave_children():
    """Children of every kind: in our group, in a session of their own, deaf to SIGTERM."""
    deaf = "import signal, time\nsignal.signal(15, signal.SIG_IGN)\ntime.sleep(1000)"
    for command in (["sleep", "1000"], ["setsid", "sleep", "1000"], [sys.executable, "-c", deaf]):
        subprocess.Popen(command, stdin=subprocess.DEVNULL)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    return b"left"


def act(words, event, headers):
    """The function: the body of the response."""
    command = words[0] if words else ""
    if command == "exit":
        os._exit(int(words[1]))
    elif command == "kill-self":
        os.kill(os.getpid(), int(words[1]))
    elif command == "kill-parent":
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(1000)
    elif command == "sleep":
        print("sleeping", flush=True)
        time.sleep(1000)
    elif command == "deaf-sleep":
        leave_children()
        print("sleeping", flush=True)
        time.sleep(1000)
    elif command == "fail":
        raise ValueError(" ".join(words[1:]))
    elif command == "hog":
        hog_memory()
    elif command == "print":
        print_megabytes(int(words[1]))
    elif command == "say":
        print(" ".join(words[1:]), flush=True)
    elif command == "leave-children":
        return leave_children()
    elif command == "bytes":
        return bytes(range(256))
    elif command == "large":
        return b"x" * int(words[1])
    elif command == "headers":
        return json.dumps({name.lower(): value for name, value in headers.items()}).encode()
    elif command == "environment":
        return json.dumps(dict(os.environ)).encode()
    elif command == "cwd":
        return os.getcwd().encode()
    elif command == "stdin":
        return b"[" + sys.stdin.buffer.read() + b"]"
    return event


def serve():
    """Poll and answer, for ever."""
    connection = http.client.HTTPConnection(os.environ["FC_RUNTIME_API"])
    while True:
        connection.request("GET", API + "invocation/next")
        answer = connection.getresponse()
        event = answer.read()
        request = "invocation/" + answer.headers["x-fc-request-id"] + "/"
        try:
            result = act(event.split(b"\n")[0][:1000].decode("latin-1").split(), event,
                         dict(answer.headers))
        except ValueError as error:
            document = {"errorMessage": str(error), "errorType": type(error).__name__}
            post(connection, request + "error", json.dumps(document).encode())
            continue
        if post(connection, request + "response", result) == 413:
            connection.close()
            time.sleep(1000)


misbehave_at_start(os.environ.get("FAKE_START", ""))
serve()
