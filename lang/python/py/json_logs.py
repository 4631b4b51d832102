"""Log records as JSON, one object a line (OPENFC_LOG_FORMAT=json)."""

import json

from _openfc import logs


class JsonFormatter(logs.RecordFormatter):
    """`{"time": ..., "level": ..., "requestId": ..., "message": ...}`; the message holds what the
    plain form writes below it, tracebacks for one. All is ASCII: what cannot be encoded is an
    escape."""

    def formatMessage(self, record):
        return record.message

    def format(self, record):
        return json.dumps({
            "time": self.time_of(record),
            "level": record.levelname,
            "requestId": self.request_id_of(record),
            "message": super().format(record),
        })

    @staticmethod
    def cut(data, most):
        """A record with as much of its message as so many bytes hold."""
        fields = json.loads(data)
        message, low, high = fields["message"], 0, most
        while low < high:
            middle = (low + high + 1) // 2
            fields["message"] = message[:middle]
            if len(json.dumps(fields)) <= most:
                low = middle
            else:
                high = middle - 1
        fields["message"] = message[:low]
        return json.dumps(fields).encode("ascii")
