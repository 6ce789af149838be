"""What a question asks: its words and inputs are read once, into a typed query over the graph.

``read`` validates inputs and finds names, ``parse`` makes the ``ParsedQuestion`` that everything
after it goes by (``parsed`` has the records).
"""
