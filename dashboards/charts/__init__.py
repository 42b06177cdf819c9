"""The pictures: pure functions from figures and words to a Plotly figure."""
