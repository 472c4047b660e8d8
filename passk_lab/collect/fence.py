"""What shuts a process in before it runs a stranger's function, as far as the system offers it to anybody.

Each layer is tried, and `shut` says which hold: a layer that is missing is named on the page, and no promise is made
in its place. The kernel's own are the fence (limits, Landlock, a filter of system calls, a network without a way out);
Python's audit hook only says no sooner, and where the kernel has nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import struct
import sys
import sysconfig
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

LAYERS = {
    "processor": "processor time is limited",
    "memory": "memory is limited",
    "files": "nothing can be written to a file",
    "landlock": "no file can be read but Python's own (Landlock)",
    "calls": "no program can be started, no connection opened, no process signalled (a filter of system calls)",
    "network": "there is no network (a namespace of its own)",
    "audit": "Python refuses files, sockets and programs (an audit hook: a further layer, which C code can go round)",
}
"""Each layer in words, as a page says it."""
MEMORY = 2**30
"""Bytes that a process may ask for beyond what it holds when it is shut in: what a check of the course may, too."""
_FILES = 32


def shut(
    seconds: int, memory: int = MEMORY, layers: Collection[str] = tuple(LAYERS), also: Sequence[str] = ()
) -> list[str]:
    """Shut this process in, for good, and return the names of the layers that hold.

    Parameters
    ----------
    seconds : int
        Processor time it may take from now on.
    memory : int
        Bytes it may ask for beyond what it holds.
    layers : names of `LAYERS`
        Which to try.
    also : paths
        What may be read beside Python itself.
    """
    within = [*readable(), *map(os.path.realpath, also)]
    steps: dict[str, Callable[[], bool]] = {
        "network": _own_network,
        "processor": lambda: _processor(seconds),
        "memory": lambda: _memory(memory),
        "files": _no_files,
        "landlock": lambda: _landlock(within),
        "calls": _filter,
        "audit": lambda: _audit(within),
    }
    held = []
    for name, step in steps.items():
        with contextlib.suppress(OSError, ValueError, ImportError, AttributeError):
            if name in layers and step():
                held.append(name)
    return [name for name in LAYERS if name in held]


def readable() -> list[str]:
    """Return the folders from which Python itself may have to read on: its library and the packages."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    own = [sysconfig.get_path(name) for name in names]
    system = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom"]
    return [os.path.realpath(path) for path in dict.fromkeys([*own, *system]) if path and os.path.exists(path)]


def _processor(seconds: int) -> bool:
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (most, most))
    return True


def _memory(memory: int) -> bool:
    if not sys.platform.startswith("linux"):
        return False  # macOS takes the number and does not hold to it
    import resource

    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + memory, held + memory))
    return True


def _no_files() -> bool:
    import resource

    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES, _FILES))
    return True


def _libc() -> Any:
    if not sys.platform.startswith("linux"):
        raise OSError("Linux alone has this")
    return ctypes.CDLL(None, use_errno=True)


_NEW_USER, _NEW_NET, _NEW_IPC = 0x10000000, 0x40000000, 0x08000000


def _own_network() -> bool:
    """Move into a network of its own, in which not even the loopback is up."""
    return bool(_libc().unshare(_NEW_USER | _NEW_NET | _NEW_IPC) == 0)


_NO_NEW_PRIVILEGES, _SECCOMP, _SECCOMP_FILTER = 38, 22, 2
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 2, 1 << 3
_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
"""By version of Landlock: all that can be forbidden to do with files."""
_NETWORK, _SCOPES = 3, 3
"""TCP bind and connect (from version 4); abstract sockets and signals (from version 6)."""


def _landlock(within: Sequence[str]) -> bool:
    """Let nothing be opened but what lies in some folders, for reading."""
    libc = _libc()
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))
    if version < 1:
        return False
    rights = _RIGHTS[min(version, 5)]
    words = [rights, *([_NETWORK] if version >= 4 else []), *([_SCOPES] if version >= 6 else [])]
    asked = struct.pack(f"{len(words)}Q", *words)
    rules = libc.syscall(_CREATE_RULESET, asked, ctypes.c_size_t(len(asked)), ctypes.c_uint32(0))
    if rules < 0:
        return False
    try:
        for path in within:
            folder = os.path.isdir(path)
            place = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                # Executing is what the linker asks for when it maps a library; starting a program is the filter's.
                rule = struct.pack("=Qi", _READ_FILE | ((_READ_DIR | _EXECUTE) if folder else 0), place)
                if libc.syscall(_ADD_RULE, ctypes.c_int(rules), ctypes.c_int(1), rule, ctypes.c_uint32(0)):
                    return False
            finally:
                os.close(place)
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
            return False
        return bool(libc.syscall(_RESTRICT_SELF, ctypes.c_int(rules), ctypes.c_uint32(0)) == 0)
    finally:
        os.close(rules)


_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_DENIED = {
    "x86_64": {
        "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "sendmsg": 46, "bind": 49, "listen": 50,
        "socketpair": 53, "fork": 57, "vfork": 58, "execve": 59, "kill": 62, "ptrace": 101, "setpgid": 109,
        "setsid": 112, "chroot": 161, "mount": 165, "umount2": 166, "tkill": 200, "tgkill": 234,
        "add_key": 248, "request_key": 249, "keyctl": 250, "unshare": 272, "accept4": 288,
        "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
        "bpf": 321, "execveat": 322, "userfaultfd": 323, "memfd_create": 319, "shmget": 29, "shmat": 30,
        "io_uring_setup": 425, "pidfd_send_signal": 424, "pidfd_open": 434, "pidfd_getfd": 438,
    },
    "aarch64": {
        "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202, "connect": 203, "sendto": 206,
        "sendmsg": 211, "accept4": 242, "execve": 221, "execveat": 281, "kill": 129, "tkill": 130, "tgkill": 131,
        "ptrace": 117, "setpgid": 154, "setsid": 157, "chroot": 51, "mount": 40, "umount2": 39, "add_key": 217,
        "request_key": 218, "keyctl": 219, "unshare": 97, "open_by_handle_at": 265, "setns": 268,
        "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "bpf": 280, "userfaultfd": 282,
        "memfd_create": 279, "shmget": 194, "shmat": 196,
        "io_uring_setup": 425, "pidfd_send_signal": 424, "pidfd_open": 434, "pidfd_getfd": 438,
    },
}  # fmt: skip
"""System calls that are refused, by machine. Of clone only threads remain, clone3 is told not to exist, and nothing can
be asked or set of the limits of another process."""
_CLONE, _LIMITS, _CLONE3 = {"x86_64": 56, "aarch64": 220}, {"x86_64": 302, "aarch64": 261}, 435
_THREAD = 0x00010000
_ALLOW, _REFUSE, _ABSENT = 0x7FFF0000, 0x00050000 | 1, 0x00050000 | 38
_LOAD, _EQUAL, _BITS, _RETURN = 0x20, 0x15, 0x45, 0x06


def program(machine: str) -> bytes:
    """Return the filter of system calls as the kernel's classic BPF: 8 bytes an instruction."""
    denied = sorted(set(_DENIED[machine].values()))
    x32 = [(0x35, 0, 1, 0x40000000), (_RETURN, 0, 0, _REFUSE)] if machine == "x86_64" else []
    code = [
        (_LOAD, 0, 0, 4), (_EQUAL, 1, 0, _ARCHITECTURES[machine]), (_RETURN, 0, 0, _REFUSE), (_LOAD, 0, 0, 0), *x32,
        (_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _ABSENT),
        (_EQUAL, 0, 4, _CLONE[machine]), (_LOAD, 0, 0, 16), (_BITS, 1, 0, _THREAD), (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
        (_EQUAL, 0, 4, _LIMITS[machine]), (_LOAD, 0, 0, 16), (_EQUAL, 1, 0, 0), (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
        *(step for number in denied for step in ((_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE))),
        (_RETURN, 0, 0, _ALLOW),
    ]  # fmt: skip
    return b"".join(struct.pack("HBBI", *step) for step in code)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def _filter() -> bool:
    """Refuse the system calls that reach out of a process."""
    libc, machine = _libc(), platform.machine()
    if machine not in _DENIED or struct.calcsize("P") != 8:
        return False
    code = program(machine)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    held = _Program(len(code) // 8, code)
    return bool(libc.prctl(_SECCOMP, _SECCOMP_FILTER, ctypes.byref(held), 0, 0) == 0)


_REFUSED = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "os.fork",
    "os.kill", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown",
    "os.truncate", "os.utime", "os.chdir", "os.putenv", "shutil.", "signal.pthread_kill", "ctypes.dlopen", "pty.",
    "ftplib.", "http.", "urllib.", "smtplib.", "webbrowser.", "winreg.", "sqlite3.", "mmap.", "gc.", "resource.",
    "sys.settrace",    "sys.setprofile", "tempfile.",
)  # fmt: skip
"""Beginnings of the events that Python's audit hook refuses. Looking at frames and ending a thread is the judge's."""


def _audit(within: Sequence[str]) -> bool:
    """Have Python itself refuse what no exercise needs; a hook cannot be taken off again."""
    starts = tuple(within)
    real, decode, listings = os.path.realpath, os.fsdecode, ("os.listdir", "os.scandir")

    def hook(event: str, given: tuple[Any, ...]) -> None:
        if event == "open" or event in listings:
            path, mode, flags = (*given, None, None)[:3]
            if path is None or isinstance(path, int):
                return
            writes = (isinstance(mode, str) and mode.strip("rbtU")) or (isinstance(flags, int) and flags & 3)
            if writes or not real(decode(path)).startswith(starts):
                raise PermissionError(f"a submission may not open {decode(path)!r}")
        elif event.startswith(_REFUSED):
            raise PermissionError(f"a submission may not do this ({event})")

    sys.addaudithook(hook)
    return True


def layers_in_words(held: Collection[str]) -> Iterator[str]:
    """Say of every layer whether it was in force."""
    for name, words in LAYERS.items():
        yield f"{'In force' if name in held else 'NOT in force here'}: {words}."
