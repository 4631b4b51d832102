#pragma once

#include "runtime/invoke/invocation.h"

#include <pybind11/pybind11.h>

namespace openfc::python {

/// What a WSGI application is called with in the HTTP mode (PEP 3333): the request itself, without
/// the process's environment, and without what py/wsgi_http.py adds (wsgi.input, wsgi.errors,
/// fc.context). It begins as a copy of `common`, which has what is the same for all. Headers that
/// come more than once are joined by commas; one with an underscore in its name could be taken for
/// another, and is left out. The invocation has an HttpRequest. Needs the GIL.
pybind11::dict WsgiEnviron(const Invocation& invocation, const pybind11::dict& common);

}  // namespace openfc::python
