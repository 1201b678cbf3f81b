"""What Doorman explains on demand: a module of texts for each page, and the index that leads to them."""
