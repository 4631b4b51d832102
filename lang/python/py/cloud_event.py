"""CloudEvents: what is known of an event besides its data."""

import json


def add_to(context, attributes):
    """Gives a context the attributes, a JSON object, of the event that its handler is called
    with."""
    context.cloud_event = json.loads(attributes)
