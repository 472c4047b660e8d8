"""What a verifier's errors would mean: the numbers of the study, leads that hang on few samples, and refusals."""

import numpy as np
import pytest

from passk_lab import data, metrics, report
from passk_lab.readers import BadFile
from passk_lab.report.errors import read_audit
from tests.report.cases import answers, evaluation, math500, the_pair


def test_the_lead_of_the_base_on_math500_hangs_on_23_samples():
    first, last = the_pair().pair.leads
    assert (first.k, first.who, last.k, last.who) == (1, "model", 128, "base")
    assert (last.samples, last.accepted) == (23, 39_291)
    assert last.lead == pytest.approx(16 / 500)


def test_what_costs_no_reading():
    base = the_pair().base.errors
    assert base.never_accepted == 19
    assert base.bound == pytest.approx(0.028, abs=5e-4)
    assert base.rate is base.corrected is base.by_errors_alone is None
    _, counts = math500()
    assert base.seldom_samples == counts.c[(counts.c > 0) & (counts.c <= 2)].sum()


def test_at_a_known_rate_the_curve_is_put_right_as_far_as_it_can_be():
    one = evaluation(100, np.arange(0, 101, 5))
    found = report.diagnose(one, false_positive=0.05).model.errors
    assert found.by_errors_alone == pytest.approx(1 - 0.95**100)
    assert found.corrected.ks.max() == 20
    assert "Beyond k = 20 nothing is put right" in found.refused
    at_8 = np.mean(metrics.corrected_pass_at_k(one.n, one.c, 8, 0.05))
    assert found.corrected.at(8).estimate == pytest.approx(at_8)


def test_an_audit_gives_the_rate_and_its_interval():
    found = report.diagnose(evaluation(8, [0, 2, 4, 8]), audit=(100, 2)).model.errors.rate
    assert (found.value, found.audited, found.accepted) == (0.02, 100, 2)
    assert (found.low, found.high) == metrics.audit_interval(100, 2)


def test_luck_of_guessing_on_the_bundled_answers():
    table = data.load("otis-answers")
    table = table[table["run_id"] == table["run_id"].iloc[0]]
    per_problem = [
        {str(said): (len(rows), int(rows["correct"].sum())) for said, rows in one.groupby("answer")}
        for _, one in table.groupby("problem_id")
    ]
    sizes = table.groupby("problem_id").size()
    right = table.groupby("problem_id")["correct"].sum()
    luck = report.diagnose(evaluation(sizes, right, sizes.index, answers=answers(*per_problem))).model.errors.luck
    assert luck.solved == luck.problems == (right > 0).sum()
    assert 0 < luck.mean < luck.at_last < 0.1
    assert luck.chance < 1e-6


def test_luck_by_hand():
    # The one wrong sample of either problem says the key of the other; the third has no key, and says nothing.
    said = answers({"7": (1, 1), "3": (1, 0)}, {"3": (1, 1), "7": (1, 0)}, {"7": (1, 0), "3": (1, 0)})
    luck = report.diagnose(evaluation(2, [1, 1, 0], answers=said)).model.errors.luck
    assert (luck.mean, luck.problems) == (1.0, 2)
    assert report.diagnose(evaluation(2, [1, 1, 0])).model.errors.luck is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"false_positive": 0.1, "audit": (10, 1)}, "leave one out"),
        ({"false_positive": 5}, r"lies in \[0, 1\)"),
        ({"audit": (10, 11)}, "more errors than samples read"),
    ],
)
def test_rates_that_cannot_be(more, said):
    with pytest.raises(ValueError, match=said):
        report.diagnose(evaluation(8, [1, 2]), **more)


def test_an_audit_in_a_file(tmp_path):
    path = tmp_path / "audit.csv"
    path.write_text("sample,right,accepted\n1,0,0\n2,0,1\n3,1,1\n4,false,no\n")
    assert read_audit(path) == (3, 1)
    for text, said in (
        ("a,b\n1,2\n", "columns right and accepted"),
        ("right,accepted\n1,1\n", "no row has right = 0"),
        ("right,accepted\n0,maybe\n", "line 2: accepted is 1 or 0, not 'maybe'"),
        ("right,accepted\n0\n", "accepted is 1 or 0, not None"),
    ):
        path.write_text(text)
        with pytest.raises(BadFile, match=said):
            read_audit(path)
    with pytest.raises(BadFile, match="cannot be read"):
        read_audit(tmp_path / "nowhere.csv")
