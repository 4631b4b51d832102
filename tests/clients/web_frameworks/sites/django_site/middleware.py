"""Middleware of both kinds."""

from asgiref.sync import iscoroutinefunction
from django.utils.decorators import sync_and_async_middleware


@sync_and_async_middleware
def SignMiddleware(get_response):
    if iscoroutinefunction(get_response):
        async def middleware(request):
            return _signed(await get_response(request), request)
    else:
        def middleware(request):
            return _signed(get_response(request), request)
    return middleware


def _signed(response, request):
    response["X-Signed"] = "%s %s" % (request.method, request.path_info.encode("ascii", "replace").decode())
    return response
