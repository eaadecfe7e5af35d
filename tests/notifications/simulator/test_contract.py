"""The simulator's answers keep the provider's published description."""

import json
import os
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from openapi_core import OpenAPI
from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse

from notifications.simulator import Simulator

from .conftest import PAT, SERVICE, eventually

NAME = "twilio_api_v2010_messages_calls.json"
ROOT = Path(__file__).resolve().parents[3]
PLACES = [Path(os.environ.get("SHARED_DATA", "")) / NAME, ROOT.parent / "shared" / "data" / NAME]
FOUND = next((place for place in PLACES if place.is_file()), None)
pytestmark = pytest.mark.skipif(FOUND is None, reason=f"the provider's description ({NAME}) is not here")


@cache
def description() -> OpenAPI:
    assert FOUND is not None
    text = FOUND.read_text().replace("https://api.twilio.com", "http://127.0.0.1")
    return OpenAPI.from_dict(json.loads(text))


def check(simulator: Simulator, method: str, path: str, status: int, **values: object) -> dict[str, object]:
    """Make one request and hold both it and its answer against the description."""
    address = f"{simulator.base_url}/2010-04-01/Accounts/{simulator.account_sid}{path}"
    auth = (simulator.account_sid, simulator.auth_token)
    form = values if method == "POST" else None
    answer = requests.request(method, address, data=form, auth=auth, timeout=5)
    assert answer.status_code == status, answer.text
    answer.request.url = str(answer.request.url).replace(simulator.base_url, "http://127.0.0.1")
    asked = RequestsOpenAPIRequest(answer.request)
    description().validate_request(asked)
    description().validate_response(asked, RequestsOpenAPIResponse(answer))
    return dict(answer.json()) if answer.content else {}


def test_texts_keep_the_description(simulator: Simulator) -> None:
    values = {"To": PAT, "From": SERVICE, "Body": "Hello", "StatusCallback": "http://127.0.0.1:9/x"}
    sid = check(simulator, "POST", "/Messages.json", 201, **values)["sid"]
    eventually(lambda: check(simulator, "GET", f"/Messages/{sid}.json", 200)["status"] == "delivered")
    query = urlencode({"To": PAT, "DateSent>": "2020-01-01T00:00:00Z", "PageSize": 1})
    check(simulator, "POST", "/Messages.json", 201, **values)
    page = check(simulator, "GET", f"/Messages.json?{query}", 200)
    assert page["next_page_uri"]
    check(simulator, "POST", f"/Messages/{sid}.json", 200, Body="")
    check(simulator, "DELETE", f"/Messages/{sid}.json", 204)


def test_calls_keep_the_description(simulator: Simulator) -> None:
    simulator.handset(PAT, answers="person")
    values = {"To": PAT, "From": SERVICE, "Twiml": "<Response><Pause length='4000'/></Response>"}
    sid = check(simulator, "POST", "/Calls.json", 201, **values)["sid"]
    eventually(lambda: check(simulator, "GET", f"/Calls/{sid}.json", 200)["status"] == "in-progress")
    check(simulator, "POST", f"/Calls/{sid}.json", 200, Status="completed")
    eventually(lambda: check(simulator, "GET", f"/Calls/{sid}.json", 200)["status"] == "completed")
    check(simulator, "GET", "/Calls.json?PageSize=1", 200)
    check(simulator, "DELETE", f"/Calls/{sid}.json", 204)
