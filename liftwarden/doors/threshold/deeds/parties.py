"""What may be done to bodies, people and posts."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from liftwarden.doors.threshold.deed import Deed, Fields, Maybe
from liftwarden.ground.parties import actions, queries
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.models import Body, BodyKind, Person, Post
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.refusals import NotFound


class AddBody(Fields):
    """登记一个单位。"""

    name: str = Field(title="名称", min_length=1, max_length=120)
    kind: BodyKind = Field(title="类型")
    division: str = Field(title="所在区划", min_length=1)
    credit_code: str = Field("", title="统一社会信用代码")
    address: str = Field("", title="地址", max_length=200)


class AddPerson(Fields):
    """开立一个登录账户；口令由本人首次设置或从标准输入读取。"""

    login: str = Field(title="登录名", min_length=2, max_length=60)
    name: str = Field(title="姓名", min_length=1, max_length=60)
    phone: str = Field("", title="电话", max_length=30)
    card_no: str = Field("", title="证件编号", max_length=40)


class Appoint(Fields):
    """给一个人一个岗位。"""

    person: UUID = Field(title="人员")
    role: str = Field(title="岗位", min_length=1)
    body: UUID = Field(title="单位")
    division: str = Field(title="区划", min_length=1)
    from_on: date = Field(title="起始日期")
    to_on: Annotated[date | None, Maybe] = Field(None, title="截止日期")


class EndPost(Fields):
    """结束一个岗位。"""

    post: UUID = Field(title="岗位")
    to_on: date = Field(title="截止日期")


def _add_body(told: AddBody, by: Actor) -> Body:
    by.must(Permission.PARTY_WRITE, at=told.division)
    return actions.add_body(
        told.name, kind=told.kind, division=told.division, credit=told.credit_code, address=told.address, by=by.hand
    )


def _add_person(told: AddPerson, by: Actor) -> dict[str, object]:
    by.must(Permission.PARTY_WRITE, at=by.division)
    person: Person = actions.add_person(
        told.login, name=told.name, password=None, phone=told.phone, card_no=told.card_no, by=by.hand
    )
    return {"id": person.pk, "login": told.login}


def _appoint(told: Appoint, by: Actor) -> Post:
    by.must(Permission.PARTY_WRITE, at=told.division)
    # A post opens its body's lifts wherever they stand: neither a foreign body nor a foreign person can be reached by key.
    if not queries.bodies(by).filter(pk=told.body).exists():
        raise NotFound(what="单位")
    if not queries.is_appointable(told.person, by=by):
        raise NotFound(what="人员")
    return actions.appoint(
        told.person,
        role=told.role,
        body_id=told.body,
        division=told.division,
        from_on=told.from_on,
        to_on=told.to_on,
        by=by.hand,
    )


def _end_post(told: EndPost, by: Actor) -> Post:
    by.must(Permission.PARTY_WRITE, at=queries.division_of_post(told.post))
    return actions.end_post(told.post, to_on=told.to_on, by=by.hand)


DEEDS = (
    Deed(
        "add-body",
        "登记单位",
        AddBody,
        _add_body,
        Permission.PARTY_WRITE,
        example="liftwarden add-body --as registrar --name 某某物业公司 --kind use_unit --division 330106",
    ),
    Deed(
        "add-person",
        "开立账户",
        AddPerson,
        _add_person,
        Permission.PARTY_WRITE,
        example="liftwarden add-person --as admin --login zhang --name 张三",
    ),
    Deed(
        "appoint",
        "任命岗位",
        Appoint,
        _appoint,
        Permission.PARTY_WRITE,
        example="liftwarden appoint --as admin --person ID --role inspector --body ID --division 330106 "
        "--from-on 2017-01-01",
    ),
    Deed(
        "end-post",
        "结束岗位",
        EndPost,
        _end_post,
        Permission.PARTY_WRITE,
        subject="post",
        example="liftwarden end-post POST_ID --as admin --to-on 2017-12-31",
    ),
)
