"""A FastAPI application as its tutorial builds one: routers, models, dependencies, a lifespan."""
