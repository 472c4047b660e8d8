"""What `passk-lab collect` does: read, judge, write class.csv and class.html, and say what was found in a few lines."""

from __future__ import annotations

from pathlib import Path

from passk_lab import files
from passk_lab.collect import results
from passk_lab.collect.page import as_html
from passk_lab.collect.scores import scores

OUT = Path("passk-lab-class")
CSV, PAGE = "class.csv", "class.html"


def collect_command(place: Path, out: Path, jobs: int = 2, *, retrain: bool = False) -> int:
    """Run the command; what is wrong with the folder is raised as a ValueError in a sentence."""
    found = results.collect(place, jobs)
    entries = [(student.name, stored) for student in found.students for stored in student.entries]
    challenge = scores(entries, retrain=retrain, jobs=jobs)
    out.mkdir(parents=True, exist_ok=True)
    files.put(out / CSV, results.as_csv(found))
    files.put(out / PAGE, as_html(found, challenge))
    read = [student for student in found.students if student.rows]
    stuck = [student for student in read if student.stuck]
    remarks = sum(len(student.remarks) for student in found.students)
    print(f"{len(found.students)} students, {len(read)} judged; {len(stuck)} need help; {remarks} remarks on files.")
    print(f"Written: {out / PAGE}, {out / CSV}")
    return 0
