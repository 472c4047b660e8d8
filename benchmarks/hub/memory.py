"""What each student takes of the machine: CPU time, and memory by proportional set size (pages by their share)."""

from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Taken:
    """What one process takes, or several together; memory in megabytes of 2^20 bytes."""

    pss: float
    private: float
    seconds: float
    """Of the processor, so far."""

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(self.pss + other.pss, self.private + other.private, self.seconds + other.seconds)


NOTHING = Taken(0, 0, 0)


def of(process: int) -> Taken:
    """Read what a process takes.

    >>> import os
    >>> me = of(os.getpid())
    >>> 0 < me.private <= me.pss
    True
    """
    lines = (line.split() for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:])
    kilobytes = {words[0].rstrip(":"): int(words[1]) for words in lines}
    private = kilobytes["Private_Clean"] + kilobytes["Private_Dirty"]
    return Taken(kilobytes["Pss"] / 1024, private / 1024, sum(psutil.Process(process).cpu_times()[:2]))


def processes(user: str, homes: Path) -> dict[int, str]:
    """The processes of one student of a rehearsal, each with its command line: known by user and home."""
    mine = {f"JUPYTERHUB_USER={user}", f"HOME={homes / user}"}
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mine <= set((folder / "environ").read_bytes().decode(errors="replace").split("\0")):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue  # gone meanwhile
    return found


def of_student(user: str, homes: Path) -> tuple[Taken, Taken]:
    """What a student's kernels take, and what the server and whatever else of theirs takes."""
    kernels, rest = NOTHING, NOTHING
    for process, words in processes(user, homes).items():
        if "ipykernel_launcher" in words:
            kernels += of(process)
        else:
            rest += of(process)
    return kernels, rest
