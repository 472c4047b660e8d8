"""What a page is given: the lab's own numbers, as they are worked out."""

import numpy as np
import pytest

from passk_lab.play import paths, tables, training
from passk_lab.play.racers import GROUPS, RACERS, TRIES, objective_of, takes_k
from passk_lab.play.worlds import WORLDS, world

SPEC, BLOCK = tables.packed()
EXACT = np.frombuffer(BLOCK[: SPEC["pathsFrom"]], "<f8")
ROUNDED = np.frombuffer(BLOCK[SPEC["pathsFrom"] :], "<u2")


@pytest.mark.parametrize("racer", RACERS)
def test_credit_is_looked_up_where_the_lab_has_it(racer):
    for k in TRIES if takes_k(racer) else (0,):
        for n in GROUPS:
            objective, table = objective_of(racer, k), SPEC["tables"][f"{racer}|{k}|{n}"]
            if reason := objective.missing("credit", n):
                assert table == {"missing": reason}
            elif not training.largest_credit(objective, n):
                assert "whatever c is" in table["missing"]
            else:
                credit = objective.credit(n)
                both = EXACT[table["credit"] :][: 2 * n + 2]
                assert both.tolist() == [*credit.correct, *credit.wrong]
                for name in WORLDS:
                    assert table["size"] * world(name).rate == training.step_size(world(name), objective, n)


@pytest.mark.parametrize("name", WORLDS)
def test_worlds_are_packed_as_they_are(name):
    told, one = next(told for told in SPEC["worlds"] if told["name"] == name), world(name)
    logits = EXACT[told["logits"] :][: one.logits.size]
    assert logits.tolist() == one.logits.ravel().tolist()
    assert told["right"] == one.right.astype(int).ravel().tolist()
    assert told["index"] == one.index.ravel().tolist()


def test_every_choice_has_a_path():
    runs = [key for key, table in SPEC["tables"].items() if "missing" not in table]
    assert set(SPEC["paths"]) == {f"{name}|{key}" for name in WORLDS for key in runs}


# All forty take six seconds of CPU; of each kind of objective one is worked out anew here, of both worlds.
@pytest.mark.parametrize(
    ("racer", "k", "n"), [("pass@1", 2, 8), ("grpo", 4, 32), ("pass@k-loo-1", 4, 16), ("pass@k-training", 8, 16)]
)
@pytest.mark.parametrize("name", WORLDS)
def test_a_shipped_path_is_what_is_worked_out(name, racer, k, n):
    shipped = np.array(paths.shipped()[paths.name_of(name, racer, k, n)])
    again = np.array(paths.worked_out(name, racer, k, n))
    assert np.abs(shipped - again).max() <= 1  # of 65535: another machine may round the other way
    at = SPEC["paths"][f"{name}|{racer}|{k if takes_k(racer) else 0}|{n}"]
    assert ROUNDED[at : at + shipped.size].tolist() == shipped.ravel().tolist()


@pytest.mark.long
def test_every_shipped_path_is_what_is_worked_out():
    assert set(paths.shipped()) == set(paths.choices())
    for name, choice in paths.choices().items():
        assert np.abs(np.array(paths.shipped()[name]) - np.array(paths.worked_out(*choice))).max() <= 1, name


def test_the_paths_that_are_shipped_are_those_there_are():
    assert set(paths.shipped()) == set(paths.choices())


def test_unbiased_objectives_with_one_name_have_one_path():
    one = training.mean_path(world("own"), objective_of("pass@k", 4), 8, steps=20)
    other = training.mean_path(world("own"), objective_of("pass@k-loo-1", 4), 32, steps=20)
    assert one == pytest.approx(other, rel=1e-11)
