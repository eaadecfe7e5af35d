"""The provider's signature: HMAC-SHA1 over the address and the sorted form, in base64."""

import base64
import hmac
from collections.abc import Mapping

HEADER = "X-Twilio-Signature"


def signature(*, token: str, url: str, form: Mapping[str, str]) -> str:
    """Sign a request to `url` that carries `form` (empty for GET) with the account's token."""
    text = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(token.encode(), text.encode(), "sha1").digest()
    return base64.b64encode(digest).decode()
