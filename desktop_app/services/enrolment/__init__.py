"""Students, courses, and the price of an enrolment."""
