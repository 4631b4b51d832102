"""A function invoked through the real fclocal, and what is made of its report."""

import json

import pytest

from openfc_pytest import Fclocal, FclocalError

HANDLERS = '''
import json, logging, os, sys, time

def echo(event, context):
    return event

def describe(event, context):
    print("printed", file=sys.stderr)
    logging.getLogger().info("logged")
    return {"id": context.request_id, "kind": type(event).__name__, "mode": os.environ.get("MODE"),
            "memory": context.function.memory}

def fail(event, context):
    print("about to fail")
    raise ValueError("no " + event.decode())

def binary(event, context):
    return bytes(range(256))

def wait(event, context):
    time.sleep(60)
'''

SERVICE_FILE = '''
edition: 3.0.0
name: app
resources:
  one:
    component: fc3
    props: {region: cn-hangzhou, functionName: first, runtime: %s, handler: app.echo, code: src}
  two:
    component: fc3
    props: {region: cn-hangzhou, functionName: second, runtime: %s, handler: app.binary, code: src}
'''


@pytest.fixture
def folder(tmp_path):
    """A folder with a function."""
    (tmp_path / "src").mkdir()
    (tmp_path / "src/app.py").write_text(HANDLERS)
    return tmp_path


@pytest.fixture
def fclocal(real_fclocal, folder):
    """The real one in that folder."""
    return Fclocal(real_fclocal, folder)


@pytest.mark.parametrize("event, bytes_of_it", [
    (b"\x00\xff raw", b"\x00\xff raw"), ("text \u4e2d", "text \u4e2d".encode()), (b"", b""),
    ({"key": ["\u4e2d", 1]}, '{"key": ["\u4e2d", 1]}'.encode()), ([1, None], b"[1, null]"),
    (bytearray(b"x"), b"x")])
def test_takes_bytes_text_and_what_becomes_json(fclocal, event, bytes_of_it):
    invocation = fclocal.invoke(event, code="src", handler="app.echo")
    assert invocation.ok, invocation
    assert invocation.result == bytes_of_it


def test_has_result_log_and_figures(fclocal):
    invocation = fclocal.invoke("x", code="src", handler="app.describe", env={"MODE": "a=b c"},
                                memory=256, timeout=20)
    assert invocation.json() == {"id": invocation.request_id, "kind": "bytes", "mode": "a=b c",
                                 "memory": 256}
    assert json.loads(invocation.text) == invocation.json()
    assert "printed\n" in invocation.log and "[INFO] logged" in invocation.log
    assert invocation.duration_ms > 0 and invocation.max_memory_mb > 0
    assert invocation.error_type is None and invocation.error_message is None
    assert invocation.exit_code == 0


def test_keeps_binary_results(fclocal):
    assert fclocal.invoke(code="src", handler="app.binary").result == bytes(range(256))


def test_gives_a_failure_as_it_gives_a_result(fclocal):
    invocation = fclocal.invoke("luck", code="src", handler="app.fail")
    assert not invocation.ok and invocation.exit_code == 1
    assert (invocation.error_type, invocation.error_message) == ("ValueError", "no luck")
    assert invocation.json()["errorType"] == "ValueError"
    assert "ValueError: no luck" in repr(invocation) and "about to fail" in repr(invocation)


def test_gives_a_timeout_and_a_failed_start_as_failures(fclocal):
    late = fclocal.invoke(code="src", handler="app.wait", timeout=1)
    assert not late.ok and late.error_type == "FunctionTimeout" and late.exit_code == 4

    missing = fclocal.invoke(code="src", handler="app.missing")
    assert not missing.ok and missing.error_type == "HandlerNotFound"


def test_names_a_function_of_a_service_file(fclocal, folder):
    (folder / "s.yaml").write_text(SERVICE_FILE % (("python3.10",) * 2))
    assert fclocal.invoke("x", function="one").result == b"x"
    assert fclocal.invoke("x", config="s.yaml", function="second").result == bytes(range(256))
    with pytest.raises(FclocalError, match="several functions"):
        fclocal.invoke("x")


def test_raises_what_fclocal_does_not_understand(fclocal):
    with pytest.raises(FclocalError, match="the code .*nowhere does not exist"):
        fclocal.invoke(code="nowhere")
    with pytest.raises(FclocalError, match="FC_X is reserved"):
        fclocal.invoke(code="src", env={"FC_X": "1"})
    with pytest.raises(FclocalError, match="--json"):
        fclocal.invoke(code="src", function="--json")


def test_makes_sample_events(fclocal):
    event = json.loads(fclocal.event("http", path="/a", query={"page": "2"}))
    assert event["rawPath"] == "/a" and event["queryParameters"] == {"page": "2"}
    assert fclocal.invoke(fclocal.event("tablestore"), code="src",
                          handler="app.echo").result == fclocal.event("tablestore")
    with pytest.raises(FclocalError, match="no event type 'ftp'"):
        fclocal.event("ftp")
