"""Makes enterprises of any size, in the shapes of the demo: units, people, posts, tasks with evidence.

Everything goes in by COPY in one transaction; what is made is the same for the same numbers.
"""

from heli.config.generator.enterprise import AlreadyGenerated, Made, generate

__all__ = ["AlreadyGenerated", "Made", "generate"]
