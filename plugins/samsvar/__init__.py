"""How Airflow touches the world: hooks, operators, notifiers. A provider, so its connections have forms."""
