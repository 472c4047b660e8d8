"""The prefix tree of many answers: what they share is computed once.

Samples of one prompt share their first tokens, and a policy that concentrates makes them share more. One forward pass
per UNIQUE prefix gives the same numbers as one per sample, at a cost that grows with diversity and not with samples.
The tree is what rollout fills, what training differentiates through, and what exact evaluation sums over.

Rows of a forward pass are the prompts' tokens, prompt after prompt, and then the inner nodes by depth. `readers` are
the rows whose logits are read: the last token of each prompt, then the inner nodes. A node is an edge of the tree, a
token read off its parent.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property
from types import NoneType
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from passk_lab import arguments
from passk_lab.lm.model import Transformer


@dataclass(frozen=True, eq=False)
class Tree:
    """Answers of G prompts as a tree; M traces of T tokens, N nodes."""

    prompts: Tensor
    """(G, S) tokens."""
    token: Tensor
    """(N,) the token of each node, depth by depth."""
    parent: Tensor
    """(N,) which reader it is read off: g for a prompt, G + node for an inner node."""
    group: Tensor
    """(N,) its prompt."""
    path: Tensor
    """(M, T) the node of each trace at each depth."""
    copies: Tensor
    """(M,) how many samples each trace stands for."""
    sizes: tuple[int, ...]
    """(T,) how many nodes there are at each depth: numbers of the host, so that nobody has to ask a GPU."""

    @property
    def inner(self) -> int:
        """Nodes that are not the last of an answer."""
        return sum(self.sizes[:-1])

    @cached_property
    def inner_of(self) -> list[int]:
        """(G,) inner nodes of each prompt; from a GPU they are read once."""
        inner: list[int] = self._inner_of.tolist()
        return inner

    @cached_property
    def _inner_of(self) -> Tensor:
        group = self.group[: self.inner]
        return torch.zeros(len(self.prompts), dtype=torch.long, device=group.device).index_add_(
            0, group, torch.ones_like(group)
        )

    @property
    def traces(self) -> Tensor:
        """(M, T) tokens of each trace."""
        return self.token[self.path]

    @property
    def owner(self) -> Tensor:
        """(M,) the prompt of each trace."""
        return self.group[self.path[:, -1]]

    @property
    def depth(self) -> Tensor:
        """(N,) depth of each node, 0 for a first token."""
        depth = torch.empty_like(self.token)
        depth[self.path] = torch.arange(self.path.shape[1], device=depth.device).expand_as(self.path)
        return depth

    def clone(self) -> Tree:
        """Copy all of it but what was worked out from it."""
        parts = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "sizes"}
        return replace(self, **{name: part.clone() for name, part in parts.items()})

    def visits(self) -> Tensor:
        """(N,) how many samples pass through each node."""
        count = torch.zeros(len(self.token), dtype=torch.float64, device=self.token.device)
        return count.index_add_(0, self.path.flatten(), self.copies.double().repeat_interleave(self.path.shape[1]))

    def hidden(self, model: Transformer) -> Tensor:
        """(readers, width): what the network holds where a next token is read."""
        groups, length = self.prompts.shape
        layout = self._layout
        tokens = torch.cat([self.prompts.flatten(), self.token[: self.inner]])

        def attend(_layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            # (1, rows, heads, w) -> (G, widest, heads, w) and back; index_select is several times as fast as [...].
            q, k, v = (side[0].index_select(0, layout.slot).unflatten(0, (groups, -1)) for side in (q, k, v))
            return _within(q, k, v, layout.sees).flatten(0, 1).index_select(0, layout.back)[None]

        out = model.hidden(tokens[None], layout.position, attend)[0]
        last = torch.arange(groups, device=tokens.device) * length + length - 1
        return torch.cat([out[last], out[groups * length :]])

    def log_probs(self, log_policy: Tensor) -> Tensor:
        """(N,): the log chance of each node given its prefix, from (readers, vocabulary) log chances."""
        return log_policy[self.parent, self.token]

    def trace_log_probs(self, log_policy: Tensor) -> Tensor:
        """(M,): the log chance of each whole answer."""
        return self.log_probs(log_policy)[self.path].sum(1)

    @cached_property
    def _layout(self) -> _Layout:
        groups, length = self.prompts.shape
        device = self.prompts.device
        group, depth = self.group[: self.inner], self.depth[: self.inner]
        # The rank of a node within its group, by depth; stable sorting keeps the order of nodes.
        by_group = torch.argsort(group, stable=True)
        start = torch.cumsum(self._inner_of, 0) - self._inner_of
        rank = torch.empty_like(group)
        rank[by_group] = torch.arange(len(group), device=device) - start[group[by_group]] + length
        widest = length + max(self.inner_of, default=0)
        row_group = torch.cat([torch.arange(groups, device=device).repeat_interleave(length), group])
        row_rank = torch.cat([torch.arange(length, device=device).repeat(groups), rank])
        back = row_group * widest + row_rank
        # Padding points at rows in turn: if all of it named one row, a GPU would add its gradients one after another.
        slot = torch.arange(groups * widest, device=device) % len(back)
        slot[back] = torch.arange(len(back), device=device)
        # Padding sees itself, so that no softmax is taken over nothing; its result is never read.
        sees = torch.eye(widest, dtype=torch.bool, device=device).repeat(groups, 1, 1)
        sees[:, :length, :length] = torch.ones(length, length, dtype=torch.bool, device=device).tril()
        places, itself = sees.flatten(0, 1), sees.diagonal(dim1=1, dim2=2)
        readers = torch.cat([back[length - 1 : groups * length : length], back[groups * length :]])
        begun = 0
        for many in self.sizes[:-1]:  # nodes come depth by depth
            own, above = readers[groups + begun :][:many], readers[self.parent[begun:][:many]]
            places.index_copy_(0, own, places.index_select(0, above))
            itself.fill_(True)
            begun += many
        position = torch.cat([torch.arange(length, device=device).repeat(groups), length + depth])
        return _Layout(slot, back, sees[:, None], position, readers)

    def block(self) -> Block:
        """Lay the tree out to be read many times."""
        layout = self._layout
        tokens = torch.cat([self.prompts.flatten(), self.token[: self.inner]])
        return Block(
            tokens[layout.slot].int(), layout.position[layout.slot].int(), layout.sees,
            layout.readers[self.parent][self.path].int(), self.traces.int(),
        )  # fmt: skip


class _Layout(NamedTuple):
    """How the rows of a forward pass lie in a block for each group."""

    slot: Tensor
    """(G * widest,) the row in each place of the block; padding holds any row, and is never read."""
    back: Tensor
    """(rows,) the place of each row."""
    sees: Tensor
    """(G, 1, widest, widest) which places each place attends to: its own ancestors and itself."""
    position: Tensor
    """(rows,) position in the sequence."""
    readers: Tensor
    """(readers,) the place of each reader."""


@dataclass(frozen=True, eq=False)
class Block:
    """A tree as evaluation reads it, again and again: as many rows for each group, so that nothing is gathered.

    The rows that fill the smaller groups up cost more than they save unless the groups are of a size, and sums come out
    in another order than in `Tree.hidden`: the same chances to rounding, not to the bit.
    """

    tokens: Tensor
    """(G * widest,) of all prompts and inner nodes."""
    position: Tensor
    """(G * widest,) in the sequence."""
    sees: Tensor
    """(G, 1, widest, widest) which rows of its group each row attends to."""
    reader: Tensor
    """(M, T) the row that each token of each answer is read off."""
    traces: Tensor
    """(M, T) tokens of each answer."""

    def hidden(self, model: Transformer) -> Tensor:
        """(E, G * widest, width): what the network of each of E runs holds at each row."""
        runs, groups, rows = model.runs, len(self.sees), self.sees.shape[-1]
        sees = self.sees.expand(runs, *self.sees.shape).flatten(0, 1)

        def attend(_layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            # To attention a run is some more groups.
            q, k, v = (side.unflatten(1, (groups, rows)).flatten(0, 1) for side in (q, k, v))
            return _within(q, k, v, sees).unflatten(0, (runs, groups)).flatten(1, 2)

        return model.hidden(self.tokens.expand(runs, -1), self.position, attend)

    def log_chances(self, model: Transformer) -> Tensor:
        """(E, M): the log chance of each whole answer in each run."""
        log_policy = model.logits(self.hidden(model)).log_softmax(-1)
        at = self.reader * log_policy.shape[-1] + self.traces
        return log_policy.flatten(1).index_select(1, at.flatten()).unflatten(1, at.shape).sum(-1)

    def to(self, device: torch.device) -> Block:
        """Send it to a device."""
        return Block(*(getattr(self, field.name).to(device) for field in fields(self)))


def _within(q: Tensor, k: Tensor, v: Tensor, sees: Tensor) -> Tensor:
    """Attend within each group: (G, rows, heads, w) each -> the same."""
    q, k, v = (side.transpose(1, 2) for side in (q, k, v))
    return scaled_dot_product_attention(q, k, v, attn_mask=sees).transpose(1, 2)


def gather_attend(q: Tensor, k: Tensor, v: Tensor, rows: Tensor) -> Tensor:
    """Attend from each query to the rows it names: q (R, heads, w), k and v (rows, heads, w) -> (R, heads, w)."""
    flat = rows.flatten()
    seen_k, seen_v = (side.index_select(0, flat).unflatten(0, rows.shape) for side in (k, v))
    scores = (q[:, None] * seen_k).sum(-1) * q.shape[-1] ** -0.5
    return (scores.softmax(1)[..., None] * seen_v).sum(1)


@arguments.takes(prompts=Tensor, owner=Tensor, traces=Tensor, copies=(Tensor, NoneType))
def tree_of(prompts: Tensor, owner: Tensor, traces: Tensor, copies: Tensor | None = None) -> Tree:
    """Build the tree of given answers: prompts (G, S), owner (M,), traces (M, T).

    >>> tree = tree_of(torch.tensor([[2, 3, 5]]), torch.tensor([0, 0]), torch.tensor([[2, 30, 3, 5], [3, 30, 2, 5]]))
    >>> tree.token.tolist()
    [2, 3, 30, 30, 3, 2, 5, 5]
    """
    branch = Branches(prompts, len(traces))
    node = owner
    for depth in range(traces.shape[1]):
        node = branch.grow(node, traces[:, depth])
    return branch.tree(torch.ones_like(owner) if copies is None else copies)


class Branches:
    """A tree while it grows, depth by depth."""

    def __init__(self, prompts: Tensor, traces: int) -> None:
        self.prompts, self.size = prompts, 0
        empty = prompts.new_empty(0)
        self.tokens, self.parents, self.groups = [empty], [empty], [empty]
        self.path: list[Tensor] = []
        self._group_above = torch.arange(len(prompts), device=prompts.device)
        self._offset_above = 0

    def grow(self, parent: Tensor, token: Tensor) -> Tensor:
        """Add one depth: each trace's parent (an index within the depth above) and token; return its new index."""
        width = token.max() + 1 if len(token) else 1
        unique, node = torch.unique(parent * width + token, return_inverse=True)
        above, tokens = unique // width, unique % width
        group = self._group_above[above]
        self.tokens.append(tokens)
        self.parents.append(above + self._offset_above)
        self.groups.append(group)
        self.path.append(node + self.size)
        self._group_above, self._offset_above = group, len(self.prompts) + self.size
        self.size += len(tokens)
        return node

    def tree(self, copies: Tensor) -> Tree:
        """Close the tree."""
        return Tree(
            self.prompts, torch.cat(self.tokens), torch.cat(self.parents), torch.cat(self.groups),
            torch.stack(self.path, 1), copies, tuple(map(len, self.tokens[1:])),
        )  # fmt: skip
