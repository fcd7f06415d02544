#!/usr/bin/env python3
"""An Ollama without models: answers as the daemon does (docs/api.md, server/routes.go, server/sched.go of github.com/ollama/ollama), so that
loads, unloads and their faults can be had in seconds. check-ollama-double holds it against the official client.

Like the daemon: /api/ps lists a model while it is being loaded; a load ends when its client goes away; an unload is agreed to at once and happens
when the requests that use the model have ended; each use moves expires_at; a Host header that it does not know gets 403; at most --max-loaded
models, the one unused for longest goes first. A prompt "work 2.5" takes 2.5 seconds. Models whose load fails are in FAULTS.

--log FILE gets a line for each POST: time, Host, path, body. Prints "listening on PORT" when it does."""
import argparse
import datetime
import ipaddress
import json
import re
import select
import socket
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOREVER = (2**63 - 1) / 1e9  # seconds: Go's longest duration
GIB = 1 << 30
FAULTS = {
    "late-error:latest": "status 200, then an error line",
    "queue-full:latest": "503",
    "no-memory:latest": "500",
    "half:latest": "the answer ends in the middle",
    "html:latest": "status 200 and a page of a proxy",
    "huge:latest": "an answer of 8 MiB",
    "dies:latest": "the connection ends without an answer",
}
HOSTILE = "evil\x1b[2J\x1b]0;owned\x07\u202e\"$(touch /tmp/owned)`'\n:latest"


def model(name, size, family="llama", parameters="7.6B", capabilities=("completion",), context=32768):
    return {"name": name, "size": size, "family": family, "parameters": parameters, "capabilities": list(capabilities), "context": context,
            "digest": format(abs(hash_of(name)), "064x")}


def hash_of(text):
    value = 7
    for c in text:
        value = (value * 1000003 + ord(c)) % (1 << 256)
    return value


def all_models():
    rows = [model("qwen2.5-coder:1.5b", 986061892, "qwen2", "1.5B"),
            model("llama3.1:8b", 4920753328),
            model("slow:latest", 397821319, "qwen2", "0.5B"),
            model("nomic-embed-text:latest", 274302450, "nomic-bert", "137M", ("embedding",), 2048),
            model("big:405b", 400 * GIB, "llama", "405.9B"),
            model(HOSTILE, 1000000)]
    return {m["name"]: m for m in rows + [model(name, 1000000) for name in FAULTS]}


class BadRequest(Exception):
    pass


def keep_alive_seconds(value):
    """A duration, a number of seconds, negative = for ever; as api.Duration's UnmarshalJSON. None: not named."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise BadRequest("json: cannot unmarshal keep_alive")
    if isinstance(value, (int, float)):
        return FOREVER if value < 0 else min(value, FOREVER)
    m = re.fullmatch(r"([-+]?)((?:\d+(?:\.\d*)?(?:ns|us|ms|s|m|h))+|0)", value)
    if not m:
        raise BadRequest('time: invalid duration "%s"' % value)
    units = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
    seconds = sum(float(n) * units[u] for n, u in re.findall(r"(\d+(?:\.\d*)?)(ns|us|ms|s|m|h)", m[2]))
    return FOREVER if m[1] == "-" and seconds > 0 else seconds


SKEW = 0.0  # of the daemon's clock, seconds
# When the models were pulled: 74 days ago, whenever a test runs.
PULLED = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=74.5)).strftime("%Y-%m-%dT%H:%M:%S.123456789+00:00")


def stamp(seconds):
    seconds += SKEW
    at = datetime.datetime.fromtimestamp(0, datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "123Z"  # nanoseconds, as Go writes them


class Runner:
    def __init__(self, keep):
        self.keep = keep
        self.requests = 0
        self.loading = True
        self.expires = 0  # 0 while it is being loaded
        self.used = time.time()


class Daemon:
    def __init__(self, options):
        self.options = options
        self.models = all_models()
        self.runners = {}
        self.lock = threading.Condition()

    def find(self, name):
        name = name if ":" in name.split("/")[-1] else name + ":latest"
        return self.models.get(name)

    def sweep(self):
        """With the lock held: what has expired goes, unless a request uses it."""
        now = time.time()
        for name, r in list(self.runners.items()):
            if not r.loading and r.requests == 0 and r.expires <= now:
                del self.runners[name]
        self.lock.notify_all()

    def make_room(self):
        idle = sorted((r.used, name) for name, r in self.runners.items() if r.requests == 0 and not r.loading)
        while len(self.runners) >= self.options.max_loaded and idle:
            del self.runners[idle.pop(0)[1]]

    def expire(self, m):
        with self.lock:
            r = self.runners.get(m["name"])
            if r:
                r.keep = 0
                r.expires = time.time()
            self.sweep()

    def acquire(self, m, keep, is_gone):
        """Loads it when it is not; FALSE when the client went away meanwhile."""
        with self.lock:
            self.sweep()
            r = self.runners.get(m["name"])
            if r and not r.loading:
                if keep is not None:  # else it stays as the request before left it
                    r.keep = keep
                r.requests += 1
                return r
            if not r:
                self.make_room()
                r = self.runners[m["name"]] = Runner(self.options.keep_alive if keep is None else keep)
                r.requests = 1
            else:
                r.requests += 1
        end = time.time() + (self.options.slow_seconds if m["name"].startswith("slow") else self.options.load_seconds)
        while time.time() < end:
            if is_gone():
                with self.lock:
                    self.runners.pop(m["name"], None)
                return None
            time.sleep(0.02)
        with self.lock:
            r.loading = False
        return r

    def release(self, r):
        with self.lock:
            r.requests -= 1
            r.used = time.time()
            r.expires = r.used + r.keep
            self.sweep()

    def ps(self):
        with self.lock:
            self.sweep()
            return [(self.models[name], r.expires or time.time() + r.keep) for name, r in self.runners.items()]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    daemon = None

    def log_message(self, *args):
        pass

    def answer(self, status, value, content_type="application/json; charset=utf-8"):
        body = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def host_is_known(self):
        if self.daemon.options.refuse_hosts:
            return False
        host = (self.headers.get("Host") or "").strip()
        host = host[1:host.index("]")] if host.startswith("[") and "]" in host else host.rsplit(":", 1)[0] if host.count(":") == 1 else host
        if host in ("", "localhost", socket.gethostname()) or host.lower().endswith((".localhost", ".local", ".internal")):
            return True
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        return address.is_loopback or address.is_private or address.is_unspecified

    def is_gone(self):
        readable, _, _ = select.select([self.connection], [], [], 0)
        return bool(readable) and self.connection.recv(1, socket.MSG_PEEK) == b""

    def do_HEAD(self):
        self.do_GET()

    def do_GET(self):
        if not self.host_is_known():
            self.answer(403, b"", "text/plain")
        elif self.path == "/":
            self.answer(200, b"Ollama is running", "text/plain; charset=utf-8")
        elif self.path == "/api/version":
            self.answer(200, {"version": "0.12.6"})
        elif self.path == "/api/tags" and self.daemon.options.bad_list:
            self.bad_list(self.daemon.options.bad_list)
        elif self.path == "/api/tags":
            self.answer(200, {"models": [self.row(m) for m in self.daemon.models.values()]})
        elif self.path == "/api/ps":
            self.answer(200, {"models": [self.running(m, expires) for m, expires in self.daemon.ps()]})
        else:
            self.answer(404, b"404 page not found", "text/plain")

    def bad_list(self, kind):
        if kind == "html":
            self.answer(200, b"<html><body>Welcome to nginx!</body></html>", "text/html")
        elif kind == "json":
            self.answer(200, b'{"models":[{"name":"a",]}')
        elif kind == "shape":
            self.answer(200, {"models": "none"})
        elif kind == "half":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"models":[{"name":')
            self.close_connection = True
        elif kind == "huge":
            self.send_response(200)
            self.send_header("Content-Length", str(100 << 20))
            self.end_headers()
            self.wfile.write(b'{"models":[')
            for _ in range(100):
                self.wfile.write(b" " * (1 << 20))
        elif kind == "error":
            self.answer(500, {"error": "open /root/.ollama: permission denied"})

    def details(self, m):
        return {"parent_model": "", "format": "gguf", "family": m["family"], "families": [m["family"]], "parameter_size": m["parameters"],
                "quantization_level": "Q4_K_M"}

    def row(self, m):
        return {"name": m["name"], "model": m["name"], "modified_at": PULLED, "size": m["size"],
                "digest": m["digest"], "details": self.details(m)}

    def running(self, m, expires):
        size = int(m["size"] * 1.15)
        return {"name": m["name"], "model": m["name"], "size": size, "digest": m["digest"], "details": self.details(m),
                "expires_at": stamp(expires), "size_vram": int(size * self.daemon.options.gpu), "context_length": 4096}

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.daemon.options.log:
            with open(self.daemon.options.log, "a", encoding="utf-8") as log:
                log.write("%.3f %s %s %s\n" % (time.time(), self.headers.get("Host"), self.path, body.decode("utf-8", "replace")))
        if not self.host_is_known():
            self.answer(403, b"", "text/plain")
            return
        try:
            if not body:
                raise BadRequest("missing request body")
            request = json.loads(body)
            route = {"/api/show": self.show, "/api/generate": self.generate, "/api/embed": self.embed}.get(self.path)
            if not route:
                self.answer(404, b"404 page not found", "text/plain")
                return
            name = request.get("model") or request.get("name") or ""
            m = self.daemon.find(name)
            if not m:
                self.answer(404, {"error": "model '%s' not found" % name})
                return
            route(request, m)
        except (BadRequest, ValueError, AttributeError) as e:
            self.answer(400, {"error": str(e)})

    def show(self, request, m):
        arch = m["family"]
        self.answer(200, {"modelfile": "# Modelfile", "parameters": "stop \"<|im_end|>\"", "template": "{{ .Prompt }}", "details": self.details(m),
                          "model_info": {"general.architecture": arch, "general.parameter_count": 7615616512, arch + ".context_length": m["context"],
                                         arch + ".block_count": 28},
                          "capabilities": m["capabilities"], "modified_at": PULLED})

    def fault(self, m):
        """TRUE when it was one."""
        kind = m["name"]
        if kind == "late-error:latest":
            line = json.dumps({"model": kind, "created_at": stamp(time.time()), "response": "", "done": False})
            self.answer(200, (line + "\n" + json.dumps({"error": "llama runner process has terminated: signal: killed"}) + "\n").encode(),
                        "application/x-ndjson")
        elif kind == "queue-full:latest":
            self.answer(503, {"error": "server busy, please try again.  maximum pending requests exceeded"})
        elif kind == "no-memory:latest":
            self.answer(500, {"error": "model requires more system memory (39.9 GiB) than is available (10.6 GiB)"})
        elif kind == "html:latest":
            self.answer(200, b"<html><body>Welcome to nginx!</body></html>", "text/html")
        elif kind == "huge:latest":
            self.answer(200, b'{"response":"' + b"x" * (8 << 20) + b'","done":true}')
        elif kind == "half:latest":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"model":"half:latest","done":')
            self.close_connection = True
        elif kind == "dies:latest":
            self.close_connection = True
        else:
            return False
        return True

    def done(self, m, reason, **more):
        return {"model": m["name"], "created_at": stamp(time.time()), "response": "", "done": True, "done_reason": reason, **more}

    def generate(self, request, m):
        keep = keep_alive_seconds(request.get("keep_alive"))
        prompt = request.get("prompt") or ""
        if not prompt and request.get("keep_alive") is not None and keep == 0:
            self.daemon.expire(m)
            self.answer(200, self.done(m, "unload"))
            return
        if "completion" not in m["capabilities"]:
            raise BadRequest('"%s" does not support generate' % m["name"])
        if self.fault(m):
            return
        r = self.daemon.acquire(m, keep, self.is_gone)
        if not r:
            self.close_connection = True
            return
        try:
            if prompt:
                self.work(request, m, prompt)
            else:
                self.answer(200, self.done(m, "load"))
        finally:
            self.daemon.release(r)

    def work(self, request, m, prompt):
        match = re.fullmatch(r"work ([\d.]+)", prompt)
        time.sleep(float(match[1]) if match else 0)
        last = self.done(m, "stop", total_duration=1000, eval_count=1)
        if request.get("stream", True):
            first = {"model": m["name"], "created_at": stamp(time.time()), "response": "done", "done": False}
            self.answer(200, (json.dumps(first) + "\n" + json.dumps(last) + "\n").encode(), "application/x-ndjson")
        else:
            self.answer(200, {**last, "response": "done"})

    def embed(self, request, m):
        keep = keep_alive_seconds(request.get("keep_alive"))
        texts = request.get("input")
        texts = [] if not texts else [texts] if isinstance(texts, str) else texts
        r = self.daemon.acquire(m, keep, self.is_gone)
        if not r:
            self.close_connection = True
            return
        try:
            self.answer(200, {"model": m["name"], "embeddings": [[0.1, 0.2, 0.3] for _ in texts], "total_duration": 1000, "load_duration": 1})
        finally:
            self.daemon.release(r)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, BrokenPipeError)):
            super().handle_error(request, client_address)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--port", type=int, default=0, help="0: a free one")
    p.add_argument("--load-seconds", type=float, default=0.3)
    p.add_argument("--slow-seconds", type=float, default=30, help="the load of the model slow")
    p.add_argument("--keep-alive", type=float, default=300, help="OLLAMA_KEEP_ALIVE, seconds")
    p.add_argument("--max-loaded", type=int, default=3, help="OLLAMA_MAX_LOADED_MODELS")
    p.add_argument("--gpu", type=float, default=0, help="the part of a loaded model on a GPU, 0 to 1")
    p.add_argument("--refuse-hosts", action="store_true", help="403 to every Host header")
    p.add_argument("--bad-list", choices=("html", "json", "shape", "half", "huge", "error"), help="what /api/tags answers instead")
    p.add_argument("--log", help="a line for each POST")
    p.add_argument("--skew", type=float, default=0, help="seconds that its clock is ahead")
    Handler.daemon = Daemon(p.parse_args())
    global SKEW
    SKEW = Handler.daemon.options.skew
    server = Server(("127.0.0.1", Handler.daemon.options.port), Handler)
    print("listening on %d" % server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
