"""``bbqa chat``: a session that is kept open."""

from __future__ import annotations

from typing import Annotated

import typer

from bbqa.options import (
    BridgeFolder,
    GraphFolder,
    K,
    Llm,
    NoBridge,
    NoLlm,
    Quiet,
    Seq,
    Smiles,
    Speculative,
    Translate,
    given_resources,
    given_settings,
)


def chat(
    session: Annotated[
        str, typer.Option("--session", help="Name of a session, new or to go on with.")
    ] = "",
    list_them: Annotated[bool, typer.Option("--list", help="List the saved sessions.")] = False,
    seq: Seq = None,
    smiles: Smiles = None,
    k: K = None,
    llm: Llm = None,
    no_llm: NoLlm = False,
    translate: Translate = False,
    graph: GraphFolder = None,
    bridge: BridgeFolder = None,
    no_bridge: NoBridge = False,
    speculative: Speculative = False,
    quiet: Quiet = False,
) -> None:
    """Ask, follow up, look at the evidence: a session, saved as it goes."""
    from bbqa.chat import COMMANDS
    from bbqa.chat import chat as hold_chat
    from bbqa.session import open_session, session_lines
    from bbqa.terminal import open_terminal

    if list_them:
        typer.echo("\n".join(session_lines(given_settings().home)))
        return
    settings = {
        "llm": llm,
        "k": k,
        "graph": graph,
        "bridge": bridge,
        "use_bridge": False if no_bridge else None,
        "speculative": speculative or None,
    }
    with given_resources(quiet, **settings) as resources:
        home = resources.settings.home
        terminal = open_terminal(home, lambda: [*COMMANDS, *labels()])
        kept = bool(session) or terminal.interactive
        with open_session(home, session, kept=kept) as opened:

            def labels() -> list[str]:
                return [given.label for given in opened.inputs]

            code = hold_chat(
                resources,
                opened,
                terminal,
                use_llm=not no_llm,
                translate=translate,
                seq=seq or (),
                smiles=smiles or (),
            )
    raise typer.Exit(code)
