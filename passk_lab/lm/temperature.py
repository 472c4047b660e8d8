"""Temperature: the same network, more or less sure of each token."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from passk_lab import arguments
from passk_lab.lm.evaluation import success
from passk_lab.lm.model import Transformer
from passk_lab.lm.run import KS

if TYPE_CHECKING:
    import pandas as pd

LOWEST, HIGHEST = 1e-2, 1e2


@arguments.takes(model=Transformer)
def at_temperature(model: Transformer, temperature: float) -> Transformer:
    r"""Return a copy of a model that samples at another temperature, without a change to the model.

    .. math:: \pi_T(y) = \prod_t \frac{\exp(z_t(y_t)/T)}{\sum_v \exp(z_t(v)/T)}

    with z the model's own logits (Ackley, Hinton, Sejnowski 1985). A token's logits are the output layer's times what
    stands below it, so the copy's output layer is divided by T; all that is computed of a model, exact or drawn, can be
    computed of the copy.

    Parameters
    ----------
    model : Transformer
    temperature : float
        T, from 0.01 to 100. At 1 the model is as it is, below it surer, above it wilder.

    Raises
    ------
    ValueError
        For a temperature outside that range: at 0 only the likeliest token is left, and of equal ones none is.

    Examples
    --------
    >>> from passk_lab import lm
    >>> base = lm.bundled_base(0)
    >>> p = [lm.right_answers(at_temperature(base, T), [2, 3, 4], 24).chance.sum() for T in (0.5, 1, 2)]
    >>> [round(float(x), 3) for x in p]
    [0.448, 0.297, 0.08]
    """
    temperature = arguments.one_number("temperature", temperature, LOWEST, HIGHEST)
    other = copy.deepcopy(model)
    with torch.no_grad():
        other.logit.div_(temperature)
    return other


@arguments.takes(model=Transformer)
def curves_at(model: Transformer, temperatures: Sequence[float], split: str = "unseen") -> pd.DataFrame:
    r"""Return exact pass@k at several temperatures, for the prompts of a split: columns temperature, k, pass_at_k.

    .. math:: J_k(T) = \sum_x w_x \Bigl[1 - \bigl(1 - \sum_{y\ \text{right}} \pi_T(y \mid x)\bigr)^k\Bigr]

    Parameters
    ----------
    model : Transformer with one run
    temperatures : sequence of float
        Each from 0.01 to 100.
    split : str
        "seen" or "unseen".

    Raises
    ------
    ValueError
        For a temperature outside that range, or another split.

    Examples
    --------
    >>> from passk_lab import lm
    >>> table = curves_at(lm.bundled_base(0), [0.5, 1.0])
    >>> table[table.k == 1].pass_at_k.round(2).tolist()
    [0.33, 0.24]
    """
    import pandas as pd

    prompts = model.task.prompts(split)
    rows = {float(T): success(at_temperature(model, T), prompts).curve(KS) for T in temperatures}
    table = pd.DataFrame(rows, index=pd.Index(KS, name="k")).rename_axis(columns="temperature")
    return table.unstack().rename("pass_at_k").reset_index()
