"""The engine knows no domain."""

import re
from pathlib import Path

ENGINE = Path(__file__).parents[1] / "extractor"
DOMAIN = re.compile(
    r"\b(quotes?|speakers?|sanctions?|triggers?|actors?|protests?|SANCTION|PROTEST|Quotes?)\b"
)
HELP = re.compile(r"quotes?@v1|quotes,events|events and quotes")


def test_no_domain_word_stands_in_the_engine():
    found = [
        f"{path.name}:{number}: {line.strip()}"
        for path in ENGINE.rglob("*.py")
        if "_builtin" not in path.parts
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if DOMAIN.search(HELP.sub("", line))
    ]
    assert not found
