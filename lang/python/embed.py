"""Build step: compiles our Python modules to bytecode and writes them down as a C++ source.

Usage: embed.py OUTPUT.cc FUNCTION PACKAGE FILE.py...: FUNCTION() will give the modules, in
this order. To be run by the Python that will load them: bytecode is good for one version only.
"""

import marshal
import os
import sys

HEAD = """// Made by lang/python/embed.py.
#include "lang/python/embedded_modules.h"

namespace openfc::python {
namespace {
"""
BYTES_PER_LINE = 24


def module_name(package, file):
    """The dotted name under which a file is loaded: a folder's __init__.py is the folder."""
    stem = os.path.splitext(os.path.basename(file))[0]
    return package if stem == "__init__" else "%s.%s" % (package, stem)


def compiled(name, file):
    """The marshalled code. Its file name says whose frames these are; no such file exists."""
    with open(file, encoding="utf-8") as source:
        code = compile(source.read(), "<openfc %s>" % name, "exec", dont_inherit=True, optimize=2)
    return marshal.dumps(code)


def array(identifier, data):
    """A definition of the bytes."""
    lines = [", ".join(str(byte) for byte in data[start:start + BYTES_PER_LINE])
             for start in range(0, len(data), BYTES_PER_LINE)]
    return "constexpr unsigned char %s[] = {\n%s};\n" % (identifier, ",\n".join(lines))


def render(function, package, files):
    """The whole source."""
    parts, entries = [HEAD], []
    for number, file in enumerate(files):
        name = module_name(package, file)
        parts.append(array("kCode%d" % number, compiled(name, file)))
        entries.append('    {"%s", kCode%d, sizeof(kCode%d)},\n' % (name, number, number))
    parts.append("constexpr EmbeddedModule kModules[] = {\n%s};\n\n}  // namespace\n\n" %
                 "".join(entries))
    parts.append("std::span<const EmbeddedModule> %s() { return kModules; }\n\n"
                 "}  // namespace openfc::python\n" % function)
    return "".join(parts)


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as output:
        output.write(render(sys.argv[2], sys.argv[3], sys.argv[4:]))
