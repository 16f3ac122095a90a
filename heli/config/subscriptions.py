"""Who listens to which event: the one table of upward speech between rooms."""

from __future__ import annotations

from heli.kernel.events import subscribe
from heli.rooms.information import services as information
from heli.rooms.people import events as people
from heli.rooms.responsibilities.services import hand_overs
from heli.rooms.tasks import events as tasks
from heli.rooms.tasks.services import joining


def connect() -> None:
    """Subscribe every listener; called once when the applications are loaded."""
    subscribe(people.AppointmentEnded, hand_overs.on_appointment_ended)
    subscribe(people.Appointed, hand_overs.on_appointed)
    subscribe(people.PersonTransferred, hand_overs.on_person_transferred)
    subscribe(people.PersonLeft, hand_overs.on_person_left)
    subscribe(people.ResetRequested, information.on_reset_requested)
    subscribe(people.ResetConfirmed, information.on_reset_confirmed)
    subscribe(people.StandInGiven, information.on_stand_in_given)
    subscribe(people.StandInEnded, information.on_stand_in_ended)
    subscribe(tasks.TaskClosed, joining.on_task_closed)
