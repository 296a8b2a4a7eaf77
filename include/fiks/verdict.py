"""What a reply of KS Fiks means: its two kinds of 401 told apart, everything else as any register.

Source: developers.fiks.ks.no, Integrasjoner. The message texts are interface data and stay verbatim.
"""

from __future__ import annotations

from include.errors import AccessDenied
from include.register.transport import Reply
from include.register.verdict import Next, Verdict, Where, judge, support_id_of, told

TOKEN_REFUSED = "Klarte ikke å validere access_token"  # noqa: S105 - a message, no secret
INTEGRATION_REFUSED = "Autentisering feilet for integrasjon"


def judge_fiks(reply: Reply, where: Where, *, integration_id: str, consumer: str | None) -> Verdict:
    """The verdict. `integration_id` and `consumer` (the token's organisation) go into the sentence for a person."""
    if reply.status != 401 or not _about_integration(reply):
        return judge(reply, where)
    support_id = support_id_of(told(reply.body))
    sentence = (
        f"KS Fiks ({where.base_url}, connection {where.conn_id!r}) does not let integration {integration_id} in: its "
        f"password is wrong, it is unknown in this environment, or organisation {consumer or 'of the token'} is not "
        f"authorised for it; check it in Fiks Konfigurasjon{f' ({support_id})' if support_id else ''}."
    )
    return Verdict(Next.STOP, error=AccessDenied(sentence), support_id=support_id)


def _about_integration(reply: Reply) -> bool:
    message = told(reply.body).get("message")
    return isinstance(message, str) and message.startswith(INTEGRATION_REFUSED)
