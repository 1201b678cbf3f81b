"""What crosses Redis comes back as it went; what is none of ours is refused with MalformedError and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from core.contract.account_events import TtlChanged
from core.contract.codec import (
    BODY,
    TYPE,
    Codec,
    Document,
    MalformedError,
    Packing,
    ReportCodec,
    RequestCodec,
    from_ms,
    to_ms,
)
from core.contract.commands import Command, ConfirmLogin, EndSession, EndSessions, GetRoster, Request
from core.contract.events import Event, Report
from core.contract.replies import Reply
from core.contract.session_events import SessionAppeared
from core.contract.state import SNAPSHOTS, Snapshot, WorkerStatus
from core.domain.labels import LABEL_MOST
from tests.domain_values import (
    ACCOUNT,
    MOST_NEGATIVE,
    MOST_POSITIVE,
    NOW,
    OWNER,
    commands,
    events,
    hashes,
    moments,
    replies,
    reports,
    requests,
    roster,
    session,
    snapshots,
    statuses,
)

EVENTS: Codec[Event] = Codec(Event)
REPLIES: Codec[Reply] = Codec(Reply)
COMMANDS: Codec[Command] = Codec(Command)
REQUESTS = RequestCodec()
STATUSES: Document[WorkerStatus] = Document(WorkerStatus)
ALL_CODECS = pytest.mark.parametrize(
    "codec", [EVENTS, ReportCodec(ACCOUNT), REPLIES, COMMANDS, REQUESTS], ids=lambda c: type(c).__name__
)
A_REPORT = Report(number=3, event=TtlChanged(account=ACCOUNT, at=NOW, before=180, after=7))
A_REQUEST = Request(id="ab12", owner=OWNER, deadline=NOW, command=EndSession(hash="-7"))


@given(events)
def test_an_event_comes_back_as_it_went(event: Event) -> None:
    assert EVENTS.unpack(EVENTS.pack(event)) == event


@given(reports)
def test_a_report_comes_back_as_it_went(report: Report) -> None:
    packing = ReportCodec(report.event.account)
    assert packing.unpack(packing.pack(report)) == report


@given(replies)
def test_a_reply_comes_back_as_it_went(reply: Reply) -> None:
    assert REPLIES.unpack(REPLIES.pack(reply)) == reply


@given(requests)
def test_a_request_comes_back_as_it_went(request: Request) -> None:
    assert REQUESTS.unpack(REQUESTS.pack(request)) == request


@given(snapshots)
def test_a_snapshot_comes_back_as_it_went(snapshot: Snapshot) -> None:
    assert SNAPSHOTS.load(SNAPSHOTS.dump(snapshot)) == snapshot


@given(statuses)
def test_a_status_comes_back_as_it_went(status: WorkerStatus) -> None:
    assert STATUSES.load(STATUSES.dump(status)) == status


@pytest.mark.parametrize(("union", "strategy"), [(Event, events), (Reply, replies), (Command, commands)])
def test_every_member_of_the_contract_is_tried(union: Any, strategy: st.SearchStrategy[Any]) -> None:
    often = settings(max_examples=5_000, phases=[Phase.generate])  # the simplest one is of no interest
    for member in get_args(union):
        find(strategy, lambda value, member=member: type(value) is member, settings=often)


@given(hashes)
def test_a_hash_is_a_string_in_json(hash_: str) -> None:
    body = json.loads(COMMANDS.pack(EndSession(hash=hash_))[BODY])
    assert body == {"hash": hash_}
    appeared = SessionAppeared(account=ACCOUNT, at=NOW, session=session(hash_))
    assert json.loads(EVENTS.pack(appeared)[BODY])["session"]["hash"] == hash_


@pytest.mark.parametrize("hash_", [MOST_NEGATIVE, MOST_POSITIVE])
def test_the_extreme_hashes_come_back(hash_: str) -> None:
    command = EndSessions(hashes=(hash_, hash_))
    assert COMMANDS.unpack(COMMANDS.pack(command)) == command


def test_times_come_back_in_utc() -> None:
    loaded = SNAPSHOTS.load(SNAPSHOTS.dump(Snapshot(roster=roster())))
    assert loaded.roster.taken_at.utcoffset() == timedelta()


@given(hashes)
def test_commands_of_one_shape_are_never_taken_for_each_other(hash_: str) -> None:
    for command in (EndSession(hash=hash_), ConfirmLogin(hash=hash_)):
        assert type(COMMANDS.unpack(COMMANDS.pack(command))) is type(command)
    assert COMMANDS.pack(EndSession(hash=hash_)) != COMMANDS.pack(ConfirmLogin(hash=hash_))


@given(moments)
def test_a_deadline_is_kept_to_the_millisecond(moment: datetime) -> None:
    assert abs(from_ms(to_ms(moment)) - moment) <= timedelta(milliseconds=0.5)
    assert from_ms(to_ms(moment)).tzinfo is UTC


def refuses(codec: Packing[Any], entry: dict[bytes, bytes]) -> None:
    with pytest.raises(MalformedError):
        codec.unpack(entry)


@ALL_CODECS
@pytest.mark.parametrize(
    "entry",
    [
        {},
        {b"type": b"EndSession"},
        {b"body": b"{}"},
        {b"type": b"NoSuchThing", b"body": b"{}"},
        {b"type": b"", b"body": b""},
        {b"type": b"\xff\xfe", b"body": b"{}"},
        {b"type": b"object", b"body": b"{}"},
        {b"type": b"Session", b"body": b"{}"},
        {b"unrelated": b"fields"},
    ],
)
def test_an_entry_of_no_type_of_ours_is_malformed(codec: Packing[Any], entry: dict[bytes, bytes]) -> None:
    refuses(codec, entry)


GOOD_BODY: dict[str, Any] = {"account": 1, "at": "2026-03-14T15:09:26Z", "before": 180, "after": 7}


def changed(body: bytes) -> dict[bytes, bytes]:
    return {TYPE: b"TtlChanged", BODY: body}


def test_a_body_written_by_hand_is_read() -> None:
    assert EVENTS.unpack(changed(json.dumps(GOOD_BODY).encode())) == TtlChanged(
        account=1, at=datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC), before=180, after=7
    )


@pytest.mark.parametrize("missing", GOOD_BODY)
def test_a_body_that_lacks_a_field_is_malformed(missing: str) -> None:
    refuses(EVENTS, changed(json.dumps({k: v for k, v in GOOD_BODY.items() if k != missing}).encode()))


@pytest.mark.parametrize("field", GOOD_BODY)
@pytest.mark.parametrize("wrong", [None, [], {}, "x", "", [1], {"a": 1}])
def test_a_field_of_another_type_is_malformed(field: str, wrong: object) -> None:
    refuses(EVENTS, changed(json.dumps(GOOD_BODY | {field: wrong}).encode()))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"1",
        b'"text"',
        b"{",
        b"\x00",
        b"\xff\xff",
        b'{"account": NaN}',
        b"[" * 100_000,
        b'{"account":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"account": ' + b"9" * 10_000 + b"}",
        json.dumps(GOOD_BODY | {"at": 10**30}).encode(),
        json.dumps(GOOD_BODY | {"at": "9999999-01-01T00:00:00Z"}).encode(),
        json.dumps(GOOD_BODY)[:-5].encode(),
        json.dumps(GOOD_BODY).encode().replace(b"180", b"1" * 5000 + b".0"),
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_broken_body_is_malformed(body: bytes) -> None:
    refuses(EVENTS, changed(body))


def test_a_time_without_a_zone_is_malformed() -> None:
    body = json.loads(EVENTS.pack(SessionAppeared(account=ACCOUNT, at=NOW, session=session()))[BODY])
    body["session"]["created_at"] = "2026-03-14T15:09:26"
    refuses(EVENTS, {TYPE: b"SessionAppeared", BODY: json.dumps(body).encode()})


@pytest.mark.parametrize("wrong", [str(2**63), "01", "1.0", "+1", " 1", 7, 7.0, None, "", "9" * 5000])
def test_a_command_with_a_hash_that_is_none_is_malformed(wrong: object) -> None:
    for type_ in (b"EndSession", b"ConfirmLogin"):
        refuses(COMMANDS, {TYPE: type_, BODY: json.dumps({"hash": wrong}).encode()})
    refuses(COMMANDS, {TYPE: b"EndSessions", BODY: json.dumps({"hashes": ["1", wrong]}).encode()})


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        (b"LabelSession", {"hash": "7", "label": "x" * (LABEL_MOST + 1)}),
        (b"LabelSession", {"hash": "7", "label": "two\nlines"}),
        (b"LabelSession", {"hash": "07", "label": ""}),
        (b"SetAccepted", {"hash": "7", "calls": True}),
        (b"SetTtl", {"days": 0}),
        (b"SetTtl", {"days": 367}),
        (b"DisconnectWebsite", {"website": "x"}),
        (b"DisconnectBot", {"bot": None}),
        (b"Prefer", {"fields": ["no_such_field"], "preferences": {}}),
        (b"Prefer", {"fields": [], "preferences": {"idle_days": 0}}),
        (b"Prefer", {"fields": [], "preferences": {"lock_until": "2026-03-14T15:09:26"}}),
    ],
)
def test_a_command_that_asks_for_what_cannot_be_is_malformed(type_: bytes, body: dict[str, Any]) -> None:
    refuses(COMMANDS, {TYPE: type_, BODY: json.dumps(body).encode()})


@pytest.mark.parametrize("field", [b"id", b"owner", b"deadline", b"type"])
def test_a_request_that_lacks_a_field_of_its_envelope_is_malformed(field: bytes) -> None:
    entry = REQUESTS.pack(A_REQUEST)
    del entry[field]
    refuses(REQUESTS, entry)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (b"id", b"\xff"),
        (b"owner", b""),
        (b"owner", b"ten"),
        (b"owner", b"1.5"),
        (b"owner", b"9" * 10_000),
        (b"deadline", b""),
        (b"deadline", b"soon"),
        (b"deadline", b"nan"),
        *[(b"deadline", sign + b"1" + b"0" * zeros) for zeros in (15, 17, 20, 23, 400, 5000) for sign in (b"", b"-")],
    ],
)
def test_a_request_with_a_broken_envelope_is_malformed(field: bytes, value: bytes) -> None:
    refuses(REQUESTS, REQUESTS.pack(A_REQUEST) | {field: value})


def test_a_request_can_be_for_a_command_without_particulars() -> None:
    request = Request(id="1", owner=OWNER, deadline=NOW.replace(microsecond=0), command=GetRoster())
    assert REQUESTS.unpack(REQUESTS.pack(request)) == request


any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
type_names = st.sampled_from([t.__name__.encode() for u in (Event, Reply, Command) for t in get_args(u)])


@given(
    st.dictionaries(
        st.sampled_from([b"type", b"body", b"id", b"owner", b"deadline", b"number"]) | st.binary(), st.binary()
    )
)
def test_random_bytes_are_malformed_and_nothing_worse(entry: dict[bytes, bytes]) -> None:
    for codec in (EVENTS, ReportCodec(ACCOUNT), REPLIES, COMMANDS, REQUESTS):
        refuses(codec, entry)


@given(type_names, st.binary() | any_json.map(lambda value: json.dumps(value).encode()))
def test_random_bodies_are_read_or_malformed_and_nothing_worse(type_: bytes, body: bytes) -> None:
    for codec in (EVENTS, REPLIES, COMMANDS):
        with suppress(MalformedError):
            codec.unpack({TYPE: type_, BODY: body})
    for document in (SNAPSHOTS, STATUSES):
        with suppress(MalformedError):
            document.load(body)


@given(events, st.data())
def test_an_entry_with_a_value_put_out_of_place_is_read_or_malformed(event: Event, data: st.DataObject) -> None:
    entry = EVENTS.pack(event)
    body = json.loads(entry[BODY])
    node, key = body, data.draw(st.sampled_from(sorted(body)))
    while isinstance(node[key], dict) and node[key] and data.draw(st.booleans()):
        node = node[key]
        key = data.draw(st.sampled_from(sorted(node)))
    node[key] = data.draw(any_json)
    with suppress(MalformedError):
        EVENTS.unpack({TYPE: entry[TYPE], BODY: json.dumps(body).encode()})


@given(st.binary(), st.binary(), st.binary())
def test_random_envelopes_are_read_or_malformed_and_nothing_worse(id_: bytes, owner: bytes, deadline: bytes) -> None:
    with suppress(MalformedError):
        REQUESTS.unpack(COMMANDS.pack(GetRoster()) | {b"id": id_, b"owner": owner, b"deadline": deadline})


@given(st.integers())
def test_any_number_for_a_deadline_is_read_or_malformed(number: int) -> None:
    entry = REQUESTS.pack(A_REQUEST) | {b"deadline": str(number).encode()}
    with suppress(MalformedError):
        REQUESTS.unpack(entry)


@pytest.mark.parametrize("secret", ["hunter2", "123456789:AAsecret"])
@pytest.mark.parametrize("wrap", [lambda s: {"hash": s}, lambda s: {"hash": [s]}, lambda s: {s: "7"}, lambda s: s])
def test_the_reason_says_why_in_one_line_and_repeats_no_value(secret: str, wrap: Callable[[str], object]) -> None:
    with pytest.raises(MalformedError) as caught:
        COMMANDS.unpack({TYPE: b"EndSession", BODY: json.dumps(wrap(secret)).encode()})
    assert str(caught.value)
    assert secret not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_field_that_a_later_version_added_is_passed_over() -> None:
    entry = changed(json.dumps(GOOD_BODY | {"added_later": {"a": 1}}).encode())
    assert EVENTS.unpack(entry) == EVENTS.unpack(changed(json.dumps(GOOD_BODY).encode()))


def test_an_event_in_another_accounts_stream_is_malformed() -> None:
    assert ReportCodec(ACCOUNT).unpack(ReportCodec(ACCOUNT).pack(A_REPORT)) == A_REPORT
    with pytest.raises(MalformedError, match="account"):
        ReportCodec(ACCOUNT + 1).unpack(ReportCodec(ACCOUNT).pack(A_REPORT))


@pytest.mark.parametrize("number", [None, b"", b"one", b"1.5", b"\xff", b"9" * 10_000])
def test_a_report_without_a_number_that_can_be_read_is_malformed(number: bytes | None) -> None:
    entry = ReportCodec(ACCOUNT).pack(A_REPORT)
    del entry[b"number"]
    refuses(ReportCodec(ACCOUNT), entry if number is None else entry | {b"number": number})
