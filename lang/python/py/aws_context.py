"""What a handler may know about its invocation, in AWS's dialect."""

import json
import logging
import os
import sys
import time

from _openfc.aws_errors import Fault

W3C_FIELDS = ("traceparent", "tracestate", "baggage")


class _Record:
    """Named fields, in the order of __slots__, shown as Class([field=value,...])."""

    __slots__ = ()

    def __init__(self, fields):
        for name in self.__slots__:
            setattr(self, name, fields.get(name))

    def __repr__(self):
        return _shown(self, self.__slots__)


def _shown(instance, names):
    fields = ",".join("%s=%s" % (name, getattr(instance, name)) for name in names)
    return "%s([%s])" % (type(instance).__name__, fields)


class Client(_Record):
    """The mobile application that asks."""

    __slots__ = ["installation_id", "app_title", "app_version_name", "app_version_code",
                 "app_package_name"]


class ClientContext(_Record):
    """What the caller sent along."""

    __slots__ = ["custom", "env", "client"]


class CognitoIdentity(_Record):
    """Who asks, by Amazon Cognito."""

    __slots__ = ["cognito_identity_id", "cognito_identity_pool_id"]


class LambdaContext:
    """The second argument of a handler."""

    _SHOWN = ("aws_request_id", "log_group_name", "log_stream_name", "function_name",
              "memory_limit_in_mb", "function_version", "invoked_function_arn", "client_context",
              "identity", "tenant_id")

    def __init__(self, request_id, client_context, identity, deadline_ms, function_arn, tenant_id):
        self.aws_request_id = request_id
        self.log_group_name = os.environ.get("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = os.environ.get("AWS_LAMBDA_LOG_STREAM_NAME")
        self.function_name = os.environ.get("AWS_LAMBDA_FUNCTION_NAME")
        self.memory_limit_in_mb = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        self.function_version = os.environ.get("AWS_LAMBDA_FUNCTION_VERSION")
        self.invoked_function_arn = function_arn
        self.tenant_id = tenant_id
        self._w3c_fields = take_w3c_fields(client_context)
        self.client_context = _client_context_of(client_context)
        self.identity = _identity_of(identity)
        self._epoch_deadline_time_in_ms = deadline_ms

    def get_remaining_time_in_millis(self):
        """Until the platform gives up; 0 when that has passed."""
        return max(0, self._epoch_deadline_time_in_ms - int(time.time() * 1000))

    def w3c(self):
        """The trace context of the invocation: traceparent, tracestate, baggage."""
        return dict(self._w3c_fields)

    def log(self, msg):
        """Into the log as it is, without a newline of ours."""
        for handler in logging.getLogger().handlers:
            if hasattr(handler, "log_sink"):
                handler.log_sink.log(str(msg))
                return
        sys.stdout.write(str(msg))

    def __repr__(self):
        return _shown(self, self._SHOWN)


def take_w3c_fields(client_context):
    """The trace context, which travels in the client context and is not part of it."""
    if not isinstance(client_context, dict):
        return {}
    fields = client_context.pop("w3c", None)
    if not isinstance(fields, dict):
        return {}
    return {name: fields[name] for name in W3C_FIELDS if isinstance(fields.get(name), str)}


def _client_context_of(fields):
    if fields is None:
        return None
    context = ClientContext(fields)
    if context.client is not None:
        context.client = Client(context.client)
    return context


def _identity_of(fields):
    fields = {} if fields is None else fields
    return CognitoIdentity({"cognito_identity_id": fields.get("cognitoIdentityId"),
                            "cognito_identity_pool_id": fields.get("cognitoIdentityPoolId")})


def parse_header(text, name):
    """The JSON of a header; None when it was not sent."""
    if not text:
        return None
    try:
        return json.loads(text)
    except Exception as error:
        raise Fault("Runtime.LambdaContextUnmarshalError",
                    "Unable to parse %s JSON: %s" % (name, error)) from None


def make_context(meta):
    """The context of one invocation, from what its headers said. Fault when they say nonsense."""
    client_context = parse_header(meta["client_context"], "Client Context")
    identity = parse_header(meta["cognito_identity"], "Cognito Identity")
    return LambdaContext(meta["request_id"], client_context, identity, meta["deadline_ms"],
                         meta["function_arn"], meta["tenant_id"] or None)
