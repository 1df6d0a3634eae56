"""Model names, and the services they stand for."""

from __future__ import annotations

import re
from functools import partial

from extractor.errors import AuthenticationError, UnknownModelError
from extractor.llm.catalogue import Entry, read_catalogue
from extractor.llm.keys import find_setting
from extractor.llm.request import Model, ModelSettings
from extractor.llm.target import Endpoint, Target

FORMS = (
    "local/default, openai/MODEL, ollama/MODEL, http://HOST:PORT/v1#MODEL, "
    "or PROVIDER/MODEL such as anthropic/MODEL or google/MODEL"
)
_OPENAI = "https://api.openai.com/v1"
_OLLAMA = "http://127.0.0.1:11434"
_LOCAL_TIMEOUT_S = 900.0
_KEY_NAMES = {"google": "GOOGLE_API_KEY", "databricks": "DATABRICKS_TOKEN"}
"""Where the variable is not called after the provider."""


def _served(endpoint: Endpoint) -> Endpoint:
    return endpoint


def _openai(name: str, model: str, settings: ModelSettings) -> Target:
    own = find_setting("OPENAI_BASE_URL", settings.env_file)
    key = find_setting("OPENAI_API_KEY", settings.env_file)
    if key is None and own is None:
        raise AuthenticationError(
            f"{name} needs a key: set OPENAI_API_KEY in the environment or in .env, "
            "or use local/default, which needs none."
        )
    endpoint = Endpoint(own or _OPENAI, model, key or "none")
    return Target(
        name, "openai", partial(_served, endpoint), key, length_parameter="max_completion_tokens"
    )


def _ollama(name: str, model: str, settings: ModelSettings) -> Target:
    host = find_setting("OLLAMA_HOST", settings.env_file) or _OLLAMA
    address = host if "://" in host else f"http://{host}"
    if not re.search(r":\d+$", address.rstrip("/")):
        address = f"{address.rstrip('/')}:11434"
    address = address.replace("//0.0.0.0", "//127.0.0.1")
    endpoint = Endpoint(f"{address.rstrip('/')}/v1", model, "ollama")
    return Target(name, "ollama", partial(_served, endpoint))


def _address(name: str, settings: ModelSettings) -> Target:
    base_url, _, model = name.partition("#")
    if not model:
        raise UnknownModelError(
            f"{name} names no model: write it behind the address, as in {base_url}#MODEL."
        )
    file = settings.env_file
    key = find_setting("EXTRACT_API_KEY", file) or find_setting("OPENAI_API_KEY", file)
    return Target(name, "http", partial(_served, Endpoint(base_url, model, key or "none")), key)


def _local(model: str) -> Target:
    return _embedded(read_catalogue().entry(model))


def _embedded(entry: Entry) -> Target:
    from extractor.llm.local import require_runtime, serve  # late: only the embedded model wants
    from extractor.llm.tuned import ensure_tuned  # the modules that fetch and run it

    require_runtime()
    path = ensure_tuned(entry)
    return Target(
        f"local/{entry.name}",
        "local",
        partial(serve, entry, path),
        budget_tokens=entry.budget_tokens,
        concurrency=entry.slots,
        least_timeout_s=_LOCAL_TIMEOUT_S,
    )


def _other(name: str, provider: str, settings: ModelSettings) -> Target:
    variable = _KEY_NAMES.get(provider, f"{provider.upper()}_API_KEY")
    return Target(name, provider, key=find_setting(variable, settings.env_file))


def find_target(name: str, settings: ModelSettings) -> Target:
    """Find out where a model is asked; fetches the weights of an embedded one when they lack.

    Raises: UnknownModelError, AuthenticationError for a key that is missing, WeightsError.
    """
    if re.match(r"https?://", name):
        return _address(name, settings)
    provider, _, model = name.partition("/")
    if not provider or not model:
        raise UnknownModelError(f"{name!r} is no model name; names are {FORMS}.")
    if provider == "local":
        return _local(model)
    if provider in ("openai", "ollama"):
        return (_openai if provider == "openai" else _ollama)(name, model, settings)
    return _other(name, provider, settings)


def open_embedded(entry: Entry, settings: ModelSettings | None = None) -> Model:
    """Open an embedded model, one of the catalogue or not. Raises: WeightsError."""
    from extractor.llm.client import ClientModel  # late, as below

    return ClientModel(_embedded(entry), settings or ModelSettings())


def open_model(name: str, settings: ModelSettings | None = None) -> Model:
    """Open a model by its name, one of the forms in `FORMS`.

    Nothing is sent yet, and the server of an embedded model starts at the first request; its
    weights are fetched now.

    Raises: ModelError, one sentence that says what to do.
    """
    settings = settings or ModelSettings()
    target = find_target(name, settings)
    from extractor.llm.client import ClientModel  # late: it takes a second to import

    return ClientModel(target, settings)
