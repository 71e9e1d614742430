"""A deed: one thing a person may do, told once; page, REST and command line are all drawn from it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import UTC, date, datetime, time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.choices import Choice
from liftwarden.kernel.periods import SHANGHAI
from liftwarden.kernel.refusals import Refusal


def _moment(value: Any) -> Any:
    """Read `2017-03-05`, `2017-03-05T10:30` or a full RFC 3339 time; without an offset it is Chinese time."""
    if isinstance(value, str) and (text := value.strip()):
        try:
            read = datetime.fromisoformat(text)
        except ValueError:
            return value
        return read if read.tzinfo else read.replace(tzinfo=SHANGHAI)
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time(), SHANGHAI)
    return value or None


Moment = Annotated[datetime, BeforeValidator(_moment)]


def _blank_is_none(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Maybe = BeforeValidator(_blank_is_none)


EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
LARGEST_NUMBER = 2**31 - 1  # what both databases hold in an integer column


class Fields(BaseModel):
    """The fields of a deed; unknown ones are refused, and so is what no column can hold."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, frozen=True)

    @field_validator("*", mode="before")
    @classmethod
    def _can_be_stored(cls, value: Any) -> Any:
        """Refuse NUL and lone surrogates: PostgreSQL stores neither, and no one types them."""
        for text in value if isinstance(value, list | tuple) else (value,):
            if isinstance(text, str) and ("\x00" in text or any("\ud800" <= char <= "\udfff" for char in text)):
                raise PydanticCustomError("unstorable_text", "含有无法保存的字符")
        return value

    @field_validator("*", mode="after")
    @classmethod
    def _is_within_bounds(cls, value: Any) -> Any:
        """Refuse days and numbers beyond any lift's life, before arithmetic or a column overflows."""
        if isinstance(value, date) and not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
            raise PydanticCustomError("date_out_of_bounds", "日期应在 1900 年至 2200 年之间")
        if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
            raise PydanticCustomError("number_out_of_bounds", "数字太大")
        return value


@dataclass(frozen=True)
class Deed:
    """One thing a person may do.

    `name` is the subcommand and the last part of the address; `subject` names the field that says what it is done to
    (taken from the address on pages and REST), or is empty where something is made.
    """

    name: str
    label: str
    fields: type[Fields]
    do: Callable[[Any, Actor], Any]
    permission: Permission
    subject: str = ""
    move: Choice | None = None
    example: str = ""
    danger: bool = False

    @property
    def help(self) -> str:
        """One sentence of what it does."""
        return (self.fields.__doc__ or self.label).strip()


@dataclass(frozen=True)
class FieldError:
    """One field that cannot be taken."""

    field: str
    label: str
    message: str
    template: str = ""
    facts: Mapping[str, Any] = dataclass_field(default_factory=dict)


class InvalidFields(Refusal):
    """Fields that cannot be taken, all of them at once."""

    code = "invalid_fields"
    status = 422
    sentence = "填写有误：{summary}"

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        self.errors = errors
        super().__init__(summary="；".join(f"{error.label}：{error.message}" for error in errors))


def read(deed: Deed, data: Mapping[str, Any]) -> Fields:
    """Check the fields of a deed, all at once.

    Raises:
        InvalidFields: naming every field that cannot be taken and why.
    """
    try:
        return deed.fields.model_validate(dict(data))
    except ValidationError as error:
        raise wrong(deed, error.errors()) from error


def wrong(deed: Deed, errors: Iterable[Mapping[str, Any]]) -> InvalidFields:
    """Put the errors of a validation into words, each at its field."""
    return InvalidFields(tuple(_field_error(deed, told) for told in errors))


MESSAGES = {
    "missing": "必填",
    "extra_forbidden": "没有这一项",
    "string_too_short": "不能为空",
    "string_too_long": "太长（最多 {max_length} 个字）",
    "uuid_parsing": "不是有效的编号",
    "date_from_datetime_parsing": "日期应写成 2017-03-05",
    "date_parsing": "日期应写成 2017-03-05",
    "date_type": "日期应写成 2017-03-05",
    "datetime_parsing": "时间应写成 2017-03-05 或 2017-03-05T10:30",
    "datetime_from_date_parsing": "时间应写成 2017-03-05 或 2017-03-05T10:30",
    "datetime_type": "时间应写成 2017-03-05 或 2017-03-05T10:30",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "decimal_parsing": "应为数字",
    "bool_parsing": "应为是或否",
    "enum": "应为其中之一：{expected}",
    "greater_than_equal": "不能小于 {ge}",
    "less_than_equal": "不能大于 {le}",
    "string_type": "应为文字",
    "list_type": "应为列表",
    "int_from_float": "应为整数",
    "int_parsing_size": "数字太大",
    "decimal_type": "应为数字",
    "decimal_max_places": "小数太长（最多 {decimal_places} 位）",
    "decimal_max_digits": "数字太长（最多 {max_digits} 位）",
    "finite_number": "应为数字",
    "bool_type": "应为是或否",
    "uuid_type": "不是有效的编号",
    "base64_decode": "不是 Base64",
    "unstorable_text": "含有无法保存的字符",
    "date_out_of_bounds": "日期应在 1900 年至 2200 年之间",
    "number_out_of_bounds": "数字太大",
    "too_short": "至少选一项",
}


def _field_error(deed: Deed, told: Any) -> FieldError:
    name = str(told["loc"][0]) if told["loc"] else ""
    field = deed.fields.model_fields.get(name)
    label = (field.title if field and field.title else name) or deed.label
    if told["type"] == "missing":
        return FieldError(name, label, MESSAGES["missing"])
    if told.get("input", ...) in ("", None) and told["type"] != "extra_forbidden":
        return FieldError(name, label, MESSAGES["missing"])
    template = MESSAGES.get(told["type"])
    facts = told.get("ctx", {})
    return FieldError(name, label, template.format(**facts) if template else str(told["msg"]), template or "", facts)


def happened(at: datetime | None, by: Actor) -> datetime:
    """Tell when a thing happened: as said, or now."""
    return by.now if at is None else at.astimezone(UTC)
