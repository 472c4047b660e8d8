"""No test reads or writes the reader's own progress."""

import pytest


@pytest.fixture(autouse=True)
def apart(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("PASSK_LAB_HOME", str(tmp_path_factory.mktemp("home")))
