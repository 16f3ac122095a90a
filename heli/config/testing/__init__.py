"""What the test run needs and nobody else: a throw-away PostgreSQL."""
