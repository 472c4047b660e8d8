"""What is asked of a card, in which order and for how long: what decides comes first, 460 s in all.

Each step may use what those before it have left.
"""

from benchmarks.gpu import marked, peer
from benchmarks.gpu.around import around
from benchmarks.gpu.card import card
from benchmarks.gpu.correctness import correctness
from benchmarks.gpu.energy import energy
from benchmarks.gpu.floors import ceilings
from benchmarks.gpu.notebook_07 import notebook_07
from benchmarks.gpu.plain import plain
from benchmarks.gpu.precision import precision
from benchmarks.gpu.profiled import profiled
from benchmarks.gpu.runner import Bench, Step
from benchmarks.gpu.speed import speed
from benchmarks.gpu.trial import trial


def a_gpu(bench: Bench) -> str:
    return "" if bench.on_gpu else "only a GPU has it"


STEPS = (
    Step("card", "card, driver, versions, and what makes TF32 of float32", 10, card),
    Step("ceilings", "rates of a large matmul and a copy; launches in a graph", 20, ceilings),
    Step("correctness", "captured = eager = alone = plain; gradient beside float64; samples beside exact chances", 50,
         correctness),
    Step("around", "prompts, exact evaluation and checkpoints, beside the CPU", 20, around),
    Step("speed", "a step of 1 to 120 runs x 512 and 2,048 samples, captured and eager by turns, beside its floor", 100,
         speed),
    Step("notebook_07", "14 settings x 3 seeds x 400 steps with evaluations as one program, beside recorded runs", 55,
         notebook_07),
    Step("tests", "the tests that are marked for a GPU", 40, marked.marked, marked.needs),
    Step("peer", "TRL's GRPOTrainer with a network of the same size", 45, peer.peer, peer.needs),
    Step("plain", "a step of the plain learner, here and on one CPU core", 20, plain),
    Step("profile", "the dearest kernels of a step of 15 x 2,048", 20, profiled),
    Step("precision", "TF32: what it saves and what it costs", 15, precision, a_gpu),
    Step("energy", "what the card draws in a step", 10, energy, a_gpu),
    Step("candidates", "other ways to run the two programs: right, then how fast", 55, trial),
)  # fmt: skip
