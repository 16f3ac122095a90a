"""Turns what queries return into what components take, and audit entries into sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from heli.rooms.people import queries
from heli.rooms.people.enums import Tree, UnitKind
from heli.rooms.people.models import Account, Appointment, Membership, Person, Unit, UnitVersion
from heli.rooms.people.presenters.listing import person_filters as person_filters
from heli.rooms.people.presenters.listing import total_words as total_words
from heli.rooms.people.presenters.log import check_view as check_view
from heli.rooms.people.presenters.log import is_shown as is_shown
from heli.rooms.people.presenters.log import log_rows as log_rows
from heli.rooms.people.presenters.resets import account_name as account_name
from heli.rooms.people.presenters.resets import ask_words as ask_words
from heli.rooms.people.presenters.resets import opened_words as opened_words
from heli.rooms.people.presenters.resets import reset_links as reset_links
from heli.rooms.people.presenters.resets import reset_view as reset_view
from heli.rooms.people.presenters.roster import fault_rows as fault_rows
from heli.rooms.people.presenters.roster import import_rows as import_rows
from heli.rooms.people.presenters.roster import import_view as import_view
from heli.rooms.people.presenters.roster import language as language
from heli.rooms.people.presenters.roster import roster_crumbs as roster_crumbs
from heli.rooms.people.presenters.standing import held_rows as held_rows
from heli.rooms.people.presenters.standing import stand_in_rows as stand_in_rows
from heli.rooms.people.queries import TreeNode
from heli.ui import punctuation
from heli.ui.account import AccountCard
from heli.ui.shapes import Fact, Link, Node, Step, Tab

Sees = Callable[[Unit], bool]

# What it means when the database refuses a row of this room: somebody else was faster.
BROKEN = {
    "people_person_staff_no_key": (
        gettext_lazy("The staff number belongs to somebody else."),
        gettext_lazy("Check the number, or open the person who has it."),
    ),
    "people_person_email_unique": (
        gettext_lazy("The e-mail address belongs to somebody else."),
        gettext_lazy("Check the address, or open the person who has it."),
    ),
    "people_unit_code_key": (
        gettext_lazy("Another unit has this code."),
        gettext_lazy("Give the unit a code of its own."),
    ),
    "people_account_sign_in_name_key": (
        gettext_lazy("Somebody else signs in with this name."),
        gettext_lazy("Choose another sign-in name."),
    ),
    "people_account_email_unique": (
        gettext_lazy("Somebody else signs in with this e-mail address."),
        gettext_lazy("Check the address, or leave it empty."),
    ),
    "people_account_person_id_key": (
        gettext_lazy("The person already has an account."),
        gettext_lazy("Open it in the list."),
    ),
}


def account_card(request: HttpRequest) -> AccountCard | None:
    """Return who is signed in, as the top bar shows it."""
    asked: Any = request
    account = getattr(asked, "account", None)
    if account is None:
        return None
    links = [
        Link(_("My page"), reverse("people:me"), "user"),
        Link(_("Devices and password"), reverse("people:sessions"), "lock"),
    ]
    if asked.person is None:
        return AccountCard(
            name=account.get_administrator_display() or account.sign_in_name,
            links=links,
            sign_out_url=reverse("account_logout"),
        )
    posts = queries.posts_of(asked.person, asked.now.date())
    note = " · ".join(post.post.full_title for post in posts[:2])
    return AccountCard(asked.person.name, note, links, reverse("account_logout"))


def tree_wanted(text: str | None) -> Tree:
    return Tree(text) if text in Tree.values else Tree.PARTY


def tree_tabs(chosen: Tree) -> list[Tab]:
    base = reverse("people:tree")
    return [Tab(label=tree.label, url=f"{base}?tree={tree.value}", current=tree == chosen) for tree in Tree]


def nodes(tree_nodes: Iterable[TreeNode], at: Unit | None) -> list[Node]:
    """Return the tree component's nodes; closed ones load their children when opened."""
    base = reverse("people:tree")
    return [
        Node(
            label=node.name,
            url=reverse("people:unit", args=[node.id]),
            pk=node.id,
            current=at is not None and at.pk == node.id,
            children=nodes(node.children, at) if node.is_open else None,
            load_url=f"{base}?at={node.id}" if node.has_children and not node.is_open else "",
        )
        for node in tree_nodes
    ]


def found_units(units: list[Unit], above: dict[int, str]) -> list[dict[str, str]]:
    return [
        {
            "name": unit.name,
            "url": reverse("people:unit", args=[unit.pk]),
            "kind": unit.get_kind_display(),
            "above": above.get(unit.pk, ""),
        }
        for unit in units
    ]


def unit_crumbs(unit: Unit, above: list[Unit], last: str = "") -> list[Link]:
    """Return the way to a unit; with ``last`` the unit itself is a link and ``last`` names the page."""
    links = [Link(_("Organization"), f"{reverse('people:tree')}?at={unit.pk}")]
    links += [Link(each.name, reverse("people:unit", args=[each.pk])) for each in above]
    if last:
        return [*links, Link(unit.name, reverse("people:unit", args=[unit.pk])), Link(last)]
    return [*links, Link(unit.name)]


def unit_facts(unit: Unit, sees: Sees) -> list[Fact]:
    """Return the facts of a unit; what it stands for is a link where the reader may open it."""
    facts = [Fact(_("Kind"), unit.get_kind_display()), Fact(_("Code"), unit.code)]
    if unit.serves is not None:
        facts.append(Fact(_("Stands for"), unit.serves.name, _unit_url(unit.serves, sees)))
    if unit.tree == Tree.PARTY and unit.kind == UnitKind.BRANCH:
        facts.append(Fact(_("Committee"), _("elected") if unit.has_committee else _("none, too few members")))
    facts.append(Fact(_("Exists since"), date_format(unit.valid_from)))
    if unit.valid_to is not None:
        facts.append(Fact(pgettext("unit", "Closed on"), date_format(unit.valid_to)))
    return facts


def _unit_url(unit: Unit, sees: Sees) -> str:
    return reverse("people:unit", args=[unit.pk]) if sees(unit) else ""


def unit_steps(versions: list[UnitVersion], sees: Sees) -> list[Step]:
    """Return the unit's history, newest first: what it was called and under which unit the reader may open."""
    steps = []
    for version in versions:
        under = (
            _("under %(parent)s") % {"parent": version.parent.name} if version.parent and sees(version.parent) else ""
        )
        note = " · ".join(part for part in (under, version.reason) if part)
        steps.append(Step(version.name, _span(version.valid_from, version.valid_to), note, version.valid_to is None))
    return steps


def _span(start: date, end: date | None) -> str:
    if end is None:
        return _("since %(start)s") % {"start": date_format(start)}
    return _("%(start)s to %(end)s") % {"start": date_format(start), "end": date_format(end - timedelta(days=1))}


def person_crumbs(person: Person | None, last: str) -> list[Link]:
    links = [Link(_("Persons"), reverse("people:persons"))]
    if person is not None:
        links.append(Link(person.name, reverse("people:person", args=[person.pk])))
    return [*links, Link(last)]


def person_rows(
    persons: list[Person], places: dict[int, list[Membership]], posts: dict[int, list[str]]
) -> list[dict[str, Any]]:
    rows = []
    for person in persons:
        units = {place.tree: place.unit.name for place in places[person.pk]}
        rows.append(
            {
                "url": reverse("people:person", args=[person.pk]),
                "name": person.name,
                "staff_no": person.staff_no,
                "status": person.get_political_status_display(),
                "party": units.get(Tree.PARTY, ""),
                "admin": units.get(Tree.ADMINISTRATIVE, ""),
                "posts": _(", ").join(posts[person.pk]),
            }
        )
    return rows


def person_facts(person: Person, places: list[Membership], sees: Sees) -> list[Fact]:
    """Return the facts of a person; the units are links where the reader may open them."""
    facts = [
        Fact(_("Staff number"), person.staff_no),
        Fact(_("Political status"), person.get_political_status_display()),
    ]
    if person.joined_party_on:
        facts.append(Fact(_("Joined the Party on"), date_format(person.joined_party_on)))
    facts += [Fact(Tree(place.tree).label, place.unit.name, _unit_url(place.unit, sees)) for place in places]
    facts += [Fact(label, value) for label, value in ((_("E-mail"), person.email), (_("Phone"), person.phone)) if value]
    if person.left_on:
        facts.append(Fact(_("Left on"), date_format(person.left_on)))
    return facts


def person_steps(places: list[Membership], posts: list[Appointment], on: date) -> list[Step]:
    """Return places and posts in one history, newest first."""
    steps = [(place.valid_from, place.valid_to, place.unit.name, Tree(place.tree).label, "") for place in places] + [
        (post.valid_from, post.valid_to, post.post.full_title, _("post"), post.reason) for post in posts
    ]
    steps.sort(key=lambda step: step[0], reverse=True)
    return [
        Step(text, _span(start, end), " · ".join(str(part) for part in (kind, reason) if part), end is None or end > on)
        for start, end, text, kind, reason in steps
    ]


def initial_of(person: Person) -> dict[str, Any]:
    names = ("staff_no", "name", "email", "phone", "political_status", "joined_party_on")
    return {name: getattr(person, name) for name in names}


def account_crumbs(last: str) -> list[Link]:
    return [Link(_("Accounts"), reverse("people:accounts")), Link(last)]


def account_facts(account: Account, factors: list[str]) -> list[Fact]:
    """Return what the security administrator sees of an account: no post, no unit, no time of sign-in."""
    words = {"totp": _("authenticator app"), "webauthn": _("security key"), "recovery_codes": _("recovery codes")}
    shown = punctuation.listed(dict.fromkeys(words.get(kind, kind) for kind in factors)) or _("none")
    duty = _("by order") if account.must_use_second_factor else _("by role")
    return [
        Fact(_("Sign-in name"), account.sign_in_name),
        Fact(_("E-mail"), account.email or "–"),
        Fact(_("Second factor"), shown),
        Fact(_("Second factor required"), duty),
        Fact(_("Password"), _("must be changed") if account.must_change_password else _("chosen by its owner")),
    ]
