"""Students, courses and enrolments: repositories and queries."""
