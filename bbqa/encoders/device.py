"""Where a model runs: the best device that this machine has, unless another is asked for."""

from __future__ import annotations

from bbqa.errors import SettingsError


def choose_device(asked: str | None = None) -> str:
    """The device's name as PyTorch takes it: ``cuda``, ``cuda:1``, ``mps``, ``cpu``.

    Args:
        asked: A device; none for the first of CUDA, MPS and CPU that is there.

    Raises:
        SettingsError: The device that was asked for is not there, or is no device.
    """
    if asked == "cpu":  # spares a machine without a GPU the import
        return "cpu"
    found = _devices()
    if asked is None:
        return found[0]
    if asked not in found:
        raise SettingsError(
            f"device {asked!r} cannot be used; this machine has {', '.join(found)}",
            hint=f"leave the device out, or ask for one of {', '.join(found)}",
        )
    return asked


def _devices() -> list[str]:
    """What this machine has, the fastest kind first."""
    import torch

    found: list[str] = []
    if torch.cuda.is_available():
        found += ["cuda", *(f"cuda:{number}" for number in range(torch.cuda.device_count()))]
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, "cpu"]
