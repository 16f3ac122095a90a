"""The model for second opinions, from the environment; none unless its address is set."""

from __future__ import annotations

import os

from heli.kernel.chat import Endpoint


def endpoint() -> Endpoint | None:
    """Return what the environment names, complete or not; None where nothing is named."""
    url = os.environ.get("HELI_SECOND_OPINION_URL", "").strip()
    if not url:
        return None
    model = os.environ.get("HELI_SECOND_OPINION_MODEL", "").strip()
    return Endpoint(url=url, model=model, key=os.environ.get("HELI_SECOND_OPINION_KEY", ""))
