"""Attempts to reach the machine by a socket; what listens on it stands for all that a network would reach."""

from escape.attempt import attempts
from escape.mechanisms import (LANDLOCK_SCOPE, LANDLOCK_TCP, MOUNTS, NETWORK, SECCOMP, SECCOMP_ALONE)

ECHO = "s.send(b'x'); escaped(s.recv(1) == b'x')"
TCP = {
    "TCP": "s = socket.create_connection(('127.0.0.1', T['port']), 2); escaped()",
    "TCP by name": "s = socket.create_connection(('localhost', T['port']), 2); escaped()",
    "TCP to 0.0.0.0": "s = socket.create_connection(('0.0.0.0', T['port']), 2); escaped()",
    "TCP to 127.0.0.2": "s = socket.create_connection(('127.0.0.2', T['port']), 2); escaped()",
    "TCP by IPv6": "s = socket.socket(socket.AF_INET6); s.connect(('::ffff:127.0.0.1', T['port'])); escaped()",
    "TCP fast open": "s = socket.socket(); s.sendto(b'x', 0x20000000, ('127.0.0.1', T['port'])); escaped()",
    "TCP without blocking": "s = socket.socket(); s.setblocking(False); r = s.connect_ex(('127.0.0.1', T['port']))\nimport select; select.select([], [s], [], 2); escaped(r in (0, 115) and s.getsockopt(1, 4) == 0)",
    "asyncio": "import asyncio\nasync def f(): await asyncio.open_connection('127.0.0.1', T['port'])\nasyncio.run(f()); escaped()",
    "http.client": "import http.client; c = http.client.HTTPConnection('127.0.0.1', T['port'], 2); c.connect(); escaped()",
    "a shell": "r = subprocess.run(['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/%d' % T['port']], stderr=-3); escaped(r.returncode == 0)",
    "another interpreter": "r = subprocess.run(['/usr/bin/python3', '-c', 'import socket,sys; socket.create_connection((\"127.0.0.1\", int(sys.argv[1])))', str(T['port'])], stderr=-3); escaped(r.returncode == 0)",
    "a domain with high bits": "f = call(41, 2 | 1 << 32, 1, 0); a = struct.pack('!HH4s8x', 0x200, T['port'], socket.inet_aton('127.0.0.1'))\nescaped(call(42, f, ctypes.create_string_buffer(a), 16) == 0)",
}
DATAGRAMS = {
    "MPTCP": "s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262); s.connect(('127.0.0.1', T['port'])); escaped()",
    "UDP": "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); s.connect(('127.0.0.1', T['port'])); " + ECHO,
    "UDP without connect": "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(2); s.sendto(b'x', ('127.0.0.1', T['port'])); escaped(s.recv(1) == b'x')",
    "UDP by IPv6": "s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM); s.settimeout(2); s.sendto(b'x', ('::ffff:127.0.0.1', T['port'])); escaped(s.recv(1) == b'x')",
}
FAMILIES = {
    "a raw socket": "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); escaped()",
    "a packet socket": "socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3); escaped()",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); escaped()",
    "the kernel's cryptography": "socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET, 0); escaped()",
    "a virtual machine's socket": "socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM); escaped()",
}
ABSTRACT = {
    "a socket of whole messages": "s = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET); s.connect('\\0' + T['abstract_messages']); escaped()",
    "an abstract socket": "s = socket.socket(socket.AF_UNIX); s.connect('\\0' + T['abstract']); escaped()",
    "a datagram to an abstract socket": "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b'x', '\\0' + T['abstract_datagram']); escaped()",
}
FILES = {
    "a socket file": "s = socket.socket(socket.AF_UNIX); s.connect(T['socket']); escaped()",
    "a datagram to a socket file": "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b'x', T['datagram']); escaped()",
}


def add():
    """Adds them."""
    prefix = "reach the machine by "
    attempts(prefix, TCP, NETWORK, LANDLOCK_TCP, SECCOMP_ALONE)
    attempts(prefix, DATAGRAMS, NETWORK, SECCOMP_ALONE)
    attempts(prefix, FAMILIES, SECCOMP)
    attempts(prefix, ABSTRACT, NETWORK, LANDLOCK_SCOPE, SECCOMP_ALONE)
    attempts(prefix, FILES, MOUNTS, SECCOMP_ALONE)
