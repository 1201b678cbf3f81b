"""What speaks against a login or a change: small pure rules, each with a reason, weighed to one level."""
