"""Fields and constraints of the people room."""

from heli.rooms.people.models.accounts import (
    Account,
    AccountManager,
    ApiToken,
    SignInReset,
    Throttle,
)
from heli.rooms.people.models.imports import (
    RosterImport,
)
from heli.rooms.people.models.log_checks import LogCheck
from heli.rooms.people.models.persons import (
    Membership,
    MembershipQuerySet,
    Person,
    PersonQuerySet,
)
from heli.rooms.people.models.posts import (
    Appointment,
    AppointmentQuerySet,
    Post,
    StandIn,
    StandInQuerySet,
)
from heli.rooms.people.models.units import (
    Unit,
    UnitQuerySet,
    UnitVersion,
)

__all__ = [
    "Account",
    "AccountManager",
    "ApiToken",
    "Appointment",
    "AppointmentQuerySet",
    "LogCheck",
    "Membership",
    "MembershipQuerySet",
    "Person",
    "PersonQuerySet",
    "Post",
    "RosterImport",
    "SignInReset",
    "StandIn",
    "StandInQuerySet",
    "Throttle",
    "Unit",
    "UnitQuerySet",
    "UnitVersion",
]
