"""What both processes share: the domain, the contract that crosses Redis, and the bus that carries it."""
