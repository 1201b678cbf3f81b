"""A call of a method, from its wrapping to its answer: written down, checked, faulted if so ordered, run."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

from telethon.tl import functions, types

from sandbox.mtproto.api import METHODS
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.datacentre import DataCentre
from sandbox.mtproto.doorkeeping import admit
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.keys import ClientInfo
from sandbox.mtproto.readable import parameters
from sandbox.mtproto.replying import Reply
from sandbox.mtproto.schema import is_request, method_name
from sandbox.mtproto.sessions import Session

log = logging.getLogger(__name__)

AFTER: Final = (functions.InvokeAfterMsgRequest, functions.InvokeAfterMsgsRequest)


@dataclass(slots=True)
class Wrapping:
    """What the wrappers around a request said."""

    wants_updates: bool = True


def call(datacentre: DataCentre, session: Session, msg_id: int, request: Any) -> None:
    """Run a request and answer it; every call gets into the call log."""
    wrapping = Wrapping()
    try:
        request = _unwrap(session, request, wrapping)
    except RpcError as error:
        session.answer(msg_id, types.RpcError(error.code, error.message))
        return
    if not is_request(request):
        number = getattr(request, "CONSTRUCTOR_ID", 0)
        undecodable(datacentre, session, msg_id, number, "INPUT_METHOD_INVALID")
        return
    method = method_name(request)
    entry = datacentre.world.calls.begin("mtproto", method, parameters(request), who=session.key.user_id())
    fault = datacentre.world.faults.take("mtproto", method)
    reply = Reply(calls=datacentre.world.calls, session=session, msg_id=msg_id, entry=entry, fault=fault)
    if reply.forestall():
        return
    try:
        reply.answer(_run(datacentre, session, method, request, wrapping))
    except RpcError as error:
        reply.refuse(error)
    except Exception:
        log.exception("%s failed", method)  # a mistake of ours costs one answer, not the connection
        reply.refuse(RpcError(500, "INTERNAL_SERVER_ERROR"))


def undecodable(datacentre: DataCentre, session: Session, msg_id: int, number: int, message: str) -> None:
    """Answer a request that can't be read, or that is none."""
    log.warning("a request that can't be read: %#010x", number)
    entry = datacentre.world.calls.begin("mtproto", f"{number:#010x}", {}, who=session.key.user_id())
    reply = Reply(calls=datacentre.world.calls, session=session, msg_id=msg_id, entry=entry)
    reply.refuse(RpcError(400, message))


def _unwrap(session: Session, request: Any, wrapping: Wrapping) -> Any:
    while True:
        match request:
            case functions.InvokeWithLayerRequest(layer=layer):
                if layer <= 0:
                    raise RpcError(400, "CONNECTION_LAYER_INVALID")
            case functions.InitConnectionRequest():
                _introduce(session, request)
            case functions.InvokeWithoutUpdatesRequest():
                wrapping.wants_updates = False
            case _ if not isinstance(request, AFTER):  # what it is to run after has run: messages run in order
                return request
        request = request.query


def _introduce(session: Session, request: Any) -> None:
    if request.api_id <= 0:
        raise RpcError(400, "API_ID_INVALID")
    session.key.holder.client = session.key.client = ClientInfo(
        api_id=request.api_id,
        device_model=request.device_model,
        system_version=request.system_version,
        app_version=request.app_version,
    )


def _run(datacentre: DataCentre, session: Session, method: str, request: Any, wrapping: Wrapping) -> Any:
    known = METHODS.get(method)
    if session.key.client is None:
        raise RpcError(400, "CONNECTION_NOT_INITED")
    if known is None:
        log.warning("no such method here: %s", method)
        raise RpcError(400, "INPUT_METHOD_INVALID")
    connection = session.connection
    ask = Ask(datacentre=datacentre, session=session, ip=connection.ip if connection else "")
    admit(ask, known, wants_updates=wrapping.wants_updates)
    return known.run(ask, request)
