"""The sandbox's control API and web page: how tests and people act on the world."""
