"""What a handler may know about its invocation (fc-runtime-api.md, section 4). The attributes are
plain ones, which the C++ side sets (context_maker.h)."""

from _openfc import library


class Credentials:
    """Temporary keys of the function's role, under both spellings: accessKeyId and access_key_id,
    accessKeySecret and access_key_secret, securityToken and security_token."""


class FunctionMeta:
    """The function's definition: name, handler, memory (MB), timeout (s); in the newer shape also
    version_id and qualifier."""


class ServiceMeta:
    """The service that the function belongs to: name, log_project, log_store, qualifier,
    version_id."""


class Tracing:
    """Where the invocation stands in a trace: span_context, span_baggages (a dict),
    jaeger_endpoint."""


def decode_baggages(text):
    """The dict behind base64 of a JSON object; anything else is {}."""
    if not text:
        return {}
    binascii, json = library.load("binascii", "a2b_base64"), library.load("json", "dumps")
    try:
        baggages = json.loads(binascii.a2b_base64(text))
    except (ValueError, RecursionError):
        return {}
    return baggages if isinstance(baggages, dict) else {}


def _logging():
    return library.load("logging", "getLogger")


class _RootLogger:
    """The logger of a context that was made before anybody had imported logging."""

    def __get__(self, context, owner):
        if context is None:
            return self
        context.logger = _logging().root
        return context.logger


class FCContext:
    """The second argument of a handler: requestId and request_id, credentials, function, service,
    region, account_id, retry_count, tracing, logger; in the newer shape also log_project and
    log_store."""

    cloud_event = None  # The attributes of a CloudEvent, where the event is one's data.
    logger = _RootLogger()

    def getLogger(self):
        """The logger whose records carry this invocation's id."""
        return self.logger or _logging().getLogger()

    def to_json(self):
        """All of it as one JSON text, in the platform's own spelling and order."""
        return library.load("json", "dumps").dumps({
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


class LazyContext:
    """The context of a web application's request, made when it is first looked at: most requests
    never do."""

    def __init__(self, exchange, make_context):
        self._openfc_parts = exchange, make_context
        self._openfc_context = None

    def __getattr__(self, name):
        if name.startswith("_openfc_"):
            raise AttributeError(name)
        if self._openfc_context is None:
            exchange, make_context = self._openfc_parts
            self._openfc_context = make_context(exchange)
        return getattr(self._openfc_context, name)


PARTS = (FCContext, Credentials, FunctionMeta, ServiceMeta, Tracing, decode_baggages)
