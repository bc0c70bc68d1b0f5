"""One file a lint rule, each with the same shape; `ALL` is the registry."""

from collections.abc import Mapping

from tokenroi_cli.spec.rule import Rule
from tokenroi_cli.spec.rules import (
    s001_title,
    s002_sections,
    s003_empty,
    s005_goal,
    s010_placeholder,
    s011_undecided,
    s020_vague,
    s040_modify_missing,
    s041_create_exists,
    s042_path,
    s045_purpose,
    s060_no_checkbox,
    s061_no_command,
    s063_dangerous_command,
    s080_secret,
)

ALL: Mapping[str, Rule] = {
    "S001": s001_title.RULE,
    "S002": s002_sections.RULE,
    "S003": s003_empty.RULE,
    "S005": s005_goal.RULE,
    "S010": s010_placeholder.RULE,
    "S011": s011_undecided.RULE,
    "S020": s020_vague.RULE,
    "S040": s040_modify_missing.RULE,
    "S041": s041_create_exists.RULE,
    "S042": s042_path.RULE,
    "S045": s045_purpose.RULE,
    "S060": s060_no_checkbox.RULE,
    "S061": s061_no_command.RULE,
    "S063": s063_dangerous_command.RULE,
    "S080": s080_secret.RULE,
}
