"""Structured answers: the form in which one is asked for, and a patient reader: small models wrap JSON in prose, in code fences
or in their thoughts, and leave commas behind."""

import json
import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

T = TypeVar("T", bound=BaseModel)

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.S)
_COMMA = re.compile(r",\s*([}\]])")
_STARTS = re.compile(r"[{\[]")
_TRIES = 64
"""Places in a reply where a JSON value may begin."""
_LONGEST = 400_000


def without_thought(text: str) -> str:
    """What a reasoning model says, without what it thought aloud."""
    return _THOUGHT.sub("", text).strip()


def read_as(shape: type[T], text: str) -> T | None:
    """The first value in a reply that has this shape; none where there is none."""
    said = without_thought(text)[:_LONGEST]
    for value in _values(said):
        for given in _meant(shape, value):
            try:
                return shape.model_validate(given)
            except (ValidationError, RecursionError):
                continue
    return None


def _values(text: str) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    for said in dict.fromkeys((text, _COMMA.sub(r"\1", text))):
        at = 0
        for _ in range(_TRIES):
            found = _STARTS.search(said, at)
            if not found:
                break
            try:
                value, at = decoder.raw_decode(said, found.start())
                yield value
            except (ValueError, RecursionError):
                at = found.start() + 1


def _meant(shape: type[BaseModel], value: Any) -> Iterator[Any]:
    """The value; and a list, or one entry alone, where the shape is a single list of entries."""
    yield value
    if len(shape.model_fields) == 1:
        (name,) = shape.model_fields
        yield {name: value if isinstance(value, list) else [value]}


def schema_of(shape: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema as servers want it when they are to keep to it: nothing optional, nothing besides."""
    schema = shape.model_json_schema()
    for part in (schema, *schema.get("$defs", {}).values()):
        if "properties" in part:
            part |= {"additionalProperties": False, "required": list(part["properties"])}
            for each in part["properties"].values():
                each.pop("default", None)
    return schema


def form_of(shape: type[BaseModel]) -> str:
    """The shape as an example that a small model can follow."""
    schema = shape.model_json_schema()
    return json.dumps(_example(schema, schema.get("$defs", {})), ensure_ascii=False)


def _example(part: dict[str, Any], known: dict[str, Any]) -> Any:
    if "$ref" in part:
        return _example(known[part["$ref"].rsplit("/", 1)[-1]], known)
    if "enum" in part:
        return " | ".join(map(str, part["enum"]))
    if "anyOf" in part:
        return _example(part["anyOf"][0], known)
    if part.get("type") == "object":
        return {name: _example(each, known) for name, each in part.get("properties", {}).items()}
    if part.get("type") == "array":
        return [_example(part.get("items", {}), known)]
    return {"integer": 0, "number": 0.0, "boolean": True}.get(str(part.get("type")), part.get("description", "..."))
