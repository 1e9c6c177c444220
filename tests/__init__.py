"""Our tests, found before those that some packages install under the same name."""
