"""One server over HTTP: JSON goes out, lines come in, and every failure is an ``LLMError``.

A ``RefusedError`` tells which status and why, for callers that may know a way round it; a
``TooSlowError`` that the time is up.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from bbqa.errors import LLMError
from bbqa.llm.contract import BrokenOffError, TooSlowError
from bbqa.llm.replies import without_surrogates

CONNECT_TIMEOUT_S = 5.0
PROBE_TIMEOUT_S = 3.0
MAX_LINE_BYTES = 2**24
RETRIES = 2
LONGEST_PAUSE_S = 20.0
WEB_PAGE = "a web page"
_TRY_LATER = frozenset({408, 429, 500, 502, 503, 504})


class RefusedError(LLMError):
    """The server answered with an error status.

    Attributes:
        status: The HTTP status.
        detail: What the server said, without the key, at most 300 characters.
    """

    def __init__(self, message: str, *, hint: str, status: int, detail: str) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.detail = detail


class Wire:
    """A connection to one server, kept open between calls.

    Args:
        base_url: Where the server is; paths are put behind it.
        api_key: Sent as bearer token if not empty; never part of a message.
        timeout_s: Longest wait for one whole reply, and the longest silence within it.
        hint_if_down: What to do when nothing answers there.
        pause_s: Wait before the first repeat of a call that the server could not take just now;
            doubled for the second. A ``Retry-After`` of up to 20 s is followed instead.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str = "",
        timeout_s: float = 300.0,
        hint_if_down: str = "",
        pause_s: float = 0.5,
    ) -> None:
        base_url = base_url if "://" in base_url else f"http://{base_url}"
        self.where = _without_login(base_url)
        self.timeout_s = timeout_s
        self._api_key = api_key
        self._hint_if_down = hint_if_down
        self._pause_s = pause_s
        if not (api_key.isascii() and api_key.isprintable() and " " not in api_key):
            raise LLMError(
                f"the key for {self.where} has a character that no key has (blank, line end, …)",
                hint="set BBQA_API_KEY to the key alone",
            )
        try:
            self._client = httpx.Client(
                base_url=base_url,
                headers={"Authorization": f"Bearer {api_key}"} if api_key else {},
                timeout=httpx.Timeout(timeout_s, connect=min(CONNECT_TIMEOUT_S, timeout_s)),
                trust_env=not _is_loopback(base_url),  # a proxy cannot reach this machine
            )
        except httpx.InvalidURL as error:
            raise LLMError(
                f"{self.where} is no address: {error}", hint="base_url looks like http://HOST:PORT"
            ) from error

    def __repr__(self) -> str:
        return f"Wire({self.where!r})"

    def get(self, path: str) -> Any:  # noqa: ANN401
        """The JSON at a path."""
        with self._opened("GET", path, None) as response:
            return self._json(response.read())

    def post(self, path: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """The JSON that a path answers to some JSON."""
        with self._opened("POST", path, body) as response:
            return self._json(response.read())

    def probe(
        self, path: str, *, body: Mapping[str, Any] | None = None, at_root: bool = False
    ) -> Any:  # noqa: ANN401
        """The JSON at a path, if the server has some there and gives it at once; else None.

        Args:
            path: Where to look, from the base address on.
            body: JSON to send; without it the path is only read.
            at_root: Look from the address without ``/v1`` on.
        """
        base = str(self._client.base_url).rstrip("/")
        root = base.removesuffix("/v1") if at_root else base
        try:
            response = self._client.request(
                "GET" if body is None else "POST",
                f"{root}/{path}",
                json=body,
                timeout=min(PROBE_TIMEOUT_S, self.timeout_s),
            )
            return json.loads(response.content) if response.is_success else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
            return None

    def lines(self, path: str, body: Mapping[str, Any]) -> Iterator[str]:
        """The lines that a path answers to some JSON, as they come; empty ones are left out.

        Lines end at a line feed only: U+2028 and its like may stand within JSON.

        Raises:
            RefusedError: The server answered with an error status.
            TooSlowError: The whole took longer than ``timeout_s``, or nothing came for that long.
            LLMError: Nothing answers, the connection broke, or the answer is a web page.
        """
        deadline = time.monotonic() + self.timeout_s
        with self._opened("POST", path, body) as response:
            for line in self._lines(response, deadline):
                if text := line.decode("utf-8", "replace").strip():
                    yield text

    def _lines(self, response: httpx.Response, deadline: float) -> Iterator[bytes]:
        held = b""
        for data in response.iter_bytes():
            if time.monotonic() > deadline:
                raise self._too_slow()
            *lines, held = (held + data).split(b"\n")
            yield from lines
            if len(held) > MAX_LINE_BYTES:
                raise self.nonsense(held[:200].decode("utf-8", "replace"), "a line without end")
        yield held

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    @contextmanager
    def _opened(
        self, method: str, path: str, body: Mapping[str, Any] | None
    ) -> Iterator[httpx.Response]:
        """A successful response whose body has not been read yet."""
        try:
            response = self._send(method, path, body)
            try:
                self._check_type(response)
                yield response
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise self._down() from error
        except httpx.TimeoutException as error:
            raise self._too_slow() from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise BrokenOffError(
                f"{self.where} broke off its answer: {self.clean(str(error))}",
                hint="see the server's own log, then ask again",
            ) from error

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None) -> httpx.Response:
        """A successful response, after at most two repeats."""
        for attempt in range(RETRIES + 1):
            request = self._client.build_request(method, path, json=body)
            response = self._client.send(request, stream=True)
            if response.is_success:
                return response
            try:
                detail = self.clean(_error_text(response.read()))
            finally:
                response.close()
            if response.status_code not in _TRY_LATER or attempt == RETRIES:
                break
            time.sleep(self._pause(response, attempt))
        raise self._refused(response.status_code, detail, attempt + 1)

    def _pause(self, response: httpx.Response, attempt: int) -> float:
        asked = _seconds(response.headers.get("Retry-After", ""))
        pause = self._pause_s * 2**attempt if asked is None else asked
        return min(pause, LONGEST_PAUSE_S)

    def _check_type(self, response: httpx.Response) -> None:
        if "html" in response.headers.get("Content-Type", ""):
            start = self.clean(response.read().decode("utf-8", "replace"))
            raise self.nonsense(start, WEB_PAGE)

    def _json(self, data: bytes) -> Any:  # noqa: ANN401
        try:
            return json.loads(data)
        except (ValueError, RecursionError) as error:
            raise self.nonsense(data.decode("utf-8", "replace")) from error

    def nonsense(self, got: str, what: str = "something") -> LLMError:
        """The error for an answer that no language model's server gives; it says what came."""
        hint = "see the server's own log, or try another model with --llm, or --no-llm"
        if what == WEB_PAGE:
            hint = "base_url must be a chat server's address, often ending in /v1"
        return LLMError(
            f"{self.where} answered with {what} that is no chat reply: {self.clean(got)[:80]!r}",
            hint=hint,
        )

    def _too_slow(self) -> TooSlowError:
        return TooSlowError(
            f"{self.where} timed out after {self.timeout_s:g} s",
            hint="raise timeout_s (BBQA_TIMEOUT_S), or use a smaller or faster model",
        )

    def _down(self) -> LLMError:
        return LLMError(f"nothing answers at {self.where}", hint=self._hint_if_down)

    def _refused(self, status: int, detail: str, attempts: int) -> RefusedError:
        tries = f" {attempts} times" if attempts > 1 else ""
        hint = {
            401: "set the key: BBQA_API_KEY=…",
            403: "the key does not allow this: check BBQA_API_KEY and the model's name",
            429: "the server wants fewer questions: wait a little, or use another model",
        }.get(status, "see the server's own log")
        message = f"{self.where} answered {status}{tries}: {detail}"
        return RefusedError(message, hint=hint, status=status, detail=detail)

    def clean(self, text: str) -> str:
        """A text from the server on one line, without the key, at most 300 characters."""
        if self._api_key:
            text = text.replace(self._api_key, "[key]")
        return " ".join(without_surrogates(text).split())[:300]


def error_words(reply: object) -> str:
    """The message in an error reply, as OpenAI's, Ollama's and FastAPI's servers write it."""
    error = reply
    for key in ("error", "message", "detail"):
        if isinstance(error, dict) and error.get(key):
            error = error[key]
    if isinstance(error, list):
        return "; ".join(map(_field_error, error))
    return str(error)


def _field_error(error: object) -> str:
    """``body.seed: extra fields not permitted``: one of FastAPI's complaints about a request."""
    match error:
        case {"loc": list(place), "msg": str(message)}:
            return f"{'.'.join(map(str, place))}: {message}"
    return str(error)


def _seconds(retry_after: str) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, as a number or a date; None if neither."""
    if retry_after.isdigit():
        return float(retry_after)
    try:
        when = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _error_text(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    try:
        return error_words(json.loads(text))
    except ValueError:
        return text or "no explanation"


def _is_loopback(url: str) -> bool:
    host = _host(url)
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _without_login(url: str) -> str:
    """The address without ``user:password@``, fit to be shown."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
