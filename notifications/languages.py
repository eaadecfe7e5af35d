"""Languages that families are rung in, each in its own words; a service adds its own here (U16)."""

from __future__ import annotations

LANGUAGES = {
    "en": "English",
    "ar": "العربية",
    "bfi": "British Sign Language",
    "bn": "বাংলা",
    "es": "Español",
    "fa": "فارسی",
    "fr": "Français",
    "gu": "ગુજરાતી",
    "hi": "हिन्दी",
    "ku": "Kurdî",
    "pa": "ਪੰਜਾਬੀ",
    "pl": "Polski",
    "pt": "Português",
    "ro": "Română",
    "so": "Soomaali",
    "ta": "தமிழ்",
    "tr": "Türkçe",
    "uk": "Українська",
    "ur": "اردو",
    "yo": "Yorùbá",
    "zh": "中文",
}
