"""Start the telephone network: `python -m notifications.simulator --port 4010 --ledger FILE.jsonl`."""

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from aiohttp import web

from .mail import listen
from .provider import NETWORK
from .server import is_loopback, make_app
from .settings import Settings


def read_settings(arguments: list[str]) -> tuple[Settings, int]:
    """Read the command line; missing credentials come from the environment."""
    parser = argparse.ArgumentParser(prog="python -m notifications.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="loopback addresses only")
    parser.add_argument("--port", type=int, default=4010, help="0 picks a free one")
    parser.add_argument("--smtp-port", type=int, help="listen for e-mail too; 0 picks a free one")
    parser.add_argument("--ledger", type=Path, required=True, help="file of JSON lines, kept between runs")
    parser.add_argument("--account-sid", default=os.environ.get("TWILIO_ACCOUNT_SID", ""))
    parser.add_argument("--auth-token", default=os.environ.get("TWILIO_AUTH_TOKEN", ""))
    parser.add_argument("--second-key", type=Path, help="public key of the second network's application, in PEM")
    parser.add_argument("--webhook-sms", default="", help="where texts from handsets go")
    parser.add_argument("--webhook-voice", default="", help="where calls from handsets go")
    parser.add_argument("--home", default="", help="address of the service, for a link back")
    parser.add_argument("--service-number", action="append", default=[], help="a number of the service (repeat)")
    parser.add_argument("--ring-seconds", type=float, default=30.0, help="how long a handset rings at most")
    parser.add_argument("--pace", type=float, default=1.0, help="0.01 makes every wait a hundredth")
    parser.add_argument("--clock-offset", type=float, default=0.0, help="seconds that the product's clock is ahead")
    parser.add_argument("--clock-file", type=Path, help="file that holds those seconds, read at every look")
    parser.add_argument("--parent", type=int, default=0, help="end when this parent process is gone")
    given = parser.parse_args(arguments)
    if not is_loopback(given.host):
        parser.error("this network listens on the machine itself only; choose a loopback --host")
    if not given.account_sid or not given.auth_token:
        parser.error("give --account-sid and --auth-token, or set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")
    settings = Settings(
        account_sid=given.account_sid,
        auth_token=given.auth_token,
        ledger=given.ledger,
        second_key=given.second_key.read_text() if given.second_key else "",
        host=given.host,
        port=given.port,
        smtp_port=given.smtp_port,
        webhook_sms=given.webhook_sms,
        webhook_voice=given.webhook_voice,
        home=given.home,
        service_numbers=tuple(given.service_number),
        ring_seconds=given.ring_seconds,
        pace=given.pace,
        clock_file=given.clock_file,
        clock_offset=timedelta(seconds=given.clock_offset),
    )
    return settings, given.parent


async def serve(settings: Settings, *, listener: socket.socket, letters: socket.socket | None, parent: int) -> None:
    """Listen until a signal comes or the parent is gone."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    app = make_app(settings)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.SockSite(runner, listener).start()
    post = await listen(app[NETWORK], letters) if letters else None
    print(f"simulator ready {app[NETWORK].base_url} {app[NETWORK].smtp_url}".rstrip(), flush=True)  # noqa: T201
    while not stop.is_set() and (not parent or os.getppid() == parent):
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), 1.0)
    if post:
        post.close()
    await runner.cleanup()


class PortTaken(Exception):
    """A port that cannot be listened on; its text says why."""


def open_port(host: str, port: int) -> socket.socket:
    """Take a port of this machine."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as fault:
        raise PortTaken(f"Port {port} on {host} cannot be used: {fault.strerror}.") from fault


def main() -> int:
    """Start, and end with a plain sentence when a port is taken."""
    settings, parent = read_settings(sys.argv[1:])
    try:
        listener = open_port(settings.host, settings.port)
        letters = None if settings.smtp_port is None else open_port(settings.host, settings.smtp_port)
    except PortTaken as taken:
        print(taken, file=sys.stderr)  # noqa: T201
        return 1
    settings = replace(
        settings, port=listener.getsockname()[1], smtp_port=letters.getsockname()[1] if letters else None
    )
    asyncio.run(serve(settings, listener=listener, letters=letters, parent=parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
