"""A Django project: settings, URLs, views, a form, middleware, templates; as WSGI and as ASGI."""
