"""Reading a script: XML in, verbs and their words out."""

import xml.etree.ElementTree as ElementTree
from xml.etree.ElementTree import Element


class Broken(Exception):
    """The script could not be had or read."""


def parse(text: str) -> Element:
    """Read a script or say that it is broken."""
    try:
        script = ElementTree.fromstring(text.strip())  # noqa: S314 - the service's own script, on this machine
    except ElementTree.ParseError as fault:
        raise Broken(str(fault)) from fault
    if script.tag != "Response":
        raise Broken(script.tag)
    return script


def words(verb: Element) -> str:
    """Return the text of a verb with its white space made single."""
    return " ".join("".join(verb.itertext()).split())


def times(verb: Element) -> int:
    """Return how often a verb is repeated; nought stands for very often."""
    return int(verb.get("loop", "1")) or 1000
