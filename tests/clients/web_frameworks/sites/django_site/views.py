"""Views: functions, classes, coroutines, streams."""

import asyncio
import hashlib
import threading

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views import View
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from django_site.forms import OrderForm

_go, _closed = threading.Event(), threading.Event()


@require_GET
def index(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return render(request, "index.html", {"visits": request.session["visits"]})


class Order(View):
    """A form, shown and taken."""

    def get(self, request):
        return render(request, "order.html", {"form": OrderForm()})

    def post(self, request):
        form = OrderForm(request.POST, request.FILES)
        if not form.is_valid():
            return JsonResponse(form.errors.get_json_data(), status=422)
        paper = form.cleaned_data["paper"]
        digest = hashlib.sha256(paper.read()).hexdigest() if paper else "none"
        messages.info(request, "%(count)d of %(item)s" % form.cleaned_data + ", paper: " + digest)
        return redirect("order")


def hello(request, name):
    response = HttpResponse("hello %s, %s" % (name, request.GET.getlist("x")),
                            headers={"X-Latin": "na\u00efve"})
    response.set_cookie("seen", name.encode("ascii", "ignore").decode(), max_age=60)
    response.delete_cookie("old")
    return response


async def in_a_coroutine(request, number):
    await asyncio.sleep(0)
    return JsonResponse({"number": number, "user": request.headers.get("x-user")})


@csrf_exempt
def show_request(request):
    headers = {name: value for name, value in request.headers.items()}
    return JsonResponse({"headers": headers, "url": request.build_absolute_uri(),
                         "method": request.method, "path": request.path_info,
                         "address": request.META["REMOTE_ADDR"], "query": request.META["QUERY_STRING"],
                         "body": request.body.decode()})


def file(request):
    return FileResponse(open(__file__, "rb"), as_attachment=True, filename="vi\u00e9ws.py",
                        content_type="text/x-python")


def broken(request):
    raise KeyError("broken")


def forbidden(request):
    raise PermissionDenied


def not_found(request, exception):
    return HttpResponse("nothing at " + request.path, status=404, content_type="text/plain")


def gated(request):
    """The second piece is made when somebody has asked for it."""
    def pieces():
        yield "data: first\n\n"
        _go.wait(20)
        yield "data: second\n\n"
    return StreamingHttpResponse(pieces(), content_type="text/event-stream")


async def gated_async(request):
    async def pieces():
        yield "data: first\n\n"
        await asyncio.to_thread(_go.wait, 20)
        yield "data: second\n\n"
    return StreamingHttpResponse(pieces(), content_type="text/event-stream")


@csrf_exempt
def go(request):
    _go.set()
    return HttpResponse(status=204)


def endless(request):
    def pieces():
        try:
            while True:
                yield b"more" * 4096
        finally:
            _closed.set()
    return StreamingHttpResponse(pieces(), content_type="application/octet-stream")


def closed(request):
    """Whether the endless one was closed."""
    return JsonResponse({"closed": _closed.wait(20)})


@csrf_exempt
def digest(request):
    """Of a body in pieces."""
    found, length = hashlib.sha256(), 0
    for piece in iter(lambda: request.read(10_000), b""):
        found.update(piece)
        length += len(piece)
    return JsonResponse({"sha256": found.hexdigest(), "length": length})
