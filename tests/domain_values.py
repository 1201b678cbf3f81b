"""Sessions, rosters and messages for tests: plain ones to write down, and hypothesis's for everything else."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import strategies as st

from core.contract.account_events import (
    AccountAltered,
    BaselineTaken,
    CodeCame,
    GuardLost,
    PreferencesChanged,
    TamperingFound,
    TtlChanged,
)
from core.contract.commands import (
    CallOffEnding,
    Command,
    ConfirmLogin,
    DeclineReset,
    DisconnectBot,
    DisconnectWebsite,
    DisconnectWebsites,
    DistrustSession,
    EndSession,
    EndSessions,
    EndWhenAllowed,
    GetCheckup,
    GetRoster,
    KillCodes,
    LabelSession,
    Prefer,
    RemindLater,
    Request,
    SetAccepted,
    SetTtl,
    TrustSession,
)
from core.contract.events import Event, Report
from core.contract.mishaps import GuardLoss, Tampering
from core.contract.replies import Carried, CheckupFetched, NotCarried, Outcome, Reply, Result, RosterFetched, Trouble
from core.contract.session_events import (
    EndingAwaited,
    EndingDropped,
    LoginAnnounced,
    LoginConfirmed,
    LoginUnanswered,
    RuleWouldEnd,
    SessionAdjusted,
    SessionAltered,
    SessionAppeared,
    SessionEnded,
    TrustChanged,
)
from core.contract.state import Condition, Snapshot, WorkerStatus
from core.domain.account_state import AccountChange, AccountState, BusinessBot, How, Passkey, Website
from core.domain.automation import Rule
from core.domain.awaited import Wanted
from core.domain.endings import Ending, Why
from core.domain.labels import LABEL_MOST, Former, Label, Labels
from core.domain.preferences import FIELDS, Mode, Preferences, QuietHours
from core.domain.risk.assessment import Assessment, Benign, Finding, Level, Weight
from core.domain.sessions import Roster, Session
from core.domain.standing import Standings, Trust, Unanswered
from core.domain.tombstones import Tombstone
from core.keyring import Keyring

SECRET_KEY = "k" * 40
KEYRING = Keyring(SECRET_KEY)
ACCOUNT = 1001
OWNER = 2002
NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
MOST_NEGATIVE, MOST_POSITIVE = str(-(2**63)), str(2**63 - 1)


def session(hash_: str = "7", **particulars: Any) -> Session:
    """An ordinary session."""
    ordinary: dict[str, Any] = {
        "device_model": "Pixel 9",
        "platform": "Android",
        "system_version": "16",
        "api_id": 6,
        "app_name": "Telegram Android",
        "app_version": "12.1.1",
        "created_at": NOW - timedelta(minutes=3),
        "active_at": NOW - timedelta(minutes=1),
        "ip": "192.0.2.7",
        "country": "Sweden",
        "region": "Malmo",
    }
    return Session(hash=hash_, **(ordinary | particulars))


def guard_session(**particulars: Any) -> Session:
    """Doorman's own session."""
    own: dict[str, Any] = {
        "current": True,
        "device_model": "Doorman (session guard)",
        "app_name": "My app",
        "created_at": NOW - timedelta(days=3),
        "ip": "198.51.100.1",
    }
    return session("0", **(own | particulars))


def roster(*others: Session, **particulars: Any) -> Roster:
    """The guard's session and these others."""
    usual: dict[str, Any] = {"account": ACCOUNT, "ttl_days": 180, "taken_at": NOW}
    return Roster(sessions=(guard_session(), *others), **(usual | particulars))


def torn_roster(*others: Session) -> Roster:
    """A roster that lacks the guard's own session."""
    return Roster(account=ACCOUNT, sessions=others, ttl_days=180, taken_at=NOW)


accounts = st.integers(1, 2**52)
owners = st.integers(1, 2**52)
hashes = st.one_of(st.integers(-(2**63), 2**63 - 1), st.sampled_from([-(2**63), 2**63 - 1, -1, 1])).map(str)
moments = st.datetimes(datetime(2013, 8, 14), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - told beside
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


def _moved(moment: datetime) -> st.SearchStrategy[datetime]:
    return st.integers(0, 3).map(lambda days: moment + timedelta(days=days))


@st.composite
def sessions(draw: st.DrawFn, hash_: st.SearchStrategy[str] = hashes, *, current: bool = False) -> Session:
    """Any session, cheap to draw: few shapes of the texts, every flag."""
    return Session(
        hash=draw(hash_),
        device_model=draw(texts),
        platform=draw(st.sampled_from(["Android", "iOS", ""])),
        system_version=draw(st.sampled_from(["16", ""])),
        api_id=draw(st.integers(0, 2**31 - 1)),
        app_name=draw(texts),
        app_version="1.0",
        created_at=draw(moments),
        active_at=draw(_moved(NOW)),
        ip=draw(st.sampled_from(["192.0.2.7", "2001:db8::1", ""])),
        country=draw(st.sampled_from(["Sweden", "Malmo, Sweden", ""])),
        region=draw(st.sampled_from(["Malmo", ""])),
        current=current,
        official_app=draw(st.booleans()),
        password_pending=draw(st.booleans()),
        unconfirmed=draw(st.booleans()),
        secret_chats_disabled=draw(st.booleans()),
        calls_disabled=draw(st.booleans()),
    )


@st.composite
def rosters(draw: st.DrawFn, account: int = ACCOUNT, hash_: st.SearchStrategy[str] = hashes) -> Roster:
    """Any roster that is not torn, the guard's own session anywhere in it."""
    others = draw(st.lists(sessions(hash_), max_size=4, unique_by=lambda s: s.hash))
    own = draw(sessions(st.just("0"), current=True))
    at = draw(st.integers(0, len(others)))
    return Roster(
        account=account,
        sessions=(*others[:at], own, *others[at:]),
        ttl_days=draw(st.sampled_from([7, 180, 365])),
        taken_at=draw(moments),
    )


printable = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=LABEL_MOST)
labels = st.builds(
    Labels,
    given=st.lists(st.builds(Label, hash=hashes, text=printable, by=owners, at=moments), max_size=2).map(tuple),
    former=st.lists(st.builds(Former, session=sessions(), text=texts), max_size=2).map(tuple),
)

modes = st.sampled_from(Mode)
preferences = st.builds(
    Preferences,
    quiet=st.none()
    | st.builds(
        QuietHours,
        start=st.times().filter(lambda at: at != time(7)),
        end=st.just(time(7)),
        zone=st.sampled_from(["UTC", "Europe/Stockholm"]),
    ),
    is_weekly=st.booleans(),
    is_locked=st.booleans(),
    lock_until=st.none() | moments,
    adding_until=st.none() | moments,
    travel_until=st.none() | moments,
    end_unanswered=modes,
    unanswered_minutes=st.integers(5, 1440),
    end_idle=modes,
    idle_days=st.integers(1, 366),
    only_countries=modes,
    countries=st.lists(texts, max_size=2).map(tuple),
)
preference_fields = st.lists(st.sampled_from(sorted(FIELDS)), unique=True, max_size=3).map(tuple)

websites = st.builds(
    Website,
    hash=hashes,
    domain=texts,
    bot=texts,
    browser=texts,
    platform=texts,
    created_at=moments,
    active_at=moments,
    ip=texts,
    region=texts,
)
account_states = st.builds(
    AccountState,
    taken_at=moments,
    has_password=st.none() | st.booleans(),
    has_recovery=st.none() | st.booleans(),
    unconfirmed_email=texts,
    login_email=texts,
    reset_at=st.none() | moments,
    account_ttl_days=st.none() | st.integers(1, 730),
    websites=st.none() | st.lists(websites, max_size=2).map(tuple),
    bots=st.none()
    | st.lists(st.builds(BusinessBot, id=owners, name=texts, username=texts, can_reply=st.booleans()), max_size=2).map(
        tuple
    ),
    passkeys=st.none()
    | st.lists(
        st.builds(Passkey, id=texts, name=texts, created_at=moments, used_at=st.none() | moments), max_size=2
    ).map(tuple),
)

findings = st.builds(
    Finding,
    reason=texts,
    weight=st.sampled_from(Weight),
    before=texts,
    after=texts,
    count=st.integers(0, 99),
    minutes=st.integers(0, 99),
    benign=st.none() | st.sampled_from(Benign),
)
assessments = st.builds(Assessment, findings=st.lists(findings, max_size=2).map(tuple), floor=st.sampled_from(Level))
spans = st.integers(0, 10**6).map(lambda seconds: timedelta(seconds=seconds))
endings = st.builds(
    Ending,
    why=st.sampled_from(Why),
    by=st.none() | owners,
    last_active=moments,
    idle=spans,
    ttl_days=st.integers(0, 720),
    went=st.integers(0, 9),
    stayed=st.integers(0, 9),
    survivor=st.none() | hashes,
    youngest_stayed=st.booleans(),
    guard_stayed=st.booleans(),
    apart=spans,
)
rules = st.sampled_from(Rule)

events: st.SearchStrategy[Event] = st.one_of(
    st.builds(BaselineTaken, account=accounts, at=moments, roster=rosters(), history_lost=st.booleans()),
    st.builds(
        SessionAppeared,
        account=accounts,
        at=moments,
        session=sessions(),
        assessment=assessments,
        former_label=printable,
    ),
    st.builds(
        LoginAnnounced,
        account=accounts,
        at=moments,
        hash=hashes,
        device=texts,
        location=texts,
        logged_in_at=moments,
    ),
    st.builds(
        LoginConfirmed,
        account=accounts,
        at=moments,
        session=sessions(),
        confirmed_by=owners,
        told_telegram=st.booleans(),
    ),
    st.builds(
        SessionEnded,
        account=accounts,
        at=moments,
        session=sessions(),
        ended_by=st.none() | owners,
        ending=st.none() | endings,
        rule=st.none() | rules,
        was_awaited=st.booleans(),
    ),
    st.builds(
        SessionAltered,
        account=accounts,
        at=moments,
        before=sessions(),
        after=sessions(),
        assessment=assessments,
        label=texts,
        was_trusted=st.booleans(),
    ),
    st.builds(
        SessionAdjusted,
        account=accounts,
        at=moments,
        session=sessions(),
        by=owners,
        label=st.none() | texts,
        calls=st.none() | st.booleans(),
        secret_chats=st.none() | st.booleans(),
    ),
    st.builds(
        TtlChanged,
        account=accounts,
        at=moments,
        before=st.integers(0, 720),
        after=st.integers(0, 720),
        by=st.none() | owners,
    ),
    st.builds(GuardLost, account=accounts, at=moments, reason=st.sampled_from(GuardLoss)),
    st.builds(LoginUnanswered, account=accounts, at=moments, session=sessions(), since=moments),
    st.builds(TrustChanged, account=accounts, at=moments, session=sessions(), trusted=st.booleans(), by=owners),
    st.builds(TamperingFound, account=accounts, at=moments, what=st.sampled_from(Tampering)),
    st.builds(
        CodeCame,
        account=accounts,
        at=moments,
        was_killed=st.booleans(),
        sent_at=st.none() | moments,
        may_be_ours=st.booleans(),
    ),
    st.builds(
        AccountAltered,
        account=accounts,
        at=moments,
        changes=st.lists(
            st.builds(AccountChange, what=texts, before=texts, after=texts, how=st.sampled_from(How)), max_size=2
        ).map(tuple),
        state=account_states,
        by=st.none() | owners,
    ),
    st.builds(
        PreferencesChanged,
        account=accounts,
        at=moments,
        fields=preference_fields,
        preferences=preferences,
        by=owners,
    ),
    st.builds(
        RuleWouldEnd,
        account=accounts,
        at=moments,
        session=sessions(),
        rule=rules,
        error=texts,
        not_before=st.none() | moments,
    ),
    st.builds(
        EndingAwaited,
        account=accounts,
        at=moments,
        session=sessions(),
        by=owners,
        allowed_from=moments,
        was_moved=st.booleans(),
    ),
    st.builds(
        EndingDropped,
        account=accounts,
        at=moments,
        session=sessions(),
        wanted_by=owners,
        by=st.none() | owners,
        error=texts,
    ),
)
reports = st.builds(Report, number=st.integers(1, 2**53), event=events)

commands: st.SearchStrategy[Command] = st.one_of(
    st.just(GetRoster()),
    st.builds(EndSession, hash=hashes),
    st.builds(EndWhenAllowed, hash=hashes),
    st.builds(CallOffEnding, hash=hashes),
    st.builds(EndSessions, hashes=st.lists(hashes, max_size=4).map(tuple)),
    st.builds(ConfirmLogin, hash=hashes),
    st.builds(TrustSession, hash=hashes),
    st.builds(RemindLater, hash=hashes),
    st.builds(DistrustSession, hash=hashes),
    st.builds(LabelSession, hash=hashes, label=printable),
    st.builds(SetAccepted, hash=hashes, calls=st.booleans(), secret_chats=st.none() | st.booleans()),
    st.builds(SetAccepted, hash=hashes, calls=st.none(), secret_chats=st.booleans()),
    st.builds(SetTtl, days=st.integers(1, 366)),
    st.just(GetCheckup()),
    st.builds(DisconnectWebsite, website=hashes),
    st.just(DisconnectWebsites()),
    st.builds(DisconnectBot, bot=owners),
    st.just(DeclineReset()),
    st.just(KillCodes()),
    st.builds(Prefer, fields=preference_fields, preferences=preferences),
)

requests: st.SearchStrategy[Request] = st.builds(
    Request,
    id=st.uuids().map(lambda uuid: uuid.hex),
    owner=owners,
    deadline=moments.map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)),  # kept to the millisecond
    command=commands,
)

results = st.builds(
    Result,
    hash=hashes | st.just(""),
    outcome=st.sampled_from(Outcome),
    at=moments,
    session=st.none() | sessions(),
    allowed_from=st.none() | moments,
    error=texts,
)

standings = st.builds(
    Standings,
    trusted=st.lists(st.builds(Trust, hash=hashes, at=moments, by=owners), max_size=3).map(tuple),
    unanswered=st.lists(st.builds(Unanswered, hash=hashes, since=moments, raised=st.integers(0, 400)), max_size=3).map(
        tuple
    ),
    wanted=st.lists(st.builds(Wanted, hash=hashes, by=owners, asked_at=moments, allowed_from=moments), max_size=2).map(
        tuple
    ),
)

replies: st.SearchStrategy[Reply] = st.one_of(
    st.builds(RosterFetched, roster=rosters(), standings=standings, labels=labels),
    st.builds(CheckupFetched, roster=rosters(), account=account_states, standings=standings),
    st.builds(Carried, results=st.lists(results, max_size=3).map(tuple)),
    st.builds(NotCarried, trouble=st.sampled_from(Trouble), seconds=st.integers(0, 10**6), error=texts),
)

tombstones = st.builds(Tombstone, hash=hashes, at=moments, by=st.none() | owners)
graves = st.lists(tombstones, max_size=3).map(tuple)
snapshots = st.builds(
    Snapshot,
    roster=rosters(),
    ended=graves,
    ending=graves,
    standings=standings,
    labels=labels,
    preferences=preferences,
    account_state=st.none() | account_states,
)

statuses = st.builds(
    WorkerStatus,
    account=accounts,
    account_name=texts,
    condition=st.sampled_from(Condition),
    watching_since=moments,
    last_roster_at=st.none() | moments,
    guard_created_at=st.none() | moments,
    until=st.none() | moments,
    detail=texts,
    version=texts,
    checked_at=st.none() | moments,
    unchecked_since=st.none() | moments,
    checkup_trouble=st.none() | st.sampled_from(Condition),
    codes_unread_since=st.none() | moments,
)
