"""The buttons: the data of each kind, and the keyboards that more than one view needs."""
