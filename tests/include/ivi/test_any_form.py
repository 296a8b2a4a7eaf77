"""Properties of a check: no mutation raises, and how a document is written down never changes what is found."""

from __future__ import annotations

import re
from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from include.ivi.check import CheckContext, Checked, check
from include.ivi.finding import Level
from include.ivi.samples import CATEGORIES, POWERTRAINS, sample

CONTEXT = CheckContext(environment="prod", file_name="ivi.xml", today=date(2026, 8, 1))
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_LINE = re.compile(r" \(line \d+\)| and line \d+")

recipes = st.fixed_dictionaries(
    {
        "number": st.integers(0, 9_999_999),
        "family": st.sampled_from(["1.6", "2.0"]),
        "category": st.sampled_from(CATEGORIES),
        "powertrain": st.sampled_from([None, *POWERTRAINS]),
        "stage": st.sampled_from(["C", "C", "I", "V"]),
    }
)
texts = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=30),
    st.integers(-(10**9), 10**9).map(str),
    st.decimals(-1000, 100_000, places=2).map(str),
    st.dates().map(date.isoformat),
    st.sampled_from(
        ["", " ", "Y", "N", "0", "95", "10", "M1", "O4", "T1b", "L3e-A2", "C", "I", "V", "e6*2018/858*1*0"]
    ),
)
slips = st.lists(
    st.tuples(
        st.sampled_from(["drop", "double", "move", "rename", "text", "attribute", "empty", "fill"]),
        st.integers(0, 10_000),
        st.integers(0, 10_000),
        texts,
    ),
    max_size=6,
)


def sound(result: Checked) -> None:
    """What holds of every check, whatever went in."""
    assert result.valid == all(finding.level is not Level.ERROR for finding in result.findings)
    assert result.document is not None or not result.valid
    for finding in result.findings:
        assert finding.sentence.isprintable()
        assert len(finding.sentence) < 1_000
        assert "could not be applied" not in finding.sentence, finding.sentence


def slip(root: etree._Element, kind: str, one: int, two: int, text: str) -> None:
    elements = [element for element in root.iter(etree.Element) if element is not root]
    if not elements:
        return
    element, other = elements[one % len(elements)], elements[two % len(elements)]
    match kind:
        case "drop":
            element.getparent().remove(element)
        case "double":
            element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))
        case "move" if element not in other.iterancestors() and element is not other:
            other.append(element)
        case "rename":
            element.tag = other.tag
        case "text":
            element.text = text
        case "attribute":
            element.set("a", text)
        case "empty":
            element[:] = []
            element.text = None
        case "fill":
            etree.SubElement(element, other.tag).text = text


@settings(max_examples=300, deadline=None)
@given(recipes, slips)
def test_elements_dropped_doubled_moved_renamed_or_refilled_never_raise(recipe, wrong):
    root = etree.fromstring(sample(**recipe))
    for kind, one, two, text in wrong:
        slip(root, kind, one, two, text)
    sound(check(etree.tostring(root), CONTEXT))


@settings(max_examples=200, deadline=None)
@given(recipes, st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 255)), min_size=1, max_size=8))
def test_flipped_bytes_never_raise(recipe, flips):
    content = bytearray(sample(**recipe))
    for place, change in flips:
        content[place % len(content)] ^= change
    sound(check(bytes(content), CONTEXT))


def told(content: bytes) -> tuple[object, list[tuple[str, ...]]]:
    """The document, and the findings without the lines of the file and in an order of their own."""
    result = check(content, CONTEXT)
    found = [
        (finding.rule_id, finding.level, finding.path, finding.coc_entry or "", _LINE.sub("", finding.sentence))
        for finding in result.findings
        if not finding.rule_id.startswith("signature.")  # which is about exactly how the bytes are written
    ]
    return result.document, sorted(found)


def faulty(recipe: dict[str, object], faults: list[tuple[int, str]]) -> etree._Element:
    """The document with other texts in some of its values, none of them empty or doubled."""
    root = etree.fromstring(sample(**recipe))
    values = [element for element in root.iter(etree.Element) if not len(element)]
    for place, text in faults:
        values[place % len(values)].text = text
    return root


faults = st.lists(st.tuples(st.integers(0, 1_000), texts.filter(lambda text: bool(text.strip()))), max_size=3)


def shuffle(element: etree._Element, rng: Random) -> None:
    """Another order of the members of every group; rows of a table keep theirs."""
    if element.tag == SIGNATURE:
        return
    children = list(element)
    for child in children:
        shuffle(child, rng)
    if not etree.QName(element).localname.endswith("Table") and element.getparent() is not None:
        rng.shuffle(children)
        element[:] = children


def reformat(root: etree._Element, rng: Random) -> None:
    """Other white space between elements, comments and instructions anywhere, values split by them or in CDATA."""
    for element in list(root.iter(etree.Element)):
        if element is not root:
            element.tail = rng.choice(["", "\n", "\t", "  \n ", "\n\n\n"])
        if len(element):
            element.text = rng.choice(["", "\n    ", "\t"])
            if rng.random() < 0.2:
                element.insert(rng.randrange(len(element)), etree.Comment(" </Header> & <x "))
        elif element.text and "]]>" not in element.text:
            rewrite(element, element.text, rng)


def rewrite(element: etree._Element, text: str, rng: Random) -> None:
    way = rng.randrange(8)
    if way == 0 and text.isascii():  # a character by its number is none in CDATA
        element.text = etree.CDATA(text)
    elif way == 1:
        half = rng.randrange(len(text) + 1)
        note = rng.choice([etree.Comment("x"), etree.ProcessingInstruction("x", "y")])
        element.text, note.tail = text[:half], text[half:]
        element.append(note)


def encoded(root: etree._Element, rng: Random) -> bytes:
    way = rng.choice(["utf-8", "bom", "plain", "utf-16", "utf-16-be", "ascii", "crlf", "cr"])
    text = etree.tostring(root, encoding="unicode")
    match way:
        case "bom":
            return b"\xef\xbb\xbf" + text.encode()
        case "plain":
            return b"<!-- written by hand -->\n" + text.encode() + b"\n\n<?done?>\n"
        case "utf-16":
            return f'<?xml version="1.0" encoding="utf-16"?>{text}'.encode("utf-16")
        case "utf-16-be":
            return b"\xfe\xff" + f"<?xml version='1.0' encoding='UTF-16'?>{text}".encode("utf-16-be")
        case "ascii":
            return etree.tostring(root, encoding="us-ascii", xml_declaration=True)
        case "crlf":
            return text.replace("\n", "\r\n").encode()
        case "cr":
            return text.replace("\n", "\r").encode()
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, standalone=True)


@settings(max_examples=300, deadline=None)
@given(recipes, faults, st.integers(0, 2**32))
def test_order_in_groups_formatting_line_ends_and_encoding_change_nothing(recipe, wrong, seed):
    rng = Random(seed)
    root = faulty(recipe, wrong)
    before = told(etree.tostring(root))
    shuffle(root, rng)
    reformat(root, rng)
    assert told(encoded(root, rng)) == before
