"""Out: the list as a workbook, the commitment, the hand-over sheet and the duty record as official documents."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heli.engines.officedocs.writing import (
    Column,
    OfficialDocument,
    OfficialTable,
    Section,
    Sheet,
    write_docx,
    write_xlsx,
)
from heli.rooms.responsibilities.enums import Confidence, Reach
from heli.rooms.responsibilities.presenters import words

if TYPE_CHECKING:
    from heli.rooms.people.models import Person, Post
    from heli.rooms.responsibilities.models import DutyArchive, HandOver, Item, ListVersion, Signature
    from heli.rooms.responsibilities.queries.lists import Group


def list_workbook(version: ListVersion, groups: Sequence[Group]) -> bytes:
    """Return a version as a workbook that the import reads back."""
    columns = [
        Column(_("No."), 6), Column(_("Responsibility"), 56, wrap=True), Column(_("Kind"), 14), Column(_("Line"), 12),
        Column(_("Accountable"), 22), Column(_("Holder"), 12), Column(_("Supporting"), 26, wrap=True),
        Column(pgettext("duties", "What proves it"), 30, wrap=True), Column(_("Duties of the rulebook"), 16),
        Column(_("Source"), 30, wrap=True), Column(_("Article"), 10), Column(_("How sure"), 14),
    ]  # fmt: skip
    pairs = [(item, group) for group in groups for item in group.items]
    rows = [_row(item, group) for item, group in sorted(pairs, key=lambda pair: pair[0].number)]
    return write_xlsx([Sheet(version.list.title, columns, rows)])


def _row(item: Item, group: Group) -> list[object]:
    post = item.accountable.title if item.accountable else str(Reach(item.reach).label)
    return [
        item.number, words.text_of(item), words.kind_word(item.kind), words.line_word(item.line), post,
        words.joined(person.name for person in group.holders),
        words.joined(row.post.title for row in item.supports.all()),
        words.evidence_of(item), ", ".join(item.obligations), words.here(item.source_zh, item.source_en), item.article,
        str(Confidence(item.confidence).label),
    ]  # fmt: skip


def commitment_sentences(version: ListVersion, post: Post, holder: Person | None) -> tuple[str, str]:
    """Return the opening and closing sentences of a commitment, in our own words."""
    params = {
        "unit": version.list.unit.name, "post": post.title, "name": holder.name if holder else "____",
        "start": words.long_day(version.valid_from), "list": version.list.title, "number": version.number,
    }  # fmt: skip
    opening = _(
        "I, %(name)s, hold the post of %(post)s. By “%(list)s”, version %(number)s, in force from %(start)s, "
        "I answer for the following items of %(unit)s:"
    )
    closing = _(
        "I have read these items. I carry them out together with my business, record what is done once and truthfully, "
        "and hand them over in order when I leave the post."
    )
    return opening % params, closing


def commitment_document(
    version: ListVersion, post: Post, items: Sequence[Item], holder: Person | None, signature: Signature | None
) -> bytes:
    """Return the commitment of a post as an official document; signed with time and hash where it was signed."""
    opening, closing = commitment_sentences(version, post, holder)
    rows = [
        [str(item.number), words.line_word(item.line), words.text_of(item), words.evidence_of(item)] for item in items
    ]
    table = OfficialTable(
        [_("No."), _("Line"), _("Responsibility"), pgettext("duties", "What proves it")],
        rows,
        widths=(0.08, 0.14, 0.5, 0.28),
    )
    return write_docx(
        OfficialDocument(
            title=_("Commitment on responsibilities: %(post)s") % {"post": post.title},
            content=[
                Section(0, opening),
                table,
                Section(0, closing),
                *[Section(0, line) for line in _signed(holder, signature)],
            ],
            issuer=version.list.unit.name,
            date=version.issued_at.date() if version.issued_at else None,
        )
    )  # fmt: skip


def _signed(holder: Person | None, signature: Signature | None) -> list[str]:
    if signature is None:
        return [_("Signature: ____________    Date: ____________")]
    moment = timezone.localtime(signature.signed_at).strftime("%Y-%m-%d %H:%M")
    name = holder.name if holder else ""
    return [
        _("Signed in the system by %(name)s, %(moment)s.") % {"name": name, "moment": moment},
        _("SHA-256 of the signed text: %(hash)s") % {"hash": signature.text_sha256},
    ]


def hand_over_document(sheet: HandOver, items: Sequence[Item]) -> bytes:
    """Return a hand-over sheet as an official document."""
    taker = sheet.to_person.name if sheet.to_person else _("nobody yet, the post is vacant")
    opening = _("%(post)s: goes over on %(day)s from %(leaver)s to %(taker)s.") % {
        "post": sheet.post.full_title, "day": words.long_day(sheet.on),
        "leaver": sheet.from_person.name, "taker": taker,
    }  # fmt: skip
    listed = [[str(item.number), item.version.list.title, words.text_of(item)] for item in items]
    work = [[each["title"], each["unit"], each["due_on"] or "–"] for each in sheet.work]
    content: list[Section | OfficialTable] = [
        Section(0, opening),
        Section(1, _("Responsibilities that go over")),
        OfficialTable([_("No."), _("Responsibility list"), _("Responsibility")], listed, widths=(0.1, 0.3, 0.6)),
        Section(1, _("Open work")),
    ]
    if work:
        content.append(OfficialTable([_("Work"), _("Unit"), _("Due")], work, widths=(0.5, 0.3, 0.2)))
    else:
        content.append(Section(0, _("None.")))
    content += [Section(0, line) for line in hand_over_signatures(sheet)]
    return write_docx(OfficialDocument(title=_("Hand-over sheet"), content=content, issuer=sheet.post.unit.name))


def hand_over_signatures(sheet: HandOver) -> list[str]:
    """Return who signed when, or the line on which to sign."""
    return [
        _("Handed over by %(name)s: %(state)s") % {"name": sheet.from_person.name, "state": _leaver_state(sheet)},
        _("Taken over by %(name)s: %(state)s")
        % {"name": sheet.to_person.name if sheet.to_person else "____", "state": _moment(sheet.to_signed_at)},
    ]


def _leaver_state(sheet: HandOver) -> str:
    if sheet.witnessed_by is not None:
        return _("witnessed by %(name)s, %(moment)s: %(reason)s") % {
            "name": sheet.witnessed_by.name,
            "moment": _moment(sheet.witnessed_at),
            "reason": sheet.witness_reason,
        }
    return _moment(sheet.from_signed_at)


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M") if at else _("not signed")


def archive_document(archive: DutyArchive) -> bytes:
    """Return an archived record as an official document with its hash line."""
    content = json.loads(archive.content)
    rows = [
        [row["happened_on"], row["recorded_on"], row["what"], words.line_word(row["line"]), row["checked_by"] or "–"]
        for row in content["rows"]
    ]
    table = OfficialTable(
        [_("Happened on"), _("Recorded on"), _("What"), _("Line"), _("Reviewed by")],
        rows, widths=(0.16, 0.16, 0.4, 0.14, 0.14),
    )  # fmt: skip
    heading = _("%(name)s, from %(start)s to %(end)s. Posts: %(posts)s.") % {
        "name": content["person"]["name"],
        "start": content["from"],
        "end": content["to"],
        "posts": words.joined(content["posts"]) or "–",
    }
    made = _("Put on file %(moment)s by %(name)s.") % {"moment": content["made_at"][:16], "name": content["made_by"]}
    return write_docx(
        OfficialDocument(
            title=_("Duty record"),
            content=[Section(0, heading), table, Section(0, made), Section(0, hash_line(archive))],
            date=archive.made_at.date(),
        )
    )


def hash_line(archive: DutyArchive) -> str:
    """Return the line that makes the record verifiable: number and SHA-256 of the exact text."""
    return _("Record %(number)s · SHA-256 %(hash)s") % {"number": archive.pk, "hash": archive.sha256}
