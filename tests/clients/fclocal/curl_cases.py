"""`curl`, as documentation has it."""

import base64
import json
import subprocess

EVERY_BYTE = bytes(range(256))


class CurlAnswer:
    """What `curl -i` prints, taken apart."""

    def __init__(self, output):
        head, self.body = output.split(b"\r\n\r\n", 1)
        while head.startswith(b"HTTP/1.1 100"):
            head, self.body = self.body.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        self.status = int(lines[0].split()[1])
        pairs = [line.split(": ", 1) for line in lines[1:]]
        self.headers = {name.lower(): value for name, value in pairs}

    def json(self):
        """The body."""
        return json.loads(self.body)


class CurlCases:
    """Of both editions."""

    def __init__(self, served1, served3):
        self._served1, self._served3 = served1, served3
        self._echo3 = served3.url + "/2023-03-30/functions/echo/invocations"

    @staticmethod
    def _run(*words, body=None):
        done = subprocess.run(["curl", "-q", "-sS", "--noproxy", "*", *words], input=body,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 0, "curl ended with %d: %s" % (done.returncode, done.stderr.decode())
        return done.stdout

    def _curl(self, *words, body=None):
        return CurlAnswer(self._run("-i", *words, body=body))

    def posts_json(self):
        assert self._run(self._echo3, "-d", '{"key": "value"}') == b'{"key": "value"}'

    def posts_to_both_versions_of_edition_1(self):
        for version in ("2016-08-15", "2021-04-06"):
            url = "%s/%s/services/parcels/functions/echo/invocations" % (self._served1.url, version)
            assert self._run(url, "-d", "parcel") == b"parcel", version

    def posts_a_large_file(self):
        event = EVERY_BYTE * 8192
        answer = self._curl(self._echo3, "--data-binary", "@-", body=event)  # Expects 100-continue.
        assert (answer.status, answer.body) == (200, event), answer.headers

    def posts_in_chunks(self):
        answer = self._curl(self._echo3, "-X", "POST", "-H", "Transfer-Encoding: chunked", "-T", "-",
                            body=EVERY_BYTE)
        assert (answer.status, answer.body) == (200, EVERY_BYTE), answer.headers

    def reuses_its_connection(self):
        output = self._run(self._echo3, self._echo3, "-d", "x", "-w", "%{num_connects} ")
        assert output == b"x1 x0 ", output

    def offers_http_2_and_gets_http_1(self):
        assert self._curl(self._echo3, "--http2", "-d", "x").body == b"x"

    def gets_the_end_of_the_log(self):
        answer = self._curl(self._echo3, "-H", "x-fc-log-type: Tail", "-d", "12345")
        assert b"echo of 5 bytes\n" in base64.b64decode(answer.headers["x-fc-log-result"])

    def is_told_of_a_wrong_method(self):
        answer = self._curl(self._echo3)
        assert (answer.status, answer.json()["Code"]) == (405, "MethodNotAllowed"), answer.body

    def is_told_of_an_event_that_is_too_large(self):
        answer = self._curl(self._echo3, "--data-binary", "@-", body=b"x" * (33 * 1024 * 1024))
        assert (answer.status, answer.json()["Code"]) == (400, "EntityTooLarge"), answer.body

    def calls_a_trigger_of_edition_3(self):
        answer = self._curl(self._served3.url + "/proxy/web/a%20b?x=1&x=2", "-H", "X-Own: 1",
                            "-H", "X-Own: 2", "-d", "text")
        event = answer.json()
        assert answer.status == 201 and answer.headers["x-own"] == "b", answer.headers
        assert (event["rawPath"], event["body"]) == ("/a%20b", "text"), event
        assert event["queryParameters"] == {"x": "1,2"}, event
        assert event["headers"]["X-Own"] == "1,2", event
        assert event["requestContext"]["http"]["userAgent"].startswith("curl/"), event

    def calls_a_trigger_by_its_host(self):
        url = "http://web.localhost:%d/deep/path" % self._served3.port
        assert json.loads(self._run(url))["rawPath"] == "/deep/path"

    def sends_bytes_through_a_trigger_of_edition_3(self):
        answer = self._curl(self._served3.url + "/proxy/web/bytes", "--data-binary", "@-",
                            "-H", "Content-Type: image/png", body=EVERY_BYTE)
        assert (answer.status, answer.body) == (200, EVERY_BYTE[::-1]), answer.headers

    def sends_a_form_through_a_trigger(self):
        event = json.loads(self._run(self._served3.url + "/proxy/web/", "-F", "field=value"))
        assert event["headers"]["Content-Type"].startswith("multipart/form-data; boundary="), event
        assert event["isBase64Encoded"], event
        assert b'name="field"\r\n\r\nvalue\r\n' in base64.b64decode(event["body"]), event

    def calls_a_trigger_of_edition_1(self):
        answer = self._curl(self._served1.url + "/2016-08-15/proxy/parcels/web/a/b?x=1",
                            "--data-binary", "@-", body=EVERY_BYTE)
        assert (answer.status, answer.body) == (201, EVERY_BYTE[::-1]), answer.headers
        assert answer.headers["x-path"] == "/a/b" and answer.headers["x-query"] == "x=1"

    def asks_for_a_head_alone(self):
        for url in ("/2016-08-15/proxy/parcels/web/", "/proxy/web/"):
            served = self._served1 if "2016" in url else self._served3
            answer = self._curl("-I", served.url + url)
            assert (answer.status, answer.body) == (201, b""), answer.headers

    def is_told_of_a_method_that_the_trigger_does_not_take(self):
        answer = self._curl("-X", "DELETE", self._served3.url + "/proxy/web/")
        assert answer.status == 403, answer.status
