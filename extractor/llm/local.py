"""The embedded model: a llama.cpp server inside this process, reached over loopback like any other.

It listens on 127.0.0.1 at a free port, asks for a random key, says nothing on stdout or stderr, and
is started once per process, at the first request.
"""

from __future__ import annotations

import atexit
import math
import os
import secrets
import threading
import time
import urllib.error
import urllib.request
from importlib.util import find_spec
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.errors import WeightsError
from extractor.llm.catalogue import Entry
from extractor.llm.target import Endpoint

if TYPE_CHECKING:
    import xllamacpp

_MOST_THREADS = 8  # a model this small gets no faster by more
_PROMPT_CACHE_MIB = 32
_SILENT = -1
_SAMPLE_S = 0.2
_POLL_S = 0.02
_START_S = 60.0

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Asks this machine, whatever proxy the environment names."""

_running: dict[str, tuple[Endpoint, xllamacpp.Server]] = {}
_lock = threading.Lock()


def require_runtime() -> None:
    """Make sure that the runtime is installed. Raises: WeightsError, naming the command."""
    if find_spec("xllamacpp") is None:
        raise WeightsError(
            "The embedded model needs the package xllamacpp: pip install 'extract-news[local]'."
        )


def _granted() -> int:
    """Count the processor cores this process may use, by its affinity and its control group."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quota = Path("/sys/fs/cgroup/cpu.max")
    limit, _, period = quota.read_text().partition(" ") if quota.is_file() else ("max", "", "")
    granted = math.ceil(int(limit) / int(period)) if limit.isdecimal() else usable
    return max(1, min(usable or 1, granted or 1))


def _free_s() -> float | None:
    """Return the seconds all cores have been idle or this process's; None where not told."""
    told = Path("/proc/stat")
    if not told.is_file():
        return None
    fields = told.read_text().split(maxsplit=6)
    idle = (int(fields[4]) + int(fields[5])) / os.sysconf("SC_CLK_TCK")
    return idle + time.process_time()  # its own work, such as reading articles, is soon over


def threads() -> int:
    """Choose how many threads compute: one for each core that is granted and free, at least one.

    They wait for each other by spinning. On a core that another program uses as well, a spinning
    thread keeps the very thread it waits for from running, and answers take twenty times as long;
    one thread waits for nobody.
    """
    before = _free_s()
    time.sleep(_SAMPLE_S)
    after = _free_s()
    granted = min(_granted(), _MOST_THREADS)
    if before is None or after is None:
        return granted
    return max(1, min(granted, round((after - before) / _SAMPLE_S)))


def serve(entry: Entry, weights: Path) -> Endpoint:
    """Start the server of a model, or return the one that runs.

    Raises: WeightsError when the runtime cannot load the model.
    """
    with _lock:
        if entry.name not in _running:
            _running[entry.name] = _start(entry, weights)
        return _running[entry.name][0]


def stop() -> None:
    """Stop all servers; the next request starts them again."""
    with _lock:
        _running.clear()  # a server stops when its object goes


def _parameters(entry: Entry, weights: Path, key: str) -> xllamacpp.CommonParams:
    import xllamacpp  # late: loads the whole runtime

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights)
    parameters.model_alias = {entry.name}
    parameters.hostnames, parameters.port, parameters.api_keys = ["127.0.0.1"], 0, [key]
    parameters.ui = False
    parameters.verbosity = _SILENT
    parameters.use_jinja = False  # its parsers of answers stumble over patterns of a schema
    parameters.n_parallel = entry.slots
    parameters.n_ctx = entry.context_tokens * entry.slots
    parameters.cache_ram_mib = _PROMPT_CACHE_MIB
    parameters.fit_params = parameters.warmup = False  # half of the start-up time
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads()
    return parameters


def _start(entry: Entry, weights: Path) -> tuple[Endpoint, xllamacpp.Server]:
    import xllamacpp  # late: as above

    key = secrets.token_urlsafe(32)
    try:
        server = xllamacpp.Server(_parameters(entry, weights, key))
    except RuntimeError as error:
        raise WeightsError(
            f"The embedded model {entry.name} could not be started ({error}); it needs about "
            "half a gigabyte of free memory."
        ) from error
    _await_answer(f"{server.listening_address}/health")
    return Endpoint(f"{server.listening_address}/v1", entry.name, key), server


def _await_answer(url: str) -> None:
    """Wait until the server's own loop runs: one that is stopped before never ends."""
    for wait_s in repeat(_POLL_S, round(_START_S / _POLL_S)):
        try:
            with _direct.open(url, timeout=_START_S):
                return
        except urllib.error.URLError:
            time.sleep(wait_s)
    raise WeightsError(f"The embedded model did not answer within {_START_S:.0f} seconds.")


def _leave_to_parent() -> None:
    """Let a forked child ask the servers of its parent, but not stop them: it has no threads."""
    global _lock  # noqa: PLW0603 - another thread may have held it while forking
    _lock = threading.Lock()
    atexit.unregister(stop)


atexit.register(stop)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
