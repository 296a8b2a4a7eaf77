"""An owner's name on its way from a person to the register: an Airflow Variable that lives until it has been used.

Airflow keeps what is typed into a trigger form for ever, in clear, and shows it to everybody who may see the run. A
Variable is encrypted with the Fernet key, and one whose name says that it is secret is masked in logs and in the UI.
"""

from __future__ import annotations

from airflow.sdk import Variable

from include.errors import ConfigurationError
from samsvar.hooks.masking import mask

PREFIX = "samsvar_secret_"


def check_name(key: str) -> str:
    """The name without blanks. Raises ConfigurationError when Airflow would not mask a Variable of that name."""
    name = key.strip()
    if not name.startswith(PREFIX) or not name.isidentifier():
        raise ConfigurationError(
            f"The Variable with an owner's name must be called {PREFIX}… (letters, digits, _), so that Airflow masks "
            "it: create it under Admin, Variables, and give its name in the form."
        )
    return name


def owner_name(key: str) -> str | None:
    """The name in it, masked in logs from here on; None when there is no such Variable (any more)."""
    name = Variable.get(key, default=None)
    if not isinstance(name, str) or not name.strip():
        return None
    mask([name, name.strip(), *name.split()])
    return name.strip()


def forget(key: str) -> None:
    """The search is done: the Variable is deleted; doing it twice is the same as once."""
    if Variable.get(key, default=None) is not None:
        Variable.delete(key)
