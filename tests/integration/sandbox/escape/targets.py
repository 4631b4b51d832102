"""What the attempts reach for."""

import ctypes
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import threading


class Targets:
    """What the attempts reach for, made anew for each profile and user."""

    def __init__(self, place):
        folder, user = place.folder, place.user
        self.user = user
        self.runs = os.path.join(place.state, "runs")
        os.makedirs(os.path.join(self.runs, "other"))
        self.shared = os.path.join(folder, "shared")
        os.mkdir(self.shared)
        self.marker = os.path.basename(folder)
        self._write(os.path.join(self.runs, "other", "file"), "SECRET")
        self.script = os.path.join(self.shared, "script")
        self._write(self.script, "#!/bin/sh\necho SECRET\n", 0o777)
        self._listen()
        self._share()
        self._make_programs(folder)
        os.chmod(self.shared, 0o777)
        os.chmod(os.path.join(self.runs, "other"), 0o700)
        for root, folders, _ in os.walk(place.state):
            for path in [root] + [os.path.join(root, one) for one in folders]:
                os.chown(path, user, user)
        os.chown(os.path.join(self.runs, "other", "file"), user, user)
        self.victim = subprocess.Popen(
            ["/usr/bin/python3", "-c",
             "import ctypes, time; b = ctypes.create_string_buffer(b'x' * 64)\n"
             "print(ctypes.addressof(b), flush=True); time.sleep(1000)", "openfc-victim"],
            stdout=subprocess.PIPE, start_new_session=True, **place.as_user())
        self.address = int(self.victim.stdout.readline())
        self.fds = self._leave_open()

    @staticmethod
    def _write(path, text, mode=0o666):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def _listen(self):
        self.tcp, self.udp = socket.socket(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.tcp.bind(("0.0.0.0", 0))
        self.tcp.listen(100)
        self.port = self.tcp.getsockname()[1]
        self.udp.bind(("0.0.0.0", self.port))
        self.names = {"abstract": "openfc-stream-%d" % self.port,
                      "abstract_datagram": "openfc-datagram-%d" % self.port,
                      "abstract_messages": "openfc-messages-%d" % self.port,
                      "socket": os.path.join(self.shared, "stream"),
                      "datagram": os.path.join(self.shared, "datagrams")}
        self.sockets = []
        for key, kind, address in (
                ("abstract", socket.SOCK_STREAM, "\0" + self.names["abstract"]),
                ("abstract_datagram", socket.SOCK_DGRAM, "\0" + self.names["abstract_datagram"]),
                ("abstract_messages", socket.SOCK_SEQPACKET, "\0" + self.names["abstract_messages"]),
                ("socket", socket.SOCK_STREAM, self.names["socket"]),
                ("datagram", socket.SOCK_DGRAM, self.names["datagram"])):
            one = socket.socket(socket.AF_UNIX, kind)
            one.bind(address)
            if kind != socket.SOCK_DGRAM:
                one.listen(100)
            if key in ("socket", "datagram"):
                os.chmod(address, 0o777)
            self.sockets.append(one)
        threading.Thread(target=self._echo, daemon=True).start()

    def _echo(self):
        try:
            while True:
                data, sender = self.udp.recvfrom(99)
                if data == b"end":
                    return
                self.udp.sendto(data, sender)
        except OSError:
            return

    def _share(self):
        libc = ctypes.CDLL(None, use_errno=True)
        self.key = 0x0FC00000 + self.port
        self.shm = libc.shmget(self.key, 4096, 0o1666)
        self.sem = libc.semget(self.key, 1, 0o1666)
        self.msg = libc.msgget(self.key, 0o1666)
        self.mq_name = "/openfc-%d" % self.port
        old = os.umask(0)
        self.mq_fd = libc.mq_open(self.mq_name.encode(), os.O_RDWR | os.O_CREAT, 0o666, None) \
            if hasattr(libc, "mq_open") else -1
        os.umask(old)

    def _make_programs(self, folder):
        """Programs that give rights to whoever runs them, and a file that is closed without those."""
        self.made, self.closed = os.path.join(folder, "made"), os.path.join(folder, "closed")
        os.mkdir(self.made)
        self._write(self.closed, "SECRET", 0o600)
        for name, source, mode, capability in (
                ("id-user", "id", 0o4755, None), ("id-group", "id", 0o2755, None),
                ("cat-overrule", "cat", 0o755, 1), ("cat-read", "cat", 0o755, 2)):
            path = os.path.join(self.made, name)
            shutil.copyfile("/usr/bin/" + source, path)
            os.chmod(path, mode)
            if capability is not None:  # Version 2, effective at once.
                os.setxattr(path, "security.capability",
                            struct.pack("<IIIII", 0x02000001, 1 << capability, 0, 0, 0))

    def _leave_open(self):
        """Descriptors that the server is started with, by what they lead to."""
        self.link = socket.socketpair()
        reader, writer = os.pipe()
        opened = {"file": os.open(self.script, os.O_RDONLY), "folder": os.open(self.shared, os.O_RDONLY),
                  "pipe": writer, "reader": reader, "process": os.pidfd_open(self.victim.pid),
                  "namespace": os.open("/proc/self/ns/net", os.O_RDONLY),
                  "link": os.dup(self.link[0].fileno()), "tcp": os.dup(self.tcp.fileno())}
        high = {}
        for name, one in opened.items():  # Above all that a run opens itself.
            high[name] = fcntl.fcntl(one, fcntl.F_DUPFD, 200)
            os.close(one)
        return high

    def of(self, index, server, nap):
        """The words of one attempt, which has a file of its own."""
        name = "f%d" % index
        path = os.path.join(self.shared, name)
        self._write(path, "data = 'SECRET'\n")
        os.chown(path, self.user, self.user)
        return dict(self.names, own=path, name=name, folder=self.shared, script=self.script,
                    runs=self.runs, other=os.path.join(self.runs, "other", "file"),
                    marker=self.marker, victim=self.victim.pid, address=self.address,
                    server=server, nap=nap, fds=self.fds, made=self.made, closed=self.closed,
                    port=self.port, key=self.key, shm=self.shm, sem=self.sem, msg=self.msg,
                    mq=self.mq_name.lstrip("/"))

    def close(self):
        """Everything of it is gone afterwards."""
        libc = ctypes.CDLL(None)
        libc.shmctl(self.shm, 0, None)
        libc.semctl(self.sem, 0, 0)
        libc.msgctl(self.msg, 0, None)
        if hasattr(libc, "mq_unlink"):
            libc.mq_unlink(self.mq_name.encode())
        self.victim.kill()
        self.victim.wait()
        self.udp.sendto(b"end", ("127.0.0.1", self.port))
        for one in self.sockets + [self.tcp]:
            one.close()
        for one in self.fds.values():
            os.close(one)
