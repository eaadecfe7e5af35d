"""Recordings: what a person leaves after the tone, typed instead of spoken."""

import secrets
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from .ledger import Kind
from .lines import Act, HungUp

if TYPE_CHECKING:
    from .reading import Reading

TIME_TO_TYPE = 180.0


async def record(reading: "Reading", verb: Element) -> None:
    """Take the person's words; go on to the action, or to the next verb when nothing was said."""
    if verb.get("playBeep") != "false":
        await reading.network.calls.hears(reading.call, Kind.PLAYED, "beep")
    said, ended_by = await _listen(reading, verb)
    if not said:
        if ended_by == "hangup":
            raise HungUp
        return
    form = _form(reading, said)
    await _tell(reading, verb, form, said)
    jump = reading.jump(verb.get("action", ""), form | {"Digits": ended_by}, verb.get("method", "POST"))
    if ended_by == "hangup":
        await reading.network.callbacks.request(jump.url, reading.call.as_form() | jump.form, method=jump.method)
        raise HungUp
    raise jump


async def _listen(reading: "Reading", verb: Element) -> tuple[str, str]:
    """Collect words until silence, a finishing key or the end of the call."""
    finish = verb.get("finishOnKey", "1234567890*#")
    silence = reading.patience(verb.get("timeout", "5"))
    words: list[str] = []
    if reading.call.says:
        await reading.network.calls.does(reading.call, Act("say", reading.call.says))
    try:
        while True:
            act = await reading.call.line.next(
                silence if words or reading.call.keys else max(silence, _typing(reading))
            )
            if act is None:
                return " ".join(words), ""
            if act.what == "say":
                words.append(act.value)
            elif act.value in finish:
                return " ".join(words), act.value
    except HungUp:
        return " ".join(words), "hangup"


def _typing(reading: "Reading") -> float:
    """Typing takes longer than speaking: a person in the browser gets more time to begin."""
    return TIME_TO_TYPE * reading.network.settings.pace


def _form(reading: "Reading", said: str) -> dict[str, str]:
    sid = "RE" + secrets.token_hex(16)
    reading.network.recordings[sid] = said
    return {
        "RecordingSid": sid,
        "RecordingUrl": f"{reading.network.base_url}/2010-04-01/Accounts/{reading.call.account}/Recordings/{sid}",
        "RecordingDuration": str(max(1, len(said.split()) // 3)),
    }


async def _tell(reading: "Reading", verb: Element, form: dict[str, str], said: str) -> None:
    """Tell the service that the recording and its transcript are ready."""
    call = reading.call.as_form()
    ready, transcript = verb.get("recordingStatusCallback"), verb.get("transcribeCallback")
    if ready:
        done = call | form | {"RecordingStatus": "completed"}
        reading.network.spawn(_post(reading, reading.jump(ready, done).url, done))
    if transcript:
        text = (
            call
            | form
            | {
                "TranscriptionSid": "TR" + secrets.token_hex(16),
                "TranscriptionStatus": "completed",
                "TranscriptionText": said,
            }
        )
        reading.network.spawn(_post(reading, reading.jump(transcript, text).url, text))


async def _post(reading: "Reading", url: str, form: dict[str, str]) -> None:
    await reading.network.callbacks.request(url, form)


def silence() -> bytes:
    """Return a tenth of a second of nothing as a WAV file."""
    samples = bytes(1600)
    return (
        b"RIFF"
        + (36 + len(samples)).to_bytes(4, "little")
        + b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data"
        + len(samples).to_bytes(4, "little")
        + samples
    )
