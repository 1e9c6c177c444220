"""Numbers that others have published, with their sources and protocols."""

# MSE in nats^2 by BINS, arXiv 2511.18945; its evaluation averages over bootstrap resamples.
PUBLISHED = {
    "MIST": {True: (3.1, 0.34, 0.28), False: (8.0, 7.3, 8.8)},
    "MIST_QR": {True: (3.1, 0.31, 0.12), False: (9.5, 9.9, 10.0)},
}


# Mean absolute error in nats on the forty tasks, from Alice (Franzese et al., 2026), table 2.
PUBLISHED_ROWS = (1000, 5000, 10_000)
SOURCE = "Alice, Franzese et al., 2026, table 2"
PUBLISHED_BMI = {
    "Alice Base": (0.092, 0.063, 0.060),
    "InfoAtlas": (0.253, 0.271, 0.276),
    "MINDE": (0.353, 0.070, 0.065),
    "MINE": (0.248, 0.117, 0.108),
    "InfoNCE": (0.887, 0.123, 0.083),
    "KSG": (0.288, 0.240, 0.219),
    "CCA": (0.195, 0.192, 0.181),
}
