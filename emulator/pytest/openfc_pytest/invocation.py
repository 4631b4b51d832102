"""What came of an invocation."""

import base64
import json


class Invocation:
    """The result of one invocation, or its failure, with its log and its figures."""

    def __init__(self, report, exit_code=0):
        self._report = report
        #: What `fclocal invoke` ended with: 0 result, 1 the function failed, 3 no start, 4 timeout.
        self.exit_code = exit_code

    @property
    def ok(self):
        """Whether there is a result: the function neither failed, nor ran out of time."""
        return self._report["ok"]

    @property
    def result(self):
        """The result's bytes; of a failure its error JSON, if it has one."""
        text = self._report["result"]
        if text is None:
            return b""
        if self._report["resultEncoding"] == "base64":
            return base64.b64decode(text)
        return text.encode("utf-8")

    @property
    def text(self):
        """The result as text."""
        return self.result.decode("utf-8")

    def json(self):
        """What the result says as JSON."""
        return json.loads(self.result)

    @property
    def log(self):
        """All that the function printed and logged, with the platform's lines around it."""
        return self._report["log"]

    @property
    def error_type(self):
        """The exception's class, or FunctionTimeout and the like; None when ok."""
        return self._report["errorType"]

    @property
    def error_message(self):
        """What the exception said; None when ok."""
        return self._report["errorMessage"]

    @property
    def request_id(self):
        """As context.request_id in the function."""
        return self._report["requestId"]

    @property
    def duration_ms(self):
        """How long the function took, a new instance's start not counted."""
        return self._report["durationMs"]

    @property
    def max_memory_mb(self):
        """The most memory that the instance used."""
        return self._report["maxMemoryUsedMb"]

    def __repr__(self):
        if self.ok:
            return "<Invocation %s: %r>" % (self.request_id, self.result[:200])
        return "<Invocation %s failed: %s: %s>\n%s" % (self.request_id, self.error_type,
                                                       self.error_message, self.log)
