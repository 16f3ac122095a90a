from django.urls import path

from heli.rooms.tasks import views

app_name = "tasks"
urlpatterns = [
    path("", views.todo, name="todo"),
    path("tasks/", views.task_list, name="list"),
    path("tasks/matrix/", views.matrix, name="matrix"),
    path("tasks/unit/<int:pk>/", views.of_unit, name="of_unit"),
    path("tasks/<int:pk>/", views.task_page, name="task"),
    path("tasks/<int:pk>/accept/", views.accept, name="accept"),
    path("tasks/<int:pk>/evidence/", views.record_evidence, name="record_evidence"),
    path("tasks/<int:pk>/cite/", views.cite_evidence, name="cite"),
    path("tasks/<int:pk>/withdraw-citation/", views.withdraw_citation, name="withdraw_citation"),
    path("tasks/<int:pk>/hand-in/", views.hand_in, name="hand_in"),
    path("tasks/<int:pk>/withdraw/", views.withdraw_hand_in, name="withdraw_hand_in"),
    path("tasks/<int:pk>/return/", views.return_task, name="return"),
    path("tasks/<int:pk>/close/", views.close_task, name="close"),
    path("tasks/<int:pk>/source/", views.source_of_task, name="source_of_task"),
    path("follow-ups/", views.follow_up_list, name="follow_ups"),
    path("follow-ups/new/", views.new_follow_up, name="new_follow_up"),
    path("follow-ups/units/", views.unit_choices, name="unit_choices"),
    path("follow-ups/export/", views.export_follow_ups, name="export_follow_ups"),
    path("follow-ups/waiting/", views.follow_ups_waiting, name="follow_ups_waiting"),
    path("follow-ups/<int:pk>/", views.follow_up_page, name="follow_up"),
    path("follow-ups/<int:pk>/answer/", views.answer_follow_up, name="answer_follow_up"),
    path("follow-ups/<int:pk>/later-date/", views.ask_extension, name="ask_extension"),
    path("follow-ups/<int:pk>/later-date/decide/", views.decide_extension, name="decide_extension"),
    path("follow-ups/<int:pk>/climb/", views.climb_follow_up, name="climb_follow_up"),
    path("follow-ups/<int:pk>/close/", views.close_follow_up, name="close_follow_up"),
    path("follow-ups/<int:pk>/reopen/", views.reopen_follow_up, name="reopen_follow_up"),
    path("follow-ups/<int:pk>/withdraw/", views.withdraw_follow_up, name="withdraw_follow_up"),
    path("evidence/<int:pk>/file/", views.evidence_file, name="evidence_file"),
]
