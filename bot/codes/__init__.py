"""One-time codes: what a person typed, what an enrolment makes of it, what that is worth, and where it is kept."""
