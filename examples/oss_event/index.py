"""An OSS trigger: lists the objects that were created, with their sizes."""

import json
import logging

logger = logging.getLogger()


def describe(record):
    oss = record["oss"]
    return {"bucket": oss["bucket"]["name"], "key": oss["object"]["key"], "bytes": oss["object"]["size"]}


def handler(event, context):
    created = [
        describe(record)
        for record in json.loads(event)["events"]
        if record["eventName"].startswith("ObjectCreated:")
    ]
    logger.info("%d object(s) created", len(created))
    return {"created": created, "total_bytes": sum(item["bytes"] for item in created)}
