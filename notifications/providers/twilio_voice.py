"""Call scripts in the network's language: say, ask for keys, hang up; and the answer to a text."""

from __future__ import annotations

from collections.abc import Iterable

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

from notifications.languages import Played, Sentence, Voiced

VOICE, LANGUAGE = "Polly.Amy", "en-GB"
PATIENCE = 8  # seconds for a key
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
