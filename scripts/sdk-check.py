"""The checks behind scripts/sdk-check, run in its virtual environment."""
import argparse
import asyncio
import base64
import json
import sys
import time
import traceback
import urllib.request

import anthropic
import openai
import pydantic

MODES = "text tools image schema reasoning long slow cut late-error limited broken locked missing".split()
TEXT = "Tides follow the moon — 潮汐."
# One red pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
IMAGE = f"image/png of {len(base64.b64decode(PIXEL))} bytes"
ASK = [{"role": "user", "content": "Why are there tides?"}]
CITY = {"type": "object", "properties": {"city": {"type": "string"}, "unit": {"type": "string"}}, "required": ["city"]}
DESCRIPTION = "The weather in a city."


class Person(pydantic.BaseModel):
    name: str
    age: int


arguments = argparse.ArgumentParser(prog="sdk-check")
arguments.add_argument("url")
arguments.add_argument("--prefix", default="")
arguments.add_argument("--model", action="append", default=[])
arguments.add_argument("--only", action="append", choices=["chat", "responses", "messages"])
arguments.add_argument("--key")
arguments.add_argument("--log")
arguments.add_argument("--verbose", action="store_true")
options = arguments.parse_args()
URL = options.url.rstrip("/").removesuffix("/v1")
NAMES = {mode: options.prefix + mode for mode in MODES}
# What the provider's protocol has a field for, of what OpenAI's chat has: the rest is refused, not dropped.
CARRIED = {"claude/": {"stop"}, "responses/": set()}.get(options.prefix, {"stop", "seed"})
NAMES.update(item.split("=", 1) for item in options.model)
KEY = options.key or "none"
checks = []


def check(dialect, name, *modes):
    """A check of one client dialect that asks for the models of these modes."""
    def note(function):
        checks.append((dialect, name, modes, function))
        return function
    return note


def settings(**others):
    return dict(api_key=KEY, max_retries=0, timeout=60) | others


gpt = openai.OpenAI(base_url=URL + "/v1", **settings())
claude = anthropic.Anthropic(base_url=URL, **settings())


def equal(found, expected, what):
    assert found == expected, f"{what}: expected {expected!r}, got {found!r}"


def raises(kinds, function):
    try:
        result = function()
    except kinds as error:
        return error
    except Exception as error:
        names = kinds.__name__ if isinstance(kinds, type) else [kind.__name__ for kind in kinds]
        raise AssertionError(f"expected {names}, got {type(error).__name__}: {error}") from error
    raise AssertionError(f"expected an error, got {result!r:.300}")


def has_gateway_headers(headers):
    found = sorted(name for name in headers if name.lower().startswith("x-furlong-"))
    assert found, f"expected headers x-furlong-…, got {sorted(headers)}"


def upstream(model):
    """What the mocks received last for a model."""
    with urllib.request.urlopen(options.log.rstrip("/") + "/log") as answer:
        entries = [entry for entry in json.load(answer) if entry["model"] == model.split("/")[-1]]
    assert entries, f"nothing came to the mocks for {model}"
    return entries[-1]


def is_left_alone(model):
    """Waits until the mocks have noticed that nobody listens any more."""
    if not options.log:
        return
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline:
        entry = upstream(model)
        if entry["disconnected"]:
            return
        if entry["finished"]:
            break
        time.sleep(0.05)
    raise AssertionError("expected the provider's stream to be ended with the client's: it went on to its end")


# Chat completions ------------------------------------------------------------------------------------------------------------

TOOLS = [{"type": "function", "function": {"name": "get_weather", "description": DESCRIPTION, "parameters": CITY}}]


def chat(mode, messages=ASK, client=gpt, **others):
    return client.chat.completions.create(model=NAMES[mode], messages=messages, **others)


def is_chat_usage(usage):
    equal((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (11, 7, 18), "tokens")
    equal(usage.prompt_tokens_details.cached_tokens, 3, "cached tokens")


@check("chat", "an answer in one piece", "text")
def _():
    answer = chat("text")
    equal(answer.object, "chat.completion", "object")
    equal(answer.choices[0].message.content, TEXT, "text")
    equal(answer.choices[0].finish_reason, "stop", "finish reason")
    assert answer.id and answer.created > 0 and answer.model, "expected id, created and model"
    is_chat_usage(answer.usage)


@check("chat", "a stream", "text")
def _():
    chunks = list(chat("text", stream=True))
    equal("".join(chunk.choices[0].delta.content or "" for chunk in chunks), TEXT, "text")
    equal(chunks[0].choices[0].delta.role, "assistant", "role of the first chunk")
    equal([c.choices[0].finish_reason for c in chunks if c.choices[0].finish_reason], ["stop"], "finish reasons")
    equal(len({chunk.id for chunk in chunks}), 1, "ids")
    assert sum(bool(chunk.choices[0].delta.content) for chunk in chunks) > 1, "expected more than one piece of text"
    assert all(chunk.usage is None for chunk in chunks), "expected no usage that was not asked for"


@check("chat", "a stream with usage", "text")
def _():
    chunks = list(chat("text", stream=True, stream_options={"include_usage": True}))
    equal(chunks[-1].choices, [], "choices of the last chunk")
    is_chat_usage(chunks[-1].usage)


@check("chat", "the stream helper", "text")
def _():
    with gpt.chat.completions.stream(model=NAMES["text"], messages=ASK) as stream:
        kinds = [event.type for event in stream]
        equal(stream.get_final_completion().choices[0].message.content, TEXT, "text")
    assert "content.delta" in kinds and "content.done" in kinds, f"expected content events, got {sorted(set(kinds))}"


@check("chat", "asynchronous, eight at once", "text")
def _():
    async def ask():
        async with openai.AsyncOpenAI(base_url=URL + "/v1", **settings()) as client:
            async def one(is_stream):
                if not is_stream:
                    return (await chat("text", client=client)).choices[0].message.content
                return "".join([c.choices[0].delta.content or "" async for c in await chat("text", client=client, stream=True)])
            return await asyncio.gather(*(one(number % 2 == 0) for number in range(8)))
    equal(asyncio.run(ask()), [TEXT] * 8, "texts")


@check("chat", "system, developer and assistant messages", "text")
def _():
    roles = ("system", "developer", "user", "assistant", "user")
    fields = {name: value for name, value in {"stop": ["END"], "seed": 1}.items() if name in CARRIED}
    equal(chat("text", [{"role": role, "content": role} for role in roles], temperature=0.5, max_completion_tokens=64,
               user="me", **fields).choices[0].message.content, TEXT, "text")
    if options.log:
        body = json.dumps(upstream(NAMES["text"])["body"])
        assert '"assistant"' in body or '"model"' in body, body
        assert "system" in body and "0.5" in body and "64" in body, f"expected all that was asked in {body}"


def chat_tools(**others):
    is_stream = others.get("stream")
    if is_stream:
        call = None
        for chunk in chat("tools", tools=TOOLS, stream=True):
            for part in chunk.choices[0].delta.tool_calls or []:
                if call is None:
                    call = part
                else:
                    call.function.arguments += part.function.arguments or ""
            reason = chunk.choices[0].finish_reason or ""
    else:
        choice = chat("tools", tools=TOOLS).choices[0]
        assert choice.message.tool_calls, f"expected a tool call, got {choice.message}"
        call, reason = choice.message.tool_calls[0], choice.finish_reason
    equal(reason, "tool_calls", "finish reason")
    equal(call.function.name, "get_weather", "name")
    equal(json.loads(call.function.arguments), {"city": "Paris", "unit": "°C"}, "arguments")
    return call


@check("chat", "a tool is called and its result used", "tools")
def _():
    call = chat_tools()
    messages = ASK + [
        {"role": "assistant", "content": None, "tool_calls": [call.model_dump()]},
        {"role": "tool", "tool_call_id": call.id, "content": "sunny, 21 °C"},
    ]
    equal(chat("tools", messages, tools=TOOLS).choices[0].message.content, "In Paris it is sunny, 21 °C.", "text")


@check("chat", "a tool call in a stream", "tools")
def _():
    assert chat_tools(stream=True).id, "expected the call's id in its first piece"


@check("chat", "a picture", "image")
def _():
    content = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64," + PIXEL}},
    ]
    equal(chat("image", [{"role": "user", "content": content}]).choices[0].message.content, IMAGE, "text")


@check("chat", "parse, by a pydantic model", "schema")
def _():
    answer = gpt.chat.completions.parse(model=NAMES["schema"], messages=ASK, response_format=Person)
    equal(answer.choices[0].message.parsed, Person(name="Ada", age=36), "parsed")


@check("chat", "reasoning is no answer", "reasoning")
def _():
    answer = chat("reasoning")
    equal(answer.choices[0].message.content, "It is 42.", "text")
    equal(answer.usage.completion_tokens_details.reasoning_tokens, 2, "reasoning tokens")


@check("chat", "the length limit", "long")
def _():
    equal(chat("long").choices[0].finish_reason, "length", "finish reason")


@check("chat", "headers of the gateway", "text")
def _():
    raw = gpt.chat.completions.with_raw_response.create(model=NAMES["text"], messages=ASK)
    equal(raw.parse().choices[0].message.content, TEXT, "text")
    has_gateway_headers(raw.headers)
    assert raw.headers.get("x-request-id"), "expected x-request-id"
    with gpt.chat.completions.with_streaming_response.create(model=NAMES["text"], messages=ASK, stream=True) as raw:
        assert raw.headers["content-type"].startswith("text/event-stream"), raw.headers["content-type"]
        has_gateway_headers(raw.headers)


@check("chat", "a stream that is left early", "slow")
def _():
    stream = chat("slow", stream=True)
    for chunk in stream:
        if chunk.choices[0].delta.content:
            break
    stream.close()
    is_left_alone(NAMES["slow"])


@check("chat", "a cut stream raises", "cut")
def _():
    raises(openai.APIError, lambda: list(chat("cut", stream=True)))
    raises(openai.APIError, lambda: chat("cut"))


@check("chat", "an error in the middle raises", "late-error")
def _():
    error = raises(openai.APIError, lambda: list(chat("late-error", stream=True)))
    assert error.message, "expected a message"


@check("chat", "errors by their types", "missing", "limited", "broken", "locked", "text")
def _():
    error = raises(openai.NotFoundError, lambda: chat("missing"))
    assert error.body and error.body.get("message"), f"expected a message in {error.body}"
    raises(openai.RateLimitError, lambda: chat("limited"))
    raises(openai.InternalServerError, lambda: chat("broken"))
    raises(openai.APIStatusError, lambda: chat("locked"))
    raises(openai.BadRequestError, lambda: chat("text", []))
    raises(openai.RateLimitError, lambda: list(chat("limited", stream=True)))


@check("chat", "the list of models", "text")
def _():
    models = gpt.models.list().data
    assert models and all(model.object == "model" and model.id for model in models), f"expected models, got {models}"


def wrong_key():
    client = openai.OpenAI(base_url=URL + "/v1", **settings(api_key="fl-wrong"))
    raises(openai.AuthenticationError, lambda: chat("text", client=client))


# Responses -----------------------------------------------------------------------------------------------------------------

FLAT_TOOLS = [{"type": "function", "name": "get_weather", "description": DESCRIPTION, "parameters": CITY, "strict": False}]


def respond(mode, content="Why are there tides?", client=gpt, **others):
    return client.responses.create(model=NAMES[mode], input=content, **others)


def is_response_usage(usage):
    equal((usage.input_tokens, usage.output_tokens, usage.total_tokens), (11, 7, 18), "tokens")
    equal(usage.input_tokens_details.cached_tokens, 3, "cached tokens")


@check("responses", "an answer in one piece", "text")
def _():
    answer = respond("text")
    equal(answer.object, "response", "object")
    equal((answer.status, answer.output_text), ("completed", TEXT), "status and text")
    is_response_usage(answer.usage)


@check("responses", "a stream", "text")
def _():
    events = list(respond("text", stream=True))
    kinds = [event.type for event in events]
    equal(kinds[0], "response.created", "the first event")
    equal(kinds[-1], "response.completed", "the last event")
    equal("".join(e.delta for e in events if e.type == "response.output_text.delta"), TEXT, "text")
    numbers = [event.sequence_number for event in events]
    equal(numbers, list(range(numbers[0], numbers[0] + len(numbers))), "sequence numbers")
    is_response_usage(events[-1].response.usage)
    equal(events[-1].response.output_text, TEXT, "text of the whole")


@check("responses", "the stream helper", "text")
def _():
    with gpt.responses.stream(model=NAMES["text"], input="Why?") as stream:
        text = "".join(event.delta for event in stream if event.type == "response.output_text.delta")
        final = stream.get_final_response()
    equal((text, final.output_text), (TEXT, TEXT), "text")


@check("responses", "asynchronous, eight at once", "text")
def _():
    async def ask():
        async with openai.AsyncOpenAI(base_url=URL + "/v1", **settings()) as client:
            async def one(is_stream):
                answer = await respond("text", client=client, stream=is_stream)
                if not is_stream:
                    return answer.output_text
                return "".join([event.delta async for event in answer if event.type == "response.output_text.delta"])
            return await asyncio.gather(*(one(number % 2 == 0) for number in range(8)))
    equal(asyncio.run(ask()), [TEXT] * 8, "texts")


@check("responses", "instructions and a conversation", "text")
def _():
    items = [{"role": role, "content": role} for role in ("developer", "user", "assistant", "user")]
    equal(respond("text", items, instructions="be brief", temperature=0.5, max_output_tokens=64).output_text, TEXT, "text")
    if options.log:
        body = json.dumps(upstream(NAMES["text"])["body"])
        assert "be brief" in body and "0.5" in body and "64" in body, f"expected all that was asked in {body}"


def called(items):
    calls = [item for item in items if item.type == "function_call"]
    assert calls, f"expected a function call in {items}"
    equal(calls[0].name, "get_weather", "name")
    equal(json.loads(calls[0].arguments), {"city": "Paris", "unit": "°C"}, "arguments")
    return calls[0]


@check("responses", "a tool is called and its result used", "tools")
def _():
    answer = respond("tools", tools=FLAT_TOOLS)
    call = called(answer.output)
    items = [{"role": "user", "content": "Weather?"}] + [item.model_dump(exclude_none=True) for item in answer.output] + [
        {"type": "function_call_output", "call_id": call.call_id, "output": "sunny, 21 °C"}]
    equal(respond("tools", items, tools=FLAT_TOOLS).output_text, "In Paris it is sunny, 21 °C.", "text")


@check("responses", "a tool call in a stream", "tools")
def _():
    events = list(respond("tools", tools=FLAT_TOOLS, stream=True))
    text = "".join(e.delta for e in events if e.type == "response.function_call_arguments.delta")
    equal(json.loads(text), {"city": "Paris", "unit": "°C"}, "arguments in pieces")
    called(events[-1].response.output)


@check("responses", "a picture", "image")
def _():
    content = [
        {"type": "input_text", "text": "What is this?"},
        {"type": "input_image", "image_url": "data:image/png;base64," + PIXEL, "detail": "auto"},
    ]
    equal(respond("image", [{"role": "user", "content": content}]).output_text, IMAGE, "text")


@check("responses", "parse, by a pydantic model", "schema")
def _():
    answer = gpt.responses.parse(model=NAMES["schema"], input="Who?", text_format=Person)
    equal(answer.output_parsed, Person(name="Ada", age=36), "parsed")


@check("responses", "reasoning is no answer", "reasoning")
def _():
    answer = respond("reasoning")
    equal(answer.output_text, "It is 42.", "text")
    equal(answer.usage.output_tokens_details.reasoning_tokens, 2, "reasoning tokens")


@check("responses", "the length limit", "long")
def _():
    answer = respond("long")
    equal((answer.status, answer.incomplete_details.reason), ("incomplete", "max_output_tokens"), "status")


@check("responses", "headers of the gateway", "text")
def _():
    raw = gpt.responses.with_raw_response.create(model=NAMES["text"], input="Why?")
    equal(raw.parse().output_text, TEXT, "text")
    has_gateway_headers(raw.headers)


@check("responses", "a stream that is left early", "slow")
def _():
    stream = respond("slow", stream=True)
    for event in stream:
        if event.type == "response.output_text.delta":
            break
    stream.close()
    is_left_alone(NAMES["slow"])


@check("responses", "a cut stream raises", "cut")
def _():
    raises(openai.APIError, lambda: list(respond("cut", stream=True)))
    raises(openai.APIError, lambda: respond("cut"))


@check("responses", "an error in the middle raises", "late-error")
def _():
    raises(openai.APIError, lambda: list(respond("late-error", stream=True)))


@check("responses", "errors by their types", "missing", "limited", "broken", "locked", "text")
def _():
    raises(openai.NotFoundError, lambda: respond("missing"))
    raises(openai.RateLimitError, lambda: respond("limited"))
    raises(openai.InternalServerError, lambda: respond("broken"))
    raises(openai.APIStatusError, lambda: respond("locked"))
    raises(openai.BadRequestError, lambda: respond("text", []))
    raises(openai.RateLimitError, lambda: list(respond("limited", stream=True)))


# Messages ------------------------------------------------------------------------------------------------------------------

CLAUDE_TOOLS = [{"name": "get_weather", "description": DESCRIPTION, "input_schema": CITY}]


def message(mode, messages=ASK, client=claude, **others):
    return client.messages.create(**dict(model=NAMES[mode], max_tokens=256, messages=messages) | others)


def words(answer):
    return "".join(block.text for block in answer.content if block.type == "text")


def is_message_usage(usage):
    equal(usage.input_tokens + (usage.cache_read_input_tokens or 0), 11, "tokens in")
    equal((usage.cache_read_input_tokens, usage.output_tokens), (3, 7), "cached tokens, tokens out")


@check("messages", "an answer in one piece", "text")
def _():
    answer = message("text")
    equal((answer.type, answer.role, answer.stop_reason), ("message", "assistant", "end_turn"), "type, role, stop reason")
    equal(words(answer), TEXT, "text")
    is_message_usage(answer.usage)


@check("messages", "a stream", "text")
def _():
    events = list(message("text", stream=True))
    kinds = [event.type for event in events if event.type != "ping"]
    equal(kinds[:2], ["message_start", "content_block_start"], "the first events")
    equal(kinds[-3:], ["content_block_stop", "message_delta", "message_stop"], "the last events")
    text = "".join(event.delta.text for event in events if event.type == "content_block_delta")
    equal(text, TEXT, "text")


@check("messages", "the stream helper", "text")
def _():
    with claude.messages.stream(model=NAMES["text"], max_tokens=256, messages=ASK) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    equal((text, words(final), final.stop_reason), (TEXT, TEXT, "end_turn"), "text and stop reason")
    is_message_usage(final.usage)


@check("messages", "asynchronous, eight at once", "text")
def _():
    async def ask():
        async with anthropic.AsyncAnthropic(base_url=URL, **settings()) as client:
            async def one(is_stream):
                if not is_stream:
                    return words(await message("text", client=client))
                async with client.messages.stream(model=NAMES["text"], max_tokens=256, messages=ASK) as stream:
                    return "".join([text async for text in stream.text_stream])
            return await asyncio.gather(*(one(number % 2 == 0) for number in range(8)))
    equal(asyncio.run(ask()), [TEXT] * 8, "texts")


@check("chat", "what the provider's protocol has no field for is refused by name", "text")
def _():
    for name, value in {"stop": ["END"], "seed": 1}.items():
        if name in CARRIED:
            continue
        error = raises(openai.BadRequestError, lambda: chat("text", **{name: value}))
        assert name in str(error), f"expected {name} to be named in {error}"


@check("messages", "a system prompt and a conversation", "text")
def _():
    messages = [{"role": role, "content": role} for role in ("user", "assistant", "user")]
    system = [{"type": "text", "text": "be brief", "cache_control": {"type": "ephemeral"}}]
    answer = message("text", messages, system=system, extra_body={"temperature": 0.5}, max_tokens=64,
                     **({"stop_sequences": ["END"]} if "stop" in CARRIED else {}))
    equal(words(answer), TEXT, "text")
    if options.log:
        body = json.dumps(upstream(NAMES["text"])["body"])
        assert "be brief" in body and "0.5" in body and "64" in body, f"expected all that was asked in {body}"


def used(answer):
    calls = [block for block in answer.content if block.type == "tool_use"]
    assert calls, f"expected a tool use in {answer.content}"
    equal((calls[0].name, calls[0].input), ("get_weather", {"city": "Paris", "unit": "°C"}), "tool use")
    equal(answer.stop_reason, "tool_use", "stop reason")
    return calls[0]


@check("messages", "a tool is called and its result used", "tools")
def _():
    answer = message("tools", tools=CLAUDE_TOOLS)
    result = {"type": "tool_result", "tool_use_id": used(answer).id, "content": "sunny, 21 °C"}
    messages = ASK + [
        {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in answer.content]},
        {"role": "user", "content": [result]},
    ]
    equal(words(message("tools", messages, tools=CLAUDE_TOOLS)), "In Paris it is sunny, 21 °C.", "text")


@check("messages", "a tool call in a stream", "tools")
def _():
    with claude.messages.stream(model=NAMES["tools"], max_tokens=256, messages=ASK, tools=CLAUDE_TOOLS) as stream:
        used(stream.get_final_message())


@check("messages", "a picture", "image")
def _():
    content = [
        {"type": "text", "text": "What is this?"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
    ]
    equal(words(message("image", [{"role": "user", "content": content}])), IMAGE, "text")


@check("messages", "parse, by a pydantic model", "schema")
def _():
    answer = claude.messages.parse(model=NAMES["schema"], max_tokens=256, messages=ASK, output_format=Person)
    equal(answer.parsed_output, Person(name="Ada", age=36), "parsed")


@check("messages", "reasoning is no answer", "reasoning")
def _():
    answer = message("reasoning")
    equal(words(answer), "It is 42.", "text")
    thinking = "".join(block.thinking for block in answer.content if block.type == "thinking")
    equal(thinking, "Let me think.", "thinking")


@check("messages", "the length limit", "long")
def _():
    equal(message("long").stop_reason, "max_tokens", "stop reason")


@check("messages", "headers of the gateway", "text")
def _():
    raw = claude.messages.with_raw_response.create(model=NAMES["text"], max_tokens=256, messages=ASK)
    equal(words(raw.parse()), TEXT, "text")
    has_gateway_headers(raw.headers)
    assert raw.headers.get("request-id"), "expected request-id"


@check("messages", "a stream that is left early", "slow")
def _():
    with claude.messages.stream(model=NAMES["slow"], max_tokens=256, messages=ASK) as stream:
        for _ in stream.text_stream:
            break
    is_left_alone(NAMES["slow"])


@check("messages", "a cut stream raises", "cut")
def _():
    def whole():
        with claude.messages.stream(model=NAMES["cut"], max_tokens=256, messages=ASK) as stream:
            return stream.get_final_message()
    raises(anthropic.APIError, whole)
    raises(anthropic.APIError, lambda: message("cut"))


@check("messages", "an error in the middle raises", "late-error")
def _():
    raises(anthropic.APIError, lambda: list(message("late-error", stream=True)))


@check("messages", "errors by their types", "missing", "limited", "broken", "locked", "text")
def _():
    error = raises(anthropic.NotFoundError, lambda: message("missing"))
    equal(error.body["error"]["type"], "not_found_error", "type")
    raises(anthropic.RateLimitError, lambda: message("limited"))
    raises((anthropic.InternalServerError, anthropic.OverloadedError), lambda: message("broken"))
    raises(anthropic.APIStatusError, lambda: message("locked"))
    raises(anthropic.BadRequestError, lambda: message("text", []))
    raises(anthropic.RateLimitError, lambda: list(message("limited", stream=True)))


@check("messages", "the list of models", "text")
def _():
    models = claude.models.list().data
    assert models and all(model.type == "model" and model.id for model in models), f"expected models, got {models}"


@check("messages", "tokens are counted", "text")
def _():
    count = claude.messages.count_tokens(model=NAMES["text"], messages=ASK).input_tokens
    assert count > 0, f"expected a count, got {count}"


# ---------------------------------------------------------------------------------------------------------------------------

if options.key:
    check("chat", "a wrong key", "text")(wrong_key)

    @check("messages", "a wrong key", "text")
    def _():
        client = anthropic.Anthropic(base_url=URL, **settings(api_key="fl-wrong"))
        raises(anthropic.AuthenticationError, lambda: message("text", client=client))

print(f"openai {openai.__version__}, anthropic {anthropic.__version__}, {URL} {options.prefix}")
passed = failed = 0
for dialect, name, modes, function in checks:
    if options.only and dialect not in options.only or any(NAMES[mode] == "-" for mode in modes):
        continue
    try:
        function()
        passed += 1
        print(f"ok    {dialect}: {name}", flush=True)
    except Exception as error:
        failed += 1
        print(f"FAIL  {dialect}: {name}\n        {type(error).__name__}: {error!s:.1500}", flush=True)
        if options.verbose:
            traceback.print_exc()
print(f"{passed} passed, {failed} failed")
sys.exit(failed > 0)
