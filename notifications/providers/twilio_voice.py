"""Call scripts in the network's language: say, ask for keys, hang up; and the answer to a text."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from notifications.languages import Played, Sentence, Voiced
from notifications.voice import Meeting

VOICE, LANGUAGE = "Polly.Amy", "en-GB"
PATIENCE = 8  # seconds for a key
RINGS_FOR = 30  # seconds until the second line is given up
DETECTS = 3  # seconds in which the network hears whether a machine took the call
HOLDS = 8  # seconds of stillness between two words to whoever waits
LONGEST_SPOKEN = 120  # seconds; the network writes down no more


def say(*sentences: Sentence) -> str:
    """Say something and hang up."""
    script = VoiceResponse()
    _speak(script, sentences)
    script.hangup()
    return str(script)


def ask(*sentences: Sentence, to: str, otherwise: Sentence, keys: int | None = 1) -> str:
    """Ask for keys and send them to an address; with no `keys` they end with the hash key."""
    script = VoiceResponse()
    gather = Gather(input="dtmf", action=to, method="POST", timeout=PATIENCE, num_digits=keys, finish_on_key="#")
    _speak(gather, sentences)
    script.append(gather)
    _speak(script, [otherwise])
    script.hangup()
    return str(script)


def record(*sentences: Sentence, to: str, transcript_to: str) -> str:
    """Ask for words after a tone; what was said goes to one address, the network's transcript to another."""
    script = VoiceResponse()
    _speak(script, sentences)
    script.record(
        action=to,
        method="POST",
        max_length=LONGEST_SPOKEN,
        timeout=PATIENCE,
        finish_on_key="#",
        play_beep=True,
        transcribe=True,
        transcribe_callback=transcript_to,
    )
    script.hangup()
    return str(script)


def join(*sentences: Sentence, number: str, then: str, hello: str, found: str, ended: str) -> str:
    """Ring a second line and join the two: only the service's number is shown, and a machine is listened for.

    `hello` asks whoever picks up for a key, `found` hears who it is, `ended` that the line is free, `then` goes on.
    """
    script = VoiceResponse()
    _speak(script, sentences)
    dial = Dial(action=then, method="POST", caller_id=settings.TWILIO_FROM, timeout=RINGS_FOR)
    dial.number(
        number,
        url=hello,
        status_callback=ended,
        status_callback_event="completed",
        machine_detection="Enable",
        amd_status_callback=found,
    )
    script.append(dial)
    return str(script)


def hold(*sentences: Sentence, to: str) -> str:
    """Let somebody wait: say how it stands, be still for a while, and ask again."""
    script = VoiceResponse()
    _speak(script, sentences)
    script.pause(length=HOLDS)
    script.redirect(to, method="POST")
    return str(script)


def meet(*sentences: Sentence, meeting: Meeting, then: str, told: str) -> str:
    """Put the call into a meeting, which a host's coming begins and a host's going ends; nothing is recorded."""
    script = VoiceResponse()
    _speak(script, sentences)
    dial = Dial(action=then, method="POST", time_limit=meeting.lasts)
    dial.conference(
        meeting.line,
        muted=meeting.only_listens,
        start_conference_on_enter=meeting.is_host,
        end_conference_on_exit=meeting.is_host,
        wait_url="",
        beep="false",
        record="do-not-record",
        status_callback=told,
        status_callback_event="leave end",
    )
    script.append(dial)
    return str(script)


def listen(*, to: str) -> str:
    """Say nothing until the network has heard whether a machine took the call, then go on."""
    script = VoiceResponse()
    script.pause(length=DETECTS)
    script.redirect(to, method="POST")
    return str(script)


def go_through() -> str:
    """Let the two lines be joined."""
    return str(VoiceResponse())


def _speak(script: VoiceResponse | Gather, sentences: Iterable[Sentence]) -> None:
    """Play what a person has recorded; say the rest with the voice of its language."""
    for sentence in sentences:
        match sentence:
            case Played(address):
                script.play(address)
            case Voiced(words, voice, language):
                script.say(words, voice=voice, language=language)
            case _:
                script.say(sentence, voice=VOICE, language=LANGUAGE)


def hang_up() -> str:
    """Say nothing at all."""
    script = VoiceResponse()
    script.hangup()
    return str(script)


def text(words: str) -> str:
    """Answer a text with a text, or with nothing."""
    answer = MessagingResponse()
    if words:
        answer.message(words)
    return str(answer)
