"""The check at a desk: `python -m include.ivi` for an importer's own IT department, without Airflow, ledger or network.

The same check as in the nightly run, on files, folders, `.zip` and `.gz`, before anything is dropped.
"""
