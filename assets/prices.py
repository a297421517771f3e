#!/usr/bin/env python3
"""Writes prices.json and PRICES-LICENSE from the published package genai-prices.

Run it where the package can be had, with the version to take:

    python3 assets/prices.py 0.2.3 2026-11-22

Amounts become whole nano-dollars per million tokens (per thousand searches or
requests); what can't be written so stops the script.  A model whose price has a
part that the program can't count (seconds of audio, citations) is left out:
its cost is then unknown, which is the truth, and not too low, which is not.
"""
import decimal, json, pathlib, re, subprocess, sys, tempfile, zipfile

HERE = pathlib.Path(__file__).resolve().parent
PROVIDERS = """anthropic openai google openrouter deepseek mistral x-ai groq moonshotai zai zhipuai
    minimax cerebras together fireworks cohere perplexity azure aws meta""".split()
RATES = {"input_mtok": "in", "output_mtok": "out", "cache_read_mtok": "read", "cache_write_mtok": "write",
         "cache_write_1h_mtok": "write_1h", "web_searches_kcount": "search", "requests_kcount": "request"}
# Parts of a price that no text model call of ours can use, so they may be left out.
UNUSED = re.compile(r"audio|image|video|storage_searches|document")
TIERS = {("processing", "batch"): "batch", ("speed", "fast"): "fast", ("service_tier", "fast"): "fast",
         ("service_tier", "flex"): "flex", ("service_tier", "priority"): "priority"}


def nano(amount):
    """A third of a dollar is rounded at the tenth place, far below a token's price."""
    whole = (decimal.Decimal(amount) * 10**9).to_integral_value(decimal.ROUND_HALF_EVEN)
    if whole < 0:
        raise SystemExit(f"{amount} USD is less than nothing")
    return int(whole)


def rates(price):
    """The rates of a ModelPrice; None if it has a part that can't be counted."""
    out = {}
    for key, value in vars(price).items():
        if value is None or UNUSED.search(key):
            continue
        if key not in RATES:
            return None
        if hasattr(value, "tiers"):
            out[RATES[key]] = [nano(value.base), *[[tier.start, nano(tier.price)] for tier in value.tiers]]
        else:
            out[RATES[key]] = nano(value)
    return out


def when(constraint):
    if constraint is None:
        return {}
    if hasattr(constraint, "start_date"):
        return {"from": constraint.start_date.isoformat()}
    import datetime
    def utc(time):
        if time.tzinfo:
            time = datetime.datetime.combine(datetime.date(1970, 1, 1), time).astimezone(datetime.UTC).timetz()
        return time.hour * 3600 + time.minute * 60 + time.second
    return {"daily": [utc(constraint.start_time), utc(constraint.end_time)]}


def match(clause):
    name, value = next(iter(vars(clause).items()))
    name = name.rstrip("_")
    if name in ("or", "and"):
        return {name: [match(part) for part in value]}
    if name == "regex":
        # Rust's regular expressions look neither ahead nor behind.
        ahead = re.fullmatch(r"\^\(\?!\.\*(.*)\)", value)
        if ahead:
            return {"not": {"regex": ahead[1]}}
        ahead = re.fullmatch(r"\^\(\?!([^()]*)\)(.*)", value)
        if ahead:
            return {"and": [{"not": {"regex": "^" + ahead[1]}}, {"regex": "^" + ahead[2]}]}
        if "(?!" in value or "(?<" in value or "(?=" in value:
            raise SystemExit(f"can't translate the pattern {value}")
        return {name: value}
    return {name: value.lower()}


def model(info):
    listed = info.prices if isinstance(info.prices, list) else [info.prices]
    prices = []
    for entry in listed:
        read = rates(getattr(entry, "prices", entry))
        if read is None:
            return None
        prices.append({**when(getattr(entry, "constraint", None)), **read})
    if not prices or not all("in" in price and "out" in price for price in prices):
        return None
    variants = []
    for variant in info.price_variants or []:
        tier = TIERS.get(next(iter(variant.when.items()))) if len(variant.when) == 1 else None
        read = rates(variant.prices)
        if tier and read:
            variants.append({"tier": tier, **when(variant.constraint), **read})
    out = {"id": info.id, "match": match(info.match), "prices": prices}
    if info.context_window:
        out["context"] = info.context_window
    if variants:
        out["variants"] = variants
    return out


def provider(info):
    out = {"id": info.id, "api": info.api_pattern, "source": (info.pricing_urls or [""])[0]}
    for name in ("provider_match", "model_match"):
        if getattr(info, name):
            out[name.split("_")[0]] = match(getattr(info, name))
    if info.fallback_model_providers:
        out["fallback"] = [name for name in info.fallback_model_providers if name in PROVIDERS]
    out["models"] = [entry for entry in map(model, info.models) if entry]
    return out


def fill_windows(providers):
    """A window that one provider does not tell is the smallest that another tells of the same model."""
    bare = lambda name: name.split("/")[-1].split(":")[0]
    known = {}
    for entry in (entry for one in providers for entry in one["models"] if "context" in entry):
        known[bare(entry["id"])] = min(entry["context"], known.get(bare(entry["id"]), entry["context"]))
    for entry in (entry for one in providers for entry in one["models"]):
        if "context" not in entry and bare(entry["id"]) in known:
            entry["context"] = known[bare(entry["id"])]


def main(version, date):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", f"{folder}/venv"], check=True)
        python = f"{folder}/venv/bin/python"
        subprocess.run([python, "-m", "pip", "install", "-q", f"genai-prices=={version}"], check=True)
        site = subprocess.run([python, "-c", "import site; print(site.getsitepackages()[0])"],
                              check=True, capture_output=True, text=True).stdout.strip()
        sys.path.insert(0, site)
        from genai_prices import data
        licence = next(pathlib.Path(site).glob("genai_prices-*.dist-info/licenses/*")).read_text()
        named = {info.id: info for info in data.providers}
        table = {
            "source": f"genai-prices {version} (PyPI; https://github.com/pydantic/genai-prices; MIT, see PRICES-LICENSE)",
            "version": version, "date": date,
            "unit": "nano-dollars per million tokens; search, request: per thousand; [base, [above, rate], ...] is chosen by the whole prompt",
            "providers": [provider(named[name]) for name in PROVIDERS],
        }
    fill_windows(table["providers"])
    lines = []
    for entry in table["providers"]:
        head = json.dumps({**entry, "models": []}, ensure_ascii=False, separators=(",", ":"))
        body = ",\n".join(json.dumps(it, ensure_ascii=False, separators=(",", ":")) for it in entry["models"])
        lines.append(head[:-2] + "\n" + body + "\n]}")
    top = json.dumps({**table, "providers": []}, ensure_ascii=False, indent=1)
    (HERE / "prices.json").write_text(top[:-4].rstrip() + ' [\n' + ",\n".join(lines) + "\n]}\n")
    json.loads((HERE / "prices.json").read_text())
    (HERE / "PRICES-LICENSE").write_text(licence)


if __name__ == "__main__":
    main(*sys.argv[1:3])
