"""A router: items, their model, who may see them, what is done after the answer."""

import datetime
import decimal
import enum
import hashlib
import threading
import typing

from fastapi import (APIRouter, BackgroundTasks, Cookie, Depends, File, Form, Header, HTTPException,
                     Path, Query, Response, UploadFile)
from fastapi.security import HTTPBasic, HTTPBasicCredentials, OAuth2PasswordBearer
from pydantic import BaseModel, Field, field_validator

router = APIRouter()
_mailed = threading.Event()
_closed_sessions = []


class Kind(str, enum.Enum):
    """Of an item."""

    book = "book"
    pen = "pen"


class Item(BaseModel):
    """What is in the shop."""

    name: str = Field(min_length=1, max_length=10)
    kind: Kind = Kind.book
    price: decimal.Decimal = Field(gt=0, decimal_places=2)
    since: typing.Optional[datetime.datetime] = None
    words: typing.List[str] = []

    @field_validator("name")
    @classmethod
    def has_no_blank(cls, name):
        if " " in name:
            raise ValueError("a name has no blank")
        return name


class StoredItem(Item):
    """With what only the shop knows."""

    secret: str = "hidden"
    number: int


def session():
    """A resource of one request."""
    try:
        yield "session"
    finally:
        _closed_sessions.append("closed")


async def paging(offset: int = 0, limit: typing.Annotated[int, Query(le=100)] = 10):
    return {"offset": offset, "limit": limit}


@router.get("/")
async def list_items(page: typing.Annotated[dict, Depends(paging)],
                     words: typing.Annotated[typing.List[str], Query()] = []):
    return {"page": page, "words": words}


@router.post("/", status_code=201, response_model=Item)
def add(item: Item, response: Response, own: typing.Annotated[str, Depends(session)]):
    response.headers["Location"] = "/items/7"
    response.set_cookie("last", item.name, max_age=60, httponly=True)
    response.set_cookie("own", own)
    return StoredItem(number=7, **item.model_dump())


@router.get("/sessions")
async def sessions():
    return len(_closed_sessions)


@router.get("/{number}")
async def find(number: typing.Annotated[int, Path(ge=1)], kind: Kind = Kind.pen):
    if number > 100:
        raise HTTPException(404, "no such item", headers={"X-Reason": "too high"})
    return {"number": number, "kind": kind}


@router.delete("/{number}", status_code=204)
def remove(number: int):
    """No body."""


@router.get("/{number}/owner")
def owner(number: int, token: typing.Annotated[str, Depends(OAuth2PasswordBearer("token"))]):
    return {"number": number, "token": token}


@router.get("/{number}/basic")
def basic(who: typing.Annotated[HTTPBasicCredentials, Depends(HTTPBasic())]):
    return who.username


@router.get("/{number}/asked")
async def asked(x_token: typing.Annotated[typing.List[str], Header()],
                last: typing.Annotated[typing.Optional[str], Cookie()] = None):
    return {"tokens": x_token, "last": last}


@router.post("/{number}/form")
async def form(name: typing.Annotated[str, Form()], words: typing.Annotated[typing.List[str], Form()]):
    return {"name": name, "words": words}


@router.post("/{number}/files")
async def files(papers: typing.List[UploadFile], note: typing.Annotated[bytes, File()],
                title: typing.Annotated[str, Form()]):
    found = [[paper.filename, paper.content_type, paper.size,
              hashlib.sha256(await paper.read()).hexdigest()] for paper in papers]
    return {"papers": found, "note": note.decode(), "title": title}


@router.post("/{number}/mail", status_code=202)
def mail(number: int, tasks: BackgroundTasks):
    tasks.add_task(_mailed.set)
    return {"promised": number}


@router.get("/{number}/mailed")
def mailed(number: int):
    return _mailed.wait(20)
