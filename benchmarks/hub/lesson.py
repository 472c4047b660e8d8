"""A lesson: students arrive one after the other, run notebook 01, answer, are measured, restart their kernels."""

import json
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import psutil

from benchmarks.hub import memory, privacy
from benchmarks.hub.memory import Taken
from benchmarks.hub.server import Hub
from benchmarks.hub.student import Kernel, Student

FIRST, SIXTH = "01_counting_successes.ipynb", "06_train_a_model.ipynb"
QUIZ = 'quiz("why unbiased")'


@dataclass
class Lesson:
    """What was seen; `faults` are sentences."""

    students: int
    minutes: float
    marks: list[dict[str, float]] = field(default_factory=list)
    kernels: dict[str, list[Taken]] = field(default_factory=dict)
    """Of each student, after a notebook; all servers and kernels were up when it was read."""
    servers: list[Taken] = field(default_factory=list)
    hub: Taken = memory.NOTHING
    proxy: Taken = memory.NOTHING
    faults: list[str] = field(default_factory=list)
    own: int = 0
    """How many things a student was found to get of their own."""

    def middle(self, mark: str) -> float:
        return statistics.median(marks[mark] for marks in self.marks)

    def worst(self, mark: str) -> float:
        return max(marks[mark] for marks in self.marks)


def held(students: int, minutes: float, sixth: int) -> Lesson:
    """Hold a lesson for so many students, who arrive spread over so many minutes; the first `sixth` run 06 too."""
    lesson = Lesson(students, minutes)
    names = [f"student-{number:02}" for number in range(1, students + 1)]
    # A short path: the sockets of kernels lie in it, and a socket's path has at most 107 letters.
    with tempfile.TemporaryDirectory(prefix="hub-", ignore_cleanup_errors=True) as folder, Hub(Path(folder)) as hub:
        with ThreadPoolExecutor(students) as pool:
            arrivals = [60 * minutes * number / students for number in range(students)]
            class_ = list(pool.map(lambda name, wait: _lesson_of_one(hub, name, wait), names, arrivals))
        lesson.marks = [student.marks for student, _, _ in class_]
        for _, _, faults in class_:
            lesson.faults += faults
        taken = [memory.of_student(name, hub.homes) for name in names]
        lesson.kernels[FIRST], lesson.servers = [kernel for kernel, _ in taken], [server for _, server in taken]
        lesson.hub, lesson.proxy = _of_the_hub(hub)
        for (one, _, _), (other, kernel, _) in pairwise([*class_, class_[0]] if students > 1 else []):
            lesson.faults += privacy.leaks(one, other, kernel, hub.homes)
        # One's own things are there to be had: what finds nothing above is able to find.
        lesson.own = len(privacy.leaks(class_[0][0], *class_[0][:2], hub.homes))
        with ThreadPoolExecutor(students) as pool:
            lesson.faults += [said for of_one in pool.map(_restarted, *zip(*class_, strict=True)) for said in of_one]
        if sixth:
            with ThreadPoolExecutor(sixth) as pool:
                for faults in pool.map(_sixth_of_one, *zip(*class_[:sixth], strict=True)):
                    lesson.faults += faults
            lesson.kernels[SIXTH] = [memory.of_student(name, hub.homes)[0] for name in names[:sixth]]
        for student, _, _ in class_:
            student.leave()
    return lesson


def _lesson_of_one(hub: Hub, name: str, wait: float) -> tuple[Student, Kernel, list[str]]:
    time.sleep(wait)
    student, faults = Student(hub.url, name), []
    student.come_in(FIRST)
    kernel = student.open(FIRST)
    answers = kernel.run_all()
    if "first figure" not in student.marks:
        faults.append(f"{name} saw no figure")
    faults += _errors(name, FIRST, answers)
    quiz = answers[kernel.cells.index(QUIZ)]
    kernel.choose(quiz, 1)
    kept = json.loads((hub.homes / name / "passk-lab" / ".passk-lab-progress.json").read_text(encoding="utf-8"))
    if "why unbiased" not in kept["questions"]:
        faults.append(f"{name}'s answer is not remembered: {kept}")
    sheet = student.get(f"{student.base}/api/contents/course/sheet.md?content=1").json()
    if sheet["content"] != "Predict before you run.\n":
        faults.append(f"{name} does not see the course: {sheet}")
    return student, kernel, faults


def _restarted(student: Student, kernel: Kernel, _: list[str]) -> list[str]:
    kernel.restart()
    gone, back = kernel.run("curves"), kernel.run(kernel.cells[0])
    ok = gone.status == "error" and back.status == "ok"
    return [] if ok else [f"{student.name}'s kernel after its restart: {gone}, {back}"]


def _sixth_of_one(student: Student, kernel: Kernel, _: list[str]) -> list[str]:
    """Run 06 as the lab advises: one kernel at a time, so that of 01 is ended before."""
    kernel.close()
    for session in student.get(f"{student.base}/api/sessions").json():
        student.delete(f"{student.base}/api/sessions/{session['id']}")
    sixth = student.open(SIXTH)
    return _errors(student.name, SIXTH, sixth.run_all())


def _errors(name: str, notebook: str, answers: list) -> list[str]:
    bad = [out for answer in answers for out in answer.outputs if out["kind"] == "error"]
    return [f"{name}, {notebook}: {out['ename']}: {out['evalue']}" for out in bad]


def _of_the_hub(hub: Hub) -> tuple[Taken, Taken]:
    proxy, rest = memory.NOTHING, memory.of(hub.process.pid)
    for child in psutil.Process(hub.process.pid).children():
        words = " ".join(child.cmdline())
        if "configurable-http-proxy" in words:
            proxy += memory.of(child.pid)
        elif "idle_culler" in words:
            rest += memory.of(child.pid)
    return rest, proxy
