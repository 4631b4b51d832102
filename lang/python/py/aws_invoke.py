"""The steps of one invocation in AWS's dialect, called in turn by the C++ side, which calls the
handler itself: no frame of ours stands below user code."""

import os

from _openfc import aws_context, aws_decoder, aws_encoder, aws_errors, aws_loader, aws_logs, exits
from _openfc.aws_errors import Fault

TRACE_ID_VARIABLE = "_X_AMZN_TRACE_ID"

exit_status = exits.exit_status
leave = exits.leave
flush = exits.flush
load = aws_loader.load


class Steps:
    """What depends on the runtime's options."""

    def __init__(self, log_is_json, log_level, log_descriptor, keeps_unicode):
        self._encode_json = aws_encoder.Encoder(keeps_unicode).encode
        self._log = aws_logs.Log(log_is_json, log_level, log_descriptor, self._encode_json)

    def begin(self, meta):
        """The context of the invocation that starts now."""
        aws_logs.set_invocation(meta["request_id"], meta["tenant_id"] or None)
        if meta["trace_id"]:
            os.environ[TRACE_ID_VARIABLE] = meta["trace_id"]
        else:
            os.environ.pop(TRACE_ID_VARIABLE, None)
        return aws_context.make_context(meta)

    def decode(self, event, content_type):
        """The first argument of the handler: what is not said to be JSON comes as bytes."""
        if content_type not in ("", "application/json"):
            return event
        try:
            return aws_decoder.decode(event)
        except Exception as error:
            raise Fault("Runtime.UnmarshalError",
                        "Unable to unmarshal input: %s" % error) from None

    def encode(self, result):
        """(bytes to post, their content type)."""
        if isinstance(result, bytes):
            return result, "application/unknown"
        try:
            return self._encode_json(result).encode("utf-8"), "application/json"
        except Exception as error:
            raise Fault("Runtime.MarshalError",
                        "Unable to marshal response: %s" % error) from None

    def describe(self, exception, request_id):
        """(errorType, error JSON, cause for the trace service), as bytes, of what user code
        raised, which is logged. The cause is empty when it is too large to be sent."""
        report = aws_errors.report_of(exception, request_id)
        self._log.report_failure(report)
        cause = self._as_bytes(aws_errors.trace_cause_of(exception))
        return (report["errorType"].encode("utf-8", "backslashreplace"), self._as_bytes(report),
                cause if len(cause) < aws_errors.MAX_TRACE_CAUSE_BYTES else b"")

    def _as_bytes(self, document):
        # A lone surrogate becomes \udXXX, which is how JSON writes it, too.
        return self._encode_json(document).encode("utf-8", "backslashreplace")
