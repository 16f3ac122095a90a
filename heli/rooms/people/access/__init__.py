"""Who may do what where: it follows from posts held on a day, downwards in the tree."""

from heli.rooms.people.access.accounts import (
    has_just_proved_itself,
    has_second_factor,
    open_duty,
    require_administrator,
    second_factor_required,
)
from heli.rooms.people.access.doors import (
    PersonRequest,
    ViewFunction,
    administrators,
    needs,
    person_required,
    public,
    signed_in,
)
from heli.rooms.people.access.keys import (
    TokenAuth,
    asked_with_key,
    owner_of_key,
)
from heli.rooms.people.access.persons import (
    can_view_person,
    person_for,
    persons_under,
    visible_persons,
)
from heli.rooms.people.access.posts import (
    held_posts,
    holders_of,
    names_at,
    names_of_holders,
)
from heli.rooms.people.access.reach import (
    Actor,
    has,
    has_somewhere,
    is_under,
    post_kinds_with,
    require,
    roles_of,
    scope_paths,
    sees,
    unit_for,
    units_with,
)
from heli.rooms.people.access.resets import (
    can_confirm_reset,
    can_withdraw_reset,
    confirmers_of,
    reset_for,
    resets_to_confirm,
    visible_resets,
)

__all__ = [
    "Actor",
    "PersonRequest",
    "TokenAuth",
    "ViewFunction",
    "administrators",
    "asked_with_key",
    "can_confirm_reset",
    "can_view_person",
    "can_withdraw_reset",
    "confirmers_of",
    "has",
    "has_just_proved_itself",
    "has_second_factor",
    "has_somewhere",
    "held_posts",
    "holders_of",
    "is_under",
    "names_at",
    "names_of_holders",
    "needs",
    "open_duty",
    "owner_of_key",
    "person_for",
    "person_required",
    "persons_under",
    "post_kinds_with",
    "public",
    "require",
    "require_administrator",
    "reset_for",
    "resets_to_confirm",
    "roles_of",
    "scope_paths",
    "second_factor_required",
    "sees",
    "signed_in",
    "unit_for",
    "units_with",
    "visible_persons",
    "visible_resets",
]
