"""The readers that ship: one small file for each tool. A file with a `FORMAT` is found without being listed."""
