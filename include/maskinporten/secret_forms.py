"""The texts under which a secret may turn up in a log, so that each of them can be masked."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_SECRET_FIELDS = ("private_key", "private_key_passphrase", "keystore", "keystore_password")
_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]*PRIVATE KEY)-----(.*?)-----END \1-----", re.DOTALL)
_BREAK = re.compile(r"(?:\\r|\\n|\s)+")
_SHORTEST_LINE = 8
_SHORTEST = 5
"""What is shorter is left out: masking it would hide ordinary words, and whoever masks would only complain."""
_PEM_LINE = 64


def text_forms(text: str, password: str | None = None) -> tuple[str, ...]:
    r"""A key as typed, with real and literal line breaks, JSON-escaped, its PEM body by line and joined, password."""
    forms = [text, text.replace("\\n", "\n"), json.dumps(text)[1:-1]]
    if password:
        forms.append(password)
    for match in _BLOCK.finditer(text):
        forms.append(match.group(0))
        forms.extend(_body_forms(match.group(2)))
    if "-----BEGIN" not in text:
        forms.append("".join(text.split()))
        forms.extend(line.strip() for line in text.splitlines() if len(line.strip()) >= _SHORTEST_LINE * 2)
    return tuple(dict.fromkeys(form.strip() for form in forms if len(form.strip()) >= _SHORTEST))


def _body_forms(body: str) -> Iterator[str]:
    lines = [line for line in _BREAK.split(body) if line]
    joined = "".join(lines)
    yield joined
    for start in range(0, len(joined), _PEM_LINE):
        lines.append(joined[start : start + _PEM_LINE])
    yield from (line for line in lines if len(line) >= _SHORTEST_LINE)


def key_number_forms(private: RSAPrivateKey) -> tuple[str, ...]:
    """The private numbers of an RSA key as a JWK writes them (base64url): d, p, q, dp, dq, qi."""
    numbers = private.private_numbers()
    return tuple(
        base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()
        for number in (numbers.d, numbers.p, numbers.q, numbers.dmp1, numbers.dmq1, numbers.iqmp)
    )


def extra_forms(extra: Mapping[str, Any]) -> Iterator[str]:
    """Every secret in a connection's extra, before any of it is read: reading may fail, and masks must stand first."""
    for name in _SECRET_FIELDS:
        value = extra.get(name)
        if isinstance(value, str) and value.strip():
            yield from text_forms(value)
        elif value is not None:
            yield from _leaves(value)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) >= _SHORTEST:
            yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)


def token_forms(token: str) -> tuple[str, ...]:
    """A token or assertion whole, and its payload part, which alone tells who asked for what."""
    parts = token.split(".")
    forms = (token, parts[1]) if len(parts) == 3 else (token,)
    return tuple(form for form in forms if len(form) >= _SHORTEST)
