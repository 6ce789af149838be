"""The knowledge graph: tables, reader, words for facts, and the builder of the starter graph.

Reading a graph: ``tables`` (what the four Parquet files hold), ``graph`` (nodes, facts and
ancestors from them), ``sequences`` and ``molecules`` (what nodes look like as inputs), ``names``
(nodes from what people call them), ``describe`` (facts and nodes in words).

Building one: ``starter`` tells the story; ``assets`` opens the packages, ``sources`` read what is
in them, ``proteins``, ``diseases`` and ``drugs`` make nodes and edges of it in a ``draft``,
``species`` and ``reference`` choose the proteins of other species, ``output`` writes it all.
``primekg`` (with ``joined`` and ``hierarchy``) and ``own`` build one from a person's files;
``build`` knows them all by name.
"""
