"""Tests of the static book."""
