"""BioBridge: a small model carries proteins and molecules into the space of texts.

The foundation models stay frozen; the bridge between them is learned from a knowledge graph.
``triples`` says what is learned from, ``splits`` what is kept back, ``model`` what is learned,
``train`` how, ``checkpoint`` how it is kept.

Source: Wang et al., "BioBridge: Bridging biomedical foundation models via knowledge graphs",
ICLR 2024, arXiv:2310.03320.
"""
