"""Readings compared with the configuration."""

from __future__ import annotations

from dataclasses import dataclass

from exporter.core.vocabulary.part import Part, Value, gauge


@dataclass(slots=True)
class PoolExpected(Part):
    pool: str = ""
    check: str = ""
    pool_expected: Value = gauge("1 if the pool entry matches an expected one.")


@dataclass(slots=True)
class ActivePoolExpected(Part):
    check: str = ""
    active_pool_expected: Value = gauge("1 if the pool that gets the work is an expected one.")


@dataclass(slots=True)
class Expected(Part):
    property: str = ""
    expected: Value = gauge("1 if the property is as the configuration expects.")
