"""Which path is whose."""

from django.urls import include, path

from django_site import views

streams = [path("gated", views.gated), path("go", views.go), path("endless", views.endless),
           path("closed", views.closed), path("gated-async", views.gated_async),
           path("digest", views.digest)]
urlpatterns = [
    path("", views.index, name="index"),
    path("order/", views.Order.as_view(), name="order"),
    path("hello/<str:name>/", views.hello, name="hello"),
    path("async/<int:number>/", views.in_a_coroutine),
    path("request/", views.show_request),
    path("file", views.file),
    path("broken/", views.broken),
    path("forbidden/", views.forbidden),
    path("streams/", include(streams)),
]
handler404 = views.not_found
