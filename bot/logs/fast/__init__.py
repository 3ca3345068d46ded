"""Lines counted many at once, exactly as the real parser would count each (ADR 0011, 0016).

What a block goes through, each step leaving what it does not understand to the next:

1. `block` finds where lines begin and end, and which of them JSON has rules against; `peel` takes off wrappers.
2. `known` tells lines that look as earlier ones did: `stencil` by bytes at fixed distances, `match` from value to value.
   A `shape` is learnt from one line with the real parser; `count` counts all lines that have it.
3. `loose` dates and judges lines of any names in any order by their `plans`: `tokens` says what names they have, by what
   stands between their `texts` (`gaps`), once `lists` has cut out what it would not understand, or `logfmt` made objects of
   pairs. `records` counts them.
4. Text, and objects in wrappers: `parsed` makes objects of what is asked of each line, which `records` counts too. The parser
   says what that is, or a template of lines that differ in digits and ids alone (`templates`, `template`), which is learnt
   by asking the parser of some that do (`probe`).
5. The lines that are left go to the real parser, one by one, each with what it may continue: the line before it, and the last
   one of its own writer (`writers`).

Below these: `words` (bytes at many places), `bits` (eight bytes as one number), `instants` (times), `columns` and `values`
(fields), `names` (users and requests), `signatures` and `failures` (errors), `earlier` (those of the baseline).
"""
