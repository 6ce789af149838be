"""All that ``bbqa doctor`` looks at: the machine, the downloads, the graph, indexes and model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bbqa.build import missing_indexes
from bbqa.doctor import Check, CheckStatus, check_endpoint, diagnose
from bbqa.llm.local import local_servers
from bbqa.progress import Progress
from bbqa.resources import Resources
from bbqa.settings import Settings


def checkup(settings: Settings, progress: Progress | None = None) -> list[Check]:
    """Every check in the order in which a person would mend what is wrong."""
    resources = Resources(settings, progress=progress)
    others: Mapping[str, Callable[[], Iterable[Check]]] = {
        "settings": lambda: [_settings(settings)],
        "graph": lambda: [_graph(resources)],
        "indexes": lambda: [_indexes(resources)],
        "language model": lambda: _language_model(settings),
        "local servers": lambda: _local_servers(settings),
    }
    return diagnose(settings.home, others=others, progress=progress)


def _settings(settings: Settings) -> Check:
    changed = {name: where for name, where in settings.origin.items() if where != "default"}
    found = ", ".join(f"{name} from {where}" for name, where in sorted(changed.items()))
    return Check("settings", CheckStatus.OK, found or "all as they come")


def _graph(resources: Resources) -> Check:
    graph = resources.graph
    graph.verify()
    found = f"{len(graph):,} nodes, {graph.edge_count:,} edges, {len(graph.sequences):,} sequences"
    return Check("graph", CheckStatus.OK, found)


def _indexes(resources: Resources) -> Check:
    missing = missing_indexes(resources)
    if missing:
        found = f"not built yet: {', '.join(missing)}"
        return Check("indexes", CheckStatus.WARN, found, "bbqa index build")
    return Check("indexes", CheckStatus.OK, str(resources.folder))


def _language_model(settings: Settings) -> list[Check]:
    """Servers are asked whether they are there; a model in the process is a download."""
    if not settings.llm.startswith(("ollama:", "openai:")):
        return [Check("language model", CheckStatus.OK, settings.llm)]
    default = "http://localhost:11434" if settings.llm.startswith("ollama:") else ""
    url = settings.base_url or default
    if not url:
        mend = "set BBQA_BASE_URL to the server's address"
        return [Check("language model", CheckStatus.WARN, "no base_url is set", mend)]
    return [check_endpoint(url, settings.api_key.get_secret_value())]


def _local_servers(settings: Settings) -> list[Check]:
    """Servers that run on this machine, where the settings name none."""
    if settings.llm.startswith(("ollama:", "openai:")):
        return []
    return [
        Check(
            "local servers",
            CheckStatus.OK,
            f"{server.name} at {server.url} has {', '.join(server.models[:3])}; "
            f"--llm {server.spec}:{server.models[0]}",
        )
        for server in local_servers()
    ]
