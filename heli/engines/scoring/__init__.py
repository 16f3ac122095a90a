"""Rubrics and scores: scoring tables as structured rules. Pure Python: no Django, no clock, no network."""
