"""The waiting list file: what spreadsheets write comes in, and every fault is told by line in plain words."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from cms.waiting_list.file import Bad, FileRefused, Good, open_file

TODAY = dt.date(2026, 11, 21)
HEAD = "Reference,First name,Last name,Date of birth,Mobile,Parent1 name,Parent1 number,Referred on"
ROW = "R1,Zoë,O’Brien,04/05/2011,07700 900123,Pat O’Brien,020 7946 0101,01/02/2026"


def rows(text: str | bytes) -> list[Good | Bad]:
    data = text if isinstance(text, bytes) else text.encode()
    return list(open_file(io.BytesIO(data), today=TODAY).rows)


def one(heading: str, row: str) -> Good | Bad:
    (found,) = rows(f"{heading}\n{row}\n")
    return found


def reasons(heading: str, row: str) -> str:
    found = one(heading, row)
    assert isinstance(found, Bad)
    return "; ".join(found.why)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"], ids=lambda name: name
)
@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old-mac"])
def test_every_way_a_spreadsheet_writes_the_file_gives_the_same_family(
    encoding: str, separator: str, ending: str
) -> None:
    text = f"{HEAD}{ending}{ROW}{ending}".replace(",", separator)
    (found,) = rows(text.encode(encoding))
    assert isinstance(found, Good)
    family = found.family
    assert (family.given_name, family.family_name, family.born_on) == ("Zoë", "O’Brien", dt.date(2011, 5, 4))
    assert family.way.number == "+447700900123"
    assert family.adults[0].given_name == "Pat"
    assert family.adults[0].way.number == "+442079460101"


def test_headings_may_stand_in_any_order_and_case_and_extra_ones_are_named() -> None:
    file = open_file(
        io.BytesIO(
            b"referral_date;SHOE SIZE;d.o.b.;Full Name;REF;MUM;home address\n1/2/26;39;4/5/11;Rao, Asha;R9;;1 Elm Rd\n"
        ),
        today=TODAY,
    )
    (found,) = file.rows
    assert file.columns.unused == ("SHOE SIZE", "MUM")
    assert isinstance(found, Good)
    assert (found.family.given_name, found.family.family_name) == ("Asha", "Rao")
    assert (found.family.born_on, found.family.referred_on) == (dt.date(2011, 5, 4), dt.date(2026, 2, 1))


def test_as_many_adults_as_there_are_columns_each_with_what_they_may_know() -> None:
    found = one(
        "ref,name,dob,referred,Mother name,Mother number,Mother may know,Carer 2 name,Carer 2 number,Carer 2 may know,"
        "Carer 2 language,Carer 2 channel,Must not be told",
        "R1,Asha Rao,4/5/2011,1/2/2026,Uma Rao,07700900001,everything,Lin Wu,01632 960001,appointments only,"
        'Mandarin,phone,"father; Lin Wu"',
    )
    assert isinstance(found, Good)
    by_name = {adult.given_name: adult for adult in found.family.adults}
    mother, carer, father = by_name["Uma"], by_name["Lin"], by_name["father"]
    assert (mother.kind, mother.may_know, mother.way.number) == ("mother", "all", "+447700900001")
    assert (carer.given_name, carer.must_not_be_told, carer.may_know, carer.way.number) == ("Lin", True, "nothing", "")
    assert (father.given_name, father.must_not_be_told) == ("father", True)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("04/05/2011", dt.date(2011, 5, 4)),
        ("4.5.11", dt.date(2011, 5, 4)),
        ("2011-05-04", dt.date(2011, 5, 4)),
        ("2011-05-04 00:00:00", dt.date(2011, 5, 4)),
        ("4 May 2011", dt.date(2011, 5, 4)),
        ("4th Sept 2011", dt.date(2011, 9, 4)),
        ("04-May-11", dt.date(2011, 5, 4)),
        ("29/02/2012", dt.date(2012, 2, 29)),
        ("", None),
    ],
)
def test_days_are_read_with_the_day_of_the_month_first(written: str, meant: dt.date | None) -> None:
    found = one(HEAD, ROW.replace("04/05/2011", written))
    assert isinstance(found, Good)
    assert found.family.born_on == meant


@pytest.mark.parametrize("typed", ["7700900123", "+44 7700 900123", "0044 7700 900123", "(07700) 900-123"])
def test_numbers_are_read_as_people_and_spreadsheets_write_them(typed: str) -> None:
    found = one(HEAD, ROW.replace("07700 900123", typed))
    assert isinstance(found, Good)
    assert found.family.way.number == "+447700900123"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("04/05/2011", "05/23/2011", "day first"),
        ("04/05/2011", "31/02/2011", "not a day we can read"),
        ("04/05/2011", "04/05/2031", "in the future"),
        ("04/05/2011", "04/05/1971", "older than 25"),
        ("01/02/2026", "", "no day of the request"),
        ("01/02/2026", "01/02/2010", "older than the person"),
        ("R1", "", "there is no reference"),
        ("R1", "R" * 61, "longer than 60"),
        ("Zoë,O’Brien", ",", "there is no name"),
        ("Zoë", "http://x.example", "does not look like a name"),
        ("Zoë", "=HYPERLINK(1)", "does not look like a name"),
        ("Zoë", "Zo\x00ë", "cannot be shown"),
        ("07700 900123", "7.70E+09", "shortened by a spreadsheet"),
        ("07700 900123", "0770", "short or emergency"),
        ("07700 900123", "+1 202 555 0142", "UK"),
        ("Pat O’Brien", "", "parent 1 has no name"),
        ("07700 900123,Pat O’Brien,020 7946 0101", ",,", "nobody could reach"),
        ("01/02/2026", "01/02/2026,,,more", "more cells than columns"),
    ],
)
def test_a_row_that_cannot_be_right_is_left_out_with_the_reason(old: str, new: str, reason: str) -> None:
    assert reason in reasons(HEAD, ROW.replace(old, new))


@pytest.mark.parametrize(
    ("column", "cell", "reason"),
    [
        ("NHS number", "943 476 5918", "one of its ten digits is wrong"),
        ("NHS number", "12345", "one of its ten digits is wrong"),
        ("stage", "limbo", "referred, waiting, offered, started"),
        ("channel", "pigeon", "(text, call)"),
        ("language", "Klingon", "the language “Klingon”"),
        ("location hidden", "perhaps", "location hidden “perhaps”"),
        ("parent1 may know", "bits", "what parent 1 may know"),
    ],
)
def test_a_word_outside_the_tables_is_refused_and_the_known_words_are_told(column: str, cell: str, reason: str) -> None:
    assert reason in reasons(f"{HEAD},{column}", f"{ROW},{cell}")


def test_all_faults_of_a_row_are_told_at_once_with_its_line() -> None:
    found = rows(f"{HEAD}\n{ROW}\n\n{ROW.replace('R1', '').replace('04/05/2011', 'x').replace('Zoë', '<b>')}\n")
    assert isinstance(found[1], Bad)
    assert (found[1].line, len(found[1].why)) == (4, 3)


def test_a_quote_mark_that_is_never_closed_costs_its_own_line_only() -> None:
    broken = ROW.replace("R1", "R2").replace("Zoë", '"Zoë')
    text = "\n".join([HEAD, ROW, broken, *(ROW.replace("R1", f"R{n}") for n in range(3, 60))])
    found = rows(text)
    bad = [row for row in found if isinstance(row, Bad)]
    assert [(row.line, "quote mark" in row.why[0]) for row in bad] == [(3, True)]
    assert len(found) == 59


def test_an_address_may_run_over_several_lines() -> None:
    found = rows(f'{HEAD},Address\n{ROW},"1 Elm Rd\r\nBarton"\n{ROW.replace("R1", "R2")},2 Oak Rd\n')
    assert [row.line for row in found] == [2, 4]
    assert isinstance(found[0], Good)
    assert found[0].family.address == "1 Elm Rd Barton"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty."),
        (b"\xef\xbb\xbf \r\n", "This file is empty."),
        (HEAD.encode() + b"\n\n", "no rows"),
        (b"PK\x03\x04rest of a workbook", "Excel workbook"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(32)) * 9, "not a text file"),
        (b"Reference,First name,Referred on\nR1,A,1/1/26\n", "the birth date (“birth date”)"),
        (b"dear sir\nplease find\n", "no column for the reference"),
        (HEAD.encode() + b",DOB\n" + ROW.encode(), "mean the same"),
        (b"a\x81,b\xff\n", "how this file writes its letters"),
    ],
)
def test_a_file_that_is_no_waiting_list_is_refused_in_a_plain_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused) as refused:
        rows(data)
    assert sentence in str(refused.value)


def test_a_file_that_breaks_off_inside_a_letter_gives_what_came_before() -> None:
    text = "\n".join([HEAD, *(ROW.replace("R1", f"R{n}") for n in range(2000))]).encode("utf-16")
    found = rows(text[:-1])
    assert isinstance(found[-1], Bad)
    assert "cannot be read" in found[-1].why[0]
    assert sum(isinstance(row, Good) for row in found) >= 1900


def test_the_document_names_every_heading_that_is_understood() -> None:
    from pathlib import Path

    from cms.waiting_list.columns import ADULT_NAMES, NAMES

    said = Path("docs/waiting-list-file.md").read_text().casefold()
    missing = [
        name for names in (*NAMES.values(), *ADULT_NAMES.values()) for name in names if name.casefold() not in said
    ]
    assert missing == []
