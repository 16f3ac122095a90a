"""Changes that first show what follows from them: proposed by one, decided by another, in force from a day."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from heli.kernel.constraints import NotAmong
from heli.rooms.rulebook.enums import AdjustmentState, Family, Place, UpdateKind

_UNDER_WAY = (AdjustmentState.DRAFT, AdjustmentState.PROPOSED)
_CLOSED_PLACES = (Place.UNIT, Place.POST)
_DECIDED = (AdjustmentState.DECIDED, AdjustmentState.IN_FORCE, AdjustmentState.DECLINED)


def _pair(name: str, noun: str) -> models.CheckConstraint:
    """Refuse a row that knows when without by whom, or the reverse."""
    none = Q(**{f"{noun}_at__isnull": True, f"{noun}_by__isnull": True})
    both = Q(**{f"{noun}_at__isnull": False, f"{noun}_by__isnull": False})
    return models.CheckConstraint(condition=none | both, name=name)


class AdjustmentQuerySet(models.QuerySet["Adjustment"]):
    def newest_first(self) -> AdjustmentQuerySet:
        return self.order_by("-drafted_at", "-pk")


class Adjustment(models.Model):
    """A change of an entry of the rulebook, or the closing of a unit or post, from the draft to the day it holds.

    ``cells`` and ``switches`` are what is to hold, ``before`` what held of the same when it was drafted;
    ``base_version`` is the entry's version then. ``hands`` are all who drafted, changed or proposed it: none decides.
    A closing names the ``unit`` it happens in and in ``cells`` who takes over, a day where its work moves to; one
    person makes it, so it has no hands.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            "id family code title_zh title_en cells switches before base_version effective_on reason state hands "
            "drafted_at drafted_by proposed_at proposed_by decided_at decided_by note told_at in_force_at "
            "withdrawn_at withdrawn_by version unit"
        ).split(),
        "internal",
    )

    family = models.CharField(max_length=20, choices=[*Family.choices, *Place.choices])
    code = models.CharField(max_length=40)
    unit = models.ForeignKey("people.Unit", models.PROTECT, null=True, blank=True, related_name="+")
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200)
    cells = models.JSONField(default=dict)
    switches = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    base_version = models.PositiveIntegerField()
    effective_on = models.DateField()
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=AdjustmentState, default=AdjustmentState.DRAFT)
    hands = ArrayField(models.BigIntegerField(), default=list)
    drafted_at = models.DateTimeField()
    drafted_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    # What the decider wrote, or why it came back or was withdrawn.
    note = models.CharField(max_length=500, blank=True, default="")
    # When the people it touches were told, and when what was accepted was done.
    told_at = models.DateTimeField(null=True, blank=True)
    in_force_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = AdjustmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["family", "code"], condition=Q(state__in=_UNDER_WAY), name="rulebook_adjustment_one_under_way"
            ),
            _pair("rulebook_adjustment_proposed_pair", "proposed"),
            _pair("rulebook_adjustment_decided_pair", "decided"),
            _pair("rulebook_adjustment_withdrawn_pair", "withdrawn"),
            models.CheckConstraint(condition=~Q(reason=""), name="rulebook_adjustment_has_reason"),
            models.CheckConstraint(
                condition=Q(state__in=_DECIDED, decided_at__isnull=False, proposed_at__isnull=False)
                | Q(state=AdjustmentState.WITHDRAWN)
                | (~Q(state__in=_DECIDED) & Q(decided_at__isnull=True)),
                name="rulebook_adjustment_decided_has_decider",
            ),
            models.CheckConstraint(
                condition=Q(state=AdjustmentState.IN_FORCE, in_force_at__isnull=False, told_at__isnull=False)
                | (~Q(state=AdjustmentState.IN_FORCE) & Q(in_force_at__isnull=True)),
                name="rulebook_adjustment_in_force_was_told",
            ),
            models.CheckConstraint(
                condition=NotAmong(F("decided_by"), F("hands")), name="rulebook_adjustment_four_eyes"
            ),
            models.CheckConstraint(
                condition=Q(family__in=_CLOSED_PLACES, unit__isnull=False, hands=[])
                | (~Q(family__in=_CLOSED_PLACES) & Q(unit__isnull=True)),
                name="rulebook_adjustment_closing_names_unit",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-drafted_at", "-id"], name="rulebook_adjustment_newest"),
            models.Index(fields=["family", "code"], name="rulebook_adjustment_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.effective_on}"

    @property
    def is_one_act(self) -> bool:
        """Whether one person drafts it and carries it out: a closing, or a day from which work moves."""
        return self.family in Place.values


class AdjustmentEffect(models.Model):
    """One kind of consequence as it stood at the decision, and whether it was accepted; ``applied`` once done."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id adjustment group act count units is_accepted reason applied".split(), "internal"
    )

    adjustment = models.ForeignKey(Adjustment, models.CASCADE, related_name="effects")
    group = models.CharField(max_length=40)
    act = models.CharField(max_length=10, blank=True, default="")
    count = models.PositiveIntegerField()
    units = models.PositiveIntegerField()
    is_accepted = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True, default="")
    applied = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["adjustment", "group"], name="rulebook_effect_once"),
            models.CheckConstraint(
                condition=Q(is_accepted=True) | ~Q(reason=""), name="rulebook_effect_declined_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adjustment_id} · {self.group}"


class AdjustmentException(models.Model):
    """One line that is left out of what follows, with the reason."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id adjustment group line title reason left_out_at left_out_by".split(), "internal"
    )

    adjustment = models.ForeignKey(Adjustment, models.CASCADE, related_name="exceptions")
    group = models.CharField(max_length=40)
    line = models.CharField(max_length=40)
    title = models.CharField(max_length=300)
    reason = models.CharField(max_length=300)
    left_out_at = models.DateTimeField()
    left_out_by = models.ForeignKey("people.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["adjustment", "group", "line"], name="rulebook_exception_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="rulebook_exception_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.adjustment_id} · {self.line}"


class AdjustmentNotice(models.Model):
    """A unit that a change touches, and who acknowledged it for the unit and when."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id adjustment unit requested_at acknowledged_at acknowledged_by".split(), "internal"
    )

    adjustment = models.ForeignKey(Adjustment, models.CASCADE, related_name="notices")
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["adjustment", "unit"], name="rulebook_notice_once"),
            _pair("rulebook_notice_acknowledged_pair", "acknowledged"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["unit", "adjustment"], condition=Q(acknowledged_at__isnull=True), name="rulebook_notice_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adjustment_id} · {self.unit_id}"


class AdjustmentTold(models.Model):
    """A person who was told of a decided change: nobody is told twice, and all are told when it is taken back."""

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys("id adjustment person told_at".split(), "internal")

    adjustment = models.ForeignKey(Adjustment, models.CASCADE, related_name="told")
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["adjustment", "person"], name="rulebook_told_once"),
        ]

    def __str__(self) -> str:
        return f"{self.adjustment_id} · {self.person_id}"


class EditionChoice(models.Model):
    """What was chosen of one entry of a newer edition: the columns taken, those kept, and why they are kept.

    What is taken is ``adjustment``, which another person decides. Of an entry that is new or withdrawn the one
    column is ``is_on``. The row stays as it was chosen; what became of it stands in the change.
    """

    PRIVACY: ClassVar[dict[str, str]] = dict.fromkeys(
        "id edition family code title_zh title_en kind taken kept reason adjustment".split(), "internal"
    )

    edition = models.ForeignKey("rulebook.Edition", models.PROTECT, related_name="choices")
    family = models.CharField(max_length=20, choices=Family)
    code = models.CharField(max_length=40)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=UpdateKind)
    taken = ArrayField(models.CharField(max_length=40), default=list)
    kept = ArrayField(models.CharField(max_length=40), default=list)
    reason = models.CharField(max_length=300, blank=True, default="")
    adjustment = models.OneToOneField(Adjustment, models.PROTECT, null=True, blank=True, related_name="edition_choice")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "family", "code"], name="rulebook_choice_once"),
            models.CheckConstraint(condition=Q(kept=[]) | ~Q(reason=""), name="rulebook_choice_kept_has_reason"),
            models.CheckConstraint(
                condition=Q(taken=[], adjustment__isnull=True) | (~Q(taken=[]) & Q(adjustment__isnull=False)),
                name="rulebook_choice_taken_is_a_change",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.code}"
