from __future__ import annotations

import socket

import pytest

from heli.kernel import chat
from heli.kernel.chat import Endpoint, NoAnswer
from heli.kernel.tests.model_server import model_server

LONG = 60.0


def ask(endpoint, seconds=LONG):
    return chat.ask(endpoint, instructions="Compare.", question="甲 / 乙", seconds=seconds)


def test_one_question_goes_out_and_its_answer_comes_back():
    with model_server() as server:
        server.says("同一件事")

        said = ask(server.endpoint)

    assert said == "同一件事"
    assert server.paths == ["/v1/chat/completions"]
    assert server.keys == ["Bearer our-key"]
    assert server.asked == [
        {
            "model": "qwen-local",
            "messages": [{"role": "system", "content": "Compare."}, {"role": "user", "content": "甲 / 乙"}],
            "temperature": 0,
            "stream": False,
        }
    ]


def test_without_a_key_none_is_sent():
    with model_server() as server:
        server.says("x")

        ask(Endpoint(url=server.endpoint.url, model="m"))

    assert server.keys == [""]


@pytest.mark.parametrize(
    "body",
    [
        b"", b"<html>", b"[]", b"{}", b'{"choices": []}', b'{"choices": [{"message": {"content": null}}]}',
        b'{"choices": [{"message": {"content": "  "}}]}', b"\xff\xfe", b"[" * 50_000,
    ],
)  # fmt: skip
def test_an_answer_of_another_shape_is_none(body):
    with model_server() as server:
        server.body = body

        with pytest.raises(NoAnswer) as caught:
            ask(server.endpoint)

    assert caught.value.code == "unreadable"


@pytest.mark.parametrize(
    ("status", "code"), [(500, "refused"), (401, "refused"), (404, "refused"), (301, "redirected"), (307, "redirected")]
)
def test_another_status_is_no_answer_and_no_redirect_is_followed(status, code):
    with model_server() as elsewhere, model_server() as server:
        elsewhere.says("stolen")
        server.status, server.headers = status, {"Location": f"{elsewhere.endpoint.url}/chat/completions"}

        with pytest.raises(NoAnswer) as caught:
            ask(server.endpoint)

    assert (caught.value.code, caught.value.detail) == (code, str(status))
    assert elsewhere.asked == []


def test_a_huge_answer_is_not_read_to_its_end():
    with model_server() as server:
        server.says("长" * chat.MAX_BYTES)

        with pytest.raises(NoAnswer) as caught:
            ask(server.endpoint)

    assert caught.value.code == "too_long"


def test_a_server_that_sends_a_little_now_and_then_is_left_at_the_deadline():
    with model_server() as server:
        server.drips = True

        with pytest.raises(NoAnswer) as caught:
            ask(server.endpoint, seconds=0.6)

    assert caught.value.code == "slow"


def test_a_server_that_says_nothing_is_left_at_the_deadline():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = Endpoint(url=f"http://127.0.0.1:{silent.getsockname()[1]}", model="m")

        with pytest.raises(NoAnswer) as caught:
            ask(endpoint, seconds=0.3)

    assert caught.value.code == "slow"


def test_where_nobody_listens_there_is_no_answer():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(NoAnswer) as caught:
        ask(Endpoint(url=f"http://127.0.0.1:{port}/v1", model="m"))

    assert caught.value.code == "unreachable"


@pytest.mark.parametrize(
    ("url", "model", "complete"),
    [
        ("http://models.intranet:8000/v1", "m", True), ("https://models.intranet", "m", True),
        ("http://models.intranet/v1", "", False), ("models.intranet/v1", "m", False), ("ftp://x/v1", "m", False),
        ("file:///etc/passwd", "m", False), ("http://", "m", False), ("http://x:99999", "m", False),
        ("http://[::1", "m", False),
    ],
)  # fmt: skip
def test_an_endpoint_is_complete_with_an_address_and_a_name(url, model, complete):
    assert Endpoint(url=url, model=model).is_complete == complete
