"""When a person wants no reminder, and that one went out on a day."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from heli.rooms.tasks.rules import QUIET_FROM, QUIET_TO


class QuietHours(models.Model):
    """The hours in which a person gets no reminder; without a row the usual ones hold."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id person starts ends version".split(), "personal")

    person = models.OneToOneField("people.Person", models.CASCADE, related_name="+")
    starts = models.TimeField(default=QUIET_FROM)
    ends = models.TimeField(default=QUIET_TO)
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}"


class DayReminded(models.Model):
    """A person was reminded on a day; there is no second time. Forgotten after a month."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id person day".split(), "internal")

    person = models.ForeignKey("people.Person", models.CASCADE, related_name="+")
    day = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["day", "person"], name="tasks_reminded_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.day}"
