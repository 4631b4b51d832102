"""A Django application in one file as a handler: django_app.application."""

import hashlib

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="of no use",
                   LOGGING_CONFIG=None, DATA_UPLOAD_MAX_MEMORY_SIZE=64 << 20)


def hello(request, name):
    return JsonResponse({"name": name, "query": dict(request.GET.lists()),
                         "cookie": request.COOKIES.get("a"),
                         "address": request.META["REMOTE_ADDR"],
                         "id": request.environ["fc.context"].request_id})


def form(request):
    return JsonResponse(dict(request.POST.lists()))


def upload(request):
    return HttpResponse(hashlib.sha256(request.FILES["file"].read()).hexdigest())


def echo(request):
    return HttpResponse(request.body, content_type=request.content_type)


def cookies(request):
    response = HttpResponse("cookies")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


def parts():
    try:
        for number in range(1000):
            yield "part %d\n" % number
    finally:
        print("stream closed")


def stream(request):
    return StreamingHttpResponse(parts(), content_type="text/plain")


def away(request):
    return HttpResponseRedirect("/hello/you")


def boom(request):
    raise KeyError("boom")


urlpatterns = [path("hello/<str:name>", hello), path("form", form), path("upload", upload),
               path("echo", echo), path("cookies", cookies), path("stream", stream),
               path("away", away), path("boom", boom)]
application = get_wsgi_application()


def strict(environ, start_response):
    """Of this one an exception is the function's, and not a page of Django's."""
    settings.DEBUG_PROPAGATE_EXCEPTIONS = True
    try:
        return application(environ, start_response)
    finally:
        settings.DEBUG_PROPAGATE_EXCEPTIONS = False
