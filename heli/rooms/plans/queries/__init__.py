"""Reads of plans, shaped for their pages."""
