"""The bench: ours beside an ideal script and beside stock Airflow, against the same servers. `make bench` prints it."""
