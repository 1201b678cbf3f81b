"""`make bench`: Doorman's speed and memory, beside a bare script that does the same; no part of the product."""
