"""Questions to the database that are written once in a process, and asked as often as a page is opened.

Django writes a question anew each time, and for a page of ours that costs several times what the database needs to
answer it. Here it is written with stand-ins for what differs (who asks, about what, the moment) and kept as SQL. It is
written twice, with other stand-ins, and nothing may be read meanwhile: a question that differs by anything else, such
as a rule that looks at who asks, is refused at once and never kept (record 0016).
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, NoReturn, ParamSpec, TypeVar, cast
from zlib import crc32

from django.db import connections
from django.db.models import QuerySet
from psycopg import RawCursor

from peer import clock

Row = TypeVar("Row")
Asked = ParamSpec("Asked")
Fill = Callable[["Values"], Any]

DAYS = {"today": clock.today, "sixteen": clock.sixteen_years_ago}  # days that rules count from
MOMENTS = (dt.datetime(4001, 2, 3, 4, 5, 6, 7, dt.UTC), dt.datetime(4004, 5, 9, 8, 7, 6, 5, dt.UTC))
LARGEST = 2**31 - 1  # key of the tables of others; what a column cannot hold, Django leaves out of a question


class NotWritable(RuntimeError):
    """A question that looks at its stand-ins, or at anything else that differs from one time to the next."""


@dataclass(frozen=True)
class Values:
    """What stands where the stand-ins stood: what was asked by name, and the moment."""

    named: dict[str, Any]
    now: dt.datetime


@dataclass(frozen=True)
class StandIns(Values):
    """What a question is written with, and the days of that moment."""

    days: dict[str, dt.date]


@dataclass(frozen=True)
class Constant:
    """What stands in a place of a question whoever asks it."""

    value: Any

    def __call__(self, _values: Values) -> Any:
        """Give it."""
        return self.value


@dataclass(frozen=True)
class _Kept(Generic[Row]):
    """One question as SQL for one database: its rows' shape, its words and how each place is filled."""

    rows: QuerySet[Any, Row]
    compiler: Any
    sql: str
    places: tuple[Fill, ...]
    numbered: str  # as PostgreSQL keeps it: what fills it apart, each but once
    numbers: tuple[Fill, ...]

    @cached_property
    def converters(self) -> Any:
        """Give what makes values of the columns that need it: those of the first time, as the columns are the same."""
        columns = [column for column, *_rest in self.compiler.select[: self.compiler.col_count]]
        return self.compiler.get_converters(columns)

    def ask(self, values: Values) -> list[Row]:
        """Fill the places and read the rows, as the queryset would."""
        compiler = object.__new__(type(self.compiler))
        compiler.__dict__.update(self.compiler.__dict__)
        compiler.connection = connections[compiler.using]
        compiler.execute_sql = lambda *_args, **_options: [self._read(values)]
        compiler.get_converters = lambda _columns: self.converters
        rows = self.rows.all()
        rows.query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
        return list(rows)

    def _read(self, values: Values) -> list[Any]:
        """Ask; where somebody listens to what is asked, they hear it whole."""
        connection: Any = connections["default"]
        if connection.vendor != "postgresql" or connection.queries_logged:
            cursor, sql, fills = connection.cursor(), self.sql, self.places
        else:
            connection.ensure_connection()
            cursor = connection._prepare_cursor(RawCursor(connection.connection))
            sql, fills = self.numbered, self.numbers
        with cursor:
            cursor.execute(sql, [fill(values) for fill in fills])
            return list(cursor.fetchall())


def written(write: Callable[Asked, QuerySet[Any, Row]]) -> Callable[Asked, list[Row]]:
    """Keep what a function of numbers, words and moments writes, and give its rows each time it is called by name.

    What is true or false, and how many there are of several, is no stand-in: of each a question of its own is kept.
    """
    kept: dict[tuple[Any, ...], _Kept[Row]] = {}

    @functools.wraps(write)
    def ask(*args: Asked.args, **named: Asked.kwargs) -> list[Row]:
        if args:
            raise TypeError("What a written question is about is given by name.")
        values = cast("dict[str, Any]", named)
        which = (connections["default"].vendor, *map(_kind, values.values()))
        if which not in kept:
            kept[which] = _write_down(write, values)
        return kept[which].ask(Values(values, clock.now()))

    return ask


def _kind(value: Any) -> Any:
    return len(value) if isinstance(value, tuple) else value if isinstance(value, bool) else type(value)


def _write_down(write: Callable[..., QuerySet[Any, Row]], named: dict[str, Any]) -> _Kept[Row]:
    stand_ins = [_stand_ins(named, turn) for turn in (0, 1)]
    (rows, compiler, sql, first), (_, _, again, second) = (_compiled(write, one) for one in stand_ins)
    if sql != again or len(first) != len(second):
        raise NotWritable(f"{write.__name__} is not the same question for everybody.")
    places = _places(list(zip(first, second, strict=True)), stand_ins, write.__name__)
    numbered, numbers = "", tuple[Fill, ...]()
    if connections["default"].vendor == "postgresql":
        sql, places = _with_constants(sql, places)
        numbered, numbers = _numbered(sql, places)
    return _Kept(rows, compiler, sql, tuple(places), numbered, numbers)


def _with_constants(sql: str, places: list[Fill]) -> tuple[str, list[Fill]]:
    """Write what never differs into the SQL, or no partial index would serve a plan that is kept."""
    with connections["default"].cursor() as cursor:
        words = [
            str(cursor.mogrify("%s", [fill.value])).replace("%", "%%") if isinstance(fill, Constant) else "%s"
            for fill in places
        ]
    return sql.replace("%%", "%%%%") % tuple(words), [fill for fill in places if not isinstance(fill, Constant)]


def _numbered(sql: str, places: list[Fill]) -> tuple[str, tuple[Fill, ...]]:
    """Write numbers where the places are, the same where the same thing fills them."""
    number = {fill: f"${at}" for at, fill in enumerate(dict.fromkeys(places), start=1)}
    return sql % tuple(number[fill] for fill in places), tuple(number)


def _stand_ins(named: dict[str, Any], turn: int) -> StandIns:
    given = {name: _stand_in(value, name, turn) for name, value in named.items()}
    with clock.at(MOMENTS[turn]):
        return StandIns(given, clock.now(), {name: day() for name, day in DAYS.items()})


def _stand_in(value: Any, name: str, turn: int) -> Any:
    """Make something of the same kind that stands nowhere else, in neither of the two turns."""
    if isinstance(value, bool):
        return value
    if isinstance(value, tuple):
        return tuple(_stand_in(one, f"{name} {number}", turn) for number, one in enumerate(value))
    if isinstance(value, str):
        return f"{name} {turn}"
    number = crc32(name.encode()) & LARGEST ^ LARGEST * turn  # alike in no bit: whoever looks at one is found out
    return MOMENTS[turn] + dt.timedelta(seconds=number) if isinstance(value, dt.datetime) else number


def _compiled(write: Callable[..., QuerySet[Any, Row]], values: Values) -> tuple[QuerySet[Any, Row], Any, str, Any]:
    with clock.at(values.now), _nothing_read():
        rows = write(**values.named)
        compiler = rows.query.get_compiler(rows.db)
        sql, params = compiler.as_sql()
    return rows, compiler, sql, params


@contextmanager
def _nothing_read() -> Iterator[None]:
    def refuse(*_args: Any) -> NoReturn:
        raise NotWritable("A question that asks others before it is written cannot be kept.")

    with connections["default"].execute_wrapper(refuse):
        yield


def _places(pairs: list[tuple[Any, Any]], stand_ins: list[StandIns], name: str) -> list[Fill]:
    """Tell what each place of the SQL is filled with: one and the same thing where the same stand-ins stand."""
    fills = {repr(pair): _place(pair, stand_ins, name) for pair in pairs}
    return [fills[repr(pair)] for pair in pairs]


def _place(pair: tuple[Any, Any], stand_ins: list[StandIns], name: str) -> Fill:
    """Tell what a place of the SQL is filled with: what never differs, what was named, a day, or a moment."""
    one, other = pair
    if one == other:
        return Constant(one)
    first, second = stand_ins
    ops = connections["default"].ops
    for key, ours in first.named.items():
        theirs = second.named[key]
        if pair == (_adapted(ours), _adapted(theirs)):
            return lambda values: _adapted(values.named[key])
        if isinstance(ours, tuple) and one in ours and (at := ours.index(one)) == theirs.index(other):
            return lambda values: values.named[key][at]
    for key, day in DAYS.items():
        if pair == tuple(ops.adapt_datefield_value(values.days[key]) for values in stand_ins):
            return lambda _values: ops.adapt_datefield_value(day())
    ahead = _moment(one, name) - first.now
    if ahead == _moment(other, name) - second.now:
        return lambda values: _adapted(values.now + ahead)
    raise NotWritable(f"{name} differs by more than its stand-ins: {one!r}.")


def _adapted(value: Any) -> Any:
    """Give a value as a database is given it; SQLite takes moments as words."""
    return connections["default"].ops.adapt_datetimefield_value(value) if isinstance(value, dt.datetime) else value


def _moment(value: Any, name: str) -> dt.datetime:
    """Read a moment as a database is given it; SQLite gets words, in UTC."""
    try:
        read = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
    except (TypeError, ValueError) as problem:
        raise NotWritable(f"{name} differs by more than its stand-ins: {value!r}.") from problem
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)
