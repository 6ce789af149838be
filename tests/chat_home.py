"""A chat on the tiny graph, as a program: what the tests of the terminal run.

``python tests/chat_home.py HOME [--session NAME] [--llm SPEC] [--base-url URL]``; without a model
evidence is summarised plainly.
"""

import argparse
import sys
from pathlib import Path

from world import WordEncoder, make_graph

from bbqa.chat import COMMANDS, chat
from bbqa.errors import BbqaError
from bbqa.resources import Resources
from bbqa.session import open_session
from bbqa.settings import Settings
from bbqa.terminal import open_terminal


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("--session", default="")
    parser.add_argument("--llm", default="")
    parser.add_argument("--base-url", default="")
    given = parser.parse_args()
    settings = Settings(
        home=given.home,
        llm=given.llm or "embedded",
        base_url=given.base_url,
        driver="plan",
        offline=True,
    )
    resources = Resources(settings, graph=make_graph(), encoder=WordEncoder())
    terminal = open_terminal(given.home, lambda: list(COMMANDS))
    kept = bool(given.session) or terminal.interactive
    with open_session(given.home, given.session, kept=kept) as session:
        return chat(resources, session, terminal, use_llm=bool(given.llm))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BbqaError as error:
        print(f"error: {error.message}\nhint: {error.hint}", file=sys.stderr)
        sys.exit(error.exit_code)
