from __future__ import annotations

from django.urls import path

from heli.rooms.rulebook import views
from heli.rooms.rulebook.views import adjusting, comparing, editions, following, reviewing

app_name = "rulebook"
urlpatterns = [
    path("rulebook/", views.duty_list, name="list"),
    path("rulebook/duties/<slug:code>/", views.duty_page, name="duty"),
    path("rulebook/duties/<slug:code>/edit/", views.edit_duty, name="edit_duty"),
    path("rulebook/duties/<slug:code>/switch/", views.switch_duty, name="switch_duty"),
    path("rulebook/duties.xlsx", views.export, name="export"),
    path("rulebook/install/", views.install, name="install"),
    path("rulebook/calendar/", views.calendar_page, name="calendar"),
    path("rulebook/instruments/", views.instrument_list, name="instruments"),
    path("rulebook/instruments/<slug:code>/", views.instrument_page, name="instrument"),
    path("rulebook/instruments/<slug:code>/edit/", views.edit_instrument, name="edit_instrument"),
    path("rulebook/key-links/", views.key_link_list, name="key_links"),
    path("rulebook/key-links/<slug:code>/edit/", views.edit_key_link, name="edit_key_link"),
    path("rulebook/update/", editions.update_page, name="update"),
    path("rulebook/editions/<int:pk>/", editions.edition, name="edition"),
    path("rulebook/editions/<int:pk>/propose/", editions.propose, name="propose_edition"),
    path("rulebook/editions/<int:pk>/decide/", editions.decide, name="decide_edition"),
    path("rulebook/changes/", adjusting.adjustments, name="adjustments"),
    path("rulebook/changes/waiting/", adjusting.waiting, name="waiting"),
    path("rulebook/changes/<int:pk>/", adjusting.adjustment, name="adjustment"),
    path("rulebook/changes/<int:pk>/following/", adjusting.following, name="following"),
    path("rulebook/changes/<int:pk>/move/", adjusting.move, name="move_adjustment"),
    path("rulebook/changes/<int:pk>/propose/", adjusting.propose, name="propose"),
    path("rulebook/changes/<int:pk>/withdraw/", adjusting.withdraw, name="withdraw"),
    path("rulebook/changes/<int:pk>/take-back/", adjusting.take_back_decision, name="take_back_decision"),
    path("rulebook/changes/<int:pk>/decide/", adjusting.decide, name="decide"),
    path("rulebook/changes/<int:pk>/leave-out/", adjusting.leave_out, name="leave_out"),
    path("rulebook/changes/<int:pk>/take-back-in/<int:exception>/", adjusting.take_back_in, name="take_back_in"),
    path("rulebook/changes/<int:pk>/acknowledge/<int:notice>/", adjusting.acknowledge, name="acknowledge"),
    path("rulebook/follows/day/", following.follows_day, name="follows_day"),
    path("rulebook/follows/change/<int:pk>/", adjusting.in_short, name="follows_change"),
    path("rulebook/follows/unit/<int:pk>/", following.follows_unit, name="follows_unit"),
    path("rulebook/follows/post/<int:pk>/", following.follows_post, name="follows_post"),
    path("rulebook/compare/", comparing.compare, name="compare"),
    path("rulebook/reviews/", reviewing.reviews, name="reviews"),
    path("rulebook/reviews/prepare/", reviewing.prepare, name="prepare_review"),
    path("rulebook/reviews/<int:pk>/", reviewing.review, name="review"),
    path("rulebook/reviews/proposals/<int:pk>/", reviewing.answer, name="answer_proposal"),
    path("rulebook/units/<int:pk>/", views.unit_page, name="unit"),
    path("rulebook/units/<int:pk>/declare/", views.declare, name="declare"),
    path("rulebook/units/<int:pk>/summary/", views.of_unit, name="of_unit"),
    path("rulebook/circumstances/<int:pk>/end/", views.end_circumstance, name="end_circumstance"),
]
