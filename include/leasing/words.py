"""What an importer reads about a row: reasons and next steps in both languages. No number, no name, no plate."""

from __future__ import annotations

ROW_REASONS: dict[str, tuple[str, str]] = {
    "row.handling": (
        "Kolonnen handling må være OPPRETTE eller AVSLUTTE.",
        "The column handling must be OPPRETTE or AVSLUTTE.",
    ),
    "row.plate": (
        "Kolonnen kjennemerke må ha to til sju bokstaver og tall, for eksempel CU10001.",
        "The column kjennemerke must hold two to seven letters and digits, for example CU10001.",
    ),
    "row.both_numbers": (
        "Fyll ut enten fodselsnummer eller organisasjonsnummer, ikke begge.",
        "Fill in either fodselsnummer or organisasjonsnummer, not both.",
    ),
    "row.no_number": (
        "Fyll ut fodselsnummer med etternavn, eller organisasjonsnummer.",
        "Fill in fodselsnummer with etternavn, or organisasjonsnummer.",
    ),
    "row.no_surname": (
        "En person trenger etternavn ved siden av fodselsnummer.",
        "A person needs etternavn beside fodselsnummer.",
    ),
    "row.surname": ("Kolonnen etternavn er ikke et navn.", "The column etternavn is no name."),
    "row.nobody_known": (
        "Vi har ingen leasingtaker på dette kjennemerket; fyll ut hvem som skal avsluttes.",
        "We know no leaseholder of this plate; fill in who is to be ended.",
    ),
    "person.form": ("Fødselsnummeret har ikke elleve sifre.", "The national number does not have eleven digits."),
    "person.check_digits": (
        "Kontrollsifrene i fødselsnummeret stemmer ikke; se etter en skrivefeil.",
        "The check digits of the national number are wrong; look for a slip.",
    ),
    "person.date": (
        "Fødselsnummeret begynner ikke med en dato som finnes.",
        "The national number does not begin with a date that exists.",
    ),
    "person.synthetic": (
        "Fødselsnummeret er syntetisk og kan bare brukes i test.",
        "The national number is synthetic and can be used in test only.",
    ),
    "organisation.form": ("Organisasjonsnummeret har ikke ni sifre.", "The organisation number has no nine digits."),
    "organisation.check_digits": (
        "Kontrollsifferet i organisasjonsnummeret stemmer ikke; se etter en skrivefeil.",
        "The check digit of the organisation number is wrong; look for a slip.",
    ),
}
"""Rule id to sentence, Norwegian and English."""

NEXT_STEPS: dict[str, tuple[str, str]] = {
    "PENDING": ("Sendes i neste kjøring.", "Is sent by the next run."),
    "SENT": ("Er sendt; ikke send på nytt.", "Is sent; do not send it again."),
    "UNKNOWN": (
        "Utfallet er ukjent og blir avklart; ikke send på nytt.",
        "The outcome is unknown and is being settled; do not send it again.",
    ),
    "NEEDS_PERSON": (
        "Utfallet avklares av en person; ikke send på nytt.",
        "A person settles the outcome; do not send it again.",
    ),
    "ACCEPTED": ("Ingenting; endringen er gjort.", "Nothing; the change is made."),
    "REFUSED": (
        "Rett det koden sier, og legg raden i en ny fil.",
        "Correct what the code says, and put the row into a new file.",
    ),
    "INVALID": ("Rett raden, og legg den i en ny fil.", "Correct the row, and put it into a new file."),
    "DUPLICATE": ("Ingenting; samme endring er allerede tatt imot.", "Nothing; the same change was taken already."),
}
"""State of a row to what the importer does next, Norwegian and English."""
