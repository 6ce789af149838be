"""Which tools are called for a question: by a plan, or by a model that calls them itself."""
