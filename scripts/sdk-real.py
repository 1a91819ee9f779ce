"""The official SDKs against a gateway in front of a real model: what it says is its own affair, how it arrives is checked.

    sdk-real.py URL MODEL KEY

Prints a line for each thing that went wrong; status 1 then.
"""
import asyncio
import sys

import anthropic
import openai

url, model, key = sys.argv[1:4]
prompt = [{"role": "user", "content": "Name three colours."}]
chat = openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)
claude = anthropic.Anthropic(base_url=url, api_key=key, max_retries=0)
faults = []


def expect(condition, words):
    if not condition:
        faults.append(words)
        print("FAIL", words)


answer = chat.chat.completions.create(model=model, messages=prompt, max_tokens=24)
expect(answer.choices[0].message.content, "chat: a text")
expect(answer.usage.prompt_tokens > 0 and answer.usage.completion_tokens > 0, f"chat: usage, not {answer.usage}")
chunks = list(chat.chat.completions.create(
    model=model, messages=prompt, max_tokens=24, stream=True, stream_options={"include_usage": True}))
text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
expect(text and chunks[-1].usage.completion_tokens > 0, "chat: a stream with usage")
raw = chat.chat.completions.with_raw_response.create(model=model, messages=prompt, max_tokens=8)
expect(len(raw.headers["x-furlong-call"]) == 12 and raw.headers["x-furlong-cost"] == "0", f"headers, not {raw.headers}")
response = chat.responses.create(model=model, input="Name three colours.", max_output_tokens=24)
expect(response.output_text and response.usage.output_tokens > 0, "responses: a text")
events = [e.type for e in chat.responses.create(model=model, input="Hi", max_output_tokens=24, stream=True)]
expect(events[0] == "response.created" and events[-1] in ("response.completed", "response.incomplete"), f"responses: {events}")
message = claude.messages.create(model=model, messages=prompt, max_tokens=24)
expect(message.content[0].text and message.usage.output_tokens > 0, "messages: a text")
with claude.messages.stream(model=model, messages=prompt, max_tokens=24) as stream:
    text = "".join(stream.text_stream)
    final = stream.get_final_message()
expect(text and final.usage.output_tokens > 0 and final.usage.input_tokens > 0, f"messages: a stream, not {final}")
expect(claude.messages.count_tokens(model=model, messages=prompt).input_tokens > 0, "count_tokens")
expect(any(m.id == model for m in chat.models.list()), "models.list of openai")
expect(any(m.id == model for m in claude.models.list()), "models.list of anthropic")

# A client that leaves early, and the next one that must not wait for it.
stream = chat.chat.completions.create(model=model, messages=prompt, max_tokens=400, stream=True)
next(iter(stream))
stream.close()
expect(chat.chat.completions.create(model=model, messages=prompt, max_tokens=4).choices, "after an early close")


async def together():
    client = openai.AsyncOpenAI(base_url=url + "/v1", api_key=key)
    return await asyncio.gather(
        *(client.chat.completions.create(model=model, messages=prompt, max_tokens=8) for _ in range(4)))


expect(all(a.choices for a in asyncio.run(together())), "four at once")
try:
    chat.chat.completions.create(model="nobody/nothing", messages=prompt)
    expect(False, "an unknown model is an error")
except openai.NotFoundError:
    pass
sys.exit(1 if faults else 0)
