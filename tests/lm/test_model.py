"""The transformer against one written head by head in float64: sizes, seeds, causality, several runs as one."""

import pytest
import torch

from passk_lab.lm import Countdown, Shape, Transformer
from passk_lab.lm.model import _look_up, plain_attend
from tests.lm import oracles

TASK = Countdown()


def random_model(seed=3, shape=Shape(), runs=1, task=TASK):  # noqa: B008  (frozen)
    """In float64, with every weight moved, the gains of the norms too."""
    model = Transformer(task, shape, seed, runs).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in model.parameters():
            weight += 0.2 * torch.randn(weight.shape, generator=generator, dtype=weight.dtype)
    return model


def plainly(model, tokens):
    """Logits of whole sequences, (E, B, S) -> (E, B, S, vocabulary), rows in the layout of the model."""
    _, many, length = tokens.shape

    def attend(layer, q, k, v):
        return plain_attend(layer, *(side.unflatten(1, (many, length)) for side in (q, k, v))).flatten(1, 2)

    place = torch.arange(length).repeat(many)
    hidden = model.hidden(tokens.flatten(1), place, attend)
    return model.logits(hidden).unflatten(1, (many, length))


def some_tokens(*shape, task=TASK):
    return torch.randint(task.vocabulary, shape, generator=torch.Generator().manual_seed(1))


def test_its_size():
    model = Transformer(TASK)
    d, vocabulary, context = 64, 33, 12
    layer = d + 3 * d * d + d * d + d + 2 * 4 * d * d
    assert sum(weight.numel() for weight in model.parameters()) == 103_616
    assert 2 * layer + (vocabulary + context + vocabulary) * d + d == 103_616


@pytest.mark.parametrize("shape", [Shape(), Shape(32, 1, 2), Shape(24, 3, 3), Shape(16, 2, 1)])
def test_it_is_the_network_written_head_by_head(shape):
    model = random_model(shape=shape)
    tokens = some_tokens(1, 7, 12)
    wanted = oracles.logits(dict(model.named_parameters()), tokens[0], shape.layers, shape.heads)
    torch.testing.assert_close(plainly(model, tokens)[0], wanted, rtol=1e-11, atol=1e-11)


def test_so_are_its_gradients():
    model, tokens = random_model(), some_tokens(1, 5, 12)
    weights = oracles.in_double(model)
    plainly(model, tokens)[0].log_softmax(-1)[..., 3].sum().backward()
    oracles.logits(weights, tokens[0]).log_softmax(-1)[..., 3].sum().backward()
    for name, weight in model.named_parameters():
        torch.testing.assert_close(weight.grad, weights[name].grad, rtol=1e-9, atol=1e-9)


def test_in_float32_it_differs_by_rounding():
    model, tokens = Transformer(TASK, seed=2), some_tokens(1, 64, 12)
    wanted = oracles.logits(oracles.in_double(model), tokens[0])
    torch.testing.assert_close(plainly(model, tokens)[0].double(), wanted, rtol=1e-4, atol=1e-5)


def test_a_later_token_does_not_change_what_stands_before():
    model, tokens = random_model(), some_tokens(1, 6, 12)
    before = plainly(model, tokens)
    for at in range(12):
        changed = tokens.clone()
        changed[..., at] = (changed[..., at] + 1) % TASK.vocabulary
        after = plainly(model, changed)
        torch.testing.assert_close(after[:, :, :at], before[:, :, :at], rtol=0, atol=1e-13)
        assert (after[:, :, at:] != before[:, :, at:]).any(-1).all(), "and changes all that follows"


def test_a_sequence_does_not_see_its_neighbours():
    model, tokens = random_model(), some_tokens(1, 6, 12)
    whole = plainly(model, tokens)
    for row in range(6):
        torch.testing.assert_close(plainly(model, tokens[:, row : row + 1]), whole[:, row : row + 1])


def test_a_seed_is_a_model():
    one, same, other = (dict(Transformer(TASK, seed=seed).named_parameters()) for seed in (4, 4, 5))
    drawn = [name for name in one if not name.startswith("norm")]
    assert all(torch.equal(one[name], same[name]) for name in one)
    assert not any(torch.equal(one[name], other[name]) for name in drawn)
    assert all((one[name] == 1).all() for name in one if name not in drawn)


def test_making_a_model_leaves_the_global_generator_alone():
    torch.manual_seed(11)
    wanted = torch.rand(3)
    torch.manual_seed(11)
    Transformer(TASK, seed=4)
    assert torch.equal(torch.rand(3), wanted)


def test_several_runs_start_equal_and_each_is_the_single_model():
    single, three = Transformer(TASK, seed=4), Transformer(TASK, seed=4, runs=3)
    for one, many in zip(single.parameters(), three.parameters(), strict=True):
        assert torch.equal(many, one.expand_as(many))


def test_three_runs_of_different_weights_are_three_models():
    three, tokens = random_model(runs=3), some_tokens(3, 4, 12)
    got = plainly(three, tokens)
    for run in range(3):
        single = Transformer(TASK).double()
        single.load_state_dict({name: value[run : run + 1] for name, value in three.state_dict().items()})
        torch.testing.assert_close(got[run], plainly(single, tokens[run : run + 1])[0], rtol=1e-11, atol=1e-11)


def test_another_task_another_vocabulary():
    task = Countdown(4, 50)
    model, tokens = random_model(task=task), some_tokens(1, 3, 17, task=task)
    wanted = oracles.logits(dict(model.named_parameters()), tokens[0])
    assert plainly(model, tokens).shape == (1, 3, 17, 53)
    torch.testing.assert_close(plainly(model, tokens)[0], wanted, rtol=1e-11, atol=1e-11)
    assert model.describe() == {
        "task": {"numbers": 4, "values": 50},
        "shape": {"width": 64, "layers": 2, "heads": 4},
    }


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Shape(30, 2, 4), "width must be a multiple of heads, but width = 30 and heads = 4"),
        (lambda: Shape(64, 0, 4), "layers must be at least 1, but layers = 0"),
        (lambda: Shape(64, 2, 1.5), "heads must be whole numbers"),
        (lambda: Transformer(TASK, seed=-1), "seed must be at least 0, but seed = -1"),
        (lambda: Transformer(TASK, runs=0), "runs must be at least 1, but runs = 0"),
    ],
)
def test_sizes_out_of_range(make, words):
    with pytest.raises(ValueError, match=words) as caught:
        make()
    assert str(caught.value).endswith("."), "a sentence"


def test_the_gradient_of_a_look_up_has_the_same_bits_on_any_number_of_threads():
    table, index = torch.zeros(2, TASK.vocabulary, 64, requires_grad=True), some_tokens(2, 4000)
    pushed = torch.randn(2, 4000, 64, generator=torch.Generator().manual_seed(0))

    def gradient(threads):
        before = torch.get_num_threads()
        torch.set_num_threads(threads)
        try:
            return torch.autograd.grad(_look_up(table, index), table, pushed)[0]
        finally:
            torch.set_num_threads(before)

    # table[run, index] adds equal indices one after another on a GPU, and in any order on two threads of a CPU.
    assert torch.equal(gradient(4), gradient(1))
