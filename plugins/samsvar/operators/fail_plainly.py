"""A task that only says what is wrong with the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator

from include.errors import ConfigurationError
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context


class FailPlainlyOperator(BaseOperator):
    """Fails at once with one sentence, so that a broken block is seen on the DAG it breaks and nowhere else.

    :param sentence: what is wrong, where, and what to do
    """

    ui_color = "#f7d7e0"

    def __init__(self, *, sentence: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.sentence = sentence

    @plainly
    def execute(self, context: Context) -> None:
        """Raises ConfigurationError."""
        del context
        raise ConfigurationError(self.sentence)
