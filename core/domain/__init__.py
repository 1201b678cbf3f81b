"""Sessions and what happens to them: pure values and decisions, the standard library alone."""
