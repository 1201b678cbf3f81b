"""What the owner sends and presses: parse, one call, render, send."""
