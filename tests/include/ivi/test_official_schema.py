"""EReg's own schema files take the place of ours where they are pinned; a schema that does not refuse is refused."""

from __future__ import annotations

import socket
import threading
from hashlib import sha256
from importlib.resources import files

import pytest
from lxml import etree

from include.errors import ConfigurationError
from include.ivi import schema
from include.ivi.check import CheckContext, check
from include.ivi.samples import sample
from include.ivi.schema import load_schemas, schema_bytes
from include.ivi.schemas.official import SETTINGS, SIGNATURE_SETTING, pins
from include.ivi.schemas.proof import wrongly_accepted
from include.ivi.version import rules_version

COC = "Body/CocDataGroup"
XS = 'xmlns:xs="http://www.w3.org/2001/XMLSchema"'
SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"


@pytest.fixture(autouse=True)
def _fresh_schemas():
    schema._schema.cache_clear()
    yield
    schema._schema.cache_clear()


@pytest.fixture
def pin(tmp_path, monkeypatch):
    """Writes a schema file and points a setting at it."""

    def pinned(setting, content, name="official.xsd"):
        path = tmp_path / name
        path.write_bytes(content)
        monkeypatch.setenv(setting, f"{path}#sha256={sha256(content).hexdigest()}")
        return path

    return pinned


def w3c() -> bytes:
    return files("signxml").joinpath("schemas/xmldsig-core-schema.xsd").read_bytes()


def findings(content):
    return check(content, CheckContext(environment="test")).findings


def refusal() -> str:
    with pytest.raises(ConfigurationError) as refused:
        load_schemas()
    return str(refused.value)


def test_the_schemas_of_the_package_prove_themselves():
    load_schemas()
    for family in SETTINGS:
        assert list(wrongly_accepted(schema._schema(family), family)) == []


def test_official_files_take_the_place_of_ours(pin):
    documents = [
        sample(number=1),
        sample(number=1, family="2.0"),
        sample(number=1, overrides={f"{COC}/NumberOfAxles": "two", f"{COC}/NoSuch": "1"}),
        sample(number=1, family="2.0", overrides={"CocDataGroup/VehicleCategory": "M9"}),
    ]
    ours = [findings(content) for content in documents]
    assert [bool(found) for found in ours[2:]] == [True, True]
    schema._schema.cache_clear()
    marked = {family: schema_bytes(f"ivi{family[0]}.xsd") + b"<!-- from outside -->" for family in SETTINGS}
    for family, setting in SETTINGS.items():
        pin(setting, marked[family], f"IVI {family}.xsd")
    assert [findings(content) for content in documents] == ours


def test_the_official_file_is_the_one_that_judges(pin):
    """A file that allows less than ours refuses what ours takes."""
    narrow = schema_bytes("ivi1.xsd").replace(b'<xs:maxLength value="50"/>', b'<xs:maxLength value="2"/>')
    assert check(sample(number=1), CheckContext()).valid
    schema._schema.cache_clear()
    pin("SAMSVAR_IVI1_XSD", narrow)
    assert "schema.value" in {finding.rule_id for finding in findings(sample(number=1))}


def signed_by_the_book() -> bytes:
    """A 2.0 document whose signature has every part that the W3C's schema asks for."""
    root = etree.fromstring(sample(number=1, family="2.0"))
    (old,) = root.findall(f"{{{SIGNATURES}}}Signature")
    method = '<{} Algorithm="urn:x"/>'.format
    digest = f"{method('DigestMethod')}<DigestValue>AAAA</DigestValue>"
    told = f"{method('CanonicalizationMethod')}{method('SignatureMethod')}<Reference URI=''>{digest}</Reference>"
    text = f"<SignedInfo>{told}</SignedInfo><SignatureValue>AAAA</SignatureValue>"
    root.replace(old, etree.fromstring(f'<Signature xmlns="{SIGNATURES}">{text}</Signature>'))
    return etree.tostring(root)


def test_signatures_are_held_to_the_w3c_schema_where_it_is_pinned(pin):
    good = signed_by_the_book()
    wrong = good.replace(b'<SignatureMethod Algorithm="urn:x"/>', b"<SignatureMethod/>")
    assert [one for one in findings(wrong) if one.rule_id.startswith("schema.")] == []
    schema._schema.cache_clear()
    pin(SIGNATURE_SETTING, w3c())
    assert [one for one in findings(good) if one.rule_id.startswith("schema.")] == []
    (found,) = (one for one in findings(wrong) if one.rule_id.startswith("schema."))
    assert (found.rule_id, found.path) == ("schema.signature", "Signature/SignedInfo/SignatureMethod")
    assert "does not follow the W3C's schema of signatures" in found.sentence
    assert found.sentence.endswith("sign the document anew.")


@pytest.mark.parametrize(
    "text", ["/etc/x.xsd", "/etc/x.xsd#sha256=abc", "#sha256=" + "0" * 64, "x.xsd#md5=" + "0" * 64]
)
def test_a_setting_that_is_no_pinned_file_is_refused(monkeypatch, text):
    monkeypatch.setenv("SAMSVAR_IVI2_XSD", text)
    assert refusal().startswith("SAMSVAR_IVI2_XSD is no pinned file: write the path, #sha256=")


def test_a_missing_file_is_refused_by_name(monkeypatch, tmp_path):
    monkeypatch.setenv("SAMSVAR_IVI1_XSD", f"{tmp_path}/gone.xsd#sha256={'0' * 64}")
    assert refusal().startswith(f"The schema file {tmp_path}/gone.xsd of SAMSVAR_IVI1_XSD cannot be read (No such file")


@pytest.mark.parametrize("setting", ["SAMSVAR_IVI1_XSD", "SAMSVAR_IVI2_XSD", SIGNATURE_SETTING])
def test_a_file_that_was_changed_after_pinning_is_refused(pin, setting):
    path = pin(setting, w3c() if setting == SIGNATURE_SETTING else schema_bytes(f"ivi{setting[11]}.xsd"))
    path.write_bytes(path.read_bytes() + b"\n")
    assert "is pinned: put the right file there" in refusal()


@pytest.mark.parametrize(
    "damage", [b"", b"hello", b"<schema/>", b"<xs:schema " + XS.encode() + b"><xs:wrong/></xs:schema>"]
)
def test_a_file_that_is_no_schema_of_ivi_is_refused(pin, damage):
    pin("SAMSVAR_IVI1_XSD", damage)
    assert refusal().startswith("The schema of SAMSVAR_IVI1_XSD ")


def test_the_file_of_the_other_family_is_refused(pin):
    pin("SAMSVAR_IVI1_XSD", schema_bytes("ivi2.xsd"))
    assert "not for IVI 1.x" in refusal()


def test_a_schema_that_takes_everything_is_refused(pin):
    anything = (
        f'<xs:schema {XS}><xs:element name="InitialVehicleInformation"><xs:complexType><xs:sequence>'
        '<xs:any processContents="skip" maxOccurs="unbounded"/></xs:sequence></xs:complexType></xs:element></xs:schema>'
    )
    pin("SAMSVAR_IVI1_XSD", anything.encode())
    assert "does not refuse a document with a wrong VersionNumberXsd" in refusal()


@pytest.mark.parametrize(("family", "setting"), SETTINGS.items())
@pytest.mark.parametrize("name", ["Header", "CocDataGroup"])
def test_a_schema_that_is_blind_for_one_group_is_refused(pin, family, setting, name):
    root = etree.fromstring(schema_bytes(f"ivi{family[0]}.xsd"))
    for element in root.iter("{*}element"):
        if element.get("name") == name:
            element.set("type", "xs:anyType")
    pin(setting, etree.tostring(root))
    assert "does not refuse a document with a wrong" in refusal()


@pytest.mark.parametrize(
    "brought",
    [
        '<xs:include schemaLocation="types.xsd"/>',
        '<xs:redefine schemaLocation="types.xsd"/>',
        '<xs:import namespace="urn:x" schemaLocation="types.xsd"/>',
        '<xs:import schemaLocation="types.xsd"/>',
    ],
)
def test_a_schema_that_brings_in_other_files_is_refused(pin, tmp_path, brought):
    (tmp_path / "types.xsd").write_text(f"<xs:schema {XS}/>")
    text = schema_bytes("ivi1.xsd").replace(b"<xs:import", brought.encode() + b"<xs:import", 1)
    pin("SAMSVAR_IVI1_XSD", text)
    assert refusal().startswith(
        "The schema of SAMSVAR_IVI1_XSD brings in 'types.xsd', and only the schema of signatures"
    )


def test_nothing_is_fetched_for_an_import_whatever_it_names(pin, tmp_path):
    (tmp_path / "xmldsig-core-schema.xsd").write_text("no schema at all")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.5)
        asked: list[object] = []

        def listen():
            try:
                asked.append(server.accept()[1])
            except TimeoutError:
                return

        listener = threading.Thread(target=listen)
        listener.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/xmldsig-core-schema.xsd".encode()
        for place in (b'schemaLocation="%s"' % address, b'schemaLocation="xmldsig-core-schema.xsd"', b""):
            text = schema_bytes("ivi1.xsd").replace(b'schemaLocation="signature.xsd"', place)
            pin("SAMSVAR_IVI1_XSD", text)
            schema._schema.cache_clear()
            load_schemas()
            assert check(sample(number=1), CheckContext()).valid
        listener.join()
    assert asked == []


def test_a_pin_changes_the_version_of_the_rules_and_the_path_does_not(monkeypatch):
    usual = rules_version()
    assert pins() == ""
    monkeypatch.setenv("SAMSVAR_IVI1_XSD", f"/a.xsd#sha256={'0' * 64}")
    changed = rules_version()
    monkeypatch.setenv("SAMSVAR_IVI1_XSD", f"/elsewhere/b.xsd#sha256={'0' * 64}")
    assert rules_version() == changed != usual
