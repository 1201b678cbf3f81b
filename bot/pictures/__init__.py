"""Pictures, each drawn by a process of its own that ends afterwards: the bot never loads the plotting library."""
