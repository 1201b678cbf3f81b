"""What may be asked of Telegram: a list for a guard at work, one for signing in; nothing else ever leaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from telethon.tl import functions, types
from telethon.utils import is_list_like

#: Telegram's own service account, the one chat that may be read; and how much of it at once.
TELEGRAM: Final = 777000
MESSAGES_MOST: Final = 20


class UnlistedRequestError(Exception):
    """A request that its client may not make: a mistake of ours, neither Telegram's nor the network's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """All that a client may call, each with what its arguments must be; `purpose` says whose list it is."""

    purpose: str
    methods: Mapping[type, Callable[[Any], bool]]

    def checked(self, asked: Any) -> Any:
        """A request, or several as a list, to be sent. Raises UnlistedRequestError if even one of them may not be."""
        if not is_list_like(asked):
            self._check(asked)
            return asked
        requests = list(asked)
        for request in requests:
            self._check(request)
        return requests

    def _check(self, request: Any) -> None:
        while type(request) in WRAPPERS:
            request = getattr(request, "query", None)
        # By the very class: a subclass could write anything at all to the wire.
        may = self.methods.get(type(request))
        if may is None or not may(request):
            raise UnlistedRequestError(f"{_name(request)}: nothing that {self.purpose} may ask of Telegram")


def _anyhow(_request: Any) -> bool:
    return True


def _about_itself(request: Any) -> bool:
    return [type(user) for user in request.id] == [types.InputUserSelf]


def _about_telegram(request: Any) -> bool:
    """Of itself, or of Telegram's own user."""
    return _about_itself(request) or [(type(user), getattr(user, "user_id", None)) for user in request.id] == [
        (types.InputUser, TELEGRAM)
    ]


def _telegrams_own(request: Any) -> bool:
    peer = request.peer
    return type(peer) is types.InputPeerUser and peer.user_id == TELEGRAM and 0 < request.limit <= MESSAGES_MOST


def _disconnecting(request: Any) -> bool:
    # The same method connects a bot, which would read the account's chats.
    return request.deleted is True and request.rights is None


def _one_thing(request: Any) -> bool:
    # The same method confirms a login: never in passing, while it is told what the session accepts.
    switches = (request.encrypted_requests_disabled, request.call_requests_disabled)
    return switches == (None, None) if request.confirmed is True else request.confirmed is None and None not in switches


#: What they carry is judged, at every depth. There are others; nobody here needs them, so they are refused as they are.
WRAPPERS: Final = frozenset(
    {
        functions.InvokeWithLayerRequest,  # which layer Telethon speaks, around its first request
        functions.InitConnectionRequest,  # what the device calls itself, likewise
    }
)

_CONNECTING: Final[Mapping[type, Callable[[Any], bool]]] = {
    functions.help.GetConfigRequest: _anyhow,  # Telethon's first request, and how it finds another data centre
    functions.users.GetUsersRequest: _about_itself,  # whose session it is: Telethon as it connects, and we
    functions.PingRequest: _anyhow,  # Telethon's, once a minute
}

GUARDING: Final = Means(
    purpose="a guard at work",
    methods={
        **_CONNECTING,
        functions.account.GetAuthorizationsRequest: _anyhow,  # the roster
        functions.account.ResetAuthorizationRequest: _anyhow,  # an ending
        # "Yes, that login was me", or what a session accepts
        functions.account.ChangeAuthorizationSettingsRequest: _one_thing,
        functions.account.SetAuthorizationTTLRequest: _anyhow,
        functions.account.GetPasswordRequest: _anyhow,  # whether there is one; nobody here computes its proof
        functions.account.DeclinePasswordResetRequest: _anyhow,
        functions.account.GetAccountTTLRequest: _anyhow,
        functions.account.GetWebAuthorizationsRequest: _anyhow,
        functions.account.ResetWebAuthorizationRequest: _anyhow,
        functions.account.ResetWebAuthorizationsRequest: _anyhow,
        functions.account.GetConnectedBotsRequest: _anyhow,
        functions.account.UpdateConnectedBotRequest: _disconnecting,
        functions.account.GetPasskeysRequest: _anyhow,
        functions.account.InvalidateSignInCodesRequest: _anyhow,
        functions.updates.GetStateRequest: _anyhow,  # staying awake; its answer is counters, no content
        functions.help.GetAppConfigRequest: _anyhow,  # when Telegram confirms a login by itself
        functions.users.GetUsersRequest: _about_telegram,  # besides itself: by which access hash that chat is named
        functions.messages.GetHistoryRequest: _telegrams_own,  # the login codes that came while nobody was connected
        functions.auth.LogOutRequest: _anyhow,  # its own session, given up by its owner
        functions.PingDelayDisconnectRequest: _anyhow,  # Telegram is to hang up when the lease ends
    },
)

SIGNING_IN: Final = Means(
    purpose="a client that signs in",
    methods={
        **_CONNECTING,
        functions.auth.SendCodeRequest: _anyhow,
        functions.auth.ResendCodeRequest: _anyhow,  # how Telethon asks for a code of the same phone once more
        functions.auth.SignInRequest: _anyhow,  # with that code
        functions.auth.ExportLoginTokenRequest: _anyhow,  # a QR code, and whether it was scanned
        functions.auth.ImportLoginTokenRequest: _anyhow,  # it was, and the account lives in another data centre
        functions.account.GetPasswordRequest: _anyhow,  # the hint, and what the proof is computed from
        functions.auth.CheckPasswordRequest: _anyhow,  # that proof
        functions.updates.GetStateRequest: _anyhow,  # is anybody signed in, before Telethon changes the data centre
    },
)


def _name(request: Any) -> str:
    """A method as Telegram spells it, without its arguments: some are secret."""
    class_ = type(request)
    method = class_.__name__.removesuffix("Request")
    method = method[:1].lower() + method[1:]
    namespace = class_.__module__.removeprefix(functions.__name__).removeprefix(".")
    return f"{namespace}.{method}" if namespace else method
