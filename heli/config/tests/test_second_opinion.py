from __future__ import annotations

import pytest

from heli.config import second_opinion
from heli.config.supervisor import examination
from heli.kernel.tests.model_server import model_server


@pytest.fixture
def name_it(monkeypatch):
    def name(url, model="qwen-local", key=""):
        for part, value in (("URL", url), ("MODEL", model), ("KEY", key)):
            monkeypatch.setenv(f"HELI_SECOND_OPINION_{part}", value)

    return name


def found():
    return [(one.level, one.code) for one in examination._model()]


def test_without_an_address_there_is_no_model_and_the_doctor_asks_nobody(name_it):
    name_it(" ")

    assert second_opinion.endpoint() is None
    assert found() == []


@pytest.mark.parametrize(("url", "model"), [("models.intranet/v1", "m"), ("http://models.intranet/v1", "")])
def test_half_a_setting_is_named(name_it, url, model):
    name_it(url, model)

    assert found() == [("bad", "model.incomplete")]


def test_the_doctor_asks_the_model(name_it):
    with model_server() as server:
        server.says("OK")
        name_it(server.endpoint.url, key="our-key")

        well = found()
        server.status = 401
        ill = list(examination._model())

    assert well == [("good", "model")]
    assert [(one.code, one.values["reason"]) for one in ill] == [("model.silent", "refused 401")]
    assert server.keys == ["Bearer our-key", "Bearer our-key"]
