"""The knobs of the sandbox's Tolletaten. Hardly any of this is published, so nearly everything can be turned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CHOICES: Mapping[str, tuple[object, ...]] = {
    "playground": ("current", "2024"),
    "toll_goods": ("playground", "any"),
    "toll_success_status": (200, 201, 202, 204),
    "toll_success_body": ("empty", "request_id"),
    "toll_unknown_value": ("asynchronous", "synchronous"),
    "toll_reuse": ("synchronous", "asynchronous", "ignored"),
    "toll_status_empty": ("list", "404"),
    "toll_marker": ("exclusive", "inclusive"),
    "toll_unknown_marker": ("400", "404", "empty", "start"),
    "toll_control_location": ("inside", "outside", "absent"),
    "toll_token": ("exchanged", "maskinporten", "either"),
}
FLAGS = ("toll_unpresented", "toll_container")
TEXTS = ("toll_reuse_text",)
SECONDS = ("toll_status_seconds", "toll_signal_seconds")
WHOLE = ("toll_token_lifetime", "toll_page")
WHOLE_OR_NONE = ("toll_token_uses",)


@dataclass(slots=True)
class TollKnobs:
    """Defaults are what is published or was seen; else the choice that shows a caller's mistakes.

    - `playground`: which of the two published matrices; `toll_goods` any: every well-formed consignment exists;
    - `toll_unpresented`: signals of the matrix are there without a presentation (unpublished);
    - `toll_success_status` and `toll_success_body` of a presentation; `toll_unknown_value`: when goods that do not
      exist are told (with the validation status, or at once);
    - `toll_reuse`: how a second presentation under one requestId is refused, with `toll_reuse_text`; `ignored`: it is
      taken again;
    - `toll_status_seconds`, `toll_signal_seconds`: how long a validation status and the signals let wait (404 until
      then); `toll_status_empty`: what an empty list of statuses is answered with;
    - `toll_page` signals on a page; `toll_marker`: whether a page begins after or with its marker;
      `toll_unknown_marker`: what a marker that nobody gave out meets;
    - `toll_container`: signals name their container; `toll_control_location`: where a signal holds it;
    - `toll_token_lifetime` seconds, `toll_token_uses`: a token answers 401 after that many calls (None: never);
      `toll_token`: which tokens the interfaces take.
    """

    playground: str = "current"
    toll_goods: str = "playground"
    toll_unpresented: bool = False
    toll_success_status: int = 200
    toll_success_body: str = "empty"
    toll_unknown_value: str = "asynchronous"
    toll_reuse: str = "synchronous"
    toll_reuse_text: str = "requestId is already in use"
    toll_status_seconds: float = 0.0
    toll_signal_seconds: float = 0.0
    toll_status_empty: str = "list"
    toll_page: int = 1000
    toll_marker: str = "exclusive"
    toll_unknown_marker: str = "400"
    toll_container: bool = True
    toll_control_location: str = "inside"
    toll_token_lifetime: int = 970
    toll_token_uses: int | None = None
    toll_token: str = "exchanged"  # noqa: S105 - which kind of token, no secret
