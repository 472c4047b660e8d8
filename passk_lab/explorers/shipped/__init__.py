"""The explorers that come with the lab: a file each, named as its function. What several share begins with a "_".

A file with a function `pass_at_k` is `explorers.pass_at_k`, and "pass-at-k" in state strings. One that shows several
data sets lists their names in VARIANTS; each of them is an explorer of its own in state strings.
"""
