"""The classes of cases: each makes a case of a change, or None where it does not apply or has no answer."""

from collections.abc import Callable
from random import Random

from perturbed import astray, ends, refused, spacing, trees, wording, wrapping
from perturbed.drafts import Case
from perturbed.history import Change

Perturb = Callable[[Change, Random], Case | None]

MUST_APPLY: dict[str, Perturb] = {
    "unperturbed": spacing.unperturbed,
    "trailing-dropped": spacing.trailing_dropped,
    "trailing-added": spacing.trailing_added,
    "tabs-as-spaces": spacing.tabs_as_spaces,
    "spaces-as-tabs": spacing.spaces_as_tabs,
    "dedented": spacing.dedented,
    "stripped": spacing.stripped,
    "shifted": spacing.shifted,
    "shifted-old": spacing.shifted_old,
    "unit-doubled": spacing.unit_doubled,
    "unit-halved": spacing.unit_halved,
    "blank-missing": spacing.blank_missing,
    "blank-extra": spacing.blank_extra,
    "crlf-file": ends.crlf_file,
    "crlf-edit": ends.crlf_edit,
    "mixed-ends": ends.mixed_ends,
    "lone-cr": ends.lone_cr,
    "byte-order-mark": ends.byte_order_mark,
    "no-last-end": ends.no_last_end,
    "odd-separators": ends.odd_separators,
    "typography-lost": wording.typography_lost,
    "typography-gained": wording.typography_gained,
    "composed-otherwise": wording.composed_otherwise,
    "one-sign": wording.one_sign,
    "left-out": wording.left_out,
    "special-content": wording.special_content,
    "fenced": wrapping.fenced,
    "line-numbers": wrapping.line_numbers,
    "html-escaped": wrapping.html_escaped,
    "over-escaped": wrapping.over_escaped,
    "prefixed-path": trees.prefixed_path,
    "other-case": trees.other_case,
    "missing-folders": trees.missing_folders,
    "out-of-order": trees.out_of_order,
    "many-hunks": trees.many_hunks,
    "many-files": trees.many_files,
    "create": trees.create,
    "delete": trees.delete,
}

MUST_REFUSE: dict[str, Perturb] = {
    "twice": refused.twice,
    "twice-indented": refused.twice_indented,
    "stale": refused.stale,
    "stale-bare": refused.stale_bare,
    "empty-old": refused.empty_old,
    "create-over": astray.create_over,
    "placeholder": refused.placeholder,
    "replayed": refused.replayed,
    "out-of-tree": astray.out_of_tree,
    "into-git": astray.into_git,
    "bare-name-twice": astray.bare_name_twice,
    "binary": astray.binary,
    "cut-old": refused.cut_old,
    "cut-both": refused.cut_both,
    "cut-at-line": refused.cut_at_line,
    "one-bad-hunk": refused.one_bad_hunk,
    "one-bad-file": refused.one_bad_file,
}
