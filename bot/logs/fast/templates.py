"""Lines of text that differ from an earlier one in digits and ids alone are read by what the parser said of that one."""

from bot.logs.decode import Decoder
from bot.logs.fast.probe import template_of
from bot.logs.fast.template import Template
from bot.logs.format import Format
from bot.logs.record import Draft
from bot.logs.times import second_of

TEMPLATES_MAX = 5_000
"""Some MiB of lines; a log of more makes its lines of ever other words."""

FREE, HITS_EACH = 100, 10
"""How many are learnt at first, and how many lines each further one must have been worth: to learn one takes as long as to
parse five.
"""

ONCE_MAX = 50_000
"""Lines remembered that were met once; it is at the second that a template is worth learning."""

ALIKE_MAX = 8
"""Templates of lines that have digits, or letters of hexadecimal digits, in the same places; each is tried."""

LINE_MAX = 1_000
SECONDS_MAX = 10_000

_AS_ONE = bytes.maketrans(b"0123456789abcdef", b"1" * 16)


class Templates:
    """The templates of one file.

    Args:
        form: How it is written.
    """

    def __init__(self, form: Format) -> None:
        self._reckoning = form.reckoning
        self._decoder = Decoder(form)
        self._known: dict[bytes, list[Template]] = {}
        self._count = self._tried = self._hits = 0
        self._once: set[int] = set()
        self._hopeless: set[int] = set()
        self._seconds: dict[bytes, tuple[int, bool] | None] = {}

    def of(self, raw: bytes) -> Template | None:
        """Return the template that a line has; None where it has none."""
        for template in self._known.get(raw.translate(_AS_ONE), ()):
            if template.fits(raw):
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

    def learn(self, raw: bytes, draft: Draft) -> None:
        """Learn a template from a line that has none, and what the parser says of it; at the second of its kind."""
        if self._count >= TEMPLATES_MAX or self._tried > FREE + self._hits // HITS_EACH:
            return
        if len(raw) > LINE_MAX or not raw.isascii() or raw.startswith(b"{"):
            return
        key = raw.translate(_AS_ONE)
        met = hash(key)
        if met not in self._once:
            if len(self._once) < ONCE_MAX:
                self._once.add(met)
            return
        if met in self._hopeless or len(self._known.get(key, ())) >= ALIKE_MAX:
            return
        self._tried += 1
        template = template_of(raw, draft, self._decoder, self._reckoning)
        if template is None:
            self._hopeless.add(met)
        else:
            self._known.setdefault(key, []).append(template)
            self._count += 1
