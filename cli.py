"""Runs bbqa from a checkout: ``python cli.py ask "What does this protein do?" --seq FILE``.

The program itself is ``bbqa/cli.py``. Each command and the module that does its work:

    ask        bbqa/ask.py         a question, inputs -> a grounded, cited answer
    retrieve   bbqa/retrieve/      inputs -> ranked nodes of one type, no language model
    kg         bbqa/kg/            the knowledge graph: build, stats, show
    index      bbqa/index.py       the vector index: build
    models     bbqa/doctor.py      what is here, how large, from where, under which licence
    doctor     bbqa/doctor.py      what is wrong and how to mend it
"""

import sys

from bbqa.cli import main

if __name__ == "__main__":
    sys.exit(main())
