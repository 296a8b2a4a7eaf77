from __future__ import annotations

import base64
import copy
import json
import pickle

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from jwt.algorithms import RSAAlgorithm

from include.errors import ConfigurationError
from include.maskinporten.key import SigningKey

PASSWORD = "canary-password"


def written(key, form, encryption=None):
    encryption = encryption or serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, encryption).decode()


@pytest.fixture
def jwk(private_key):
    return RSAAlgorithm.to_jwk(private_key, as_dict=True) | {"kid": "jwk-kid"}


@pytest.fixture
def keystore(private_key, certificate):
    return pkcs12.serialize_key_and_certificates(
        b"k", private_key, certificate, None, serialization.BestAvailableEncryption(PASSWORD.encode())
    )


def test_every_way_of_writing_the_key_gives_the_same_key(private_key, pem, jwk, certificate):
    traditional = written(private_key, serialization.PrivateFormat.TraditionalOpenSSL)
    bundle = pem + certificate.public_bytes(serialization.Encoding.PEM).decode()
    der = private_key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    texts = [
        pem,
        pem.replace("\n", "\\n"),
        pem.replace("\n", "\r\n"),
        pem.replace("\n", ""),
        pem.replace("\n", " "),
        f"  {pem}  ",
        base64.b64encode(pem.encode()).decode(),
        base64.encodebytes(pem.encode()).decode(),
        base64.urlsafe_b64encode(pem.encode()).decode().rstrip("="),
        base64.b64encode(der).decode(),
        traditional,
        bundle,
        json.dumps(jwk),
        json.dumps({"keys": [jwk]}),
        base64.b64encode(json.dumps(jwk).encode()).decode(),
    ]
    assert len({SigningKey.from_text(text).thumbprint for text in texts}) == 1


@pytest.mark.parametrize(
    "form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL], ids=["pkcs8", "old"]
)
def test_an_encrypted_pem_opens_with_its_passphrase_only(private_key, pem, form):
    text = written(private_key, form, serialization.BestAvailableEncryption(PASSWORD.encode()))
    assert SigningKey.from_text(text, PASSWORD).thumbprint == SigningKey.from_text(pem).thumbprint
    for wrong in (None, "other"):
        with pytest.raises(ConfigurationError, match="passphrase"):
            SigningKey.from_text(text, wrong)


def test_a_keystore_opens_with_its_password_only(keystore, pem):
    text = base64.b64encode(keystore).decode()
    key = SigningKey.from_keystore(text, PASSWORD)
    assert key.thumbprint == SigningKey.from_text(pem).thumbprint
    assert len(key.certificate_chain) == 1
    with pytest.raises(ConfigurationError, match="keystore_password"):
        SigningKey.from_keystore(text, "other")


def test_a_key_file_may_hold_any_form(tmp_path, keystore, pem, jwk):
    thumbprints = set()
    for number, content in enumerate([keystore, pem.encode(), json.dumps(jwk).encode()]):
        path = tmp_path / f"key-{number}"
        path.write_bytes(content)
        thumbprints.add(SigningKey.from_file(path, PASSWORD if content is keystore else None).thumbprint)
    assert len(thumbprints) == 1


def test_a_key_file_that_is_not_there_says_so_and_names_the_place(tmp_path):
    with pytest.raises(ConfigurationError, match=r"field `private_key_file` cannot be read \(No such file"):
        SigningKey.from_file(tmp_path / "none", where="Connection `m`, field `private_key_file`")


def test_a_jwk_brings_its_kid(jwk):
    assert SigningKey.from_text(json.dumps(jwk)).kid == "jwk-kid"


def test_keys_that_maskinporten_would_refuse_are_refused_here(private_key):
    curve = ec.generate_private_key(ec.SECP256R1())
    small = rsa.generate_private_key(65537, 1024)
    public = private_key.public_key()
    public_jwk = RSAAlgorithm.to_jwk(public)
    for text, reason in [
        (written(curve, serialization.PrivateFormat.PKCS8), "RSA keys only"),
        (written(small, serialization.PrivateFormat.PKCS8), "1024 bits"),
        (json.dumps({"kty": "EC", "crv": "P-256"}), "RSA keys only"),
        (public_jwk, "another kind"),
    ]:
        with pytest.raises(ConfigurationError, match=reason):
            SigningKey.from_text(text)


def test_a_certificate_of_another_key_is_refused(certificate):
    other = rsa.generate_private_key(65537, 2048)
    text = written(other, serialization.PrivateFormat.PKCS8)
    with pytest.raises(ConfigurationError, match="none of the certificates"):
        SigningKey.from_text(text + certificate.public_bytes(serialization.Encoding.PEM).decode())


@pytest.mark.parametrize(
    "text",
    ["canary-nonsense", "{canary", '{"keys": []}', "[]", "-----BEGIN PRIVATE KEY-----canary-----END PRIVATE KEY-----",
     "-----BEGIN CERTIFICATE-----canary-----END CERTIFICATE-----", "Y2FuYXJ5", "\x00\x01", "{}", '{"kty":"RSA"}'],
)  # fmt: skip
def test_nonsense_gives_one_sentence_that_repeats_none_of_it(text):
    with pytest.raises(ConfigurationError) as caught:
        SigningKey.from_text(text, "canary-pass", where="Connection `m`, field `private_key`")
    sentence = str(caught.value)
    assert sentence.startswith("Connection `m`, field `private_key`: ")
    assert "canary" not in sentence and "\n" not in sentence
    assert caught.value.__cause__ is None and caught.value.__suppress_context__


def test_secrets_hold_every_form_in_which_the_key_could_be_logged(private_key, pem, jwk):
    lines = pem.strip().splitlines()[1:-1]
    secrets = set(SigningKey.from_text(pem.replace("\n", "\\n")).secrets())
    assert {line for line in lines if len(line) >= 8} <= secrets
    assert "".join(lines) in secrets
    assert pem.strip() in secrets and pem.strip().replace("\n", "\\n") in secrets
    assert {jwk[name] for name in ("d", "p", "q", "dp", "dq", "qi")} <= secrets
    assert jwk["n"] not in secrets and jwk["e"] not in secrets


def test_the_keystore_and_its_password_are_secrets(keystore):
    text = base64.b64encode(keystore).decode()
    assert {text, PASSWORD} <= set(SigningKey.from_keystore(text, PASSWORD).secrets())


def test_the_key_shows_itself_nowhere(pem):
    key = SigningKey.from_text(pem)
    shown = repr(key) + str(key) + f"{key}" + repr(copy.deepcopy(key)) + repr([key])
    assert not any(secret in shown for secret in key.secrets())
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(key)
