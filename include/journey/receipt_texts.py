"""The words of receipts in Bokmål and English. Change words here; what they mean is decided in receipt_situation.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from include.journey.receipt_situation import Situation

Language = Literal["nb", "en"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """All words of one language. `labels` also gives the order in which facts are shown."""

    title: str
    headline: Mapping[Situation, str]
    next_step: Mapping[Situation, str]
    labels: Mapping[str, str]
    sources: Mapping[str, str]
    levels: Mapping[str, str]
    answer: str
    remarks: str
    findings: str
    findings_name: str
    why: str
    what_to_do: str
    first: str
    settled: str
    more: str
    rule: str
    place: str
    whole_file: str
    only_the_name: str
    coc_entry: str
    in_english: str
    written: str


_EN = Texts(
    title="Receipt for",
    headline={
        "accepted": "Accepted. Statens vegvesen has received the document and created the vehicle.",
        "accepted_remarks": "Accepted. Statens vegvesen has received the document and created the vehicle.",
        "deleted": "Deleted. The vehicle was created for this document and has been deleted at Statens vegvesen since.",
        "refused": "Refused. Statens vegvesen did not take this document.",
        "refused_avgift": "Refused. Statens vegvesen cannot classify this vehicle with the given avgiftsKode.",
        "invalid": "Not sent. Something in the file has to be corrected first.",
        "invalid_in_place": "Not sent. What lies in the inbox under this name is no file that we can read.",
        "invalid_name": "Not sent. The file was not opened, because of its name.",
        "invalid_kind": "Not sent. This is not an eCoC document.",
        "invalid_archive": "Not sent. The archive, or this document in it, cannot be unpacked.",
        "duplicate": "Already here. This is the very same content as an earlier file, so it is not sent once more.",
        "duplicate_refused": "Already here. This is the very same content as an earlier file, which was refused.",
        "unknown": "Sent, but the answer did not reach us.",
        "incomplete": "Not complete. The file stops before its end, so it cannot be sent.",
        "held": "On hold. The document is in order but is not sent yet.",
        "held_avgift": "On hold. The document is in order, but its avgiftsklassifisering is not.",
        "held_conflict": "On hold. Another document seems to be about the same vehicle or has the same reference.",
        "held_replaces": "On hold. It replaces an earlier document, which has to be deleted first.",
        "held_declined": "On hold. It was to replace an earlier document, and we were not to delete that one.",
        "needs_person": "Being looked into. We could not find out whether Statens vegvesen took this document.",
        "waiting": "Received. The document waits to be sent.",
    },
    next_step={
        "accepted": "Nothing more to do. Keep this receipt.",
        "accepted_remarks": "Nothing more to do for this file. Please read the remarks before the next ones.",
        "deleted": "Nothing more to do. If the vehicle is to come back, drop the document again.",
        "refused": "Correct what the answer names and drop the file again. If the fault was not in the file, drop it "
        "again unchanged once the cause is cured.",
        "refused_avgift": "Give the right avgiftsKode beside the file, or have the wished one opened for the type "
        "approval, variant and version named in the answer. Then drop the same file again, unchanged.",
        "invalid": "Correct the file where the findings point and drop it again.",
        "invalid_in_place": "Remove it from the inbox and put the document itself there. We leave it untouched.",
        "invalid_name": "Rename the file and drop it again.",
        "invalid_kind": "Drop the document itself, as .xml, .xml.gz or .zip. If this is one, rename it and drop it "
        "again.",
        "invalid_archive": "Pack it again as the finding says and drop it again, or drop the documents unpacked.",
        "duplicate": "Nothing to do. If you meant to send a correction, drop the corrected file.",
        "duplicate_refused": "Ask us to send the refused file again once the cause is cured, or drop a corrected file.",
        "unknown": "Please do not send it again. We are finding out what happened, and a new receipt will come.",
        "incomplete": "Upload the file again, completely and under the same name. It is taken as soon as it is whole.",
        "held": "Correct what the reason names. The next run looks again by itself; do not drop the file again.",
        "held_avgift": "Put the right avgiftsKode beside the file (sidecar or manifest.csv), or agree on a rule. "
        "The next run looks again by itself; do not drop the file again.",
        "held_conflict": "Tell us which of the two is right. Nothing is sent until then; do not drop the file again.",
        "held_replaces": "Nothing to do. It is sent once the earlier one is deleted; do not drop the file again.",
        "held_declined": "Nothing is sent. Tell us if the earlier one is wrong; otherwise it stands, and you need do "
        "nothing.",
        "needs_person": "Please do not send it again. A person decides, and a new receipt will come.",
        "waiting": "Nothing to do. A new receipt will come when it is decided.",
    },
    labels={
        "file": "File",
        "member": "Document in it",
        "sha256": "SHA-256",
        "vin": "VIN",
        "reference_sent": "Your reference",
        "reference_returned": "Returned reference",
        "kuid": "KUID",
        "merkekode": "Make code (merkekode)",
        "avgiftsKode": "avgiftsKode",
        "filed_as": "The file is now in",
    },
    sources={
        "sidecar": "from the sidecar beside the file",
        "manifest": "from manifest.csv",
        "party_rule": "by an agreed rule",
        "party_default": "your agreed default",
    },
    levels={"error": "Error", "warning": "Warning", "info": "Note"},
    answer="The answer of Statens vegvesen",
    remarks="Remarks of Statens vegvesen",
    findings="What we found in the file",
    findings_name="What we found about the file name",
    why="Why",
    what_to_do="What to do",
    first="The same content came first as {file}.",
    settled="We expect to know after {when}.",
    more="- and {number} more: see the .json receipt beside this one",
    rule="rule",
    place="place:",
    whole_file="place: the whole file",
    only_the_name="place: the file name",
    coc_entry="CoC entry",
    in_english="in detail:",
    written="written",
)

_NB = Texts(
    title="Kvittering for",
    headline={
        "accepted": "Godtatt. Statens vegvesen har mottatt dokumentet og opprettet kjøretøyet.",
        "accepted_remarks": "Godtatt. Statens vegvesen har mottatt dokumentet og opprettet kjøretøyet.",
        "deleted": "Slettet. Kjøretøyet ble opprettet for dette dokumentet og er siden slettet hos Statens vegvesen.",
        "refused": "Avvist. Statens vegvesen tok ikke imot dette dokumentet.",
        "refused_avgift": "Avvist. Statens vegvesen kan ikke klassifisere kjøretøyet med den oppgitte avgiftskoden.",
        "invalid": "Ikke sendt. Noe i filen må rettes først.",
        "invalid_in_place": "Ikke sendt. Det som ligger i innboksen under dette navnet, er ikke en fil vi kan lese.",
        "invalid_name": "Ikke sendt. Filen er ikke åpnet, på grunn av navnet.",
        "invalid_kind": "Ikke sendt. Dette er ikke et eCoC-dokument.",
        "invalid_archive": "Ikke sendt. Arkivet, eller dette dokumentet i det, kan ikke pakkes ut.",
        "duplicate": "Allerede mottatt. Innholdet er nøyaktig det samme som i en tidligere fil, og sendes ikke igjen.",
        "duplicate_refused": "Allerede mottatt. Innholdet er det samme som i en tidligere fil, som ble avvist.",
        "unknown": "Sendt, men svaret nådde ikke fram til oss.",
        "incomplete": "Ikke fullstendig. Filen stopper før slutten og kan derfor ikke sendes.",
        "held": "På vent. Dokumentet er i orden, men er ikke sendt ennå.",
        "held_avgift": "På vent. Dokumentet er i orden, men avgiftsklassifiseringen er ikke det.",
        "held_conflict": "På vent. Et annet dokument ser ut til å gjelde samme kjøretøy eller har samme referanse.",
        "held_replaces": "På vent. Det erstatter et tidligere dokument, som må slettes først.",
        "held_declined": "På vent. Det skulle erstatte et tidligere dokument, og det ble bestemt at det ikke slettes.",
        "needs_person": "Til vurdering. Vi fant ikke ut på egen hånd hvordan Statens vegvesen mottok dokumentet.",
        "waiting": "Mottatt. Dokumentet venter på å bli sendt.",
    },
    next_step={
        "accepted": "Du trenger ikke gjøre noe mer. Ta vare på kvitteringen.",
        "accepted_remarks": "Du trenger ikke gjøre noe mer med denne filen. Les gjerne merknadene før de neste.",
        "deleted": "Du trenger ikke gjøre mer. Skal kjøretøyet inn igjen, legger du inn dokumentet på nytt.",
        "refused": "Rett det svaret peker på, og legg inn filen på nytt. Lå ikke feilen i filen, kan du legge den inn "
        "uendret når årsaken er rettet.",
        "refused_avgift": "Oppgi riktig avgiftskode ved siden av filen, eller få den ønskede koden åpnet for "
        "typegodkjenningen, varianten og versjonen som svaret nevner. Legg så inn den samme filen på nytt, uendret.",
        "invalid": "Rett filen der funnene viser, og legg den inn på nytt.",
        "invalid_in_place": "Fjern det fra innboksen, og legg inn selve dokumentet i stedet. Vi lar det ligge urørt.",
        "invalid_name": "Gi filen et nytt navn, og legg den inn på nytt.",
        "invalid_kind": "Legg inn selve dokumentet, som .xml, .xml.gz eller .zip. Er dette et dokument, gir du filen "
        "riktig navn og legger den inn på nytt.",
        "invalid_archive": "Pakk det på nytt slik funnet sier, og legg det inn igjen, eller legg inn dokumentene "
        "upakket.",
        "duplicate": "Du trenger ikke gjøre noe. Ville du sende en rettelse, legger du inn den rettede filen.",
        "duplicate_refused": "Be oss sende filen på nytt når årsaken er rettet, eller legg inn en rettet fil.",
        "unknown": "Ikke send den på nytt. Vi finner ut hva som skjedde, og det kommer en ny kvittering.",
        "incomplete": "Last opp filen på nytt, fullstendig og under samme navn. Den blir tatt så snart den er hel.",
        "held": "Rett det som begrunnelsen nevner. Neste kjøring ser på filen igjen; ikke legg inn filen på nytt.",
        "held_avgift": "Legg riktig avgiftskode ved siden av filen (sidefil eller manifest.csv), eller avtal en regel. "
        "Neste kjøring ser på filen igjen; ikke legg inn filen på nytt.",
        "held_conflict": "Si fra til oss hvilket av de to som er riktig. Ingenting sendes før det; ikke legg inn filen "
        "på nytt.",
        "held_replaces": "Du trenger ikke gjøre noe. Det sendes når det tidligere er slettet; ikke legg inn filen på "
        "nytt.",
        "held_declined": "Ingenting sendes. Si fra hvis det tidligere er feil; ellers blir det stående, og du trenger "
        "ikke gjøre noe.",
        "needs_person": "Ikke send den på nytt. En person avgjør saken, og det kommer en ny kvittering.",
        "waiting": "Du trenger ikke gjøre noe. Det kommer en ny kvittering når saken er avgjort.",
    },
    labels={
        "file": "Fil",
        "member": "Dokument i filen",
        "sha256": "SHA-256",
        "vin": "Understellsnummer",
        "reference_sent": "Din referanse",
        "reference_returned": "Returnert referanse",
        "kuid": "KUID",
        "merkekode": "Merkekode",
        "avgiftsKode": "avgiftsKode",
        "filed_as": "Filen ligger nå i",
    },
    sources={
        "sidecar": "fra sidefilen ved siden av filen",
        "manifest": "fra manifest.csv",
        "party_rule": "etter en avtalt regel",
        "party_default": "din avtalte standard",
    },
    levels={"error": "Feil", "warning": "Advarsel", "info": "Merk"},
    answer="Svaret fra Statens vegvesen",
    remarks="Merknader fra Statens vegvesen",
    findings="Dette fant vi i filen",
    findings_name="Dette fant vi om filnavnet",
    why="Hvorfor",
    what_to_do="Hva du gjør nå",
    first="Det samme innholdet kom først som {file}.",
    settled="Vi regner med å vite mer etter {when}.",
    more="- og {number} til: se .json-kvitteringen ved siden av denne",
    rule="regel",
    place="sted:",
    whole_file="sted: hele filen",
    only_the_name="sted: filnavnet",
    coc_entry="CoC-punkt",
    in_english="detaljer på engelsk:",
    written="skrevet",
)

TEXTS: Mapping[Language, Texts] = {"nb": _NB, "en": _EN}
