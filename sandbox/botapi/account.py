"""The bot's own account at Telegram: its commands, names, menu buttons and files; no chats here."""

from __future__ import annotations

import hashlib
import mimetypes
import secrets
from dataclasses import dataclass, field
from typing import Any

from sandbox.botapi.incoming import Upload

Commands = list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file that Telegram keeps."""

    file_id: str
    unique_id: str
    path: str
    name: str
    mime_type: str
    content: bytes

    def as_json(self) -> dict[str, Any]:
        """The fields that every kind of file has."""
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


@dataclass(slots=True)
class Account:
    """What the bot has set about itself. Keys: commands by (scope, language), texts by (what, language)."""

    commands: dict[tuple[str, str], Commands] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    menu_buttons: dict[int | None, dict[str, Any]] = field(default_factory=dict)
    files: dict[str, StoredFile] = field(default_factory=dict)

    def keep(self, upload: Upload, folder: str) -> StoredFile:
        """Store an upload."""
        mime_type = upload.mime_type
        if mime_type == "application/octet-stream":
            mime_type = mimetypes.guess_type(upload.name)[0] or mime_type
        number = len(self.files)
        suffix = "." + upload.name.rpartition(".")[2] if "." in upload.name else ""
        file = StoredFile(
            file_id="BQAC" + secrets.token_urlsafe(24),
            unique_id="AgAD" + hashlib.sha256(upload.content).hexdigest()[:12],
            path=f"{folder}/file_{number}{suffix}",
            name=upload.name,
            mime_type=mime_type,
            content=upload.content,
        )
        self.files[file.file_id] = file
        return file

    def at(self, path: str) -> StoredFile | None:
        """The file at a `file_path`."""
        return next((file for file in self.files.values() if file.path == path), None)
