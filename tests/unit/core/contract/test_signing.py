"""Nobody without SECRET_KEY can speak for us, move a word of ours, or change one."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.contract import keys
from core.contract.codec import MalformedError, ReportCodec
from core.contract.events import Report
from core.contract.signing import MAC, ForgedError, Signed, Signer, place_of
from tests.domain_values import ACCOUNT, OWNER, reports

OLD, NEW = b"o" * 32, b"n" * 32
SIGNER = Signer([NEW])
PLACE = "doorman:{1}:snapshot"
places = st.text(max_size=20)
data = st.binary(max_size=40)
names = st.binary(max_size=8).filter(lambda name: name != MAC)
fields = st.dictionaries(names, st.binary(max_size=20), max_size=4)


def refused(signer: Signer, place: str, word: bytes | dict[bytes, bytes]) -> None:
    if isinstance(word, bytes):
        with pytest.raises(ForgedError):
            signer.unwrap(place, word)
    else:
        with pytest.raises(ForgedError):
            signer.check(place, word)


@given(places, data)
def test_a_value_comes_back_as_it_went(place: str, value: bytes) -> None:
    assert SIGNER.unwrap(place, SIGNER.wrap(place, value)) == value


@given(places, fields)
def test_an_entry_comes_back_as_it_went(place: str, entry: dict[bytes, bytes]) -> None:
    assert SIGNER.check(place, SIGNER.sign(place, entry)) == entry


@given(places, fields, st.randoms())
def test_in_which_order_redis_gives_the_fields_is_of_no_matter(
    place: str, entry: dict[bytes, bytes], order: Random
) -> None:
    signed = list(SIGNER.sign(place, entry).items())
    order.shuffle(signed)
    assert SIGNER.check(place, dict(signed)) == entry


@given(data, st.data())
def test_a_value_of_which_a_byte_was_changed_is_refused(value: bytes, draw: st.DataObject) -> None:
    wrapped = SIGNER.wrap(PLACE, value)
    at = draw.draw(st.integers(0, len(wrapped) - 1))
    byte = draw.draw(st.integers(0, 255).filter(lambda byte: byte != wrapped[at]))
    refused(SIGNER, PLACE, wrapped[:at] + bytes([byte]) + wrapped[at + 1 :])


@given(data, st.data())
def test_a_value_that_was_cut_or_added_to_is_refused(value: bytes, draw: st.DataObject) -> None:
    wrapped = SIGNER.wrap(PLACE, value)
    refused(SIGNER, PLACE, wrapped[: draw.draw(st.integers(0, len(wrapped) - 1))])
    refused(SIGNER, PLACE, wrapped + draw.draw(st.binary(min_size=1, max_size=5)))


@given(st.binary(max_size=100))
def test_what_was_never_signed_is_refused(rubbish: bytes) -> None:
    refused(SIGNER, PLACE, rubbish)
    refused(SIGNER, PLACE, b" " + rubbish)


@given(fields, names, st.binary(max_size=20))
def test_an_entry_with_another_field_or_another_value_is_refused(
    entry: dict[bytes, bytes], name: bytes, value: bytes
) -> None:
    assume(entry.get(name) != value)
    refused(SIGNER, PLACE, SIGNER.sign(PLACE, entry) | {name: value})


@given(fields.filter(bool), st.data())
def test_an_entry_that_lacks_a_field_is_refused(entry: dict[bytes, bytes], draw: st.DataObject) -> None:
    signed = SIGNER.sign(PLACE, entry)
    del signed[draw.draw(st.sampled_from(sorted(signed)))]
    refused(SIGNER, PLACE, signed)


@given(fields.filter(bool), st.data(), names)
def test_an_entry_with_a_field_renamed_is_refused(entry: dict[bytes, bytes], draw: st.DataObject, other: bytes) -> None:
    signed = SIGNER.sign(PLACE, entry)
    name = draw.draw(st.sampled_from(sorted(entry)))
    assume(other not in entry)
    signed[other] = signed.pop(name)
    refused(SIGNER, PLACE, signed)


@given(st.binary(max_size=8), st.binary(max_size=8), st.integers(0, 16))
def test_bytes_can_not_be_moved_from_one_field_to_the_next(first: bytes, second: bytes, cut: int) -> None:
    both = first + second
    moved = {b"a": both[:cut], b"b": both[cut:]}
    assume(moved != {b"a": first, b"b": second})
    refused(SIGNER, PLACE, SIGNER.sign(PLACE, {b"a": first, b"b": second}) | moved)


@given(fields, fields)
def test_no_two_entries_have_one_signature(one: dict[bytes, bytes], other: dict[bytes, bytes]) -> None:
    same = SIGNER.sign(PLACE, one)[MAC] == SIGNER.sign(PLACE, other)[MAC]
    assert same is (one == other)


def test_a_name_and_its_value_can_not_change_places() -> None:
    refused(SIGNER, PLACE, SIGNER.sign(PLACE, {b"a": b"b"}) | {b"b": b"a"})
    assert SIGNER.sign(PLACE, {b"a": b"b", b"c": b"d"})[MAC] != SIGNER.sign(PLACE, {b"a": b"d", b"c": b"b"})[MAC]


@given(places, places, data, fields)
def test_what_is_said_in_one_place_is_not_said_in_another(
    place: str, other: str, value: bytes, entry: dict[bytes, bytes]
) -> None:
    assume(place != other)
    refused(SIGNER, other, SIGNER.wrap(place, value))
    refused(SIGNER, other, SIGNER.sign(place, entry))


def test_bytes_can_not_be_moved_from_the_place_to_what_is_said_there() -> None:
    mac, _, value = SIGNER.wrap("doorman:1", b"2").partition(b" ")
    refused(SIGNER, "doorman:12", mac + b" ")
    refused(SIGNER, "doorman:", mac + b" 12")
    assert value == b"2"


ACCOUNT_KEYS = [keys.snapshot, keys.status, keys.heartbeat, keys.reports, keys.dead_guard, keys.blindness]
HASHES = [keys.alerts, keys.sent, keys.presses, keys.questions]


def test_no_two_places_that_doorman_reads_are_one() -> None:
    named = [key(account) for key in ACCOUNT_KEYS for account in (ACCOUNT, ACCOUNT + 1)]
    named += [keys.events(ACCOUNT), keys.commands(ACCOUNT), keys.reply(ACCOUNT, "ab"), keys.reply(ACCOUNT, "ab12")]
    owners = (f"{OWNER}", f"{OWNER} missed", f"{OWNER} reached", f"{OWNER}1", f"7:{OWNER}")
    named += [place_of(key(ACCOUNT), owner) for key in HASHES for owner in owners]
    wrapped = {place: SIGNER.wrap(place, b"word") for place in named}
    assert len(set(wrapped.values())) == len(named)


def test_another_secret_keys_word_is_refused() -> None:
    refused(SIGNER, PLACE, Signer([OLD]).wrap(PLACE, b"word"))
    refused(SIGNER, PLACE, Signer([OLD]).sign(PLACE, {b"a": b"b"}))


@given(data, fields)
def test_while_secret_key_has_two_parts_the_older_ones_words_count_and_the_newer_signs(
    value: bytes, entry: dict[bytes, bytes]
) -> None:
    before, between, after = Signer([OLD]), Signer([NEW, OLD]), Signer([NEW])
    assert between.unwrap(PLACE, before.wrap(PLACE, value)) == value
    assert between.check(PLACE, before.sign(PLACE, entry)) == entry
    assert after.unwrap(PLACE, between.wrap(PLACE, value)) == value
    assert after.check(PLACE, between.sign(PLACE, entry)) == entry
    refused(before, PLACE, between.wrap(PLACE, value))


def test_it_is_known_what_only_the_older_part_has_signed() -> None:
    between = Signer([NEW, OLD])
    assert between.is_current(PLACE, between.wrap(PLACE, b"word"))
    assert not between.is_current(PLACE, Signer([OLD]).wrap(PLACE, b"word"))
    assert not between.is_current(PLACE, b"rubbish")
    assert not between.is_current("elsewhere", between.wrap(PLACE, b"word"))


def test_a_signature_tells_neither_the_key_nor_what_is_hidden_from_logs() -> None:
    with pytest.raises(ForgedError) as caught:
        SIGNER.unwrap(PLACE, b"hunter2")
    assert "hunter2" not in str(caught.value)
    assert isinstance(caught.value, MalformedError)


@given(reports)
def test_a_report_can_be_read_in_its_own_stream_alone(report: Report) -> None:
    account = report.event.account
    ours = Signed(ReportCodec(account), SIGNER, keys.events(account))
    assert ours.unpack(ours.pack(report)) == report
    with pytest.raises(ForgedError):
        Signed(ReportCodec(account), SIGNER, keys.commands(account)).unpack(ours.pack(report))
    with pytest.raises(ForgedError):
        ours.unpack(ours.pack(report) | {b"number": b"%d" % (report.number + 1)})
    with pytest.raises(ForgedError):
        ours.unpack(ReportCodec(account).pack(report))


def test_what_we_signed_and_can_not_read_is_malformed_and_not_forged() -> None:
    signed = SIGNER.sign(keys.events(ACCOUNT), {b"type": b"NoSuchThing", b"body": b"{}", b"number": b"1"})
    with pytest.raises(MalformedError) as caught:
        Signed(ReportCodec(ACCOUNT), SIGNER, keys.events(ACCOUNT)).unpack(signed)
    assert not isinstance(caught.value, ForgedError)
