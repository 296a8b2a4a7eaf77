"""What we know: the journey of a document, the authorities' messages, the rules, the ledger. No Airflow in here."""
