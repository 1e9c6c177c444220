"""MIST: amortized mutual-information estimation with honest intervals."""
