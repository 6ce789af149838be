"""Tiny models with random weights, saved as the real ones are saved."""

from __future__ import annotations

import argparse
from pathlib import Path

LETTERS = "CNOFPSIclnosp()[]=#+-@HBr123456"


def save_esm2(path: Path, *, layers: int = 2, dimension: int = 16, heads: int = 4) -> Path:
    """An ESM2 in fair-esm's format."""
    import torch
    from esm.model.esm2 import ESM2

    torch.manual_seed(0)
    model = ESM2(num_layers=layers, embed_dim=dimension, attention_heads=heads)
    state = model.state_dict()
    prefix = "encoder.sentence_encoder."
    stored = {
        name if name.startswith("lm_head") else prefix + name: value
        for name, value in state.items()
        if not name.startswith("contact_head")
    }
    stored = {("encoder." + k if k.startswith("lm_head") else k): v for k, v in stored.items()}
    config = argparse.Namespace(
        encoder_layers=layers,
        encoder_embed_dim=dimension,
        encoder_attention_heads=heads,
        token_dropout=True,
    )
    torch.save({"cfg": {"model": config}, "model": stored}, path)
    return path


def save_transformer(folder: Path, kind: str, *, longest: int = 24) -> Path:
    """A BERT or a RoBERTa with a tokenizer of single letters."""
    import torch
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
    from transformers import (
        BertConfig,
        BertModel,
        PreTrainedTokenizerFast,
        RobertaConfig,
        RobertaModel,
    )

    special = ["<s>", "<pad>", "</s>", "<unk>"]
    letters = sorted({*LETTERS, *"abcdefghijklmnopqrstuvwxyz"})
    vocabulary = {token: number for number, token in enumerate([*special, *letters])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=512,
    ).save_pretrained(folder)
    sizes = {
        "vocab_size": len(vocabulary),
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "pad_token_id": 1,
    }
    torch.manual_seed(0)
    if kind == "bert":
        model = BertModel(BertConfig(**sizes, max_position_embeddings=longest))
    else:
        model = RobertaModel(RobertaConfig(**sizes, max_position_embeddings=longest + 2))
    model.save_pretrained(folder)
    return folder
