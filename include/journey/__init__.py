"""The journey of an eCoC, one step per file: collect, plan, validate, submit, file away, reconcile."""
