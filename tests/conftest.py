"""What tests of several modules share."""

import signal

import pytest


@pytest.fixture
def interruptible():
    """Let children heed Ctrl-C, also when the tests run in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
