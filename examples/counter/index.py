"""Module state: it lives as long as the instance, so each invocation counts on."""

count = 0


def handler(event, context):
    global count
    count += int(event or b"1")
    return {"count": count}
