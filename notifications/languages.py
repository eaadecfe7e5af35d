"""Languages that families are rung in, as staff name them; a service adds its own here (U16)."""

from __future__ import annotations

LANGUAGES = {
    "en": "English",
    "ar": "Arabic",
    "bfi": "British Sign Language",
    "bn": "Bengali",
    "es": "Spanish",
    "fa": "Farsi",
    "fr": "French",
    "gu": "Gujarati",
    "hi": "Hindi",
    "ku": "Kurdish",
    "pa": "Punjabi",
    "pl": "Polish",
    "pt": "Portuguese",
    "ro": "Romanian",
    "so": "Somali",
    "ta": "Tamil",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "yo": "Yoruba",
    "zh": "Chinese",
}
