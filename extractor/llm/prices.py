"""What usage costs."""

from __future__ import annotations

from extractor.records import Usage


def cost_usd(model: str, usage: Usage) -> float | None:
    """Return the list price of `usage`; 0 for models on this machine, None where no price is known.

    Cached tokens have their own price. Prices that rise with the length of a prompt are taken by
    the sum of tokens, so usage is priced request by request or article by article.

    Source: the table of the package genai-prices.
    """
    provider, _, name = model.partition("/")
    if provider in ("local", "ollama"):
        return 0.0
    import genai_prices  # late: a tenth of a second

    tokens = genai_prices.Usage(
        input_tokens=usage.prompt_tokens,
        cache_read_tokens=usage.cached_tokens,
        output_tokens=usage.completion_tokens,
    )
    try:
        if "://" in model:
            address, _, name = model.partition("#")
            return float(
                genai_prices.calc_price(tokens, name, provider_api_url=address).total_price
            )
        return float(genai_prices.calc_price(tokens, name, provider_id=provider).total_price)
    except LookupError:
        return None
