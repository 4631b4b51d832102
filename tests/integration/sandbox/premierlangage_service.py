#!/usr/bin/env python3
"""The PremierLangage service over the wire: every route and error of version 3.0.3, against the real
program behind its walls; one server for the whole table in each profile.

usage: premierlangage_service.py FOLDER_OF_PROGRAMS
"""

import datetime
import io
import json
import re
import subprocess
import sys
import tarfile
import urllib.parse

import served
import stand

NOBODY = "24df3aec-cb1d-4a6e-b3f7-9f6cd2d512c6"  # A UUID of no environment.
READS, POSTS = "GET, HEAD, OPTIONS", "POST, OPTIONS"
OVERLOADED = "Sandbox overloaded, retry after a few seconds."


def tgz(*members):
    """An archive of (name, text); None for a folder, a TarInfo for anything else."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
                continue
            info = tarfile.TarInfo(member[0])
            if member[1] is None:
                info.type, info.mode = tarfile.DIRTYPE, 0o755
            info.size = len(member[1] or "")
            archive.addfile(info, io.BytesIO((member[1] or "").encode()))
    return file.getvalue()


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


class Server(served.Served):
    """A running fcsandbox --serve premierlangage."""

    def __init__(self, place, profile, *more):
        super().__init__(place, "premierlangage", profile, "--no-data", *more)

    def post(self, config, upload=None):
        """(status, headers, text) of a config, which is text or a value."""
        config = config if isinstance(config, str) else json.dumps(config)
        if upload is None:
            return self.ask("POST", "/execute/", urllib.parse.urlencode({"config": config}),
                            {"Content-Type": "application/x-www-form-urlencoded"})
        body = ("--b\r\nContent-Disposition: form-data; name=\"config\"\r\n\r\n" + config +
                "\r\n--b\r\nContent-Disposition: form-data; name=\"environment\"; filename=\"e\""
                "\r\n\r\n").encode() + upload + b"\r\n--b--\r\n"
        return self.ask("POST", "/execute/", body,
                        {"Content-Type": "multipart/form-data; boundary=b"})

    def run(self, *commands, upload=None, **config):
        """The document of a 200."""
        status, _, text = self.post({"commands": list(commands), **config}, upload)
        assert status == 200, (commands, status, text)
        reply = json.loads(text)
        spent = sum(one["time"] for one in reply["execution"])
        assert reply["total_time"] - 0.5 <= spent <= reply["total_time"], reply
        return reply


# A config, the status and the text that it is refused with; the first failing check wins.
REFUSED = (
    ("{", 400, "'config' json is invalid - Expecting property name enclosed in double quotes: "
               "line 1 column 2 (char 1)"),
    ("", 400, "'config' json is invalid - Expecting value: line 1 column 1 (char 0)"),
    ('"Definitely not json"', 400, "config must be an object, not <class 'str'>"),
    ("[]", 400, "config must be an object, not <class 'list'>"),
    ({"environment": NOBODY}, 404, "No environment with UUID '%s' found" % NOBODY),
    ({"environment": "../x", "commands": 1}, 404, "No environment with UUID '../x' found"),
    ({}, 400, "Missing field 'commands' in config"),
    ({"commands": "ls", "environ": 1}, 400, "commands must be a list, not <class 'str'>"),
    ({"commands": [], "environ": 1}, 400, "environ must be an object, not <class 'int'>"),
    ({"commands": []}, 400, "Command list cannot be empty"),
    ({"commands": ["ls", 1], "save": 1}, 400, "Command badly formatted : '1'"),
    ({"commands": [{"command": "ls", "timeout": "1"}]}, 400,
     "Command badly formatted : '{'command': 'ls', 'timeout': '1'}'"),
    ({"commands": [{"timeout": 1}]}, 400, "Command badly formatted : '{'timeout': 1}'"),
    ({"commands": ["ls"], "result_path": None, "save": 1}, 400,
     "result_path must be a string, not <class 'NoneType'>"),
    ({"commands": ["ls"], "save": "yes"}, 400, "save must be a boolean, not <class 'str'>"),
)

# Method, path, status, and the text or the header Allow.
ROUTES = (
    ("GET", "/execute/", 405, POSTS),
    ("HEAD", "/execute/", 405, POSTS),
    ("POST", "/specifications/", 405, READS),
    ("POST", "/usages/", 405, READS),
    ("POST", "/libraries/", 405, READS),
    ("DELETE", "/environments/%s/" % NOBODY, 405, READS),
    ("PUT", "/files/%s/a/" % NOBODY, 405, READS),
    ("OPTIONS", "/execute/", 200, POSTS),
    ("GET", "/environments/unknown/", 404, "Not Found"),
    ("GET", "/environments/%s/" % NOBODY.upper(), 404, "Not Found"),
    ("GET", "/environments/" + NOBODY, 404, "Not Found"),
    ("GET", "/nothing/", 404, "Not Found"),
    ("GET", "/execute", 404, "Not Found"),
    ("GET", "/environments/%s/" % NOBODY, 404, "No environment with UUID '%s' found" % NOBODY),
    ("GET", "/files/%s/a/b/" % NOBODY, 404, "No environment with UUID '%s' found" % NOBODY),
    ("HEAD", "/files/%s/a/" % NOBODY, 404, ""),
)

# What an archive is refused with.
HOSTILE = (
    (b"no archive", "it is no tar or zip"),
    (tgz(("../evil", "e")), "its entry '../evil' would leave the folder by .."),
    (tgz(("/evil", "e")), "its entry '/evil' has an absolute path"),
    (tgz(("a", "1"), ("a", "2")), "its entry 'a' is there twice"),
    (tgz(special("l", tarfile.SYMTYPE, "/etc")), "its entry 'l' is a link out of the folder"),
    (tgz(special("h", tarfile.LNKTYPE, "/etc/passwd")), "its entry 'h' is a hard link to"),
    (tgz(special("c", tarfile.CHRTYPE)), "its entry 'c' is neither a file nor a folder nor a link"),
)


def check_refusals(server):
    for config, status, text in REFUSED:
        told, headers, said = server.post(config)
        assert (told, said) == (status, text), (config, told, said)
        assert headers["content-type"].startswith("text/html"), headers
    for body, kind in (("", "text/plain"), ('{"commands": []}', "application/json")):
        told, _, said = server.ask("POST", "/execute/", body, {"Content-Type": kind})
        assert (told, said) == (400, "Missing argument 'config'"), said
    for archive, sentence in HOSTILE:
        told, _, said = server.post({"commands": ["ls"]}, archive)
        assert told == 400 and sentence in said, (sentence, told, said)
    return len(REFUSED) + 2 + len(HOSTILE)


def check_routes(server):
    for method, path, status, said in ROUTES:
        told, headers, text = server.ask(method, path)
        expected = headers.get("allow") if said in (READS, POSTS) else text
        assert (told, expected) == (status, said), (method, path, told, headers, text)
        assert headers["x-fcsandbox-isolation"], headers
    return len(ROUTES)


def check_commands(server):
    reply = server.run("echo $A; echo err >&2", "-exit 3", "printf ' \\n x \\n'", environ={"A": True})
    assert list(reply) == ["status", "execution", "total_time"], reply
    kept = [[one[key] for key in ("command", "exit_code", "stdout", "stderr")]
            for one in reply["execution"]]
    assert kept == [["echo $A; echo err >&2", 0, "True", "err"], ["exit 3", 3, "", ""],
                    ["printf ' \\n x \\n'", 0, "x", ""]], kept
    reply = server.run("echo x > f; export B=1", "cat f; echo $B; exit 4", "echo never")
    assert (reply["status"], len(reply["execution"])) == (4, 2), reply
    assert reply["execution"][1]["stdout"] == "x", reply
    assert server.run("-exit 1")["status"] == 0
    assert server.run("kill -9 $$")["status"] == 137
    assert server.run("no-such-command")["status"] == 127
    assert server.run("printf '\\377'")["execution"][0]["stdout"] == "\ufffd"
    return 6


def check_timeouts(server):
    sleep = {"command": "echo begun; setsid sleep 1000 & sleep 1000", "timeout": 0.2}
    reply = server.run(sleep, "echo never")
    (one,) = reply["execution"]
    assert reply["status"] == one["exit_code"] == -2 and one["stdout"] == "", reply
    assert one["stderr"] == "Command timed out after 0.2 seconds\n", reply
    assert one["partial_stdout"] == "begun" and isinstance(one["time"], float), reply
    reply = server.run({"command": "-sleep 1000", "timeout": 0.1}, "echo on")
    assert reply["status"] == 0 and reply["execution"][1]["stdout"] == "on", reply
    return 2


def check_budget(server):
    """Ten seconds for all commands of a request."""
    reply = server.run("sleep 9.5", "sleep 1000")
    assert reply["status"] == -2, reply
    said = re.fullmatch(r"Command timed out after (0\.\d+) seconds\n", reply["execution"][1]["stderr"])
    assert said and float(said.group(1)) <= 0.5, reply
    return 1


def check_results(server):
    def result(command, path):
        reply = server.run(command, result_path=path)
        return reply["status"], reply.get("result")

    assert result("echo 'Hello World !' > r", "r") == (0, "Hello World !\n")
    assert result("mkdir d; echo x > d/r; exit 5", "d/r") == (5, "x\n")
    assert result("exit 5", "missing") == (-3, None)
    assert result("mkdir d", "d") == (-3, None)
    assert result("ln -s /etc/passwd l", "l") == (-3, None)
    assert result("ln -s / l", "l/etc/passwd") == (-3, None)
    assert result("mkfifo p", "p") == (-3, None)
    assert result("true", "/etc/passwd") == (-3, None)
    assert result("true", "../../../etc/passwd") == (-3, None)
    assert result("head -c 10000000 /dev/urandom > r", "r") == (-4, None)
    return 10


def names(archive):
    with tarfile.open(fileobj=io.BytesIO(archive)) as file:
        return sorted(name for name in file.getnames() if name)


def check_environments(server):
    uploaded = tgz(special("/", tarfile.DIRTYPE), ("dir", None), ("dir/a.txt", "stored"),
                   ("b.txt", "stored"))
    reply = server.run("cat b.txt", upload=uploaded, save=True)
    uuid = reply["environment"]
    expires = datetime.datetime.fromisoformat(reply["expire"])
    left = (expires - datetime.datetime.now(datetime.timezone.utc)).total_seconds()
    assert 86000 < left <= 86400 and reply["expire"].endswith("+00:00"), reply["expire"]
    status, headers, archive = server.ask_bytes("GET", "/environments/%s/" % uuid)
    assert status == 200 and names(archive) == ["b.txt", "dir", "dir/a.txt"], names(archive)
    assert headers["content-type"] == "application/gzip", headers
    assert headers["content-disposition"] == "attachment; filename=%s.tgz" % uuid, headers
    length = str(len(archive))
    assert headers["content-length"] == length, headers
    status, headers, _ = server.ask_bytes("HEAD", "/environments/%s/" % uuid)
    assert (status, headers["content-length"]) == (200, length), headers
    status, headers, text = server.ask("GET", "/files/%s/dir/a.txt/" % uuid)
    assert (status, text) == (200, "stored"), text
    assert headers["content-type"] == "application/octet-stream", headers
    assert headers["content-disposition"] == "attachment; filename=a.txt", headers
    status, headers, _ = server.ask("HEAD", "/files/%s/b.txt/" % uuid)
    assert (status, headers["content-length"]) == (200, "6"), headers
    missing = "The file 'dir/%s' could not be found in environment '" + uuid + "'"
    for path, name in (("x", "x"), ("%3Cb%3E", "<b>")):
        status, headers, text = server.ask("GET", "/files/%s/dir/%s/" % (uuid, path))
        assert (status, text) == (404, missing % name), text
        assert headers["content-security-policy"] == "default-src 'none'; sandbox", headers
    reply = server.run("cat b.txt dir/a.txt c.txt; echo > new", save=False, environment=uuid,
                       upload=tgz(("b.txt", "body"), ("c.txt", "body")))
    assert reply["execution"][0]["stdout"] == "bodystoredbody", reply
    assert "environment" not in reply and "expire" not in reply, reply
    assert "new" not in names(server.ask_bytes("GET", "/environments/%s/" % uuid)[2])
    return 9


def check_options(place, profile):
    """What an operator says goes before what is usual."""
    with Server(place, profile, "--budget", "0.5", "--memory", "64MB", "--processes", "20", "--disk", "8MB",
                "--environment-lifetime", "60", "--environments-size", "1MB", "--container-wait", "0",
                "--runs", "1", "--output", "10") as server:
        reply = server.run("sleep 1000", "echo never")
        (one,) = reply["execution"]
        assert one["stderr"] == "Command timed out after 0.5 seconds\n", reply
        assert server.run("echo 12345678901234")["execution"][0]["truncated"], reply
        reply = server.run("head -c 100000000 /dev/zero | tail -c 90000000 | wc -c; exit ${PIPESTATUS[1]}")
        assert reply["status"] != 0, reply
        told = json.loads(server.ask("GET", "/specifications/")[2])["container"]
        assert told["memory"] == {"ram": 64 << 20, "swap": 0, "storage": 8 << 20}, told
        assert (told["count"], told["process"]) == (1, 20), told
        reply = server.run("head -c 2000000 /dev/urandom > f", save=True)
        left = datetime.datetime.fromisoformat(reply["expire"]) - datetime.datetime.now(datetime.timezone.utc)
        assert datetime.timedelta(0) < left <= datetime.timedelta(seconds=60), reply
        status, _, text = server.post({"commands": ["true"], "save": True})
        assert (status, text) == (503, OVERLOADED), text
        assert server.stop() == 0
    return 7 + check_usage(place)


def check_usage(place):
    """Words that are none, or none of this service."""
    for words, said in ((["--serve", "executor", "--budget", "5"], "--serve premierlangage"),
                        (["--environments-size", "1GB"], "--serve premierlangage"),
                        (["--serve", "premierlangage", "--budget", "4000"], "--budget"),
                        (["--serve", "premierlangage", "--budget", "0"], "--budget"),
                        (["--serve", "premierlangage", "--memory", "99GB"], "the memory in bytes must be between"),
                        (["--serve", "premierlangage", "--processes", "0"], "the number of processes must be"),
                        (["--serve", "premierlangage", "--disk", "much"], "--disk")):
        end = subprocess.run([place.folder + "/fcsandbox", *words], capture_output=True, text=True,
                             check=False, timeout=served.PATIENCE)
        assert end.returncode == 64 and said in end.stderr, (words, end)
    told = subprocess.run([place.folder + "/fcsandbox", "--help"], capture_output=True, text=True, check=True)
    for option in ("--memory", "--disk", "--budget", "--container-wait", "--environment-lifetime"):
        assert option + " " in told.stdout, (option, told.stdout)
    return 8


def check_host(server):
    status, _, text = server.ask("GET", "/specifications/")
    host = json.loads(text)["host"]
    assert status == 200 and host["sandbox_version"] == "3.0.3", text
    assert host["cpu"]["logical"] >= host["cpu"]["core"] >= 1 < host["memory"]["ram"], text
    status, _, text = server.ask("GET", "/usages/")
    usages = json.loads(text)
    assert status == 200 and 0 <= usages["cpu"]["usage"] <= 1 < usages["process"], text
    assert usages["container"] == 0 and len(usages["cpu"]["usage_avg"]) == 3, text
    status, _, text = server.ask("GET", "/libraries/")
    document = json.loads(text)
    assert status == 200 and list(document["libraries"]) == ["system", "python", "perl", "c"], text
    assert "bash" in document["bin"] and document["bin"] == sorted(document["bin"]), text
    assert "libc" in document["libraries"]["c"], text
    for path in ("/specifications/", "/libraries/"):
        assert server.ask("HEAD", path)[::2] == (200, ""), path
    return 5


def check_load(server):
    """One container, taken for as long as a client stays; then it is free again."""
    held = server.connect()
    held.request("POST", "/execute/", "config=" + urllib.parse.quote('{"commands": ["sleep 1000"]}'),
                 {"Content-Type": "application/x-www-form-urlencoded"})
    while "fcsandbox_running 1\n" not in server.ask("GET", "/metrics")[2]:
        pass
    status, headers, text = server.post({"commands": ["ls"]})
    assert (status, text) == (503, OVERLOADED) and headers["retry-after"], (status, text)
    held.close()
    server.await_line("cancelled")
    assert server.run("echo free")["execution"][0]["stdout"] == "free"
    return 2


def run():
    rows = 0
    for profile, user in (("full", 0), ("unpriv", 65534)):
        with stand.stand(sys.argv[1], "premierlangage", user) as place:
            with Server(place, profile, "--runs", "1") as server:
                for check in (check_refusals, check_routes, check_commands, check_timeouts,
                              check_results, check_environments, check_host, check_load):
                    rows += check(server)
                if profile == "full":
                    rows += check_budget(server)
                assert server.stop() == 0
                assert place.left() == [], place.left()
            rows += check_options(place, profile)
    print("%d rows hold" % rows)
    return 0


if __name__ == "__main__":
    stand.main(run)
