"""Real applications of web frameworks, served by the real programs: as handlers over the Runtime API
(here), and in the HTTP mode (http_check).

usage: check.py BIN_DIR, by a Python of bootstrap's version that has requirements.txt
"""

import hashlib
import json
import os
import sys
import sysconfig
import tempfile

import http_check
from instance import Instance

BINARY = bytes(range(256)) * 4096  # 1 MiB
BOUNDARY = "limit-of-parts"
MULTIPART = (b"--limit-of-parts\r\nContent-Disposition: form-data; name=\"file\"; "
             b"filename=\"f.bin\"\r\nContent-Type: application/octet-stream\r\n\r\n" + BINARY +
             b"\r\n--limit-of-parts--\r\n")


class Check:
    """The requests of one framework's application, and what must come of them."""

    def __init__(self, instance, log, module, application):
        self._instance, self._log, self._module = instance, log, module
        self._application = application

    def serve(self, *arguments, application=None, **options):
        handler = "%s.%s" % (self._module, application or self._application)
        return self._instance.serve(handler, *arguments, **options)

    def get_with_path_query_and_cookies(self):
        answer = self.serve("GET", "/hello/Zo\u00eb \u4e2d", query="x=1&x=2&y=a%20b",
                            headers={"Cookie": ["a=1; b=2"]})
        assert answer.params["status"] == 200, answer
        found = json.loads(answer.body)
        assert found.pop("id").startswith("r-")
        assert found == {"name": "Zo\u00eb \u4e2d", "query": {"x": ["1", "2"], "y": ["a b"]},
                         "cookie": "1", "address": "10.0.0.9"}, found

    def post_a_form(self):
        answer = self.serve("POST", "/form", body=b"a=1&b=%C3%A9&a=2", headers={
            "content-type": ["application/x-www-form-urlencoded"]})
        assert json.loads(answer.body) == {"a": ["1", "2"], "b": ["\u00e9"]}, answer

    def post_a_file(self):
        answer = self.serve("POST", "/upload", body=MULTIPART, headers={
            "Content-Type": ["multipart/form-data; boundary=" + BOUNDARY]})
        assert answer.body.decode() == hashlib.sha256(BINARY).hexdigest(), answer.body[:500]

    def put_binary_both_ways(self):
        answer = self.serve("PUT", "/echo", body=BINARY, headers={"Content-Type": ["image/png"]})
        assert answer.body == BINARY, answer.body[:500]
        assert answer.params["headersMap"]["Content-Type"] == ["image/png"], answer.params

    def set_two_cookies(self):
        cookies = self.serve("GET", "/cookies").params["headersMap"]["Set-Cookie"]
        assert [cookie.split(";")[0].strip() for cookie in cookies] == ["a=1", "b=2"], cookies

    def stream_a_response(self):
        answer = self.serve("GET", "/stream")
        assert answer.body == b"".join(b"part %d\n" % number for number in range(1000))
        self._log.seek(0)
        assert b"stream closed\n" in self._log.read()

    def answer_head_without_a_body(self):
        answer = self.serve("HEAD", "/missing")
        assert answer.params["status"] == 404 and not answer.is_error, answer

    def redirect(self):
        answer = self.serve("GET", "/away")
        assert answer.params["status"] == 302, answer
        assert answer.params["headersMap"]["Location"] == ["/hello/you"], answer.params

    def answer_404(self):
        answer = self.serve("GET", "/missing")
        assert answer.params["status"] == 404 and b"Not Found" in answer.body, answer

    def show_an_exception_as_the_frameworks_page(self):
        answer = self.serve("GET", "/boom")
        assert not answer.is_error and answer.params["status"] == 500, answer

    def report_an_exception_that_gets_out(self):
        answer = self.serve("GET", "/boom", application="strict")
        assert answer.is_error and answer.params is None, answer
        error = json.loads(answer.body)
        assert (error["errorType"], error["errorMessage"]) == ("KeyError", "'boom'"), error
        assert error["stackTrace"][-1][2:] == ["in boom", "raise KeyError(\"boom\")"], error
        assert not any("openfc" in frame[0] for frame in error["stackTrace"]), error

    def serve_on_after_that(self):
        assert self.serve("GET", "/hello/you").params["status"] == 200

    CASES = (get_with_path_query_and_cookies, post_a_form, post_a_file, put_binary_both_ways,
             set_two_cookies, stream_a_response, answer_head_without_a_body, redirect, answer_404,
             show_an_exception_as_the_frameworks_page, report_an_exception_that_gets_out,
             serve_on_after_that)


def run(name, module, application, bootstrap):
    """How many cases failed of how many."""
    code = os.path.dirname(os.path.abspath(__file__))
    failed = 0
    with tempfile.TemporaryFile() as log:
        instance = Instance(bootstrap, code, sysconfig.get_paths()["purelib"], log)
        check = Check(instance, log, module, application)
        for case in Check.CASES:
            try:
                case(check)
            except Exception as error:
                failed += 1
                print("FAILED: %s: %s: %s %s" %
                      (name, case.__name__, type(error).__name__, str(error)[:2000]))
        instance.end()
        if failed:
            log.seek(0)
            print(log.read().decode(errors="replace")[-8000:])
    return failed, len(Check.CASES)


def main(bin_folder):
    """All frameworks; the exit code."""
    bootstrap = os.path.abspath(os.path.join(bin_folder, "bootstrap"))
    results = [run("Flask", "flask_app", "app", bootstrap),
               run("Django", "django_app", "application", bootstrap)]
    results.append(http_check.run(os.path.abspath(bin_folder)))
    failed = sum(result[0] for result in results)
    print("web frameworks: %d passed, %d failed" %
          (sum(result[1] for result in results) - failed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
