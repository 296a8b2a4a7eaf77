"""Many forms of one secret masked at the price of one: Airflow's `[logging] secret_mask_adapter`, when set to `forms`.

Airflow compiles the pattern of all secrets anew for each text it is told of, in the task and in its supervisor. A key
has some forty forms (each line of its PEM, each number of its JWK), which took more than a second of every task that
sends. Imports nothing: every Airflow process loads this module while it starts.
"""

from __future__ import annotations

from collections.abc import Iterable

ADAPTER = "samsvar.hooks.masked_forms.forms"
_MARK, _BETWEEN = "samsvar forms:", "\0"


def bundle(secrets: Iterable[str]) -> str:
    """One text that holds them all, to be given to `mask_secret` where the adapter is set."""
    return _MARK + _BETWEEN.join(secrets)


def forms(secret: str) -> list[str]:
    """The secrets in a bundle; nothing more for any other secret, which Airflow masks by itself."""
    return secret.removeprefix(_MARK).split(_BETWEEN) if secret.startswith(_MARK) else []
