"""TRL beside the lab, in an environment of its own: `make trl`, then `python -m benchmarks lm_training`."""
