"""Applications of each framework's own kind (sites), served unchanged by the real rloader and
bootstrap in the HTTP mode, and by the server that they usually have: a client sees the same."""

import collections

import asgi_cases
import servers
import wsgi_cases
from site_client import SiteClient

# `alone`: cases in which the usual server is no measure.
Site = collections.namedtuple(
    "Site", "name handler usual application variables cases alone last_words")

_WSGI = {"FC_CONCURRENT_LIMIT": str(servers.THREADS)}
SITES = (
    Site("Flask", "flask_site.app", servers.gunicorn, "flask_site:app", _WSGI, wsgi_cases.FLASK, (),
         ""),
    Site("Django, WSGI", "django_site.wsgi.application", servers.gunicorn,
         "django_site.wsgi:application", _WSGI, wsgi_cases.DJANGO_WSGI,
         wsgi_cases.DJANGO_ALONE, ""),
    Site("Django, ASGI", "django_site.asgi.application", servers.uvicorn,
         "django_site.asgi:application", {}, wsgi_cases.DJANGO_ASGI,
         wsgi_cases.DJANGO_ALONE, ""),
    Site("FastAPI", "fastapi_site.main.app", servers.uvicorn, "fastapi_site.main:app", {},
         asgi_cases.FASTAPI, asgi_cases.FASTAPI_ALONE, "the lifespan is over\n"),
    Site("Starlette", "starlette_site.app.app", servers.uvicorn, "starlette_site.app:app", {},
         asgi_cases.STARLETTE, (), "the lifespan is over\n"),
)


def run(bin_folder):
    """(failed, all), of all sites. Each failure is a line."""
    results = [_run_site(site, bin_folder) for site in SITES]
    return sum(result[0] for result in results), sum(result[1] for result in results)


def _run_site(site, bin_folder):
    own = servers.ours(bin_folder, site.handler, site.variables)
    try:
        usual = site.usual(site.application)
    except BaseException:
        own.kill()
        raise
    failures = [failure for failure in (_compare(case, own, usual) for case in site.cases) if failure]
    usual.kill()
    failures += [failure for failure in (_run_alone(case, own) for case in site.alone) if failure]
    failures += _end(own, site.last_words)
    for failure in failures:
        print("FAILED: %s: %s" % (site.name, failure[:4000]))
    if failures:
        print(own.log()[-8000:])
    return len(failures), len(site.cases) + len(site.alone) + 1


def _compare(case, own, usual):
    """What is wrong, or nothing."""
    ours, theirs = (_observe(case, server) for server in (own, usual))
    if repr(ours) == repr(theirs) and not isinstance(ours, Failure):
        return ""
    return "%s: %s" % (case.__name__, "; ".join(differences(ours, theirs)) or ours)


def _run_alone(case, own):
    seen = _observe(case, own)
    return "%s: %s" % (case.__name__, seen) if isinstance(seen, Failure) else ""


class Failure(str):
    """A case that raised."""


def _observe(case, server):
    client = SiteClient(server.port)
    try:
        return case(client)
    except Exception as error:
        return Failure("%s: %s" % (type(error).__name__, error))
    finally:
        client.close()


def differences(ours, theirs, where=""):
    """Where two observations differ, piece by piece."""
    ours, theirs = getattr(ours, "facts", ours), getattr(theirs, "facts", theirs)
    if repr(ours) == repr(theirs):
        return []
    if isinstance(ours, (list, tuple)) and isinstance(theirs, (list, tuple)) and \
            len(ours) == len(theirs):
        return [difference for number, pair in enumerate(zip(ours, theirs))
                for difference in differences(*pair, where="%s[%d]" % (where, number))]
    return ["%s: %.600r, but there %.600r" % (where, ours, theirs)]


def _end(own, last_words):
    """SIGTERM, and what the application says last."""
    try:
        log = own.stop()
    except Exception as error:
        return ["the end: %s" % error]
    return [] if last_words in log else ["the end: the log lacks %r" % last_words]
