"""Schema files: loaded once, checked whole."""

from __future__ import annotations

import hashlib
import sys
import types
from collections.abc import Iterable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from extractor.errors import SchemaError
from extractor.schema import FieldSpec, Item, Schema, describe


def _faults(item: type[Item], fields: tuple[FieldSpec, ...]) -> Iterable[str]:
    names = {spec.name for spec in fields}
    anchor = getattr(item, "anchor", None)
    if anchor not in names:
        yield f"the class variable `anchor` must name one of its fields, not {anchor!r}"
    elif next(s for s in fields if s.name == anchor).role not in ("verbatim", "statement"):
        yield f"the anchor {anchor!r} must be Verbatim or Statement"
    for variable in ("same", "compare"):
        for name in getattr(item, variable):
            if name not in names:
                yield f"the class variable `{variable}` names {name!r}, which is no field"
    if "spans" in names:
        yield "a field may not be called 'spans': that name is used for the offsets"
    for spec in fields:
        if spec.role == "computed" and not spec.optional:
            yield f"the computed field {spec.name!r} needs a default"


def _execute(path: Path) -> types.ModuleType:
    """Run a schema file as a module of a private name, so that it shadows nothing."""
    digest = hashlib.sha256(str(path.resolve()).encode()).hexdigest()
    name = f"_extract_schema_{path.stem}_{digest[:12]}"
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SchemaError(f"{path} is no Python file; a schema file ends in .py.", path=path)
    module = module_from_spec(spec)
    sys.modules[name] = module  # pydantic resolves forward references through it
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        del sys.modules[name]
        message = f"{path}, line {error.lineno}: {error.msg}; correct the schema file."
        raise SchemaError(message, path=path) from error
    except Exception as error:
        del sys.modules[name]
        message = f"{path} cannot be loaded: {type(error).__name__}: {error}"
        raise SchemaError(message, path=path) from error
    return module


def load_schema(path: Path) -> Schema:
    """Load the one item class of a schema file.

    Raises: SchemaError, with every fault of the file in one message.
    """
    if not path.is_file():
        raise SchemaError(f"There is no schema file {path}.", path=path)
    module = _execute(path)
    own: list[type[Item]] = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Item)
        and value.__module__ == module.__name__
    ]
    if len(own) != 1:
        raise SchemaError(
            f"{path} must define exactly one Item class; it defines {len(own)}.", path=path
        )
    fields = describe(own[0])
    faults = list(_faults(own[0], fields))
    if faults:
        raise SchemaError(f"{path}: " + "; ".join(faults) + ".", path=path)
    return Schema(task=path.stem, item=own[0], fields=fields, path=path)
