"""Secrets that betray themselves by their form: the tokens of well-known services, private keys, JWTs.

Each entry is the kind to show, the needles of which one must occur (lower case, a cheap filter) and the pattern.
Patterns take linear time: no quantifier stands inside another one over the same characters, and every start is either
a literal or the beginning of a run.
"""

from typing import NamedTuple


class SecretFormat(NamedTuple):
    """One form of secret. The whole match is the secret, unless the pattern has a group of that name."""

    kind: str
    needles: tuple[str, ...]
    pattern: str


def _format(kind: str, needles: str, pattern: str) -> SecretFormat:
    return SecretFormat(kind, tuple(needles.split()), pattern)


_START = r"(?<![A-Za-z0-9])"

SECRET_FORMATS = (
    _format(
        "private key",
        "private",
        r"(?s)-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----.*?"
        r"(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|\Z)",
    ),
    _format("private key", "putty-user-key", r"(?s)PuTTY-User-Key-File-\d.*"),
    _format("private key", "age-secret-key", r"AGE-SECRET-KEY-1[0-9A-Z]{20,}"),
    _format("jwt", "eyj", r"(?<![A-Za-z0-9_-])eyJ[\w-]{6,}+\.[\w-]{6,}+(?:\.[\w-]*+){0,3}"),
    _format(
        "aws key",
        "akia asia abia acca aroa aida a3t",
        rf"{_START}(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA|A3T[A-Z0-9])[A-Z0-9]{{16}}(?![A-Z0-9])",
    ),
    _format("aws key", "bedrock-api-key absk", rf"{_START}(?:bedrock-api-key-|ABSK)[\w+/=-]{{40,}}"),
    _format("google key", "aiza", rf"{_START}AIza[\w-]{{30,}}"),
    _format(
        "google token", "ya29 gocspx 1//0", rf"{_START}(?:ya29\.[\w.-]{{16,}}|GOCSPX-[\w-]{{16,}}|1//0[\w-]{{24,}})"
    ),
    _format(
        "github token",
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        rf"{_START}(?:gh[pousr]_[A-Za-z0-9]{{20,}}|github_pat_\w{{20,}})",
    ),
    _format("gitlab token", "gl", rf"{_START}(?:gl[a-z]{{2,6}}-[\w.-]{{20,}}|GR1348941[\w-]{{20,}})"),
    _format("slack token", "xox xapp xoxe xwfp", rf"{_START}(?:xox[a-z](?:\.xox[a-z])?-|xapp-|xwfp-)[\w-]{{8,}}"),
    _format(
        "slack webhook",
        "hooks.slack",
        r"hooks\.slack(?:-gov)?\.com/(?P<secret>(?:services|workflows|triggers)/[\w/-]+)",
    ),
    _format("discord webhook", "api/webhooks", r"discord(?:app)?\.com/api/webhooks/(?P<secret>\d+/[\w-]+)"),
    _format("teams webhook", "webhook.office", r"webhook\.office\.com/(?P<secret>webhookb2/[\w@/-]+)"),
    _format(
        "stripe key",
        "_live_ _test_ whsec_ _prod_",
        rf"{_START}(?:(?:sk|rk|pk)_(?:live|test|prod)_\w{{8,}}|whsec_[\w+/=]{{16,}})",
    ),
    _format("sendgrid key", "sg.", rf"{_START}SG\.[\w-]{{16,}}+\.[\w-]{{16,}}"),
    _format("mailgun key", "key-", rf"{_START}key-[0-9a-f]{{32}}(?![0-9a-f])"),
    _format("mailchimp key", "-us", rf"{_START}[0-9a-f]{{32}}-us\d{{1,2}}(?!\w)"),
    _format("twilio key", "sk", rf"{_START}SK[0-9a-f]{{32}}(?![0-9a-f])"),
    _format("npm token", "npm_", rf"{_START}npm_[A-Za-z0-9]{{30,}}"),
    _format("pypi token", "pypi-", rf"{_START}pypi-[\w-]{{40,}}"),
    _format("rubygems key", "rubygems_", rf"{_START}rubygems_[0-9a-f]{{40,}}"),
    _format("docker token", "dckr_", rf"{_START}dckr_(?:pat|oat)_[\w-]{{20,}}"),
    _format("api key", "sk-", rf"{_START}sk-(?:[a-z]{{2,10}}[0-9]{{0,2}}-)*[\w-]{{20,}}"),
    _format("hugging face token", "hf_ api_org_", rf"{_START}(?:hf_|api_org_)[A-Za-z0-9]{{20,}}"),
    _format("vault token", "hvs. hvb. hvr.", rf"{_START}hv[sbr]\.[\w-]{{20,}}"),
    _format("terraform token", ".atlasv1.", rf"{_START}[A-Za-z0-9]{{14}}\.atlasv1\.[\w-]{{40,}}"),
    _format("digitalocean token", "_v1_", rf"{_START}do[oprt]_v1_[0-9a-f]{{32,}}"),
    _format("databricks token", "dapi", rf"{_START}dapi[0-9a-f]{{32}}(?:-\d)?(?![0-9a-f])"),
    _format("doppler token", "dp.", rf"{_START}dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{{20,}}"),
    _format("shopify token", "shpat_ shpca_ shppa_ shpss_", rf"{_START}shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{{16,}}"),
    _format("square token", "sq0 eaaa", rf"{_START}(?:sq0[a-z]{{3}}-[\w-]{{20,}}|EAAA[\w+=-]{{50,}})"),
    _format("telegram token", ":aa", rf"{_START}\d{{8,10}}:AA[\w-]{{30,}}"),
    _format("linear key", "lin_", rf"{_START}lin_(?:api|oauth)_\w{{30,}}"),
    _format("notion token", "ntn_ secret_", rf"{_START}(?:ntn_|secret_)[A-Za-z0-9]{{40,}}"),
    _format("postman key", "pmak-", rf"{_START}PMAK-[0-9a-f]{{20,}}+(?:-[0-9a-f]+)?"),
    _format("new relic key", "nrak- nrii- nrjs- nral", rf"{_START}NR(?:AK|II|JS)-[\w-]{{16,}}|[0-9a-f]{{36}}NRAL"),
    _format("sentry token", "sntry", rf"{_START}sntry[su]_[\w+/=-]{{20,}}"),
    _format("grafana token", "glsa_ glc_", rf"{_START}(?:glsa_[\w]{{20,}}|glc_[\w+/=]{{20,}})"),
    _format("heroku key", "hrku-", rf"{_START}HRKU-[\w-]{{30,}}"),
    _format("atlassian token", "atatt3 atbb atctt3", rf"{_START}AT(?:ATT3|CTT3|BB)[\w=-]{{20,}}"),
    _format("planetscale token", "pscale_", rf"{_START}pscale_(?:tkn|pw|oauth)_[\w.=-]{{20,}}"),
    _format("fly token", "fm1_ fm2_ fo1_", rf"{_START}(?:fm[12][ar]?_[\w+/=,]{{20,}}|fo1_[\w-]{{20,}})"),
    _format("facebook token", "eaacedeose0cba eaam", rf"{_START}(?:EAACEdEose0cBA|EAAM)[A-Za-z0-9]{{8,}}"),
    _format("azure secret", "8q~ 7q~", rf"{_START}\w{{3}}[78]Q~[\w.~-]{{28,}}"),
    _format("pulumi token", "pul-", rf"{_START}pul-[0-9a-f]{{40}}"),
    _format("figma token", "figd_", rf"{_START}figd_[\w-]{{20,}}"),
    _format("airtable token", "pat", rf"{_START}pat[A-Za-z0-9]{{14}}\.[0-9a-f]{{64}}"),
    _format(
        "password hash",
        "$2 $argon2 $6$ $5$ pbkdf2_",
        r"\$(?:2[abxy]|argon2(?:id|i|d)|[156])\$[\w./+=,$-]{20,}|pbkdf2_sha\d+\$[\w$+/=]{20,}",
    ),
)
