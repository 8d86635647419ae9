"""What stands on the page about what came after."""
