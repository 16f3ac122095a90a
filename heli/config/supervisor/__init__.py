"""What runs Heli: the embedded PostgreSQL, the web workers and the job worker as one process tree."""
