"""`aliyun-fc2`, the SDK of FC 2 for Python."""

import base64
import concurrent.futures
import io
import json

import fc2

EVERY_BYTE = bytes(range(256))
MEBIBYTE = 1024 * 1024


class Fc2Cases:
    """An endpoint with a scheme and a port is all that the client is told."""

    def __init__(self, served):
        self._served = served
        self._client = fc2.Client(endpoint=served.url, accessKeyID=served.key_id,
                                  accessKeySecret=served.secret)

    def _invoke(self, function, event=None, service="parcels", qualifier=None, **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.invoke_function(service, function, event, headers, qualifier)

    def _error(self, *arguments, **options):
        try:
            answer = self._invoke(*arguments, **options)
        except fc2.FcError as error:
            return error, json.loads(error.message)
        raise AssertionError("no FcError, but %r" % answer.data[:1000])

    def hands_bytes_both_ways(self):
        answer = self._invoke("echo", EVERY_BYTE)
        assert answer.data == EVERY_BYTE, answer.data
        assert answer.headers["X-Fc-Request-Id"] and answer.headers["X-Fc-Instance-Id"]
        assert float(answer.headers["X-Fc-Invocation-Duration"]) > 0, answer.headers
        assert float(answer.headers["X-Fc-Max-Memory-Usage"]) > 1, answer.headers
        assert answer.headers["X-Fc-Invocation-Service-Version"] == "LATEST", answer.headers

    def invokes_without_an_event(self):
        assert self._invoke("echo").data == b""

    def reads_an_event_from_a_file(self):
        assert self._invoke("echo", io.BytesIO(EVERY_BYTE * 100)).data == EVERY_BYTE * 100

    def hands_a_large_event_both_ways(self):
        event = EVERY_BYTE * (5 * MEBIBYTE // 256)
        assert self._invoke("echo", event).data == event

    def is_told_of_an_event_that_is_too_large(self):
        error, document = self._error("echo", b"x" * (33 * MEBIBYTE))
        assert (error.status_code, error.err_code) == (400, "EntityTooLarge"), error
        assert "33554432" in document["ErrorMessage"], document

    def gets_the_end_of_the_log(self):
        answer = self._invoke("echo", b"12345", x_fc_log_type="Tail")
        log = base64.b64decode(answer.headers["X-Fc-Log-Result"]).decode()
        request_id = answer.headers["X-Fc-Request-Id"]
        assert "echo of 5 bytes\n" in log, log
        assert log.endswith("FC Invoke End RequestId: %s\n" % request_id), log

    def raises_a_functions_error(self):
        error, document = self._error("fails", b"apples")
        assert error.status_code == 200 and error.request_id, error
        assert document["errorType"] == "ValueError", document
        assert document["errorMessage"] == "no apples", document
        assert "in fails" in document["stackTrace"][-1][2], document

    def raises_a_timeout_and_serves_on(self):
        error, document = self._error("sleeps")
        assert error.status_code == 200, error
        assert "timed out after 1 seconds" in document["errorMessage"], document
        assert self._invoke("echo", b"still").data == b"still"

    def raises_what_the_platform_refuses(self):
        error, document = self._error("nix")
        assert (error.status_code, error.err_code) == (404, "FunctionNotFound"), error
        assert "nix" in document["ErrorMessage"] and error.request_id != "unknown", document
        error, _ = self._error("echo", service="nix")
        assert (error.status_code, error.err_code) == (404, "ServiceNotFound"), error
        error, _ = self._error("echo", x_fc_invocation_type="Later")
        assert (error.status_code, error.err_code) == (400, "InvalidArgument"), error

    def hands_the_qualifier_on(self):
        told = json.loads(self._invoke("about").data)
        assert told["qualifier"] == "LATEST", told
        told = json.loads(self._invoke("about", qualifier="prod").data)
        assert told["qualifier"] == "prod", told

    def serves_what_the_file_says(self):
        answer = self._invoke("about")
        told = json.loads(answer.data)
        assert told == {"request_id": answer.headers["X-Fc-Request-Id"], "service": "parcels",
                        "qualifier": "LATEST", "function": "about", "region": "cn-hangzhou",
                        "greeting": "hello, parcels", "started": 1}, told

    def invokes_from_several_threads(self):
        events = [b"%d" % number for number in range(32)]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda event: self._invoke("echo", event).data, events))
        assert answers == events, answers

    def calls_an_http_trigger(self):
        answer = self._client.do_http_request("POST", "parcels", "web", "/a b/c",
                                              headers={"x-own": "1"}, params={"x": "1", "y": "\u00e9"},
                                              body=EVERY_BYTE)
        assert (answer.status_code, answer.content) == (201, EVERY_BYTE[::-1]), answer.content
        assert answer.headers["X-Path"] == "/a b/c", answer.headers
        assert answer.headers["X-Query"] == "x=1&y=%C3%A9", answer.headers
        assert answer.headers["X-Two"] == "a, b" and answer.headers["X-Fc-Request-Id"]

    def is_told_of_a_failure_behind_an_http_trigger(self):
        answer = self._client.do_http_request("POST", "parcels", "web", "/boom")
        assert answer.status_code == 502, answer.status_code
        assert answer.headers["X-Fc-Error-Type"] == "UnhandledInvocationError", answer.headers
        assert answer.json()["errorMessage"] == "asked to fail", answer.text

    def is_told_of_a_trigger_that_is_not_there(self):
        answer = self._client.do_http_request("GET", "parcels", "echo", "/")
        assert answer.status_code == 404, answer.status_code
        assert answer.json()["ErrorCode"] == "TriggerNotFound", answer.text

    def calls_an_http_trigger_that_wants_a_signature(self):
        answer = self._client.do_http_request("POST", "parcels", "guarded", "/a b",
                                              headers={"x-fc-own": "1"},
                                              params={"y": "2", "x": ["b", "a"]}, body=b"123")
        assert (answer.status_code, answer.content) == (201, b"321"), answer.content
        answer = self._client.do_http_request("GET", "parcels", "guarded", "/")
        assert (answer.status_code, answer.content) == (201, b"nothing"), answer.content

    def invokes_without_waiting(self):
        fifo = self._served.make_fifo("fc2")
        answer = self._invoke("passes_on", fifo.encode(), x_fc_invocation_type="Async")
        assert answer.data == b"", answer.data
        with open(fifo, encoding="utf-8") as said:
            assert said.read() == "passes_on %s\n" % answer.headers["X-Fc-Request-Id"]

    def is_told_of_an_async_event_that_is_too_large(self):
        error, _ = self._error("passes_on", b"x" * (128 * 1024 + 1), x_fc_invocation_type="Async")
        assert (error.status_code, error.err_code) == (400, "EntityTooLarge"), error
