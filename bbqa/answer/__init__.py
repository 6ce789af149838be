"""From a parsed question to an answer: the direct sentence first, then what it rests on."""
