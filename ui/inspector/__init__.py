"""The views of the table page: a tab a file, and the pair that a click opens."""
