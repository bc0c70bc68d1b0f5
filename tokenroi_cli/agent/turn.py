"""A turn: one prompt, then steps until the final answer. All that happens on the way is in the session."""

from dataclasses import dataclass, replace

from tokenroi_cli.agent.desk import Desk
from tokenroi_cli.agent.spoken_edits import SpokenEdits
from tokenroi_cli.agent.step import call_model, lost, run_tools
from tokenroi_cli.domain.errors import ProviderError
from tokenroi_cli.domain.message import Block, FinishReason, Reply, Text, ToolResult
from tokenroi_cli.domain.session import EntryKind, Session
from tokenroi_cli.policy.limits import TurnMeter

GO_ON = "Your reply was cut at the output limit. Go on exactly where it ended."
TOO_LONG = "your reply was cut at the output limit, so this call did not run; send it in smaller pieces"


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """The session as it stands, and the final answer."""

    session: Session
    text: str


def run_turn(desk: Desk, session: Session, prompt: tuple[Block, ...]) -> TurnEnd:
    """Answers one prompt.

    A model without tools has its edits in its answer: once they are applied, the turn is over.
    Raises LimitReached, BudgetRefused, ProviderError; the session on disk then holds every step that ended.
    """
    session = desk.sessions.append(session, EntryKind.USER, _without_keys(desk, prompt))
    meter = TurnMeter()
    spoken = SpokenEdits(desk)
    answer = ""
    while True:
        _may_go_on(desk, meter)
        desk.clock.steps += 1
        reply = call_model(_at(desk, session), session)
        meter = meter.stepped([(call.name, call.arguments) for call in reply.tool_calls], reply.text)
        _expect_an_answer(reply)
        session = desk.sessions.append(session, EntryKind.ASSISTANT, reply.blocks)
        answer += reply.text
        if reply.tool_calls:
            session = _tools(desk, session, reply)
            answer = ""
        elif reply.finish is FinishReason.LENGTH:
            session = desk.sessions.append(session, EntryKind.USER, (Text(GO_ON),))
        else:
            done = spoken.carried_out(answer)
            if done is not None:
                session = desk.sessions.append(session, EntryKind.TOOL_RESULT, (Text(done.text),))
            if done is None or not done.refused:
                return TurnEnd(session, answer)
            answer = ""


def _without_keys(desk: Desk, prompt: tuple[Block, ...]) -> tuple[Block, ...]:
    return tuple(Text(desk.redact(block.text)) if isinstance(block, Text) else block for block in prompt)


def _may_go_on(desk: Desk, meter: TurnMeter) -> None:
    desk.check_stop()
    reached = meter.check(desk.limits, desk.clock.steps, desk.clock.elapsed())
    if reached is not None:
        raise reached


def _at(desk: Desk, session: Session) -> Desk:
    """The ledger names the entry that a call answers."""
    return replace(desk, purpose=replace(desk.purpose, entry=session.tip))


def _expect_an_answer(reply: Reply) -> None:
    if reply.finish is FinishReason.REFUSAL:
        raise ProviderError(
            "the model refused to answer",
            "put the task in other words, or use another model",
            reason="refusal",
        )
    if not reply.tool_calls and not reply.text.strip():
        raise ProviderError(
            "the model sent an empty answer", "try again, or use another model", reason="empty_answer"
        )


def _tools(desk: Desk, session: Session, reply: Reply) -> Session:
    if reply.finish is FinishReason.LENGTH:
        cut = tuple(ToolResult(call.id, TOO_LONG, error=True) for call in reply.tool_calls)
        return desk.sessions.append(session, EntryKind.TOOL_RESULT, cut)
    done: list[ToolResult] = []
    try:
        run_tools(desk, reply.tool_calls, done)
    finally:
        results = lost(reply.tool_calls, done)
        session = desk.sessions.append(session, EntryKind.TOOL_RESULT, results)
    return session
