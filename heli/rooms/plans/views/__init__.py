"""Pages of plans: they load, call one service or query, and render."""

from heli.rooms.plans.views import board, papers, plans, versions

__all__ = ["board", "papers", "plans", "versions"]
