"""An input becomes ranked evidence."""
