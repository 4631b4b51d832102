"""Logging at several levels, print, stderr, and text beyond ASCII."""

import logging
import sys

logger = logging.getLogger()


def handler(event, context):
    name = event.decode("utf-8") or "world"
    logger.debug("not shown: the root logger's level is INFO")
    logger.info("greeting %s", name)
    logger.warning("umlauts: äöü, emoji: 🎉")
    logger.error("an error is only a level: the invocation succeeds")
    print("printed as it is: 你好, " + name)
    print("to stderr, in the same log", file=sys.stderr)
    return f"你好, {name}"
