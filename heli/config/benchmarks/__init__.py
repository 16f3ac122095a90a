"""Benchmarks: each measures a promise of the design beside a plain floor of the same run."""
