"""What nobody may ask for or score by (DESIGN, invariant 7). Pure Python: no Django, no clock, no network."""
