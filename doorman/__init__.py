"""The `doorman` command: demo, up, login, doctor, logout."""
