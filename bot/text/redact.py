"""Masking of secrets and personal data: `[redacted: kind]` in their place, everything else as it was.

Every pattern takes linear time (see `secret_formats`), so that a hostile line costs no more than its length. Masking too
much is the lesser fault: an unterminated value is masked to the end of its line.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

from bot.text.configured import compile_patterns
from bot.text.secret_formats import SECRET_FORMATS

Keeps = Callable[[str], bool]


def redact(text: str) -> str:
    """Return the text with every secret and personal datum that is recognised replaced by ``[redacted: kind]``.

    Masked: private keys; the tokens of well-known services; JWTs; Authorization headers and cookies; the values of
    password-, token-, secret- and key-like names (JSON, key=value, flags, query strings, URL-encoded or not); passwords
    in URLs; e-mail addresses; card numbers that pass Luhn; phone numbers. Left alone: ids, hashes, IP addresses,
    plain numbers. Redacting twice is redacting once. Patterns of the configuration come after all others.
    """
    lowered = text.lower()
    hinted = [rules for needle, rules in _HINTS if needle in lowered]
    for place in sorted(set().union(*hinted)) if hinted else ():
        text = _RULES[place].apply(text)
    for rule in _configured:
        text = rule.apply(text)
    return text


def configure(patterns: Iterable[str]) -> None:
    """Mask what matches one of these as well, from now on in this process, in place of what was configured before.

    Args:
        patterns: Regular expressions. The secret is the group of that name, else the whole match.

    Raises:
        ValueError: one of them cannot be used; the sentence names it and says why.
    """
    _configured[:] = [_Rule("configured", (), pattern) for pattern in compile_patterns(patterns)]


@dataclass(frozen=True, slots=True)
class _Rule:
    """One kind of secret. The secret is the first of the groups below that matched, else the whole match."""

    kind: str
    needles: tuple[str, ...]
    pattern: str | re.Pattern[str]
    keeps: Keeps = lambda _secret: False

    def apply(self, text: str) -> str:
        return _compiled(self.pattern).sub(self._mask, text)

    def _mask(self, match: re.Match[str]) -> str:
        whole = match.group()
        for group in _SECRET_GROUPS:
            if group in match.re.groupindex and match.group(group) is not None:
                start, end = (edge - match.start() for edge in match.span(group))
                break
        else:
            start, end = 0, len(whole)
        if _MASKED.fullmatch(whole, start, end) or self.keeps(whole[start:end]):
            return whole
        return f"{whole[:start]}[redacted: {self.kind}]{whole[end:]}"


_compiled = cache(re.compile)
"""Compiles a rule when a text first has its needle: all of them together take as long as a small log is read in."""

_configured: list[_Rule] = []
_SECRET_GROUPS = ("secret", "quoted", "listed", "bare")
_MASK = r"\[redacted:\ [a-z\ ]{1,40}\]"
_MASKED = re.compile(_MASK)

# A quote: plain, escaped (JSON inside JSON), URL-encoded (also twice) or an HTML entity.
_QUOTE = r"""(?:\\{0,7}["'`]|%(?:25){0,2}2[27]|&quot;|&\#3[49];)"""
_SPACE = r"(?:\s|%20){0,4}"
_EQUALS = r"(?:=>|:=|==?|:|%(?:25){0,2}3[AaDd])"
_AFTER_NAME = rf"(?:{_QUOTE}|\]|%5[Dd]){{0,2}}"
# `name = value`, `"name": value`, `("name", "value")`, `name 'value'`.
_BETWEEN = rf"{_AFTER_NAME}(?:{_SPACE}{_EQUALS}{_SPACE}|(?<=[\"'`]){_SPACE},{_SPACE}(?={_QUOTE})|\s{{1,4}}(?=[\"']))"
_QUOTED = rf"(?P<quote>{_QUOTE})(?P<quoted>[^\r\n]*?)(?:(?<!\\)(?P=quote)|(?=[\r\n])|\Z)"
_VALUE = rf"""(?:Some\(|[bru](?=["']))?(?:
    {_QUOTED}
  | (?P<listed>\[[^\]\r\n]*+\]?|\{{[^}}\r\n]*+\}}?)
  | (?P<bare>(?:[^\s"'`&,;<\\]|<(?!/)|\\(?![nrt"'])|[,;](?![\s"']|[\w.-]{{1,40}}[=:]|\Z)
            |&(?!(?:amp;)?[\w.%\[\]-]{{1,40}}=|\#|[\s"']|\Z))++)
)"""

_WORD_ABOUT_IT = re.compile(
    r"(?i)\s*(?:true|false|yes|no|on|off|null|none|nil|undefined|empty|invalid|missing|expired|required|incorrect|wrong|-|\*)?\s*"
)


def _says_nothing(secret: str) -> bool:
    """Whether the value is a word about the secret and not the secret."""
    return _WORD_ABOUT_IT.fullmatch(secret) is not None


def _is_short_number(secret: str) -> bool:
    return _says_nothing(secret) or (secret.isdecimal() and len(secret) < 4)


def _is_number(secret: str) -> bool:
    return _says_nothing(secret) or secret.replace(".", "").replace("_", "").isdecimal()


_UUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")


def _is_no_session(secret: str) -> bool:
    """A UUID may be a correlation id, and a short word no session."""
    return len(secret) < 12 or _UUID.fullmatch(secret) is not None


def _named(kind: str, needles: str, names: str, keeps: Keeps = _says_nothing) -> _Rule:
    """Return the rule for values that stand behind one of the names."""
    return _Rule(kind, tuple(needles.split()), rf"(?ix)(?:{names}){_BETWEEN}{_VALUE}", keeps)


def _rule(kind: str, needles: str, pattern: str, keeps: Keeps = lambda _secret: False) -> _Rule:
    return _Rule(kind, tuple(needles.split()), pattern, keeps)


def _header(kind: str, name: str, unquoted: str) -> _Rule:
    """Return the rule for a header, which may hold anything: to its closing quote, else what `unquoted` matches."""
    value = rf"(?:{_QUOTED}|(?P<bare>{unquoted}))"
    return _Rule(kind, (kind,), rf"(?ix){name}{_BETWEEN}{value}", _says_nothing)


_SUFFIX = r"(?:[_-]?(?:confirm(?:ation)?|hash|digest|salt|value|old|new|again|\d))?"
_KEY_OWNERS = (
    "secret|private|access|api|app|application|account|signing|sign|encryption|master|license|service|auth|session|shared|client"
    "|subscription|ssh|storage|consumer|webhook|deploy|hmac|aes|rsa|ssl|tls|pgp|gpg|crypto|decryption"
)


def _passes_luhn(secret: str) -> bool:
    digits = [int(character) for character in re.sub(r"%20|\D", "", secret)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_no_card(secret: str) -> bool:
    return not _passes_luhn(secret)


def _is_no_phone(secret: str) -> bool:
    return not 10 <= sum(character.isdecimal() for character in secret) <= 15


_LOOKS_RANDOM = (
    r"(?=[^\s\"']{0,200}[0-9=]|[^\s\"']{0,200}[a-z][A-Z]|[^\s\"']{24})"  # and not a word such as "authentication"
)

_RULES = (
    *(_Rule(kind, needles, pattern) for kind, needles, pattern in SECRET_FORMATS),
    _header(
        "authorization",
        r"\b(?:proxy-|x-)?authorization",
        rf"{_MASK}|(?:bearer|basic|token|apikey|negotiate|ssws|bot)\s{{1,4}}(?:{_MASK}|[^\s\"',])++|digest\s[^\r\n]++|[^\r\n\"']++",
    ),
    _rule(
        "authorization",
        "bearer basic ssws",
        rf"\b(?i:bearer|basic|ssws)(?:\s|%20|\+){{1,4}}{_LOOKS_RANDOM}(?P<secret>[\w.~+/%=-]{{6,}})",
    ),
    _header("cookie", r"\b(?:set-?)?cookies?", r"[^\r\n]++"),
    _rule(
        "password", "://", r"://[^\s:/?#@\[\"'<>]{0,128}:(?!\d{1,5}[/?#])(?P<secret>[^\s\"'<>]{1,256})@(?=[\w.\[%-])"
    ),
    _rule("password", "%3a%2f%2f", r"(?i)%3A%2F%2F[^\s%/@]{0,128}%3A(?P<secret>(?:(?!%40|%2F)[^\s\"'<>]){1,256})%40"),
    _rule("token", "://", r"://(?P<secret>[^\s:/?#@\"'<>]{20,256})@(?=[\w.\[-])"),
    _rule("password", "@tcp( @unix( @(", r"(?<![\w.-])[\w.-]{1,64}:(?P<secret>[^\s@/]{1,128})@(?:tcp|unix)?\("),
    _named(
        "password", "pass pwd pword", rf"pass(?:word|wd|phrase|code|wrd)s?{_SUFFIX}|(?<![a-z])(?:pwd|pword){_SUFFIX}"
    ),
    _named(
        "password",
        "pass",
        r"(?<![a-z])(?:pg|db|my|sql|smtp|ftp|ldap|redis|user|root|admin)?pass|(?-i:(?<=[a-z])Pass)",
        _is_short_number,
    ),
    _rule(
        "password",
        "pass pwd",
        r"(?i)\b(?:password|passwd|passphrase|pwd)\s(?:is|was|of)\s(?P<secret>(?=[^\s]{0,64}\d)[^\s\"',]+)",
    ),
    _rule(
        "password",
        "identified",
        r"(?i)\bidentified\s{1,4}(?:with\s\S{1,64}\s)?by\s{1,4}(?:password\s)?['\"](?P<secret>[^'\"]*+)",
    ),
    _rule(
        "password",
        "-u --user",
        r"(?<![\w-])(?:-u|--user|--proxy-user)[ =]{0,2}[\"']?[\w.@-]{1,128}:(?!\[redacted: )(?P<secret>[^\s\"']{1,256})",
    ),
    _named("secret", "secret", rf"secrets?{_SUFFIX}"),
    _rule("aws key", "secret", r"(?i)\bsecret(?:\s(?:access|key|is)){0,3}\s(?P<secret>[A-Za-z0-9/+]{40})(?![\w/+=-])"),
    _named(
        "key",
        "key",
        rf"(?:{_KEY_OWNERS})[\s_.-]?(?:access[_.-]?)?(?:key|keys|key[_-]?value|key[_-]?(?:pem|material)){_SUFFIX}",
    ),
    _named(
        "token",
        "token jwt nonce assertion",
        rf"(?<!unexpected\ )token{_SUFFIX}|(?<![a-z])jwt|client[_-]?assertion|saml(?:response|request)",
    ),
    _named("token", "tokens", r"tokens", _is_number),
    _named("credential", "credential", r"credentials?"),
    _named("key", "sig", r"(?:x-amz-|x-goog-|[?&;]|%26)(?:sig|signature)|x-hub-signature(?:-256)?|x-slack-signature"),
    _named("credential", "auth", r"(?<![a-z])auth|x-auth[\w-]{0,20}", _is_short_number),
    _named("key", "key", r"(?:[?&]|%26|%3f)key", lambda secret: len(secret) < 12),
    _named("token", "code", r"(?:[?&]|%26|%3f)(?:code|ticket|otp)", lambda secret: len(secret) < 6),
    _named(
        "session",
        "sess sid",
        r"(?:php|j|asp)?sess(?:ion)?[_-]?(?:id|key)|(?<![a-z])session|connect\.sid|(?<![a-z])sid",
        _is_no_session,
    ),
    _rule(
        "code",
        "pin otp cvv cvc mfa 2fa verification ssn",
        rf"(?ix)(?<![a-z])(?:pin(?:_?code)?|otp(?:_?code)?|cvv2?|cvc2?|(?:mfa|2fa|totp|verification)_?(?:code|pin)|ssn)"
        rf"{_BETWEEN}{_QUOTE}?(?P<secret>\d[\d -]{{2,12}})(?!\w)",
    ),
    _rule(
        "password",
        "--",
        r"(?i)(?<![\w-])--[\w-]{0,40}?(?:password|passwd|token|secret|api-?key|private-key)\s{1,4}(?!\[redacted: )(?P<secret>[^\s\"'-][^\s\"']*+)",
    ),
    _rule(
        "secret",
        "</",
        r"(?i)<[\w:.-]{0,40}?(?:password|passwd|secret|token|apikey|api_key|api-key|pin|cvv|ssn)(?:\s[^<>]{0,200})?>(?P<secret>[^<]++)",
        _says_nothing,
    ),
    _rule(
        "email",
        "@",
        r"(?<![\w.%+'-])(?!git@)[\w.%+'-]++@(?!\dx\.)(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w-])",
    ),
    _rule(
        "email",
        "%40",
        r"(?i)(?:(?<![\w.+%-])|(?<=%[0-9a-f]{2}))(?:[\w.+-]|%2b){1,64}+%(?:25){0,2}40(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}",
    ),
    _rule(
        "card",
        "0 1 2 3 4 5 6 7 8 9",
        r"(?:(?<![0-9a-fA-F.-])|(?<=card))(?:(?:4\d{3}|5[0-8]\d\d|2[2-7]\d\d|6\d{3}|35\d\d)(?P<gap>[ +-]|%20|)\d{4}(?P=gap)\d{4}(?P=gap)\d{4}"
        r"(?:(?P=gap)\d{3})?|3[47]\d\d(?P<gap2>[ +-]|%20|)\d{6}(?P=gap2)\d{5}|3(?:0[0-5]|[689]\d)\d(?P<gap3>[ +-]|%20|)\d{6}(?P=gap3)\d{4}"
        r"|4\d{12})(?![0-9A-Za-z-])(?!\.\d)",
        _is_no_card,
    ),
    _rule(
        "phone",
        "+ %2b tel",
        r"(?i)(?:(?<![\w+.%-])\+|%2B|\btel:\+?)(?=[1-9])(?:\d(?:[ .()-]|%20){0,2}){9,14}\d(?![\d:])",
        _is_no_phone,
    ),
    _rule("phone", "-", r"(?<![\w.-])(?:\+?1[ -])?\d{3}-\d{3}-\d{4}(?![\w-])(?!\.\d)"),
    _rule("phone", "(", r"(?<![\w.-])(?:\+?1 ?)?\(\d{3}\) ?\d{3}[- ]\d{4}(?!\w)"),
    _named(
        "phone",
        "phone mobile msisdn",
        r"(?:phone|mobile)(?:[_-]?(?:number|no))?|msisdn",
        lambda secret: not 7 <= sum(character.isdecimal() for character in secret) <= 17,
    ),
)

_HINTS = tuple(
    (needle, {place for place, rule in enumerate(_RULES) if needle in rule.needles})
    for needle in dict.fromkeys(needle for rule in _RULES for needle in rule.needles)
)
"""Each needle once, and the places of the rules that look for it: in most texts hardly one is found."""
