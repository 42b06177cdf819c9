"""A region's worth of registrations: the models against hand-written SQL, polars and pandas."""
