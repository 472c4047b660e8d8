"""Countdown: its census, its verifier, its splits and its demonstrations, against recursion over Python lists."""

from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from passk_lab.lm import Countdown
from tests.lm import oracles

THREE = Countdown()
TASKS = {2: Countdown(2, 12), 3: THREE, 4: Countdown(4, 50)}
POOLS = {
    2: [(1, 1), (2, 7), (9, 9), (5, 1)],
    3: [(1, 1, 1), (2, 3, 4), (4, 3, 2), (7, 7, 2), (9, 9, 9), (1, 9, 1), (8, 5, 6)],
    4: [(1, 1, 1, 1), (2, 2, 3, 3), (1, 5, 7, 9), (9, 8, 8, 2)],
}
CASES = [(numbers, pool) for numbers, several in POOLS.items() for pool in several]


def traces_of(task, pool):
    return [tuple(row) for row in task.legal_traces([pool]).tokens.tolist()]


@pytest.fixture(scope="module")
def census():
    """Legal answers to every order of three numbers."""
    return {pool: oracles.legal(pool) for pool in oracles.pools(3)}


@pytest.fixture(scope="module")
def both():
    return [THREE.prompts(split) for split in ("seen", "unseen")]


# --- what there is ------------------------------------------------------------------------------------------------


def test_the_census(census, both):
    assert len(oracles.multisets()) == 165
    assert max(len(found) for found in census.values()) == 75
    many = Counter((*pool, result) for pool, found in census.items() for result in found.values())
    assert len(many) == 6281
    assert sum(many.values()) / len(many) == pytest.approx(4.80, abs=0.005)
    drawn = sum(
        Fraction(sum(times**2 for times in Counter(found.values()).values()), len(found)) for found in census.values()
    )
    assert float(drawn / len(census)) == pytest.approx(6.55, abs=0.005)
    # And the lab lists just these prompts, each with as many right answers.
    listed = {
        tuple(row): count
        for prompts in both
        for row, count in zip(prompts.tokens.tolist(), np.bincount(prompts.right.owner).tolist(), strict=True)
    }
    assert listed == dict(many)
    assert sum(map(len, both)) == 6281


def test_the_right_answers_of_every_prompt(census, both):
    for prompts in both:
        whose = defaultdict(set)
        for owner, row in zip(prompts.right.owner.tolist(), prompts.right.tokens.tolist(), strict=True):
            whose[owner].add(tuple(row))
        for index, (*pool, target) in enumerate(prompts.tokens.tolist()):
            wanted = {trace for trace, result in census[tuple(pool)].items() if result == target}
            assert whose[index] == wanted


@pytest.mark.parametrize(("numbers", "pool"), CASES)
def test_legal_answers_are_those_of_the_recursion(numbers, pool):
    task = TASKS[numbers]
    got, wanted = task.legal_traces([pool]), oracles.legal(pool, task.values)
    rows = [tuple(row) for row in got.tokens.tolist()]
    assert dict(zip(rows, got.result.tolist(), strict=True)) == wanted
    assert rows == sorted(wanted), "in order, each once"


def test_several_prompts_are_listed_one_after_the_other():
    pools = POOLS[3]
    got = THREE.legal_traces(pools)
    assert got.owner.tolist() == sorted(got.owner.tolist())
    for index, pool in enumerate(pools):
        assert [tuple(row) for row in got.tokens[got.owner == index].tolist()] == sorted(oracles.legal(pool))


@pytest.mark.parametrize("values", [10, 11, 19])
def test_fewer_values_leave_fewer_answers(values):
    task = Countdown(3, values)
    assert set(traces_of(task, (4, 5, 6))) == set(oracles.legal((4, 5, 6), values))
    assert len(oracles.legal((4, 5, 6), values)) < len(oracles.legal((4, 5, 6)))


def test_answers_as_text():
    assert THREE.spell([2, 32, 3, 6, 6, 31, 4, 2]) == "2 * 3 6, 6 - 4 2"
    assert THREE.spell([30, 1, 1, 1, 2, 2, 2, 32]) == "+ 1 1 1, 2 2 2 *", "misplaced tokens as they are"


# --- the verifier -------------------------------------------------------------------------------------------------


def agree(task, prompt, answers):
    got = task.verify(torch.tensor(prompt), torch.tensor(answers)).tolist()
    assert got == [oracles.is_right(prompt, answer, task.values) for answer in answers]
    return sum(got)


@pytest.mark.parametrize(("numbers", "pool"), CASES)
def test_every_legal_answer_is_right_for_what_it_comes_to_and_for_nothing_else(numbers, pool):
    task = TASKS[numbers]
    found = oracles.legal(pool, task.values)
    for target in sorted(set(found.values()))[:12]:
        assert agree(task, [*pool, target], list(found)) == len(oracles.right(pool, target, task.values))


@pytest.mark.parametrize(("numbers", "pool"), CASES)
def test_every_change_of_one_token(numbers, pool):
    task = TASKS[numbers]
    found = oracles.legal(pool, task.values)
    for trace in list(found)[:: max(1, len(found) // 12)]:
        changed = [
            [*trace[:at], token, *trace[at + 1 :]] for at in range(len(trace)) for token in range(task.vocabulary)
        ]
        # The trace itself comes up once at each place; a changed operation can leave it right, as in 2 + 2 and 2 * 2.
        assert agree(task, [*pool, found[trace]], changed) >= len(trace)


@settings(max_examples=150)
@given(st.data())
def test_answers_changed_at_random(data):
    numbers = data.draw(st.sampled_from([2, 3, 3, 3]))
    task = TASKS[numbers]
    pool = tuple(data.draw(st.lists(st.integers(1, 9), min_size=numbers, max_size=numbers)))
    found = oracles.legal(pool, task.values)
    answer = list(data.draw(st.sampled_from(sorted(found))))
    target = data.draw(st.one_of(st.just(found[tuple(answer)]), st.integers(0, task.values - 1)))
    token = st.integers(0, task.vocabulary - 1)
    for at, new in data.draw(st.lists(st.tuples(st.integers(0, len(answer) - 1), token), max_size=3)):
        answer[at] = new
    noise = data.draw(st.lists(token, min_size=len(answer), max_size=len(answer)))
    agree(task, [*pool, target], [answer, noise])


def test_a_number_is_used_once_and_a_result_counts():
    agree(THREE, [2, 2, 3, 7], [[2, 30, 2, 4, 4, 30, 3, 7]])
    cases = {
        "2 twice, given once": ([2, 5, 3, 7], [2, 30, 2, 4, 4, 30, 3, 7]),
        "the first result left lying": ([2, 3, 4, 7], [2, 30, 3, 5, 3, 30, 4, 7]),
        "below 0": ([2, 3, 4, 3], [2, 31, 3, 0, 0, 30, 4, 4]),
        "30, a token that means plus": ([5, 6, 1, 29], [5, 32, 6, 30, 30, 31, 1, 29]),
    }
    for why, (prompt, answer) in cases.items():
        assert not THREE.verify(torch.tensor(prompt), torch.tensor(answer)), why
        assert not oracles.is_right(prompt, answer), why
    assert THREE.verify(torch.tensor([2, 2, 3, 7]), torch.tensor([2, 30, 2, 4, 4, 30, 3, 7]))


def test_prompts_and_answers_are_crossed():
    prompts = torch.tensor([[2, 3, 4, 9], [2, 3, 4, 10], [4, 3, 2, 9]])
    answers = torch.tensor([[2, 30, 3, 5, 5, 30, 4, 9], [2, 32, 3, 6, 6, 30, 4, 10]])
    assert THREE.verify(prompts[:, None], answers).tolist() == [[True, False], [False, True], [True, False]]
    assert THREE.verify(prompts[:2], answers).tolist() == [True, True]


# --- one solution, several spellings -----------------------------------------------------------------------------


def tokens(text, task):
    signs = {"+": task.values, "-": task.values + 1, "*": task.values + 2}
    return [signs[word] if word in signs else int(word) for word in text.replace(",", "").split()]


@pytest.mark.parametrize(
    ("numbers", "one", "other", "same"),
    [
        (3, "2 + 3 5, 5 * 4 20", "3 + 2 5, 5 * 4 20", True),
        (3, "2 + 3 5, 5 * 4 20", "3 + 2 5, 4 * 5 20", True),
        (3, "5 - 3 2, 2 + 4 6", "5 - 3 2, 4 + 2 6", True),
        (3, "5 - 2 3, 4 - 3 1", "5 - 4 1, 2 - 1 1", False),
        (3, "9 - 4 5, 5 - 2 3", "9 - 2 7, 7 - 4 3", False),
        (3, "2 * 2 4, 4 + 1 5", "2 + 2 4, 4 + 1 5", False),
        (4, "1 + 2 3, 4 * 5 20, 20 - 3 17", "4 * 5 20, 1 + 2 3, 20 - 3 17", True),
        (4, "1 + 2 3, 4 * 5 20, 20 - 3 17", "5 * 4 20, 2 + 1 3, 20 - 3 17", True),
        (4, "7 - 2 5, 9 - 1 8, 8 - 5 3", "9 - 1 8, 7 - 2 5, 8 - 5 3", True),
        (4, "1 + 2 3, 3 * 4 12, 12 - 5 7", "2 + 1 3, 4 * 3 12, 12 - 5 7", True),
        # The 3 may be the one given or the first result: what one text does not say is not sorted.
        (4, "1 + 2 3, 3 + 4 7, 7 + 3 10", "3 + 4 7, 1 + 2 3, 7 + 3 10", False),
        (4, "1 + 2 3, 3 + 5 8, 8 + 6 14", "1 + 5 6, 6 + 2 8, 8 + 6 14", False),
    ],
)
def test_two_spellings(numbers, one, other, same):
    task = TASKS[numbers]
    first, second = task.canonical([tokens(one, task), tokens(other, task)])
    assert (first == second) is np.bool_(same)


@pytest.mark.parametrize(("numbers", "pool"), [case for case in CASES if case[0] > 2])
def test_equal_numbers_mean_equal_expressions(numbers, pool):
    task = TASKS[numbers]
    # With four numbers a result that equals a number still there leaves two readings of one text; set those aside.
    found = [trace for trace in oracles.legal(pool, task.values) if numbers == 3 or oracles.is_plain(pool, trace)]
    codes = task.canonical(found).tolist()
    pairs = {(code, oracles.solution(trace, task.values)) for code, trace in zip(codes, found, strict=True)}
    assert len(pairs) == len({code for code, _ in pairs}) == len({whole for _, whole in pairs})


@pytest.mark.parametrize("task", [Countdown(2), Countdown(), Countdown(3, 1000), Countdown(4, 50), Countdown(4, 120)])
def test_numbers_of_spellings_are_the_same_from_tensors_and_fit_one_int64(task):
    rng = np.random.default_rng(0)
    answers = rng.integers(task.vocabulary, size=(300, task.answer_length))  # legal or not
    answers[:100] = answers[:100] % 3  # many equal ones
    answers[0] = task.vocabulary - 1
    codes = task.canonical(answers)
    assert np.array_equal(task.canonical(torch.from_numpy(answers), torch).numpy(), codes)
    largest = 0
    for _ in range(task.numbers - 1):
        largest = largest * task.vocabulary**3 + task.vocabulary**3 - 1  # Python's whole numbers have no end
    assert codes[0] == codes.max() == largest
    assert codes.min() >= 0


# --- the splits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("numbers", [2, 3, 4])
def test_a_quarter_of_the_multisets_is_held_out(numbers):
    task = TASKS[numbers]
    seen, unseen = ({tuple(row) for row in task.multisets(split).tolist()} for split in ("seen", "unseen"))
    every = set(oracles.multisets(numbers))
    assert not seen & unseen
    assert seen | unseen == every
    assert len(unseen) == len(every) // 4


def test_no_prompt_of_one_split_has_the_numbers_of_the_other(both):
    for prompts in both:
        sets = [tuple(row) for row in THREE.multisets(prompts.split).tolist()]
        for row, multiset in zip(prompts.tokens.tolist(), prompts.multiset.tolist(), strict=True):
            assert tuple(sorted(row[:3])) == sets[multiset]
        assert prompts.multisets == len(sets)
    assert [prompts.multisets for prompts in both] == [124, 41]


def test_a_prompt_weighs_its_chance_under_the_generator(census, both):
    for prompts in both:
        assert prompts.weight.sum() == pytest.approx(1, abs=1e-12)
        chance = {
            (*pool, result): Fraction(times, len(census[tuple(pool)]) * len(prompts.given))
            for pool in map(tuple, prompts.given.tolist())
            for result, times in Counter(census[pool].values()).items()
        }
        assert sum(chance.values()) == 1
        wanted = [float(chance[tuple(row)]) for row in prompts.tokens.tolist()]
        np.testing.assert_allclose(prompts.weight, wanted, rtol=1e-13)


def test_drawing_prompts_inverts_their_distribution(both):
    prompts = both[1]
    edges = np.concatenate([[0], np.cumsum(prompts.weight)])
    middle = (edges[:-1] + edges[1:]) / 2
    np.testing.assert_array_equal(prompts.draw(middle), np.arange(len(prompts)))
    assert prompts.draw([0.0, 1 - 2**-53]).tolist() == [0, len(prompts) - 1]
    np.testing.assert_array_equal(prompts.draw(edges[1:-1]), np.arange(1, len(prompts)))  # an edge begins the next
    # An even lattice of uniforms meets each prompt in proportion to its weight, to within one of the lattice.
    lattice = 200_000
    met = np.bincount(prompts.draw((np.arange(lattice) + 0.5) / lattice), minlength=len(prompts))
    assert np.abs(met - lattice * prompts.weight).max() <= 1 + 1e-6


def test_some_orders_are_always_the_same_ones():
    task = TASKS[4]
    few, again = (task.prompts("unseen", 5) for _ in range(2))
    assert len(few.given) == 5
    assert few.weight.sum() == pytest.approx(1, abs=1e-12)
    np.testing.assert_array_equal(few.tokens, again.tokens)
    pool = tuple(few.given[2].tolist())
    mine = few.tokens[(few.tokens[:, :4] == pool).all(1)]
    assert {int(row[4]) for row in mine} == set(oracles.legal(pool, 50).values())
    held_out = {tuple(row) for row in task.multisets("unseen").tolist()}
    sets = {tuple(sorted(row)) for row in few.given.tolist()}
    assert sets <= held_out
    assert few.multisets == len(sets), "those left out do not count"


def test_some_multisets_with_all_their_prompts(both):
    whole = both[1]
    part = whole.of_multisets(7)
    assert part.multisets == 7
    assert part.weight.sum() == pytest.approx(1, abs=1e-12)
    sets = {tuple(sorted(row[:3])) for row in part.tokens.tolist()}
    assert len(sets) == 7
    kept = [index for index, row in enumerate(whole.tokens.tolist()) if tuple(sorted(row[:3])) in sets]
    np.testing.assert_array_equal(part.tokens, whole.tokens[kept])
    np.testing.assert_allclose(part.weight, whole.weight[kept] / whole.weight[kept].sum(), rtol=1e-13)
    for index in (0, len(part) - 1):
        *pool, target = part.tokens[index].tolist()
        assert part.right.tokens[part.right.owner == index].tolist() == list(
            map(list, oracles.right(tuple(pool), target))
        )


def test_answers_of_some_prompts_in_any_order(both):
    prompts, which = both[0], [4000, 3, 3, 77]
    got = prompts.answers_of(which)
    for place, index in enumerate(which):
        *pool, target = prompts.tokens[index].tolist()
        wanted = oracles.right(tuple(pool), target)
        assert sorted(map(tuple, got.tokens[got.owner == place].tolist())) == wanted
        assert set(got.result[got.owner == place].tolist()) == {target}


# --- demonstrations -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noise", [0.0, 0.5, 1.0])
def test_demonstrations_are_legal_and_a_share_of_them_has_a_foreign_target(noise, both):
    rows = both[0].demonstrations(np.random.default_rng(5), 4000, noise)
    aimed = 0
    sets = {tuple(row) for row in THREE.multisets("seen").tolist()}
    for row in rows.tolist():
        pool, target, trace = row[:3], row[3], row[4:]
        assert tuple(sorted(pool)) in sets
        assert oracles.is_right([*pool, trace[-1]], trace), "legal, whatever the target"
        aimed += target == trace[-1]
    # A foreign target is by chance the right one about one time in twenty.
    met = Counter(row[-1] for row in rows.tolist())
    by_chance = sum((times / len(rows)) ** 2 for times in met.values())
    assert aimed / len(rows) == pytest.approx(1 - noise * (1 - by_chance), abs=0.02)
    assert sorted(rows[:, 3]) == sorted(rows[:, -1]), "targets are shuffled among themselves"


def test_demonstrations_draw_numbers_evenly_and_their_traces_evenly(both, census):
    rows = both[0].demonstrations(np.random.default_rng(6), 40_000, 0.0)
    met = Counter(tuple(row[:3]) for row in rows.tolist())
    assert set(met) == set(map(tuple, both[0].given.tolist()))
    listed = {pool: {trace: place for place, trace in enumerate(sorted(census[pool]))} for pool in met}
    # Where a trace stands in the list of its numbers, in tenths, jittered within its place.
    jitter = np.random.default_rng(7).random(len(rows))
    stands = [
        (listed[tuple(row[:3])][tuple(row[4:])] + u) / len(listed[tuple(row[:3])])
        for row, u in zip(rows.tolist(), jitter.tolist(), strict=True)
    ]
    tenths = np.bincount((np.array(stands) * 10).astype(int), minlength=10)
    for counts in (np.array(list(met.values())), tenths):
        assert chisquare(counts).pvalue > 0.005


# --- bad input ----------------------------------------------------------------------------------------------------


def refuses(call, words, kind=ValueError):
    with pytest.raises(kind, match=words) as caught:
        call()
    assert caught.value.args[0].endswith("."), "a sentence"


@pytest.mark.parametrize(
    ("numbers", "values", "words"),
    [
        (5, 30, "2, 3 or 4 numbers and at most 1000 values, but numbers = 5"),
        (3, 1001, "at most 1000 values, but numbers = 3 and values = 1001"),
        (1, 30, "numbers must be at least 2, but numbers = 1"),
        (3, 9, "values must be at least 10, but values = 9"),
        (2.5, 30, r"numbers must be whole numbers, but numbers = 2\.5"),
        (3, "30", "values must be whole numbers"),
    ],
)
def test_a_task_out_of_range(numbers, values, words):
    refuses(lambda: Countdown(numbers, values), words)


@pytest.mark.parametrize(
    ("pools", "words"),
    [
        ([[1, 2, 10]], r"3 numbers from 1 to 9 a prompt, one prompt a row, but got an array of shape \(1, 3\)"),
        ([[1, 2]], r"array of shape \(1, 2\)"),
        ([1, 2, 3], r"array of shape \(3,\)"),
        ([[0, 1, 2]], "given must be at least 1"),
        ([[1, 2, 2.5]], "given must be whole numbers"),
        ([], "given is empty"),
    ],
)
def test_numbers_out_of_range(pools, words):
    refuses(lambda: THREE.legal_traces(pools), words)


def test_a_split_that_is_not_there():
    refuses(lambda: THREE.prompts("test"), "no split called 'test'. There are: seen, unseen", KeyError)


def test_orders_out_of_range():
    refuses(lambda: THREE.prompts("seen", 0), "orders must be at least 1, but orders = 0")
    refuses(lambda: THREE.prompts("seen", 2.5), "orders must be whole numbers")


@pytest.mark.parametrize(
    ("count", "noise", "words"),
    [
        (8, 1.5, r"noise must lie at or above 0 and at or below 1, but noise = 1\.5"),
        (8, -0.1, "noise must lie"),
        (8, float("nan"), "noise must lie"),
        (0, 0.5, "count must be at least 1, but count = 0"),
        (2.5, 0.5, "count must be whole numbers"),
    ],
)
def test_demonstrations_out_of_range(count, noise, words, both):
    refuses(lambda: both[0].demonstrations(np.random.default_rng(0), count, noise), words)
