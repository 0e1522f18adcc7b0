"""The schema of the configuration file: its keys, and the type of each value."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationInfo,
    model_validator,
)

from exporter.config import scalars
from exporter.config.addresses import Single, Span
from exporter.config.planned import PlannedOff, times_off
from exporter.config.scalars import Context
from exporter.config.secret import Secret
from exporter.config.yamltree import Scalar

MAX_LABELS: Final = 32
SECRET_KEYS: Final = frozenset({"password", "token"})

Name = Annotated[str, PlainValidator(scalars.name)]
MinerName = Annotated[str, PlainValidator(scalars.miner_name)]
Pattern = Annotated[str, PlainValidator(scalars.name_pattern)]
Flag = Annotated[bool, PlainValidator(scalars.flag)]
Duration = Annotated[float, PlainValidator(scalars.duration)]
Regex = Annotated[re.Pattern[str], PlainValidator(scalars.regex)]
Hidden = Annotated[Secret, PlainValidator(scalars.password)]
Family = Annotated[str, PlainValidator(scalars.family)]
LoginName = Annotated[str, AfterValidator(scalars.login_name)]
LabelName = Annotated[str, AfterValidator(scalars.label_name)]
LabelValue = Annotated[str, PlainValidator(scalars.label_value)]
Quiet = Annotated[str, PlainValidator(scalars.quiet)]
FamilyKey = Annotated[str, AfterValidator(scalars.login_family)]


def _few(labels: dict[str, str | None]) -> dict[str, str | None]:
    if len(labels) > MAX_LABELS:
        raise ValueError(f"{len(labels)} labels; at most {MAX_LABELS} are allowed")
    return labels


def _for_all(node: object) -> object:
    """Turn a single name into a mapping for all families, under the key ""."""
    return {"": node} if isinstance(node, Scalar) else node


# None stands for a value with a mistake, which was reported already.
Labels = Annotated[dict[LabelName, LabelValue | None], AfterValidator(_few)]
Choice = Annotated[dict[FamilyKey, Quiet | None], BeforeValidator(_for_all)]


class Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def given(self, key: str) -> bool:
        """Return True if the key is in the file, with a good value or a bad one."""
        return key in self.model_fields_set


class Collectors(Model):
    chips: Flag | None = None
    workers: Flag | None = None
    http: Flag | None = None
    grpc: Flag | None = None


class PoolPatterns(Model):
    host: Regex | None = None
    user: Regex | None = None

    @model_validator(mode="after")
    def _not_empty(self) -> PoolPatterns:
        if not self.model_fields_set:
            raise ValueError("expected host, user or both")
        return self


class ExpectKeys(Model):
    pools: list[PoolPatterns | None] | None = None
    model: Regex | None = None
    firmware_version: Regex | None = None
    mac: Annotated[str, PlainValidator(scalars.mac)] | None = None
    boards: Annotated[int, scalars.whole(1, 64)] | None = None
    fans: Annotated[int, scalars.whole(0, 64)] | None = None
    hashrate: Annotated[float, PlainValidator(scalars.hashrate)] | None = None
    planned_off: Annotated[PlannedOff | None, PlainValidator(times_off)] | None = None


class Global(Model):
    interval: Duration | None = None
    timeout: Duration | None = None
    labels: Labels | None = None


class Level(Global):
    """The keys that groups and targets share; a target overrides its group."""

    family: Family | None = None
    port: Annotated[int, scalars.whole(1, 65535)] | None = None
    credentials: Choice | None = None
    collectors: Collectors | None = None
    expect: ExpectKeys | None = None


class TargetEntry(Level):
    host: Annotated[str, PlainValidator(scalars.host)] | None
    name: MinerName | None = None


def _entry(node: object, info: ValidationInfo[Context]) -> TargetEntry | Single | Span:
    return scalars.place(node) if isinstance(node, Scalar) else TargetEntry.model_validate(node, context=info.context)


class Group(Level):
    name: Name | None
    targets: list[Annotated[TargetEntry | Single | Span, PlainValidator(_entry)] | None] | None
    expect_all: Flag | None = None
    target_name: Pattern | None = None


class LoginEntry(Model):
    username: Quiet | None = None
    password: Hidden | None = None
    password_file: Quiet | None = None
    password_env: Quiet | None = None
    token: Hidden | None = None
    token_file: Quiet | None = None
    token_env: Quiet | None = None

    @model_validator(mode="after")
    def _one_source(self) -> LoginEntry:
        sources = [key for key in type(self).model_fields if key != "username"]
        if len(self.model_fields_set.intersection(sources)) != 1:
            raise ValueError(f"expected exactly one of {', '.join(sources)}")
        return self


class Limits(Model):
    answer_bytes: Annotated[int, scalars.whole(1024, 16 * 1024 * 1024)] | None = None
    series_per_miner: Annotated[int, scalars.whole(100, 1_000_000)] | None = None


class Document(Model):
    everywhere: Global | None = Field(None, alias="global")
    credentials: dict[LoginName, LoginEntry | None] | None = None
    groups: list[Group | None] | None = None
    limits: Limits | None = None
