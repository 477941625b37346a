"""Settings of the whole test suite."""

from hypothesis import settings

# A slow machine is no failure, so no example has a deadline.
settings.register_profile("project", deadline=None, print_blob=True)
settings.load_profile("project")
