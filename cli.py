"""Runs bbqa from a checkout: ``python cli.py ask "What does this protein do?" --seq FILE``.

The program itself is ``bbqa/cli.py``. Each command and the module that does its work:

    ask        bbqa/ask.py         a question, inputs -> a grounded, cited answer
    chat       bbqa/chat.py        a session in the terminal, with follow-ups
    batch      bbqa/batch/         many questions from a file
    explain    bbqa/explain/       a saved answer, with all it rests on
    retrieve   bbqa/ranking.py     inputs -> ranked nodes of one type, no language model
    bridge     bbqa/bridge/        the bridge: train, eval, split, show
    eval       eval/               how good it is: ground, routing, abstention
    kg         bbqa/kg/            the knowledge graph: build, stats, show
    index      bbqa/index.py       the vector index: build
    models     bbqa/doctor.py      what is here, how large, from where, under which licence
    doctor     bbqa/doctor.py      what is wrong and how to mend it
"""

import sys

from bbqa.cli import main

if __name__ == "__main__":
    sys.exit(main())
