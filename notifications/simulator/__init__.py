"""A telephone network on this machine: stands in for the provider's HTTP API in the demo, tests and fault runs.

Start it: `python -m notifications.simulator --ledger FILE.jsonl [--port 4010] [--account-sid AC… --auth-token …]
[--smtp-port 1025] [--webhook-sms URL] [--webhook-voice URL] [--service-number +44…]… [--ring-seconds 30] [--pace 1.0]
[--clock-offset SECONDS] [--clock-file FILE] [--home URL] [--parent PID]`. Credentials default to the environment's
TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN. It listens on loopback only, prints `simulator ready http://127.0.0.1:PORT`
(and ` smtp://127.0.0.1:PORT` where it takes e-mail too) and ends on SIGTERM or Ctrl-C. Port 0 takes a free one; `--pace
0.01` makes every wait a hundredth; the clock file holds the seconds that the product is ahead. In tests: `with
start(ledger=path, smtp=True) as simulator: …`.

For the service: `/2010-04-01/Accounts/{Sid}/Messages.json`, `/Calls.json`, their items; `/Conferences.json` and who is
in each (`/Conferences/{Sid}/Participants.json`); basic auth, signed callbacks.

The mail server (`--smtp-port`) takes plain SMTP: one address a letter, at most 1 MiB, and only addresses of
example.org, example.com, example.net, localhost or below .example and .test, whose mailbox is `/handset/{address}`.

For people: `/` lists the phones, `/handset/{number}` is one. The same acts as JSON: POST
`/handset/{number}/text {"to", "body"}`, `/ring {"to"}`, `/answer`, `/decline`, `/voicemail`, `/press {"key": "1"}`,
`/say {"words"}`, `/hangup`; `to` may be left out once the network knows a number of the service.

For checkers (JSON, no credentials, loopback):

- GET `/ledger.json[?to=+44…&kind=text&since=SEQ]` → `{"handsets": {"+44…": [entry, …]}, "entries": n}`; an entry is
  `{"seq", "at", "to", "kind", "sid", "service", "body", "attempt", "callback", "name"}`, `to` the handset, `service`
  the number of the service, `attempt` the `?attempt=` of the callback address or else the last part of its path. Kinds:
  text, email (`service` the sender's address and `name` their name, `body` subject, empty line, plain text, `sid` the
  Message-ID, `attempt` the header X-Attempt; callback empty), carrier (the network's own answer to STOP and START),
  sent, ring, dialled, answered (person, machine), said, played, voicemail, pressed, spoke, ended (completed, no-answer,
  busy, failed, canceled). A text is in the file, on the disk, before its 201 is sent, an e-mail before its 250; one
  that is undelivered or refused never is. The file survives a restart.
- PUT `/handsets/{number}` `{"name", "answers", "keys", "says", "after_ms"}`: answers is manual (default: somebody
  in the browser), person, machine, fax, unknown, nobody, busy or failed; keys `"1,2009"` are pressed at the first
  question and the second; says is spoken where words are asked for; after_ms is waited before answering and before
  each answer. POST `/handsets` takes `{"handsets": [{"number", …}, …]}`; GET `/handsets.json` gives them.
  A number may be an e-mail address everywhere; a mailbox only has a name.
- POST `/faults` `[{"match": {"kind", "to"?}, "times": 1, "do": …, …}]` (times -1 is for ever; all rules or none), GET,
  DELETE. Kind sms, call or list: refuse_500, hang, reset, slow_ms (ms), 429 (retry_after), auth_revoked,
  error (code), accept_then_500, accept_then_hang, accept_then_reset, malformed (as: cut, html, empty; it was
  accepted). Kind sms also: undelivered (code, 30003), failed (code), sent_only. Kind callback: drop_callback,
  duplicate_callback (n), delay_callback (ms), shuffle_callbacks (newest first), contradict_callback, forge_callback.
  Kind email: busy (421 to MAIL, without `to`), refuse_now (451 to RCPT), refuse (550 to RCPT), reset (cut at the end of
  DATA, not taken), accept_then_reset (taken, then cut), slow_ms (ms; taken at once, answered late).
- GET `/callbacks.json` gives the requests made to the service, with the status each was answered with (0: nobody).
- PUT `/webhooks` `{"sms": URL, "voice": URL}`; PUT `/clock` `{"offset_seconds": n}`; GET `/healthz`;
  POST `/reset` empties everything, the ledger's file too (tests only).
"""

from .process import ACCOUNT_SID, AUTH_TOKEN, Simulator, start

__all__ = ["ACCOUNT_SID", "AUTH_TOKEN", "Simulator", "start"]
