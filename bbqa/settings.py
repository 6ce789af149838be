"""Where every setting comes from: defaults < bbqa.toml < BBQA_* < flags.

``load_settings`` returns the values and, in ``origin``, where each of them was found, so that
``bbqa doctor`` can say why a setting is what it is.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
)

from bbqa.errors import SettingsError


def default_home() -> Path:
    """The one folder for downloads and indexes, where the platform keeps caches."""
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "bbqa"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "bbqa"
    return Path(os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))) / "bbqa"


class Settings(BaseModel):
    """Everything that can be set. Unknown names are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    home: Path = Field(default_factory=default_home, description="folder for downloads and indexes")
    graph: Path | None = Field(None, description="folder of a graph; default: the starter")
    bridge: Path | None = Field(
        None, description="folder of a trained bridge; default: the one that comes with bbqa"
    )
    use_bridge: bool = Field(True, description="predict what relatives and facts do not say")
    speculative: bool = Field(False, description="show predictions that are not sure")
    llm: str = Field(
        "embedded", description="embedded[:MODEL or FILE.gguf], ollama:MODEL, openai:MODEL"
    )
    base_url: str = Field("", description="address of an OpenAI-compatible or Ollama server")
    api_key: SecretStr = Field(SecretStr(""), description="key for that server; never printed")
    k: int = Field(12, ge=1, le=1000, description="items of evidence to keep")
    timeout_s: float = Field(300.0, gt=0, description="longest wait for one answer of the model")
    max_tokens: int = Field(320, ge=16, le=4096, description="longest answer of the model")
    driver: Literal["auto", "plan", "asked", "native"] = Field(
        "auto",
        description="who decides which tools are called: auto, plan, asked or native; with the "
        "last two the model also picks where evidence leaves options open",
    )
    max_steps: int = Field(8, ge=1, le=50, description="calls of tools for one answer")
    max_total_tokens: int = Field(
        24_000, ge=500, description="tokens that finding evidence for one answer may cost"
    )
    max_seconds: float = Field(300.0, gt=0, description="time for finding evidence")
    context_tokens: int | None = Field(
        None,
        ge=512,
        description="context of the model; default: 4096 for an embedded one, what it says for a "
        "server",
    )
    threads: int | None = Field(None, ge=1, description="threads for model and alignment")
    offline: bool = Field(False, description="never fetch anything")

    _origin: dict[str, str] = PrivateAttr(default_factory=dict)

    @field_validator("home", "graph", "bridge")
    @classmethod
    def _expand(cls, path: Path | None) -> Path | None:
        return None if path is None else path.expanduser()

    @property
    def origin(self) -> Mapping[str, str]:
        """Where each value was found: ``default``, a file's path, ``BBQA_X`` or ``flag``."""
        return self._origin

    def public(self) -> dict[str, Any]:
        """The values for a record or a print-out; the key is replaced by whether there is one."""
        values = self.model_dump(mode="json")
        values["api_key"] = "set" if self.api_key.get_secret_value() else ""
        return values


def load_settings(
    flags: Mapping[str, Any] | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Settings:
    """The settings in force.

    Args:
        flags: What the command line or a caller gave; ``None`` values count as not given.
        environ: Environment to read ``BBQA_*`` from; default ``os.environ``.
        folder: Where ``bbqa.toml`` is looked for; default the current folder.

    Raises:
        SettingsError: A name is unknown or a value is not of its kind; the message says where
            the value came from.
    """
    environ = os.environ if environ is None else environ
    layers = [
        _from_file((folder or Path.cwd()) / "bbqa.toml"),
        _from_environment(environ),
        {name: (value, "flag") for name, value in (flags or {}).items() if value is not None},
    ]
    found: dict[str, tuple[Any, str]] = {}
    for layer in layers:
        found.update(layer)
    return _validated(found)


def _from_file(path: Path) -> dict[str, tuple[Any, str]]:
    if not path.is_file():
        return {}
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}", hint=f"edit {path}") from error
    return {name: (value, str(path)) for name, value in values.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    names = {f"BBQA_{name.upper()}": name for name in Settings.model_fields}
    return {names[key]: (value, key) for key, value in environ.items() if key in names and value}


def _validated(found: Mapping[str, tuple[Any, str]]) -> Settings:
    try:
        settings = Settings(**{name: value for name, (value, _) in found.items()})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        where = found[name][1]
        if first["type"] == "extra_forbidden":
            known = ", ".join(sorted(Settings.model_fields))
            raise SettingsError(
                f"unknown setting {name!r} in {where}", hint=f"settings are: {known}"
            ) from error
        raise SettingsError(
            f"setting {name!r} from {where}: {first['msg']}, got {first['input']!r}",
            hint=f"{name}: {Settings.model_fields[name].description}",
        ) from error
    settings._origin.update(
        {name: found[name][1] if name in found else "default" for name in Settings.model_fields}
    )
    return settings
