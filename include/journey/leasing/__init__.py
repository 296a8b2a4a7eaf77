"""The steps of a leasing run: collect, submit, settle, file away, forget, reconcile."""
