"""Build step: writes files down as a C++ source, byte by byte.

Usage: embed_files.py OUTPUT.cc FUNCTION FOLDER FILE...: openfc::FUNCTION(), as in emulator::Files,
will give the files, named by their paths below FOLDER, in this order.
"""

import os
import sys

HEAD = """// Made by cmake/embed_files.py.
#include "runtime/base/embedded_file.h"

namespace openfc::%s {
namespace {
"""
BYTES_PER_LINE = 24


def array(identifier, data):
    """A definition of the bytes, and of one more: C++ has no empty arrays."""
    codes = [str(byte) for byte in data] + ["0"]
    lines = [", ".join(codes[start:start + BYTES_PER_LINE])
             for start in range(0, len(codes), BYTES_PER_LINE)]
    return "constexpr unsigned char %s[] = {\n%s};\n" % (identifier, ",\n".join(lines))


def render(function, folder, files):
    """The whole source."""
    space, name = function.split("::")
    parts, entries = [HEAD % space], []
    for number, file in enumerate(files):
        with open(file, "rb") as source:
            data = source.read()
        parts.append(array("kBytes%d" % number, data))
        entries.append('    {"%s", kBytes%d, %d},\n' % (os.path.relpath(file, folder), number, len(data)))
    parts.append("constexpr EmbeddedFile kFiles[] = {\n%s};\n\n}  // namespace\n\n" % "".join(entries))
    parts.append("std::span<const EmbeddedFile> %s() { return kFiles; }\n\n"
                 "}  // namespace openfc::%s\n" % (name, space))
    return "".join(parts)


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as output:
        output.write(render(sys.argv[2], sys.argv[3], sys.argv[4:]))
