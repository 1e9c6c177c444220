"""Laws of three sides whose conditional information is known: what the conditional network learns.

A kind is one way to make triples, a function (shape, source) to `Triples`; `prior.KINDS` lists
them. Letters: B laws of one recipe; n rows; p, q and r columns of X, Y and Z.
"""
