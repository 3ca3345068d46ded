"""files.*: the two calls around an upload."""

import mimetypes
from typing import Any

from bot.sandbox.api.call import Call, method
from bot.sandbox.api.chat import target_of, thread_of
from bot.sandbox.blocks.surfaces import checked_content
from bot.sandbox.errors import ApiError
from bot.sandbox.workspace import BOT_USER_ID, File, Json, new_id


def described(call: Call, file: File) -> Json:
    """Return a file as Slack describes one."""
    address = f"{call.slack.base_url}/_sandbox/files/{file.id}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title or file.name,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2],
        "size": file.length,
        "user": BOT_USER_ID,
        "mode": "hosted",
        "is_external": False,
        "alt_txt": file.alt_text,
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
    }


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(call: Call) -> Json:
    """Give an address to send a file's bytes to."""
    name, length = call.text("filename"), call.number("length")
    if length < 1:
        raise ApiError.explained("invalid_arguments", "must be at least 1 [json-pointer:/length]")
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(new_id("F"), name, length, mimetype=mimetype, alt_text=call.text("alt_txt", ""))
    call.slack.workspace.files[file.id] = file
    return {"upload_url": f"{call.slack.base_url}/upload/{file.id}", "file_id": file.id}


@method("files.completeUploadExternal", "files:write")
def complete_upload(call: Call) -> Json:
    """Share files whose bytes have come."""
    entries = call.structure("files")
    files = [_uploaded(call, entry) for entry in entries] if isinstance(entries, list) else []
    if not files:
        raise ApiError.explained("invalid_arguments", "missing required field: files")
    if call.args.get("channel_id"):
        _share(call, files)
    return {"files": [described(call, file) for file in files]}


def _uploaded(call: Call, entry: Any) -> File:
    file = call.slack.workspace.files.get(str(entry.get("id"))) if isinstance(entry, dict) else None
    if file is None or file.content is None or file.shared:
        raise ApiError("file_not_found")
    file.title = entry.get("title") or file.name
    return file


def _share(call: Call, files: list[File]) -> None:
    call.args["channel"] = call.text("channel_id")
    channel = target_of(call)
    thread_ts = thread_of(call, channel)
    comment = {"text": call.args.get("initial_comment"), "blocks": call.structure("blocks")}
    content = checked_content(comment) if any(comment.values()) else {"text": ""}
    for file in files:
        file.shared = True
    shared = {"subtype": "file_share", "upload": True, "files": [described(call, file) for file in files]}
    call.slack.messages.post_as_bot(channel, {**content, **shared}, thread_ts=thread_ts)
