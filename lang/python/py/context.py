"""What a handler may know about its invocation (fc-runtime-api.md, section 4)."""

import binascii
import json
import logging


class Credentials:
    """Temporary keys of the function's role, under both spellings."""

    def __init__(self, access_key_id, access_key_secret, security_token):
        self.accessKeyId = self.access_key_id = access_key_id
        self.accessKeySecret = self.access_key_secret = access_key_secret
        self.securityToken = self.security_token = security_token


class FunctionMeta:
    """The function's definition."""

    def __init__(self, name, handler, memory, timeout):
        self.name = name
        self.handler = handler
        self.memory = memory
        self.timeout = timeout


class ServiceMeta:
    """The service that the function belongs to."""

    def __init__(self, name, log_project, log_store, qualifier, version_id):
        self.name = name
        self.log_project = log_project
        self.log_store = log_store
        self.qualifier = qualifier
        self.version_id = version_id


class Tracing:
    """Where the invocation stands in a trace."""

    def __init__(self, span_context, span_baggages, jaeger_endpoint):
        self.span_context = span_context
        self.span_baggages = decode_baggages(span_baggages)
        self.jaeger_endpoint = jaeger_endpoint


def decode_baggages(text):
    """The dict behind base64 of a JSON object; anything else is {}."""
    if not text:
        return {}
    try:
        baggages = json.loads(binascii.a2b_base64(text))
    except (ValueError, RecursionError):
        return {}
    return baggages if isinstance(baggages, dict) else {}


class FCContext:
    """The second argument of a handler, as FC's runtimes up to Python 3.10 have it."""

    cloud_event = None  # The attributes of a CloudEvent, where the event is one's data.

    def __init__(self, meta):
        self.requestId = self.request_id = meta["request_id"]
        self.credentials = Credentials(*meta["credentials"])
        self.function = FunctionMeta(*meta["function"])
        self.service = ServiceMeta(*meta["service"])
        self.region = meta["region"]
        self.account_id = meta["account_id"]
        self.retry_count = meta["retry_count"]
        self.tracing = Tracing(*meta["tracing"])
        self.logger = None

    def getLogger(self):
        """The logger whose records carry this invocation's id."""
        return self.logger or logging.getLogger()

    def to_json(self):
        """All of it as one JSON text, in the platform's own spelling and order."""
        return json.dumps({
            "requestId": self.request_id,
            "credentials": {
                "accessKeyId": self.credentials.access_key_id,
                "accessKeySecret": self.credentials.access_key_secret,
                "securityToken": self.credentials.security_token,
            },
            "function": {
                "name": self.function.name,
                "handler": self.function.handler,
                "memory": self.function.memory,
                "timeout": self.function.timeout,
            },
            "service": {
                "name": self.service.name,
                "logProject": self.service.log_project,
                "logStore": self.service.log_store,
                "qualifier": self.service.qualifier,
                "versionId": self.service.version_id,
            },
            "region": self.region,
            "accountId": self.account_id,
            "retryCount": self.retry_count,
            "tracing": {
                "openTracingSpanContext": self.tracing.span_context,
                "openTracingSpanBaggages": self.tracing.span_baggages,
                "jaegerEndpoint": self.tracing.jaeger_endpoint,
            },
        })


def make_fc2(meta):
    """The context of FC's runtimes up to 3.10."""
    return FCContext(meta)


def make_fc3(meta):
    """The context of FC's runtime 3.12: flatter, with a logger; the older fields stay readable."""
    context = FCContext(meta)
    context.function.version_id = context.service.version_id
    context.function.qualifier = context.service.qualifier
    context.log_project = context.service.log_project
    context.log_store = context.service.log_store
    context.logger = logging.getLogger()
    return context
