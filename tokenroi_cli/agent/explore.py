"""A sub-agent that reads on a cheaper tier, in a session of its own, and returns only its findings."""

from dataclasses import replace

from tokenroi_cli.agent.desk import Desk
from tokenroi_cli.agent.turn import run_turn
from tokenroi_cli.domain.message import Text
from tokenroi_cli.domain.scope import ScopePart
from tokenroi_cli.domain.tier import Route
from tokenroi_cli.store.templates import template


def _nowhere(_path: str) -> str:
    return "explore changes nothing"


def explore(desk: Desk, route: Route, question: str) -> str:
    """Findings with `path:line`. Charged to the parent's scope and, beside it, to the child session."""
    child = desk.sessions.create(desk.stable.notes, parent=desk.purpose.session, task=route.task)
    reading = replace(desk.bench, journal=None, run=None, spawn=None, may_write=_nowhere)
    sub = replace(
        desk,
        gateway=desk.gateway.within(ScopePart("session", child.id)),
        bench=reading,
        purpose=replace(desk.purpose, route=route, session=child.id, entry=None),
    )
    prompt = template("prompts/explore.md").replace("{question}", question)
    return run_turn(sub, child, (Text(prompt),)).text
