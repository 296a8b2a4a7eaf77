"""The sentences of the release decision. `ledger.release_sentence` says the same ones in SQL; a test compares them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Language = Literal["nb", "en"]
Text = Mapping[Language, str]

#: No signal, by how far our own presentation is.
SILENT: Mapping[str, Text] = {
    "not": {
        "nb": "Det er ikke kommet noe signal, og Samsvar har ikke fremlagt varene: hold dem tilbake.",
        "en": "No signal has come, and Samsvar has not presented the goods: hold them.",
    },
    "under way": {
        "nb": "Fremleggingen er underveis: hold varene tilbake til Tolletaten gir et signal.",
        "en": "The presentation is under way: hold the goods until customs gives a signal.",
    },
    "done": {
        "nb": "Fremlagt, men det er ikke kommet noe signal: hold varene tilbake til Tolletaten gir et.",
        "en": "Presented, but no signal has come: hold the goods until customs gives one.",
    },
    "failed": {
        "nb": "Fremleggingen ble avvist: hold varene tilbake, rett den og fremlegg på nytt.",
        "en": "The presentation failed: hold the goods, correct it and present again.",
    },
}

#: The last signal, by its routing; TO_CONTROL is below.
ONE: Mapping[str, Text] = {
    "TO_ENTRY": {
        "nb": "TO_ENTRY: varene kan gå videre til neste tollprosedyre.",
        "en": "TO_ENTRY: the goods may go on to the next customs procedure.",
    },
    "ENTRY_PENDING": {
        "nb": "ENTRY_PENDING: Tolletaten fant mangler; rett dem straks, så følger et nytt signal.",
        "en": "ENTRY_PENDING: customs found deficiencies; correct them at once, a new signal follows.",
    },
    "ENTRY_DENIED": {
        "nb": "ENTRY_DENIED: varene er beslaglagt og frigis aldri.",
        "en": "ENTRY_DENIED: the goods are seized and are never released.",
    },
}
NOBODY_KNOWS: Text = {
    "nb": "Tolletaten sendte {routing}, som Samsvar ikke kjenner: hold varene tilbake og spør Tolletaten.",
    "en": "Customs sent {routing}, which Samsvar does not know: hold the goods and ask customs.",
}

#: TO_CONTROL, by routingControlLocation.
CONTROL: Mapping[str, Text] = {
    "ON_ENTRY": {
        "nb": "TO_CONTROL: varene skal kontrolleres ved innførselen; lever dem snarest til {place}.",
        "en": "TO_CONTROL: the goods are controlled on entry; deliver them as soon as possible to {place}.",
    },
    "AFTER_ENTRY": {
        "nb": "TO_CONTROL: varene skal kontrolleres etter innførselen; lever dem snarest til {place}.",
        "en": "TO_CONTROL: the goods are controlled after entry; deliver them as soon as possible to {place}.",
    },
    "": {
        "nb": "TO_CONTROL: varene skal kontrolleres; lever dem snarest til {place}.",
        "en": "TO_CONTROL: the goods are to be controlled; deliver them as soon as possible to {place}.",
    },
}
PLACE: Mapping[str, Text] = {
    "office": {
        "nb": "kontrollstedet som er avtalt for {office} (ingen er satt i control_places)",
        "en": "the place of control agreed for {office} (none is set in control_places)",
    },
    "nobody": {"nb": "det avtalte kontrollstedet", "en": "the agreed place of control"},
}

#: A house in several containers, by the decision.
MANY: Mapping[str, Text] = {
    "RELEASE": {
        "nb": "Kjent i {number} containere, og hver har sitt eget TO_ENTRY ({each}).",
        "en": "Known in {number} containers, and each has a TO_ENTRY of its own ({each}).",
    },
    "DELIVER_TO_CONTROL": {
        "nb": "Kjent i {number} containere, og alle skal kontrolleres ({each}); lever dem snarest til {place}.",
        "en": "Known in {number} containers, all to be controlled ({each}); deliver them at once to {place}.",
    },
    "NEVER": {
        "nb": "Kjent i {number} containere, og alle er beslaglagt ({each}): de frigis aldri.",
        "en": "Known in {number} containers, all of them seized ({each}): they are never released.",
    },
    "HOLD": {
        "nb": "Kjent i {number} containere uten samme frigivende svar ({each}): en person må avgjøre.",
        "en": "Known in {number} containers without one releasing answer for all ({each}): a person decides.",
    },
}


def filled(text: Text, **values: str | Text) -> Text:
    """The text in both languages with its places filled; a value may have a form per language."""

    def of(language: Language) -> str:
        said = {name: value if isinstance(value, str) else value[language] for name, value in values.items()}
        return text[language].format(**said)

    return {"nb": of("nb"), "en": of("en")}
