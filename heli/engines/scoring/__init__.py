"""Rubrics and scores: scoring tables as rules, standards, scores, roll-up; pure Python, no Django and no clock."""
