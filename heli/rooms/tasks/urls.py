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
    path("evidence/<int:pk>/file/", views.evidence_file, name="evidence_file"),
]
