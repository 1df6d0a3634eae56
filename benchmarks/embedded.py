"""Measure the embedded model on this machine: start-up, seconds per article, memory, tokens.

    python benchmarks/embedded.py [PATHS...]          default: examples/articles

The targets hold for two cores that do nothing else: 20 s for an article of 350 words, 3 s of
start-up, 1 GB of memory.
"""

import resource
import sys
import time

from extractor import Extractor
from extractor.articles import ReadOptions, Unreadable, read_articles
from extractor.llm.catalogue import read_catalogue
from extractor.llm.local import serve, threads
from extractor.llm.tuned import ensure_tuned
from extractor.records import Article, Usage

WORDS = 350


def start_up_s() -> float:
    """Start the server of the default model; seconds from the weights on disk to listening."""
    entry = read_catalogue().entry("default")
    weights = ensure_tuned(entry)
    started = time.monotonic()
    serve(entry, weights)
    return time.monotonic() - started


def peak_mb() -> float:
    """Return the most memory this process has held, in megabytes of a million bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def measure(articles: list[Article]) -> tuple[float, Usage]:
    """Extract from all articles, as `extract run` does; seconds and tokens."""
    started = time.monotonic()
    with Extractor("local/default") as extractor:
        results = list(extractor.extract_many(articles))
    failed = [result.article.id for result in results if result.status == "failed"]
    if failed:
        print("failed:", *failed, file=sys.stderr)
    usage = sum((result.run.usage for result in results), Usage())
    return time.monotonic() - started, usage


def main() -> None:
    """Print one line per figure."""
    paths = sys.argv[1:] or ["examples/articles"]
    found = read_articles(paths, ReadOptions())
    articles = [article for article in found if not isinstance(article, Unreadable)]
    if not articles:
        sys.exit("There is no article to measure.")
    words = sum(len(article.text.split()) for article in articles)
    print(f"idle cores             {threads():>8}")
    print(f"start-up               {start_up_s():>8.2f} s")
    seconds, usage = measure(articles)
    print(f"articles               {len(articles):>8}   {words} words")
    print(f"seconds an article     {seconds / len(articles):>8.1f} s")
    print(f"seconds per {WORDS} words  {seconds / words * WORDS:>8.1f} s")
    print(f"tokens read            {usage.prompt_tokens:>8}   {usage.cached_tokens} from the cache")
    print(f"tokens written         {usage.completion_tokens:>8}")
    print(f"requests               {usage.requests:>8}   {usage.failed_requests} of no use")
    print(f"memory at most         {peak_mb():>8.0f} MB")


if __name__ == "__main__":
    main()
