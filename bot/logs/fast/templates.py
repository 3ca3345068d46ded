"""Lines of text that differ from an earlier one in digits and ids alone are read by what the parser said of that one."""

from typing import NamedTuple

from bot.logs.decode import Decoder
from bot.logs.fast.probe import ids_of, rest_of, template_of
from bot.logs.fast.template import ONE_DIGIT, Template
from bot.logs.format import Format
from bot.logs.record import Draft
from bot.logs.times import second_of

TEMPLATES_MAX = 5_000
"""Some MiB of lines; a log of more makes its lines of ever other words."""

FREE, HITS_EACH = 100, 10
"""How many are learnt at first, and how many lines each further one must have been worth: to learn one takes as long as to
parse five.
"""

ONCE_MAX = 20_000
"""Lines remembered that were met once; it is at the second that a template is worth learning."""

LAYOUTS_MAX = 4
"""Places of ids in lines that have digits, or letters of hexadecimal digits, in the same places; each is tried."""

LINE_MAX = 1_000
SECONDS_MAX = 10_000

_AS_ONE = bytes.maketrans(b"0123456789abcdef", b"1" * 16)


class _Layout(NamedTuple):
    """Templates of lines with ids in the same places, by what else they say, each digit a 1."""

    rest: tuple[slice, ...]
    templates: dict[bytes, Template]


class Templates:
    """The templates of one file.

    Args:
        form: How it is written.
    """

    def __init__(self, form: Format) -> None:
        self._reckoning = form.reckoning
        self._decoder = Decoder(form)
        self._known: dict[bytes, list[_Layout]] = {}
        self._count = self._tried = self._hits = 0
        self._once: set[int] = set()
        self._hopeless: set[int] = set()
        self._seconds: dict[bytes, tuple[int, bool] | None] = {}

    def of(self, raw: bytes) -> Template | None:
        """Return the template that a line has; None where it has none."""
        for rest, templates in self._known.get(raw.translate(_AS_ONE), ()):
            template = templates.get(_literal(raw, rest))
            if template is not None and template.fits(raw):
                self._hits += 1
                return template
        return None

    def at(self, template: Template, raw: bytes) -> tuple[int, bool] | None:
        """Return the time of a line in microseconds, and whether it carries no zone; None where there is no such time."""
        before, behind = template.second
        text = raw[before] + raw[behind]
        if text not in self._seconds:
            if len(self._seconds) >= SECONDS_MAX:
                self._seconds.clear()
            at = second_of(text.decode(), self._reckoning)
            self._seconds[text] = at and (at.us, at.naive)
        known, fraction = self._seconds[text], raw[template.fraction]
        return (known[0] + int((fraction + b"00000")[:6]), known[1]) if known and fraction else known

    def learn(self, raw: bytes, draft: Draft, *, has_writer: bool) -> None:
        """Learn a template from a line that has none, and what the parser says of it; at the second of its kind.

        Args:
            raw: The line.
            draft: The record that it is.
            has_writer: Whether a wrapper names its writer.
        """
        if self._count >= TEMPLATES_MAX or self._tried > FREE + self._hits // HITS_EACH:
            return
        if len(raw) > LINE_MAX or not raw.isascii() or raw.startswith(b"{"):
            return
        rest = rest_of(raw, ids_of(raw))
        literal = _literal(raw, rest)
        met = hash(literal)
        if met not in self._once:
            if len(self._once) < ONCE_MAX:
                self._once.add(met)
            return
        if met not in self._hopeless:
            self._tried += 1
            template = template_of(raw, draft, self._decoder, self._reckoning)
            if template is not None:
                template.has_writer = has_writer
            if template is None or not self._keep(raw, rest, literal, template):
                self._hopeless.add(met)

    def _keep(self, raw: bytes, rest: tuple[slice, ...], literal: bytes, template: Template) -> bool:
        """Keep a template; tell whether there was room for it."""
        layouts = self._known.setdefault(raw.translate(_AS_ONE), [])
        layout = next((one for one in layouts if one.rest == rest), None)
        if layout is None:
            if len(layouts) >= LAYOUTS_MAX:
                return False
            layout = _Layout(rest, {})
            layouts.append(layout)
        layout.templates[literal] = template
        self._count += 1
        return True


def _literal(raw: bytes, rest: tuple[slice, ...]) -> bytes:
    """Return a line without its ids, each digit a 1."""
    return (raw if len(rest) == 1 else b"".join([raw[where] for where in rest])).translate(ONE_DIGIT)
