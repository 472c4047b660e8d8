"""What the compact model does on a GPU: found out in one process of at most eight minutes.

    python -m benchmarks.gpu --out DIR                        all of it, on the GPU (`make gpu`)
    python -m benchmarks.gpu --out DIR speed grid             some steps; the others keep their last lines
    python -m benchmarks.gpu --out DIR --short --device cpu   every step, tiny, where there is no GPU

It needs this source tree, torch, numpy, scipy, pandas and safetensors, and nothing that is installed for notebooks.
What is asked, in which order and for how long, is in `plan`; what was predicted and aimed at, in `targets`. A step is a
generator of lines; `runner` holds it to its time and writes each line down at once (`journal`), so that a cut at any
moment leaves whole files; `page` makes the table of them.
"""
