"""From bytes of an unknown encoding to characters."""

from __future__ import annotations

import codecs
import re

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SIGNATURES = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"PK\x03\x04": "a zip archive or office document",
    b"\x7fELF": "a program",
    b"SQLite format 3": "a database",
}
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MOST_CONTROLS = 0.02
_MOST_NULS = 0.3
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset=[\"']?([\w-]{2,40})", re.IGNORECASE)
_DETECTED_BYTES = 200_000
_WESTERN = "cp1252"
"""Of encodings that fit equally well, the one most in use."""


class UndecodableError(ValueError):
    """The bytes are not text, or their encoding cannot be told; the message says what to do."""


def encoding_of(sample: bytes, *, whole: bool) -> str:
    """Tell the encoding of a text from its beginning, or from all of it if `whole`.

    A byte order mark counts first, then UTF-8 if it fits, then what an HTML page declares, then
    what `charset-normalizer` detects. Raises: UndecodableError.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return encoding
    for signature, kind in _SIGNATURES.items():
        if sample.startswith(signature):
            raise UndecodableError(f"this is {kind}, not text; convert it to a text file.")
    if sample.count(0) > _MOST_NULS * len(sample):
        return _utf16(sample)
    if len(_CONTROL.findall(sample)) > _MOST_CONTROLS * len(sample):
        raise UndecodableError("this is a binary file, not text; convert it to a text file.")
    return (
        "utf-8" if _fits("utf-8", sample, whole=whole) else _declared(sample) or _detected(sample)
    )


def _fits(encoding: str, sample: bytes, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)("strict").decode(sample, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _utf16(sample: bytes) -> str:
    """Tell UTF-16 without a mark by the half of its bytes that are zero."""
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros = sample[first::2].count(0)
        if zeros > sample[1 - first :: 2].count(0) * 4 and _fits(encoding, sample, whole=False):
            return encoding
    raise UndecodableError("this is a binary file, not text; convert it to a text file.")


def _declared(sample: bytes) -> str | None:
    found = _DECLARED.search(sample)
    if found is None:
        return None
    try:
        encoding = codecs.lookup(found[1].decode("ascii", "ignore")).name
    except LookupError:
        return None
    return encoding if _fits(encoding, sample, whole=False) else None


def _detected(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(sample[:_DETECTED_BYTES].replace(b"\0", b""))
    best = matches.best()
    if best is None:
        raise UndecodableError("its encoding cannot be told; save it as UTF-8.")
    even = [m.encoding for m in matches if (m.chaos, m.coherence) == (best.chaos, best.coherence)]
    return _WESTERN if _WESTERN in even else best.encoding


def decode(content: bytes) -> str:
    """Decode a whole text. Raises: UndecodableError."""
    encoding = encoding_of(content, whole=True)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise UndecodableError(
            f"it is not all in one encoding ({encoding} does not fit); save it as UTF-8."
        ) from None
