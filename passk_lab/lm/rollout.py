"""Drawing answers: one definition of the chances, three ways to draw from them.

`sample` walks the prefix tree with a stream of uniforms for each sample, `sample_plainly` reads every sample on its
own, `sample_counts` splits whole counts at each node. On one device and precision the first two turn the same uniforms
into the same tokens; the third draws the same distribution for any number of samples, 10**6 too.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from passk_lab import arguments
from passk_lab.lm.device import sent
from passk_lab.lm.model import Transformer, plain_attend
from passk_lab.lm.threads import one_thread
from passk_lab.lm.tree import Branches, Tree, gather_attend


def chances(logits: Tensor) -> Tensor:
    """The next token's distribution, at temperature 1, in float64: what every way of drawing uses."""
    return logits.double().softmax(-1)


def pick(logits: Tensor, uniforms: Tensor) -> Tensor:
    """Turn one uniform in [0, 1) a row into a token, by inverting the cumulative distribution.

    >>> pick(torch.log(torch.tensor([[0.25, 0.5, 0.25]])), torch.tensor([0.5])).tolist()
    [1]
    """
    # Leaving the last edge out keeps a uniform near 1 inside, whatever the sum rounds to.
    edges = chances(logits).cumsum(-1)[..., :-1]
    return (edges <= uniforms[..., None]).sum(-1)


class _Reader:
    """Reads one depth of a tree after another and keeps the keys and values of all rows so far."""

    def __init__(self, model: Transformer, prompts: Tensor) -> None:
        self.model, self.branches = model, Branches(prompts, 0)
        groups, self.length = prompts.shape
        self.keys: list[Tensor] = []
        self.values: list[Tensor] = []
        shape = (1, groups, self.length)
        place = torch.arange(self.length, device=prompts.device)

        def attend(_layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            self.keys.append(k[0])
            self.values.append(v[0])
            q, k, v = (side.unflatten(1, shape[1:]) for side in (q, k, v))
            return plain_attend(_layer, q, k, v).flatten(1, 2)

        hidden = model.hidden(prompts.flatten()[None], place.repeat(groups), attend)
        self.logits = model.logits(hidden.unflatten(1, shape[1:])[:, :, -1])[0]
        rows = torch.arange(groups * self.length, device=prompts.device)
        self.seen = rows.view(groups, self.length)
        self.rows, self._first = groups * self.length, 0

    def read(self, parent: Tensor, token: Tensor, more: bool) -> Tensor:
        """Grow a depth and, if another follows, read it; returns the index of each trace's node in this depth."""
        node = self.branches.grow(parent, token)
        if not more:
            return node
        tokens, above = self.branches.tokens[-1], self.branches.parents[-1]
        above = above - self._first
        self._first = len(self.branches.prompts) + self.branches.size - len(tokens)
        own = torch.arange(self.rows, self.rows + len(tokens), device=tokens.device)
        self.seen = torch.cat([self.seen.index_select(0, above), own[:, None]], 1)
        self.rows += len(tokens)

        def attend(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            self.keys[layer] = torch.cat([self.keys[layer], k[0]])
            self.values[layer] = torch.cat([self.values[layer], v[0]])
            return gather_attend(q[0], self.keys[layer], self.values[layer], self.seen)[None]

        position = torch.full_like(tokens, self.seen.shape[1] - 1)
        self.logits = self.model.logits(self.model.hidden(tokens[None], position, attend))[0]
        return node


@arguments.takes(model=Transformer, prompts=Tensor, uniforms=Tensor)
@one_thread()
def sample(model: Transformer, prompts: Tensor, uniforms: Tensor, forced: Tensor | None = None) -> Tree:
    """Draw a group of answers for each prompt on the prefix tree.

    Parameters
    ----------
    model : Transformer with one run
    prompts : Tensor of int, shape (G, S)
    uniforms : Tensor of float64 in [0, 1), shape (G, n, T)
        Each sample's own stream: equal uniforms give equal answers, whoever else is in the batch.
    forced : Tensor of int, shape (G, n, T), optional
        Tokens to write instead of drawing, -1 where to draw (hints).

    Returns
    -------
    Tree
        Its traces are the samples, group after group.

    Raises
    ------
    ValueError
        If the shapes do not fit the task or each other.

    Examples
    --------
    >>> from passk_lab import lm
    >>> base, prompt = lm.bundled_base(0), torch.tensor([[2, 3, 4, 24]])
    >>> tree = sample(base, prompt, torch.full((1, 3, 8), 0.5, dtype=torch.float64))
    >>> len(tree.path), len(tree.token)
    (3, 8)
    """
    groups, n, length = _fit(model, prompts, uniforms)
    with torch.inference_mode():  # a twentieth faster than no_grad
        reader = _Reader(model, prompts)
        node = torch.arange(groups, device=prompts.device).repeat_interleave(n)
        streams = uniforms.flatten(0, 1)
        for depth in range(length):
            edges = chances(reader.logits).cumsum(-1)[..., :-1]
            token = (edges.index_select(0, node) <= streams[:, depth, None]).sum(-1)
            if forced is not None:
                wanted = forced.flatten(0, 1)[:, depth]
                token = torch.where(wanted >= 0, wanted, token)
            node = reader.read(node, token, more=depth + 1 < length)
        tree = reader.branches.tree(torch.ones(groups * n, dtype=torch.long, device=prompts.device))
    return tree.clone()  # what is made in inference mode cannot be differentiated through, but its copy can


@arguments.takes(model=Transformer, prompts=Tensor, uniforms=Tensor)
@one_thread()
@torch.no_grad()
def sample_plainly(model: Transformer, prompts: Tensor, uniforms: Tensor) -> Tensor:
    """Draw answers by reading every sample again from the start: slow, short, and what the others are checked by.

    Returns
    -------
    Tensor of int, shape (G, n, T); arguments as `sample`.

    Raises
    ------
    ValueError
        As `sample`.

    Examples
    --------
    >>> from passk_lab import lm
    >>> base, prompt = lm.bundled_base(0), torch.tensor([[2, 3, 4, 24]])
    >>> sample_plainly(base, prompt, torch.full((1, 3, 8), 0.5, dtype=torch.float64)).shape
    torch.Size([1, 3, 8])
    """
    groups, n, length = _fit(model, prompts, uniforms)
    written = prompts.repeat_interleave(n, 0)
    for depth in range(length):
        shape = (1, len(written), written.shape[1])
        place = torch.arange(shape[2], device=written.device).expand(shape)
        hidden = model.hidden(written[None], place, plain_attend)
        token = pick(model.logits(hidden)[0, :, -1], uniforms.flatten(0, 1)[:, depth])
        written = torch.cat([written, token[:, None]], 1)
    return written[:, prompts.shape[1] :].unflatten(0, (groups, n))


@arguments.takes(model=Transformer, prompts=Tensor, rng=np.random.Generator)
@one_thread()
@torch.no_grad()
def sample_counts(model: Transformer, prompts: Tensor, n: int, rng: np.random.Generator) -> Tree:
    """Draw n answers for each prompt as counts: at each node a multinomial splits those who came that far.

    Parameters
    ----------
    model : Transformer with one run
    prompts : Tensor of int, shape (G, S)
        On the model's device; the counts are split on the host, so each depth is read back once.
    n : int
        Samples for each prompt; the cost grows with distinct answers, not with n.
    rng : numpy Generator

    Returns
    -------
    Tree
        One trace for each distinct answer, `copies` says how many samples gave it.

    Raises
    ------
    ValueError
        If the prompts do not fit the task, or n is not a whole number >= 1.

    Examples
    --------
    >>> from passk_lab import lm
    >>> rng = np.random.default_rng(0)
    >>> int(sample_counts(lm.bundled_base(0), torch.tensor([[2, 3, 4, 24]]), 10**6, rng).copies.sum())
    1000000
    """
    n = arguments.one_whole("n", n)
    _fit(model, prompts)
    reader = _Reader(model, prompts)
    length, device = model.task.answer_length, prompts.device
    node, count = np.arange(len(prompts)), np.full(len(prompts), n, dtype=np.int64)
    ancestry: list[np.ndarray] = []
    for depth in range(length):
        split = rng.multinomial(count, chances(reader.logits).cpu().numpy())
        parent, token = np.nonzero(split)
        count = split[parent, token]
        ancestry.append(parent)
        above, chosen = (sent(side, device) for side in (parent, token))
        reader.read(above, chosen, more=depth + 1 < length)
    # Every node above a leaf is on its path: walk up once, all leaves together.
    node, path = np.arange(len(count)), []
    for parent, nodes in zip(reversed(ancestry), reversed(reader.branches.path), strict=True):
        path.append(nodes[sent(node, device)])
        node = parent[node]
    reader.branches.path = path[::-1]
    return reader.branches.tree(sent(count, device))


def _fit(model: Transformer, prompts: Tensor, uniforms: Tensor | None = None) -> tuple[int, int, int]:
    """Check the shapes of prompts and uniforms against the task; returns (G, n, T)."""
    wanted, length = model.task.prompt_length, model.task.answer_length
    if prompts.ndim != 2 or prompts.shape[1] != wanted:
        raise ValueError(
            f"prompts of {model.task.name} have {wanted} tokens, one prompt a row, but the shape is "
            f"{tuple(prompts.shape)}."
        )
    shape = (len(prompts), 1, length) if uniforms is None else tuple(uniforms.shape)
    if len(shape) != 3 or shape[0] != len(prompts) or shape[2] != length:
        raise ValueError(
            f"uniforms have one number for each prompt, sample and token, (G, n, T) with G = {len(prompts)} and T = "
            f"{length} here, but the shape is {shape}."
        )
    return shape
