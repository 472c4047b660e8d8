"""One torch thread: at the compact model's sizes a second brings nothing, and results do not depend on the machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Iterator[None]:
    """Run torch on one thread, as a with-block or a decorator, and give the others back afterwards.

    Sums are taken in an order that depends on the number of threads, so a run that is to end with the same bits
    everywhere needs one number. And where cores are shared, threads that wait for each other stall: a step of training
    then takes several times as long with two as with one.

    >>> before = torch.get_num_threads()
    >>> with one_thread():
    ...     torch.get_num_threads()
    1
    >>> torch.get_num_threads() == before
    True
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
