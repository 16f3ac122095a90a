from heli.rooms.responsibilities.models.holders import DutyArchive, DutyLimit, HandOver, HandOverItem, Signature
from heli.rooms.responsibilities.models.lists import (
    Item,
    ItemSupport,
    ListContributor,
    ListQuerySet,
    ListVersion,
    ResponsibilityList,
    VersionQuerySet,
)

__all__ = [
    "DutyArchive",
    "DutyLimit",
    "HandOver",
    "HandOverItem",
    "Item",
    "ItemSupport",
    "ListContributor",
    "ListQuerySet",
    "ListVersion",
    "ResponsibilityList",
    "Signature",
    "VersionQuerySet",
]
