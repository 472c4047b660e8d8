"""The compact language model: a decoder-only transformer, written once for every path that runs it.

What a token may attend to is an argument, not a part of the network: training on a prefix tree, decoding with a cache
and plain re-reading share every weight and every line below. All weights carry a leading run axis E, so that E models
train as one program; a single model has E = 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import torch
from torch import Tensor, nn

from passk_lab import arguments
from passk_lab.lm.countdown import Countdown

Attend = Callable[[int, Tensor, Tensor, Tensor], Tensor]
"""(layer, queries, keys, values), each (E, rows, heads, width of a head) -> what the rows gathered, same shape."""


@dataclass(frozen=True)
class Shape:
    """Sizes of the network; the defaults give 103,616 parameters on Countdown-3."""

    width: int = 64
    layers: int = 2
    heads: int = 4

    def __post_init__(self) -> None:
        for name in ("width", "layers", "heads"):
            object.__setattr__(self, name, arguments.one_whole(name, getattr(self, name)))
        if self.width % self.heads:
            raise ValueError(f"width must be a multiple of heads, but width = {self.width} and heads = {self.heads}.")


class Transformer(nn.Module):
    """RMS-normed decoder with learnt positions and a ReLU MLP four times as wide.

    Parameters
    ----------
    task : Countdown
        Gives the vocabulary and the longest sequence.
    shape : Shape
    seed : int
        The weights are a function of it alone, on every machine.
    runs : int
        E, the number of models stacked; they start equal.

    Examples
    --------
    >>> model = Transformer(Countdown(), Shape(), seed=0)
    >>> sum(weight.numel() for weight in model.parameters())
    103616
    """

    @arguments.takes(task=Countdown, shape=Shape)
    def __init__(self, task: Countdown, shape: Shape = Shape(), seed: int = 0, runs: int = 1) -> None:
        super().__init__()
        self.task, self.shape, self.runs = task, shape, arguments.one_whole("runs", runs)
        d, vocabulary, context = shape.width, task.vocabulary, task.prompt_length + task.answer_length
        generator = torch.Generator().manual_seed(arguments.one_whole("seed", seed, least=0))

        def weight(*size: int, scale: float) -> nn.Parameter:
            drawn = torch.randn(size, generator=generator, dtype=torch.float64) * scale
            return nn.Parameter(drawn.float().expand(runs, *size).clone())

        self.token = weight(vocabulary, d, scale=0.3)
        self.position = weight(context, d, scale=0.3)
        thin = (2 * shape.layers) ** -0.5  # a sum over branches then keeps the size of one
        for layer in range(shape.layers):
            self.register_parameter(f"norm_attention_{layer}", nn.Parameter(torch.ones(runs, 1, d)))
            self.register_parameter(f"query_key_value_{layer}", weight(d, 3 * d, scale=d**-0.5))
            self.register_parameter(f"gathered_{layer}", weight(d, d, scale=thin * d**-0.5))
            self.register_parameter(f"norm_mlp_{layer}", nn.Parameter(torch.ones(runs, 1, d)))
            self.register_parameter(f"up_{layer}", weight(d, 4 * d, scale=d**-0.5))
            self.register_parameter(f"down_{layer}", weight(4 * d, d, scale=thin * (4 * d) ** -0.5))
        self.norm_out = nn.Parameter(torch.ones(runs, 1, d))
        self.logit = weight(d, vocabulary, scale=d**-0.5)

    def hidden(self, tokens: Tensor, positions: Tensor, attend: Attend) -> Tensor:
        """Read tokens at their positions: (E, rows) and (rows,) or (E, rows) -> (E, rows, width)."""
        x = _look_up(self.token, tokens) + _look_up(self.position, positions.expand_as(tokens))
        head = (self.shape.heads, -1)
        for layer in range(self.shape.layers):
            qkv = _norm(x, self.part("norm_attention", layer)) @ self.part("query_key_value", layer)
            q, k, v = (side.unflatten(-1, head) for side in qkv.chunk(3, dim=-1))
            x = x + attend(layer, q, k, v).flatten(-2) @ self.part("gathered", layer)
            inside = torch.relu(_norm(x, self.part("norm_mlp", layer)) @ self.part("up", layer))
            x = x + inside @ self.part("down", layer)
        return _norm(x, self.norm_out)

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores of the next token: (E, rows, width) -> (E, rows, vocabulary)."""
        return hidden @ self.logit

    def part(self, name: str, layer: int) -> Tensor:
        """Return one weight of one layer."""
        weight: Tensor = getattr(self, f"{name}_{layer}")  # get_parameter() takes ten times as long
        return weight

    def only(self, runs: Sequence[int]) -> Transformer:
        """Copy some of the stacked models out, into a model of as many runs."""
        which = torch.tensor(list(runs)).to(self.logit.device)
        weights = {name: weight.index_select(0, which) for name, weight in self.state_dict().items()}
        part = Transformer(self.task, self.shape, runs=len(runs)).to(self.logit)
        part.load_state_dict(weights)
        return part

    def describe(self) -> dict[str, Any]:
        """What a checkpoint must agree on to be loaded: task and sizes."""
        return {"task": asdict(self.task), "shape": asdict(self.shape)}


def plain_attend(_layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attend causally within whole sequences: rows are (sequence, place) unflattened by the caller, (E, B, S, h, w)."""
    q, k, v = (side.transpose(-3, -2) for side in (q, k, v))
    return nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(-3, -2)


def _look_up(table: Tensor, index: Tensor) -> Tensor:
    """Gather rows of a table (E, size, d) by index (E, rows)."""
    if len(table) == 1:
        return nn.functional.embedding(index, table[0])
    # Not table[run, index]: on a GPU its backward pass adds equal indices one after another, thousands of them here.
    first = torch.arange(0, table.shape[0] * table.shape[1], table.shape[1], device=index.device)
    return nn.functional.embedding(index + first.view(-1, *[1] * (index.dim() - 1)), table.flatten(0, 1))


def _norm(x: Tensor, gain: Tensor) -> Tensor:
    return nn.functional.rms_norm(x, x.shape[-1:]) * gain
