"""The knowledge graph: tables, reader, words for facts, and the builder of the starter graph.

In reading order: ``tables`` (what the four Parquet files hold), ``graph`` (nodes, facts and
ancestors from them), ``sequences`` and ``molecules`` (what nodes look like as inputs),
``describe`` (facts in words), ``sources`` and ``starter`` (how the files are built).
"""
