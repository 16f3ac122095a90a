from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class AuditEntry(models.Model):
    """One act. Append-only for the application's database role; ``number`` has no gaps.

    No foreign keys, so that history never blocks deletion and stays readable by itself.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "number": "internal",
        "at": "internal",
        "action": "internal",
        "actor_kind": "internal",
        "actor_id": "internal",
        "actor_label": "personal",
        "subject_kind": "internal",
        "subject_id": "internal",
        "subject_label": "internal",
        "changes": "personal",
        "salt": "secret",
        "content_digest": "internal",
        "previous_hash": "internal",
        "hash": "internal",
    }

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=80)
    actor_kind = models.CharField(max_length=40)
    actor_id = models.CharField(max_length=40)
    actor_label = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=64)
    subject_label = models.CharField(max_length=300)
    changes = models.JSONField(default=dict)
    # The digest covers subject_label, changes and salt, and the hash covers the digest, so that an export can prove the
    # chain without the content. Entries of the older form have neither; their hash covers the content itself.
    salt = models.CharField(max_length=32, blank=True, default="")
    content_digest = models.CharField(max_length=64, blank=True, default="")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["hash"], name="kernel_audit_hash_unique"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="kernel_audit_number_from_one"),
            models.CheckConstraint(
                condition=models.Q(salt="", content_digest="") | ~models.Q(salt="") & ~models.Q(content_digest=""),
                name="kernel_audit_digest_has_salt",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["subject_kind", "subject_id", "number"], name="kernel_audit_subject"),
            models.Index(
                fields=["action", "number"], opclasses=["varchar_pattern_ops", "int8_ops"], name="kernel_audit_action"
            ),
            models.Index(
                fields=["actor_label", "number"],
                opclasses=["varchar_pattern_ops", "int8_ops"],
                name="kernel_audit_actor",
            ),
            # Entries come in the order of their days, so a few pages of the index stand for all of them.
            BrinIndex(fields=["at"], autosummarize=True, name="kernel_audit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action}"
