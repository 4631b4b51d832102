"""`alibabacloud_fc20230330`, the SDK of FC 3 for Python."""

import asyncio
import base64
import io
import json

from alibabacloud_fc20230330 import models
from alibabacloud_fc20230330.client import Client
from alibabacloud_tea_openapi.models import Config
from darabonba.exceptions import DaraException
from darabonba.runtime import RuntimeOptions

EVERY_BYTE = bytes(range(256))
MEBIBYTE = 1024 * 1024


def fc3_client(served, **changes):
    """Of the platform, with its keys unless others are given."""
    words = {"access_key_id": served.key_id, "access_key_secret": served.secret,
             "region_id": "cn-hangzhou", "endpoint": served.host, "protocol": "HTTP"}
    words.update(changes)
    return Client(Config(**words))


class Fc3Cases:
    """The client is told an endpoint with a port, and `protocol="HTTP"`."""

    def __init__(self, served):
        self._served = served
        self._client = fc3_client(served)

    def _invoke(self, function, event=None, qualifier=None, **headers):
        request = models.InvokeFunctionRequest(body=event, qualifier=qualifier)
        return self._client.invoke_function_with_options(
            function, request, models.InvokeFunctionHeaders(**headers), RuntimeOptions())

    def _error(self, *arguments, **options):
        try:
            answer = self._invoke(*arguments, **options)
        except DaraException as error:
            return error
        raise AssertionError("no exception, but status %s" % answer.status_code)

    def hands_bytes_both_ways(self):
        answer = self._invoke("echo", EVERY_BYTE)
        assert (answer.status_code, answer.body.read()) == (200, EVERY_BYTE), answer
        assert answer.headers["x-fc-request-id"] and answer.headers["x-fc-instance-id"]
        assert float(answer.headers["x-fc-invocation-duration"]) > 0, answer.headers
        assert float(answer.headers["x-fc-max-memory-usage"]) > 1, answer.headers
        assert "x-fc-error-type" not in answer.headers, answer.headers

    def invokes_without_an_event(self):
        assert self._invoke("echo").body.read() == b""

    def reads_an_event_from_a_stream(self):
        request = models.InvokeFunctionRequest(body=io.BytesIO(EVERY_BYTE * 100))
        assert self._client.invoke_function("echo", request).body.read() == EVERY_BYTE * 100

    def invokes_from_an_event_loop(self):
        async def invoke_all():
            return await asyncio.gather(*(self._client.invoke_function_async(
                "echo", models.InvokeFunctionRequest(body=b"%d" % number)) for number in range(8)))
        answers = [answer.body.read() for answer in asyncio.run(invoke_all())]
        assert answers == [b"%d" % number for number in range(8)], answers

    def hands_a_large_event_both_ways(self):
        event = EVERY_BYTE * (5 * MEBIBYTE // 256)
        assert self._invoke("echo", event).body.read() == event

    def is_told_of_an_event_that_is_too_large(self):
        error = self._error("echo", b"x" * (33 * MEBIBYTE))
        assert error.code == "EntityTooLarge" and error.status_code == 400, error

    def gets_the_end_of_the_log(self):
        answer = self._invoke("echo", b"12345", x_fc_log_type="Tail")
        log = base64.b64decode(answer.headers["x-fc-log-result"]).decode()
        assert "echo of 5 bytes\n" in log, log
        assert log.endswith("FC Invoke End RequestId: %s\n" % answer.headers["x-fc-request-id"]), log

    def gets_a_functions_error(self):
        answer = self._invoke("fails", b"apples", x_fc_log_type="Tail")
        assert answer.status_code == 200, answer.status_code
        assert answer.headers["x-fc-error-type"] == "UnhandledInvocationError", answer.headers
        document = json.load(answer.body)
        assert (document["errorType"], document["errorMessage"]) == ("ValueError", "no apples"), document
        assert "in fails" in document["stackTrace"][-1][2], document
        assert b"ValueError" in base64.b64decode(answer.headers["x-fc-log-result"])

    def gets_a_timeout_and_is_served_on(self):
        answer = self._invoke("sleeps")
        assert answer.headers["x-fc-error-type"] == "UnhandledInvocationError", answer.headers
        assert "timed out after 1 seconds" in json.load(answer.body)["errorMessage"]
        assert self._invoke("echo", b"still").body.read() == b"still"

    def raises_what_the_platform_refuses(self):
        error = self._error("nix")
        assert (error.code, error.status_code) == ("FunctionNotFound", 404), error
        assert "nix" in error.message and error.request_id, error
        error = self._error("echo", x_fc_invocation_type="Later")
        assert (error.code, error.status_code) == ("InvalidArgument", 400), error

    def hands_the_qualifier_on(self):
        assert json.load(self._invoke("about").body)["qualifier"] == "LATEST"
        assert json.load(self._invoke("about", qualifier="prod").body)["qualifier"] == "prod"

    def serves_what_the_file_says(self):
        answer = self._invoke("about")
        told = json.load(answer.body)
        assert told == {"request_id": answer.headers["x-fc-request-id"], "qualifier": "LATEST",
                        "function": "about", "region": "cn-hangzhou",
                        "greeting": "hello, cn-hangzhou", "started": 1}, told
