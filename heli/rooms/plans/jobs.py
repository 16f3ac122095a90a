"""Work of plans that outlasts a request."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from heli.rooms.plans.services import aligning


@app.task(name=aligning.JOB, queue="plans")
def align_plan(run_id: int) -> None:
    """Align a large plan; see ``aligning.run_alignment``."""
    aligning.run_alignment(run_id=run_id, at=timezone.localtime())
