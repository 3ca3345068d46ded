"""Made-up secrets of many kinds, put together from parts at run time so that no scanner takes these files for a leak."""

import base64
import json
import random
import string
from urllib.parse import quote

_RANDOM = random.Random(15)
_ALNUM = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"


def _some(count: int, alphabet: str = _ALNUM) -> str:
    """Return so many characters, with a letter of each case and a digit at the front where the alphabet has them."""
    return "".join(_RANDOM.choice(alphabet) for _ in range(count))


def _base64url(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


PASSWORD = "Tr0ub4dor" + "-" + _some(8)
WORD = "hunter" + "2" + _some(4, string.ascii_lowercase)
JWT = f"{_base64url({'alg': 'HS256', 'typ': 'JWT'})}.{_base64url({'sub': '12', 'name': 'x' * 9})}.{_some(43)}"
PEM_BODY = "\n".join(_some(64) for _ in range(3))
DASHES = "-" * 5

TOKENS = {
    "aws access key": "AK" + "IA" + _some(16, string.ascii_uppercase + "234567"),
    "aws temporary key": "AS" + "IA" + _some(16, string.ascii_uppercase + "234567"),
    "google api key": "AI" + "za" + _some(35),
    "google oauth token": "ya" + "29." + _some(60),
    "google client secret": "GOC" + "SPX-" + _some(28),
    "github personal": "gh" + "p_" + _some(36),
    "github oauth": "gh" + "o_" + _some(36),
    "github app": "gh" + "s_" + _some(36),
    "github fine-grained": "github" + "_pat_" + _some(22) + "_" + _some(59),
    "gitlab": "gl" + "pat-" + _some(20),
    "slack bot": "xo" + "xb-" + _some(12, string.digits) + "-" + _some(24),
    "slack user": "xo" + "xp-" + _some(12, string.digits) + "-" + _some(32, _HEX),
    "slack app": "xa" + "pp-1-" + _some(11) + "-" + _some(40, _HEX),
    "stripe secret": "sk" + "_live_" + _some(24),
    "stripe restricted": "rk" + "_test_" + _some(24),
    "stripe webhook": "wh" + "sec_" + _some(32),
    "sendgrid": "S" + "G." + _some(22) + "." + _some(43),
    "mailgun": "ke" + "y-" + _some(32, _HEX),
    "twilio": "S" + "K" + _some(32, _HEX),
    "npm": "np" + "m_" + _some(36),
    "pypi": "py" + "pi-" + _some(80),
    "docker": "dckr" + "_pat_" + _some(27),
    "model vendor": "s" + "k-proj-" + _some(40),
    "hugging face": "h" + "f_" + _some(34),
    "vault": "hv" + "s." + _some(90),
    "digitalocean": "do" + "p_v1_" + _some(64, _HEX),
    "databricks": "da" + "pi" + _some(32, _HEX),
    "shopify": "shp" + "at_" + _some(32, _HEX),
    "telegram": _some(9, "123456789") + ":A" + "A" + _some(33),
    "postman": "PM" + "AK-" + _some(24, _HEX) + "-" + _some(34, _HEX),
    "new relic": "NR" + "AK-" + _some(27, string.ascii_uppercase),
    "grafana": "gl" + "sa_" + _some(32) + "_" + _some(8, _HEX),
    "jwt": JWT,
}

E_MAIL = "grace.hopper+" + "navy" + "@" + "mail.example.co.uk"
VISA, AMEX, MASTERCARD = "4" + "1" * 15, "3782" + "822463" + "10005", "5555" + "5555" + "5555" + "4444"
PHONE = "+44 20 " + "7946 " + "0958"


def planted() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return by name: a text, and the parts of it that must not survive."""
    lines = {f"token: {name}": (f"call failed with {token} after 3 s", (token,)) for name, token in TOKENS.items()}
    lines |= {
        f"password: {name}": (line, (PASSWORD,))
        for name, line in {
            "json": json.dumps({"user": "bob", "password": PASSWORD, "n": 1}),
            "json with an escaped quote": json.dumps({"password": f'{PASSWORD}"{PASSWORD}', "n": 1}),
            "json in json": json.dumps({"body": json.dumps({"password": PASSWORD, "a": 2})}),
            "json in json in json": json.dumps({"x": json.dumps({"body": json.dumps({"passwd": PASSWORD})})}),
            "cut off in the middle": f'{{"user": "bob", "password": "{PASSWORD}',
            "nested object": json.dumps({"password": {"value": PASSWORD}}),
            "list": json.dumps({"passwords": ["x", PASSWORD]}),
            "python repr": repr({"password": PASSWORD}),
            "python bytes": repr({"password": PASSWORD.encode()}),
            "pairs": repr([("password", PASSWORD)]),
            "logfmt": f"level=error password={PASSWORD} user=bob",
            "logfmt quoted": f'level=error password="{PASSWORD} and more" user=bob',
            "yaml": f"db_password: {PASSWORD}",
            "upper case": f"DB_PASSWORD={PASSWORD}",
            "abbreviated": f"PGPASS={PASSWORD}",
            "camel case": f"userPassword={PASSWORD}",
            "confirmation": f"password_confirmation={PASSWORD}",
            "passphrase": f"passphrase = '{PASSWORD}'",
            "rust debug": f'Config {{ password: Some("{PASSWORD}") }}',
            "ruby hash": f'{{:password=>"{PASSWORD}"}}',
            "form": f"user=bob&password={PASSWORD}&next=/",
            "rails form": f"user%5Bpassword%5D={PASSWORD}",
            "form encoded": quote(f"user=bob&password={PASSWORD}", safe=""),
            "json encoded": quote(json.dumps({"password": PASSWORD}), safe=""),
            "json encoded twice": quote(quote(json.dumps({"password": PASSWORD}), safe=""), safe=""),
            "query": f"GET /login?user=bob&password={PASSWORD} 200",
            "url": f"postgres://app:{PASSWORD}@db:5432/shop",
            "url without user": f"redis://:{PASSWORD}@cache:6379/0",
            "url with at": f"amqp://app:p@{PASSWORD}@mq/",
            "url encoded": quote(f"https://app:{PASSWORD}@db/shop", safe=""),
            "go dsn": f"app:{PASSWORD}@tcp(db:3306)/shop",
            "jdbc": f"jdbc:postgresql://db/shop?user=app&password={PASSWORD}",
            "flag": f"mysqldump --password {PASSWORD} shop",
            "flag with equals": f"mysqldump --password={PASSWORD} shop",
            "curl": f"curl -u app:{PASSWORD} https://x.example",
            "sql": f"ALTER USER app IDENTIFIED BY '{PASSWORD}'",
            "xml": f"<auth><password>{PASSWORD}</password></auth>",
            "prose": f"the password is {PASSWORD} for now",
            "two lines": f"first\npassword: {PASSWORD}\nlast",
        }.items()
    }
    key = _some(40)
    lines |= {
        f"key: {name}": (line, (key,))
        for name, line in {
            "api key": f"api_key={key}",
            "header": f"x-api-key: {key}",
            "camel case": json.dumps({"apiKey": key}),
            "aws secret": f"aws_secret_access_key = {key}",
            "client secret": f"client_secret={key}&grant_type=code",
            "token": json.dumps({"access_token": key, "expires_in": 3600}),
            "refresh token": f"refreshToken={key}",
            "csrf": f"X-CSRF-Token: {key}",
            "storage": f"DefaultEndpointsProtocol=https;AccountKey={key};EndpointSuffix=core",
            "shared access": f"https://x.example/b?sv=2020&sig={key}",
            "signed url": f"https://x.example/b?X-Amz-Signature={key}&x=1",
            "oauth code": f"/callback?code={key}&state=1",
            "query key": f"https://x.example/maps?key={key}&q=1",
            "token in url": f"https://{key}@git.example/r.git",
            "bearer": f"Authorization: Bearer {key}",
            "bearer in json": json.dumps({"headers": {"Authorization": f"Bearer {key}"}}),
            "bearer alone": f"rejected bearer {key}",
            "basic": f"authorization: Basic {key}=",
            "digest": f'Authorization: Digest username="bob", response="{key}"',
            "aws signature": f"Authorization: AWS4-HMAC-SHA256 Credential=x/s3, SignedHeaders=host, Signature={key}",
            "own scheme": f"Authorization: {key}",
            "proxy": f"Proxy-Authorization: Basic {key}",
            "curl header": f"curl -H 'Authorization: Token {key}' https://x.example",
            "cookie": f"Cookie: theme=dark; sid={key}",
            "set-cookie": f"Set-Cookie: sid={key}; Path=/; HttpOnly",
            "cookie in json": json.dumps({"cookie": f"a=1; sid={key}", "n": 1}),
            "session": f"PHPSESSID={key}",
            "session id": f"session_id={key}",
            "java session": f"/cart;jsessionid={key}?x=1",
            "credentials": json.dumps({"credentials": [key, "x"]}),
        }.items()
    }
    lines |= {
        f"private key: {kind or 'pkcs8'}": (
            f"boot\n{DASHES}BEGIN {kind}PRIVATE KEY{DASHES}\n{PEM_BODY}\n{DASHES}END {kind}PRIVATE KEY{DASHES}\nafter",
            tuple(PEM_BODY.split("\n")),
        )
        for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED ")
    }
    one_line = PEM_BODY.replace("\n", "\\n")
    lines |= {
        "private key: in json": (
            f'{{"k": "{DASHES}BEGIN PRIVATE KEY{DASHES}\\n{one_line}"}}',
            tuple(PEM_BODY.split("\n")),
        ),
        "slack webhook": ("https://hooks." + f"slack.com/services/T0AB/B0CD/{key}", (key,)),
        "e-mail": (f"no such user {E_MAIL}, retrying", (E_MAIL, "hopper")),
        "e-mail in a url": (f"/u?email={quote(E_MAIL)}", ("hopper",)),
        "e-mail in json": (json.dumps({"to": [E_MAIL]}), ("hopper",)),
        "card: plain": (f"charge {VISA} declined", (VISA,)),
        "card: spaced": (f"charge {' '.join(VISA[i : i + 4] for i in range(0, 16, 4))} declined", ("1111 1111",)),
        "card: dashed": (f"pan={'-'.join(MASTERCARD[i : i + 4] for i in range(0, 16, 4))}", ("5555-5555",)),
        "card: amex": (json.dumps({"pan": AMEX}), (AMEX,)),
        "card: in a name": (f"card{VISA}", (VISA,)),
        "card code": (json.dumps({"cvv": "739"}), ("739",)),
        "one-time code": ("otp=482913 rejected", ("482913",)),
        "phone: international": (f"sms to {PHONE} failed", ("7946",)),
        "phone: digits": ("sms to +" + "4915112345678 failed", ("15112345678",)),
        "phone: american": ("call (555) " + "010-4477 back", ("010-4477",)),
        "phone: dashes": ("call 555-" + "010-4477 back", ("010-4477",)),
        "phone: field": (json.dumps({"phone_number": "06" + "12345678"}), ("12345678",)),
        "stack trace": (
            f"Error: connect failed\n    at login (app.js:3:1) password={WORD}\n    at main (app.js:9:1)",
            (WORD,),
        ),
    }
    return lines
