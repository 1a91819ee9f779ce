"""Providers that cost nothing and do as their model's name says, in four dialects, for scripts/sdk-check.

    sdk-mocks.py PORT        answers on 127.0.0.1:PORT until told to stop

POST /v1/chat/completions, /v1/responses, /v1/messages, /v1/messages/count_tokens,
     /v1beta/models/MODEL:generateContent and :streamGenerateContent
GET  /v1/models, /v1beta/models
GET  /log tells what was received, DELETE /log forgets it

Models: text, tools (calls get_weather, then uses its result), image (tells type and size of the one it was sent), schema (JSON when
a schema was asked for), reasoning, long (stops at the length limit), slow (ten pieces, 200 ms each), cut (ends in the middle),
late-error (an error after some text), limited (429), broken (500), locked (401), bad (400); anything else is 404.
"""
import base64
import http.server
import itertools
import json
import re
import sys
import threading
import time

PIECES = ["Tides ", "follow ", "the moon ", "— 潮汐."]
USAGE = {"input": 11, "cached": 3, "output": 7, "reasoning": 0}
PERSON = '{"name": "Ada", "age": 36}'
ERRORS = {
    "limited": (429, "rate_limit_error", "slow down", "RESOURCE_EXHAUSTED"),
    "broken": (500, "api_error", "something broke", "INTERNAL"),
    "locked": (401, "authentication_error", "no such key", "UNAUTHENTICATED"),
    "bad": (400, "invalid_request_error", "that cannot be", "INVALID_ARGUMENT"),
}
MODELS = ["text", "tools", "image", "schema", "reasoning", "long", "slow", "cut", "late-error", *ERRORS]
numbers = itertools.count(1)
lock = threading.Lock()
log = []


class Refusal(Exception):
    def __init__(self, status, kind, message, word):
        super().__init__(message)
        self.status, self.kind, self.message, self.word = status, kind, message, word


# What an answer is, in no dialect ------------------------------------------------------------------------------------------


class Answer:
    def __init__(self, pieces=(), reasoning=(), tool=None, finish="stop", end=None, pause=0.0):
        self.pieces, self.reasoning, self.tool, self.finish = list(pieces), list(reasoning), tool, finish
        # None: in order; "cut": no more after the text; "error": an error after the text.
        self.end, self.pause = end, pause
        self.usage = dict(USAGE, reasoning=2 if reasoning else 0)
        self.id = f"{next(numbers):06d}"

    @property
    def text(self):
        return "".join(self.pieces)


def answer(model, dialect, body):
    if model in ERRORS:
        raise Refusal(*ERRORS[model])
    if model not in MODELS:
        raise Refusal(404, "not_found_error", f"no model {model}", "NOT_FOUND")
    if model == "tools":
        result = tool_result(dialect, body)
        if result is not None:
            return Answer(["In Paris ", f"it is {result}."])
        if not body.get("tools"):
            return Answer(["no tools were offered"])
        return Answer(tool=("get_weather", {"city": "Paris", "unit": "°C"}), finish="tool")
    if model == "image":
        return Answer([image(dialect, body)])
    if model == "schema":
        return Answer([PERSON[:9], PERSON[9:]] if schema(dialect, body) else ["no schema was asked for"])
    if model == "reasoning":
        return Answer(["It is ", "42."], reasoning=["Let me ", "think."])
    if model == "long":
        return Answer(PIECES[:2], finish="length")
    if model == "slow":
        return Answer([f"{number} " for number in range(10)], pause=0.2)
    if model == "cut":
        return Answer(PIECES[:2], end="cut", pause=0.02)
    if model == "late-error":
        return Answer(PIECES[:2], end="error", pause=0.02)
    return Answer(PIECES)


def walk(value):
    yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(item)


def image(dialect, body):
    for item in walk(body):
        if not isinstance(item, dict):
            continue
        if dialect == "anthropic" and item.get("type") == "image" and item["source"]["type"] == "base64":
            return described(item["source"]["media_type"], item["source"]["data"])
        if dialect == "gemini" and "inlineData" in item:
            return described(item["inlineData"]["mimeType"], item["inlineData"]["data"])
        url = item.get("image_url")
        url = url.get("url") if isinstance(url, dict) else url
        if isinstance(url, str) and (found := re.match(r"data:([^;]+);base64,(.*)", url, re.S)):
            return described(*found.groups())
    return "no image came"


def described(kind, data):
    return f"{kind} of {len(base64.b64decode(data, validate=True))} bytes"


def schema(dialect, body):
    if dialect == "openai-chat":
        return (body.get("response_format") or {}).get("json_schema", {}).get("schema")
    if dialect == "openai-responses":
        return ((body.get("text") or {}).get("format") or {}).get("schema")
    if dialect == "anthropic":
        return ((body.get("output_config") or {}).get("format") or {}).get("schema")
    settings = body.get("generationConfig") or {}
    return settings.get("responseJsonSchema") or settings.get("responseSchema")


def tool_result(dialect, body):
    for item in walk(body):
        if not isinstance(item, dict):
            continue
        if dialect == "openai-chat" and item.get("role") == "tool":
            return plain(item["content"])
        if dialect == "openai-responses" and item.get("type") == "function_call_output":
            return plain(item["output"])
        if dialect == "anthropic" and item.get("type") == "tool_result":
            return plain(item.get("content"))
        if dialect == "gemini" and "functionResponse" in item:
            response = item["functionResponse"]["response"]
            return plain(next(iter(response.values()), "")) if isinstance(response, dict) else plain(response)
    return None


def plain(content):
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return content if isinstance(content, str) else json.dumps(content)


# Dialects: the whole, the events of a stream, an error -----------------------------------------------------------------------


def chat_usage(usage):
    return {
        "prompt_tokens": usage["input"], "completion_tokens": usage["output"],
        "total_tokens": usage["input"] + usage["output"],
        "prompt_tokens_details": {"cached_tokens": usage["cached"]},
        "completion_tokens_details": {"reasoning_tokens": usage["reasoning"]},
    }


CHAT_FINISH = {"stop": "stop", "length": "length", "tool": "tool_calls"}


def chat_whole(model, answer):
    message = {"role": "assistant", "content": answer.text or None}
    if answer.reasoning:
        message["reasoning_content"] = "".join(answer.reasoning)
    if answer.tool:
        name, arguments = answer.tool
        message["tool_calls"] = [{
            "id": "call_" + answer.id, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)},
        }]
    return {
        "id": "chatcmpl-" + answer.id, "object": "chat.completion", "created": int(time.time()), "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": CHAT_FINISH[answer.finish]}],
        "usage": chat_usage(answer.usage),
    }


def chat_events(model, answer, body):
    def chunk(delta=None, finish=None, usage=None):
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
        return None, {
            "id": "chatcmpl-" + answer.id, "object": "chat.completion.chunk", "created": int(time.time()), "model": model,
            "choices": choices, "usage": usage,
        }

    yield chunk({"role": "assistant", "content": ""})
    for piece in answer.reasoning:
        yield chunk({"reasoning_content": piece})
    for piece in answer.pieces:
        yield chunk({"content": piece})
    if answer.tool:
        name, arguments = answer.tool
        text = json.dumps(arguments)
        yield chunk({"tool_calls": [{
            "index": 0, "id": "call_" + answer.id, "type": "function", "function": {"name": name, "arguments": ""}}]})
        for part in (text[:7], text[7:]):
            yield chunk({"tool_calls": [{"index": 0, "function": {"arguments": part}}]})
    if answer.end == "error":
        yield None, {"error": {"message": "something broke late", "type": "server_error", "code": "late", "param": None}}
        return
    if answer.end == "cut":
        return
    yield chunk({}, CHAT_FINISH[answer.finish])
    if (body.get("stream_options") or {}).get("include_usage"):
        yield chunk(usage=chat_usage(answer.usage))
    yield None, "[DONE]"


def openai_error(refusal):
    return {"error": {"message": refusal.message, "type": refusal.kind, "param": None, "code": None}}


def response_object(model, answer, output, status, usage=True):
    counts = answer.usage
    return {
        "id": "resp_" + answer.id, "object": "response", "created_at": int(time.time()), "model": model, "status": status,
        "output": output, "parallel_tool_calls": True, "tool_choice": "auto", "tools": [], "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if status == "incomplete" else None,
        "instructions": None, "metadata": {}, "temperature": 1, "top_p": 1,
        "usage": {
            "input_tokens": counts["input"], "input_tokens_details": {"cached_tokens": counts["cached"]},
            "output_tokens": counts["output"], "output_tokens_details": {"reasoning_tokens": counts["reasoning"]},
            "total_tokens": counts["input"] + counts["output"],
        } if usage else None,
    }


def response_items(answer):
    items = []
    if answer.reasoning:
        items.append({
            "id": "rs_" + answer.id, "type": "reasoning",
            "summary": [{"type": "summary_text", "text": "".join(answer.reasoning)}]})
    if answer.pieces:
        items.append({
            "id": "msg_" + answer.id, "type": "message", "role": "assistant", "status": "completed",
            "content": [{"type": "output_text", "text": answer.text, "annotations": [], "logprobs": []}]})
    if answer.tool:
        name, arguments = answer.tool
        items.append({
            "id": "fc_" + answer.id, "type": "function_call", "status": "completed", "call_id": "call_" + answer.id,
            "name": name, "arguments": json.dumps(arguments)})
    return items


def response_status(answer):
    return "incomplete" if answer.finish == "length" else "completed"


def responses_whole(model, answer):
    return response_object(model, answer, response_items(answer), response_status(answer))


def responses_events(model, answer, body):
    count = itertools.count()

    def event(kind, **members):
        return kind, {"type": kind, "sequence_number": next(count), **members}

    yield event("response.created", response=response_object(model, answer, [], "in_progress", False))
    yield event("response.in_progress", response=response_object(model, answer, [], "in_progress", False))
    for index, item in enumerate(response_items(answer)):
        place = {"item_id": item["id"], "output_index": index}
        if item["type"] == "reasoning":
            yield event("response.output_item.added", output_index=index, item=dict(item, summary=[]))
            yield event(
                "response.reasoning_summary_part.added", summary_index=0, part={"type": "summary_text", "text": ""}, **place)
            for piece in answer.reasoning:
                yield event("response.reasoning_summary_text.delta", summary_index=0, delta=piece, **place)
            yield event("response.reasoning_summary_text.done", summary_index=0, text="".join(answer.reasoning), **place)
            yield event("response.reasoning_summary_part.done", summary_index=0, part=item["summary"][0], **place)
        elif item["type"] == "message":
            empty = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
            yield event("response.output_item.added", output_index=index, item=dict(item, content=[], status="in_progress"))
            yield event("response.content_part.added", content_index=0, part=empty, **place)
            for piece in answer.pieces:
                yield event("response.output_text.delta", content_index=0, delta=piece, logprobs=[], **place)
            if answer.end == "cut":
                return
            if answer.end == "error":
                error = {"type": "server_error", "code": "late", "message": "something broke late", "param": None}
                yield event("error", error=error)
                failed = response_object(model, answer, [], "failed", False)
                failed["error"] = {"code": "server_error", "message": "something broke late"}
                yield event("response.failed", response=failed)
                return
            yield event("response.output_text.done", content_index=0, text=answer.text, logprobs=[], **place)
            yield event("response.content_part.done", content_index=0, part=item["content"][0], **place)
        else:
            yield event("response.output_item.added", output_index=index, item=dict(item, arguments="", status="in_progress"))
            for part in (item["arguments"][:7], item["arguments"][7:]):
                yield event("response.function_call_arguments.delta", delta=part, **place)
            yield event("response.function_call_arguments.done", arguments=item["arguments"], name=item["name"], **place)
        yield event("response.output_item.done", output_index=index, item=item)
    status = response_status(answer)
    yield event("response." + status, response=response_object(model, answer, response_items(answer), status))


ANTHROPIC_FINISH = {"stop": "end_turn", "length": "max_tokens", "tool": "tool_use"}


def anthropic_usage(usage):
    return {
        "input_tokens": usage["input"] - usage["cached"], "cache_read_input_tokens": usage["cached"],
        "cache_creation_input_tokens": 0, "output_tokens": usage["output"],
        "output_tokens_details": {"thinking_tokens": usage["reasoning"]},
    }


def anthropic_blocks(answer):
    blocks = []
    if answer.reasoning:
        blocks.append({"type": "thinking", "thinking": "".join(answer.reasoning), "signature": "c2lnbmVk"})
    if answer.pieces:
        blocks.append({"type": "text", "text": answer.text})
    if answer.tool:
        name, arguments = answer.tool
        blocks.append({"type": "tool_use", "id": "toolu_" + answer.id, "name": name, "input": arguments})
    return blocks


def anthropic_whole(model, answer):
    return {
        "id": "msg_" + answer.id, "type": "message", "role": "assistant", "model": model,
        "content": anthropic_blocks(answer), "stop_reason": ANTHROPIC_FINISH[answer.finish], "stop_sequence": None,
        "usage": anthropic_usage(answer.usage),
    }


def anthropic_events(model, answer, body):
    def event(kind, **members):
        return kind, {"type": kind, **members}

    start = dict(anthropic_whole(model, answer), content=[], stop_reason=None)
    start["usage"] = dict(start["usage"], output_tokens=1)
    yield event("message_start", message=start)
    yield event("ping")
    for index, block in enumerate(anthropic_blocks(answer)):
        if block["type"] == "thinking":
            empty, deltas = dict(block, thinking="", signature=""), [
                {"type": "thinking_delta", "thinking": piece} for piece in answer.reasoning
            ] + [{"type": "signature_delta", "signature": block["signature"]}]
        elif block["type"] == "text":
            empty, deltas = dict(block, text=""), [{"type": "text_delta", "text": piece} for piece in answer.pieces]
        else:
            text = json.dumps(block["input"])
            empty, deltas = dict(block, input={}), [
                {"type": "input_json_delta", "partial_json": part} for part in ("", text[:7], text[7:])]
        yield event("content_block_start", index=index, content_block=empty)
        for delta in deltas:
            yield event("content_block_delta", index=index, delta=delta)
        if answer.end == "cut":
            return
        if answer.end == "error":
            yield event("error", error={"type": "overloaded_error", "message": "something broke late"})
            return
        yield event("content_block_stop", index=index)
    yield event(
        "message_delta", delta={"stop_reason": ANTHROPIC_FINISH[answer.finish], "stop_sequence": None},
        usage=anthropic_usage(answer.usage))
    yield event("message_stop")


def anthropic_error(refusal):
    return {"type": "error", "error": {"type": refusal.kind, "message": refusal.message}, "request_id": "req_mock"}


def gemini_chunk(model, answer, parts, finish=None):
    usage = answer.usage
    candidate = {"index": 0, "content": {"role": "model", "parts": parts}}
    if finish:
        candidate["finishReason"] = finish
    return {
        "candidates": [candidate], "modelVersion": model, "responseId": answer.id,
        "usageMetadata": {
            "promptTokenCount": usage["input"], "cachedContentTokenCount": usage["cached"],
            "candidatesTokenCount": usage["output"] - usage["reasoning"], "thoughtsTokenCount": usage["reasoning"],
            "totalTokenCount": usage["input"] + usage["output"],
        },
    }


def gemini_parts(answer):
    parts = [{"text": piece, "thought": True} for piece in answer.reasoning] + [{"text": piece} for piece in answer.pieces]
    if answer.tool:
        name, arguments = answer.tool
        parts.append({"functionCall": {"name": name, "args": arguments}, "thoughtSignature": "c2lnbmVk"})
    return parts


GEMINI_FINISH = {"stop": "STOP", "length": "MAX_TOKENS", "tool": "STOP"}


def gemini_whole(model, answer):
    return gemini_chunk(model, answer, gemini_parts(answer), GEMINI_FINISH[answer.finish])


def gemini_events(model, answer, body):
    parts = gemini_parts(answer)
    for number, part in enumerate(parts):
        is_last = number == len(parts) - 1 and answer.end is None
        yield None, gemini_chunk(model, answer, [part], GEMINI_FINISH[answer.finish] if is_last else None)
    if answer.end == "error":
        yield None, {"error": {"code": 503, "message": "something broke late", "status": "UNAVAILABLE"}}


def gemini_error(refusal):
    return {"error": {"code": refusal.status, "message": refusal.message, "status": refusal.word}}


DIALECTS = {
    "openai-chat": (chat_whole, chat_events, openai_error),
    "openai-responses": (responses_whole, responses_events, openai_error),
    "anthropic": (anthropic_whole, anthropic_events, anthropic_error),
    "gemini": (gemini_whole, gemini_events, gemini_error),
}
PATHS = {"/v1/chat/completions": "openai-chat", "/v1/responses": "openai-responses", "/v1/messages": "anthropic"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def send(self, status, document, headers=()):
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        if path == "/log":
            with lock:
                return self.send(200, log)
        if path == "/v1beta/models":
            names = [{"name": "models/" + name, "displayName": name, "supportedGenerationMethods": ["generateContent"]}
                     for name in MODELS]
            return self.send(200, {"models": names})
        if path == "/v1/models" and "anthropic-version" in self.headers:
            data = [{"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z",
                     "lifecycle": "active"} for name in MODELS]
            return self.send(200, {"data": data, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]})
        if path == "/v1/models":
            data = [{"id": name, "object": "model", "created": 0, "owned_by": "mocks"} for name in MODELS]
            return self.send(200, {"object": "list", "data": data})
        self.send(404, {"error": {"message": "no such path", "type": "not_found_error", "param": None, "code": None}})

    def do_DELETE(self):
        with lock:
            log.clear()
        self.send(200, {})

    def do_POST(self):
        path = self.path.split("?")[0]
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if path == "/v1/messages/count_tokens":
            return self.send(200, {"input_tokens": USAGE["input"]})
        gemini = re.fullmatch(r"/v1beta/models/([^:]+):(generateContent|streamGenerateContent)", path)
        dialect = "gemini" if gemini else PATHS.get(path)
        if not dialect:
            return self.send(404, {"error": {"message": "no such path: " + path, "type": "not_found_error"}})
        model = gemini[1] if gemini else body.get("model", "")
        is_stream = gemini[2] == "streamGenerateContent" if gemini else bool(body.get("stream"))
        names = {name.lower() for name in self.headers}
        entry = {
            "dialect": dialect, "path": self.path, "model": model, "stream": is_stream, "body": body,
            "has_key": bool(names & {"authorization", "x-api-key", "x-goog-api-key"}), "headers": sorted(names),
            "disconnected": False, "finished": False,
        }
        with lock:
            log.append(entry)
        whole, events, error = DIALECTS[dialect]
        words = body.get("contents" if gemini else "input" if dialect == "openai-responses" else "messages")
        try:
            if not words:
                raise Refusal(400, "invalid_request_error", "nothing was asked", "INVALID_ARGUMENT")
            found = answer(model, dialect, body)
        except Refusal as refusal:
            extra = [("retry-after", "1")] if refusal.status == 429 else []
            return self.send(refusal.status, error(refusal), extra)
        if is_stream:
            self.stream(entry, events(model, found, body), found)
        elif found.end:
            self.close_connection = True
        else:
            time.sleep(found.pause * len(found.pieces))
            self.send(200, whole(model, found))
            entry["finished"] = True

    def stream(self, entry, events, found):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            for name, document in events:
                text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
                self.wfile.write(((f"event: {name}\n" if name else "") + f"data: {text}\n\n").encode())
                self.wfile.flush()
                if found.pause:
                    time.sleep(found.pause)
            entry["finished"] = found.end is None
        except OSError:
            entry["disconnected"] = True

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
