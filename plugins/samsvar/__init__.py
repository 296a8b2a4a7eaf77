"""How Airflow touches the world: hooks, operators, notifiers. Installed as a provider, so its connections have forms."""
