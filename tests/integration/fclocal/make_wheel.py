"""Writes a wheel: make_wheel.py FOLDER NAME VERSION [--needs NAME] [--program NAME].

Its module, of the same name, has VERSION. Written byte by byte, since nothing may be downloaded."""

import argparse
import zipfile

ARGUMENTS = argparse.ArgumentParser()
ARGUMENTS.add_argument("folder")
ARGUMENTS.add_argument("name")
ARGUMENTS.add_argument("version")
ARGUMENTS.add_argument("--needs")
ARGUMENTS.add_argument("--program")


def files(wheel):
    """The names and texts of what is in it, but for the list of them."""
    info = "%s-%s.dist-info/" % (wheel.name, wheel.version)
    needs = "Requires-Dist: %s\n" % wheel.needs if wheel.needs else ""
    yield wheel.name + ".py", "VERSION = %r\n\ndef main():\n    print(VERSION)\n" % wheel.version
    yield info + "METADATA", "Metadata-Version: 2.1\nName: %s\nVersion: %s\n%s" % (
        wheel.name, wheel.version, needs)
    yield info + "WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    if wheel.program:
        yield info + "entry_points.txt", "[console_scripts]\n%s = %s:main\n" % (wheel.program,
                                                                              wheel.name)


def write(wheel):
    """The wheel, the same bytes each time."""
    path = "%s/%s-%s-py3-none-any.whl" % (wheel.folder, wheel.name, wheel.version)
    record = ""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files(wheel):
            archive.writestr(zipfile.ZipInfo(name), text)
            record += name + ",,\n"
        name = "%s-%s.dist-info/RECORD" % (wheel.name, wheel.version)
        archive.writestr(zipfile.ZipInfo(name), record + name + ",,\n")


if __name__ == "__main__":
    write(ARGUMENTS.parse_args())
