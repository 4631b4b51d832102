"""Hooks: what is slow to open is opened once, before the first invocation, and closed at the end.

s.yaml.example says which functions they are: fclocal invoke hello -c s.yaml.example -e '"apples"'
"""

import json

prices = {}


def initialize(context):
    prices.update({"apples": 3, "pears": 4})  # A real one would ask a database.
    print("opened, for", context.function.name)


def handler(event, context):
    fruit = json.loads(event)
    return {"fruit": fruit, "price": prices[fruit]}


def pre_stop(context):
    print("closed, with", len(prices), "prices")
