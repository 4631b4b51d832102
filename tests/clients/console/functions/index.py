"""The functions that the console page is tried with."""

import json

MARKUP = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
CALLS = []


def hello(event, context):
    """A greeting, and a log."""
    name = json.loads(event)["name"] if event else "nobody"
    CALLS.append(name)
    print("greeting", name)
    return {"greeting": "hello " + name, "calls": len(CALLS)}


def hostile(event, context):
    """Markup, in the log and in the result."""
    print(MARKUP)
    return MARKUP


def fails(event, context):
    """An error with markup in its text."""
    raise ValueError(MARKUP)


def binary(event, context):
    """The event itself, which is no text."""
    return event
