"""The rich_text block: sections, lists, quotes and code, and what stands in their lines."""

from bot.sandbox.blocks.elements import URL
from bot.sandbox.blocks.rules import Rule, anything, array, boolean, by_type, integer, obj, one_of, string

_STYLE = obj({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_MENTION_STYLE = obj(
    {},
    dict.fromkeys(("bold", "italic", "strike", "highlight", "client_highlight", "unlink", "underline"), boolean),
)
_MOST = 1000


def _inline(required: dict[str, Rule], optional: dict[str, Rule] | None = None, style: Rule = _MENTION_STYLE) -> Rule:
    return obj({"type": anything, **required}, {"style": style, **(optional or {})})


INLINE = by_type(
    {
        "text": _inline({"text": string(12_000)}, style=_STYLE),
        "link": _inline({"url": URL}, {"text": string(12_000), "unsafe": boolean}, _STYLE),
        "emoji": _inline({"name": string(255)}, {"unicode": string(255), "url": URL}),
        "user": _inline({"user_id": string(255)}),
        "usergroup": _inline({"usergroup_id": string(255)}),
        "channel": _inline({"channel_id": string(255)}),
        "broadcast": _inline({"range": one_of("here", "channel", "everyone")}),
        "date": _inline(
            {"timestamp": integer(), "format": string(255)},
            {"url": URL, "fallback": string(255)},
        ),
        "color": _inline({"value": string(255)}),
    },
)
SECTION = obj({"type": anything, "elements": array(INLINE, _MOST, 0)})
_BORDER: dict[str, Rule] = {"border": integer(0, 1)}
RICH_TEXT = obj(
    {
        "type": anything,
        "elements": array(
            by_type(
                {
                    "rich_text_section": SECTION,
                    "rich_text_list": obj(
                        {
                            "type": anything,
                            "style": one_of("bullet", "ordered"),
                            "elements": array(by_type({"rich_text_section": SECTION}), _MOST),
                        },
                        {"indent": integer(0, 8), "offset": integer(0), **_BORDER},
                    ),
                    "rich_text_quote": obj({"type": anything, "elements": array(INLINE, _MOST)}, _BORDER),
                    "rich_text_preformatted": obj(
                        {"type": anything, "elements": array(INLINE, _MOST)},
                        {"language": string(255), **_BORDER},
                    ),
                },
            ),
            _MOST,
        ),
    },
    {"block_id": string(255)},
)
