"""The teacher's kit: a first page with figures and questions, a sheet, plans, notebooks with and without solutions.

`passk-lab teach OUT` writes it: pages that need neither a kernel nor a network, for a stick or any web space.
"""

from passk_lab.teach.kit import write

__all__ = ["write"]
