"""Each layer of the fence by itself, tried from C, where Python's own hook does not see it."""

import json
import subprocess
import sys

import pytest

from passk_lab.collect import fence

TRIES = """
import ctypes, json, os, sys
from passk_lab.collect import fence
c = ctypes.CDLL(None, use_errno=True)
held = fence.shut(5, layers=sys.argv[1].split(","))
tries = {
    "open": lambda: c.open(b"/etc/passwd", 0),
    "list": lambda: c.open(b"/etc", 0o200000),
    "create": lambda: c.open(sys.argv[2].encode(), 0o101, 0o600),
    "socket": lambda: c.socket(2, 1, 0),
    "start": lambda: c.execve(b"/bin/true", None, None),
    "fork": lambda: c.fork() or os._exit(0),
    "signal": lambda: c.kill(os.getppid(), 0),
    "memory": lambda: len(bytearray(2**31)),
    "thread": lambda: __import__("threading").Thread(target=int).start() or 0,
    "library": lambda: __import__("decimal") and 0,
}
found = {}
for name, attempt in tries.items():
    if name in sys.argv[3].split(","):
        try:
            found[name] = attempt() != -1
        except (OSError, MemoryError):
            found[name] = False
os.write(1, json.dumps([held, found]).encode())
"""
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="these layers are Linux's")


def tried(layers, tries, tmp_path):
    """Which layers held, and what could be done all the same."""
    made = subprocess.run(
        [sys.executable, "-c", TRIES, ",".join(layers), str(tmp_path / "made"), ",".join(tries)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    held, found = json.loads(made.stdout)
    if held != list(layers):
        pytest.skip(f"this system lacks {', '.join(set(layers) - set(held))}")
    return found


@pytest.mark.parametrize(
    ("layer", "refused"),
    [
        ("landlock", ("open", "list", "create", "start")),
        ("calls", ("socket", "start", "fork", "signal")),
        ("memory", ("memory",)),
    ],
)
def test_a_layer_refuses_what_it_says(layer, refused, tmp_path):
    left = ("thread", "library")
    assert tried((layer,), (*refused, *left), tmp_path) == {
        **dict.fromkeys(refused, False),
        **dict.fromkeys(left, True),
    }
    assert not (tmp_path / "made").exists()


def test_in_a_network_of_its_own_no_one_is_reached(tmp_path):
    code = """
import socket, sys
from passk_lab.collect import fence
if fence.shut(5, layers=["network"]):
    try:
        socket.create_connection(("127.0.0.1", int(sys.argv[1])), 2)
        print("reached")
    except OSError:
        print("alone")
"""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        made = subprocess.run(
            [sys.executable, "-c", code, str(server.getsockname()[1])], capture_output=True, text=True, check=True
        )
    if not made.stdout:
        pytest.skip("this system gives no namespace to everybody")
    assert made.stdout == "alone\n"


def test_python_refuses_by_itself_where_the_kernel_has_nothing(tmp_path):
    code = """
import os, socket, sys
from passk_lab.collect import fence
assert fence.shut(5, layers=["audit"]) == ["audit"]
for attempt in (lambda: open("/etc/passwd"), lambda: open(sys.argv[1], "w"), lambda: socket.socket(),
                lambda: os.system("true"), lambda: os.listdir("/etc"), lambda: __import__("gc").get_objects(),
                lambda: __import__("ctypes").CDLL("libm.so.6")):
    try:
        attempt()
        print("done")
    except PermissionError:
        pass
"""
    made = subprocess.run([sys.executable, "-c", code, str(tmp_path / "x")], capture_output=True, text=True, check=True)
    assert made.stdout == ""


def test_what_holds_and_what_does_not_is_said():
    said = list(fence.layers_in_words(["memory"]))
    assert len(said) == len(fence.LAYERS)
    assert [line for line in said if line.startswith("In force")] == ["In force: memory is limited."]


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_ends_in_yes_and_every_jump_lands_in_it(machine):
    code = fence.program(machine)
    steps = [code[i : i + 8] for i in range(0, len(code), 8)]
    assert int.from_bytes(steps[-1][4:], "little") == 0x7FFF0000
    assert all(i + 1 + max(step[2], step[3]) < len(steps) for i, step in enumerate(steps[:-1]))
