"""Chinese task papers of two lines: duties, what is the same, what is missing, what contradicts. See README.md."""
