"""The parts pages are made of. ``{% load heli %}{% c "state" kind="late" text=… %}``; README.md lists them."""

from heli.ui.components import actions, containers, findings, forms, lists, marks, records  # noqa: F401  # they register
from heli.ui.components.registry import Component, Prop, everything, get, register, render

__all__ = ["Component", "Prop", "everything", "get", "register", "render"]
