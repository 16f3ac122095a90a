from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from heli.config import api

_ROOMS = ("tasks", "plans", "responsibilities", "rulebook", "information", "people")

urlpatterns = [
    path("", include("heli.ui.urls")),
    path("", include("heli.config.sign_in_urls")),
    path("api/", api.urls),
    *[path("", include(f"heli.rooms.{room}.urls")) for room in _ROOMS if find_spec(f"heli.rooms.{room}.urls")],
]

handler400 = "heli.ui.views.bad_request"
handler403 = "heli.ui.views.forbidden"
handler404 = "heli.ui.views.not_found"
handler500 = "heli.ui.views.server_error"
