"""A Starlette application: routes, endpoints of classes, mounts, middleware, static files."""
