"""A body that is too large is refused unread, a stranger's long before somebody's who is signed in."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from heli.ui.body_limit import MAX_BODY, BodyLimit


def _answer(length: int, account: object | None) -> tuple[int, list[str]]:
    touched: list[str] = []

    class Unread:
        def read(self, *_size: int) -> bytes:
            touched.append("read")
            return b""

    def passed(_request: HttpRequest) -> HttpResponse:
        touched.append("passed")
        return HttpResponse()

    request: Any = RequestFactory().post("/sign-in/", data=b"", content_type="multipart/form-data; boundary=x")
    request.META.update({"CONTENT_LENGTH": str(length), "wsgi.input": Unread()})
    request._stream = Unread()
    request.account, request.person = account, None
    return BodyLimit(passed)(request).status_code, touched


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("length", "is_signed_in", "status"),
    [
        (0, False, 200),
        (2_000_000, False, 200),
        (3_000_000, False, 413),
        (300_000_000, False, 413),
        (50_000_000, True, 200),
        (MAX_BODY, True, 200),
        (MAX_BODY + 1, True, 413),
    ],
)
def test_a_body_is_let_through_or_refused_unread(length: int, is_signed_in: bool, status: int) -> None:
    found, touched = _answer(length, object() if is_signed_in else None)

    assert (found, touched) == (status, ["passed"] if status == 200 else [])
