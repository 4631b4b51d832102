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
