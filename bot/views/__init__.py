"""Domain values to text and buttons: pure functions."""
