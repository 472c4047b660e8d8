"""Looking at single prompts: what is right, how likely it is, and what the policy writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from passk_lab import arguments
from passk_lab.lm.device import sent
from passk_lab.lm.evaluation import log_policy
from passk_lab.lm.model import Transformer
from passk_lab.lm.rollout import sample_counts
from passk_lab.lm.threads import one_thread
from passk_lab.lm.tree import Tree, tree_of

if TYPE_CHECKING:
    import pandas as pd


@arguments.takes(model=Transformer)
def right_answers(model: Transformer, numbers: Sequence[int], target: int) -> pd.DataFrame:
    """List every right answer to a prompt with its chance under a policy, the likeliest first.

    Parameters
    ----------
    model : Transformer with one run
    numbers : sequence of int
        As the prompt gives them, 1 to 9 each.
    target : int

    Returns
    -------
    DataFrame
        Columns answer, chance, log_chance and solution (equal for two spellings of one solution, counted from 1). The
        chances sum to the prompt's success probability p.

    Raises
    ------
    ValueError
        If the numbers do not fit the task, or the prompt has no right answer.

    Examples
    --------
    >>> from passk_lab import lm
    >>> right_answers(lm.bundled_base(0), [2, 3, 4], 24).solution.nunique()
    3
    """
    import pandas as pd

    tokens = _right(model, numbers, target)
    device = model.logit.device
    prompt, owner = (torch.tensor(row, device=device) for row in ([[*numbers, target]], [0] * len(tokens)))
    tree = tree_of(prompt, owner, sent(tokens, device))
    log_chance = _log_chance(model, tree)
    code = model.task.canonical(tokens)
    table = pd.DataFrame(
        {"answer": [model.task.spell(row) for row in tokens], "chance": np.exp(log_chance), "log_chance": log_chance}
    )
    order = np.argsort(-log_chance, kind="stable")
    _, first = np.unique(code[order], return_index=True)
    rank = {code[order][place]: number for number, place in enumerate(np.sort(first), 1)}
    table["solution"] = [rank[value] for value in code]
    return table.iloc[order].reset_index(drop=True)


@arguments.takes(model=Transformer)
def sampled_answers(model: Transformer, numbers: Sequence[int], target: int, n: int, seed: int = 0) -> pd.DataFrame:
    """Draw n answers to a prompt and list the distinct ones, the most frequent first.

    Parameters
    ----------
    model : Transformer with one run
    numbers : sequence of int
    target : int
    n : int
        Samples; a million costs little more than a hundred.
    seed : int

    Returns
    -------
    DataFrame
        Columns answer, copies, chance and right.

    Raises
    ------
    ValueError
        If the numbers do not fit the task.

    Examples
    --------
    >>> from passk_lab import lm
    >>> table = sampled_answers(lm.bundled_base(0), [2, 3, 4], 24, n=1000)
    >>> int(table.copies.sum())
    1000
    """
    import pandas as pd

    task = model.task
    _legal(model, numbers)
    prompt = torch.tensor([[*numbers, arguments.one_whole("target", target, least=0)]], device=model.logit.device)
    tree = sample_counts(model, prompt, arguments.one_whole("n", n), np.random.Generator(np.random.PCG64(seed)))
    table = pd.DataFrame(
        {
            "answer": [task.spell(row) for row in tree.traces.cpu()],
            "copies": tree.copies.cpu().numpy(),
            "chance": np.exp(_log_chance(model, tree)),
            "right": task.verify(prompt, tree.traces).cpu().numpy(),
        }
    )
    return table.sort_values("copies", ascending=False, kind="stable").reset_index(drop=True)


@one_thread()
def _log_chance(model: Transformer, tree: Tree) -> Any:
    with torch.no_grad():
        return tree.trace_log_probs(log_policy(model, tree.hidden(model))).double().cpu().numpy()


def _legal(model: Transformer, numbers: Sequence[int]) -> Any:
    return model.task.legal_traces([arguments.whole("numbers", numbers, least=1)])


def _right(model: Transformer, numbers: Sequence[int], target: int) -> Any:
    legal = _legal(model, numbers)
    tokens = legal.tokens[legal.result == target]
    if not len(tokens):
        reached = ", ".join(str(value) for value in np.unique(legal.result))
        raise ValueError(f"no legal steps from {list(numbers)} end at {target}; they can end at {reached}.")
    return tokens
