#!/usr/bin/env python3
"""The product's own list of gateways: GET /platform/orgs on a port of 127.0.0.1, for those who send "Authorization: Bearer TOKEN".

--document FILE is what it answers, read for each request. --fault FILE names in one word what it does instead, if there is such a file:
  401, 403, 500 (with a JSON error), html (a page, 200), empty (the document, all of its lists emptied), half (the body ends in the
  middle), hang (no answer), huge (a body of 20 MB), moved (302 to another path)
--log FILE gets a line for each request: its path and the status it got, 0 when it got none. Prints "listening on PORT" when it does."""
import argparse
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def emptied(value):
    if isinstance(value, dict):
        return {name: emptied(v) for name, v in value.items()}
    return [] if isinstance(value, list) else value


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *arguments):
        pass

    def note(self, code):
        with open(self.options.log, "a", encoding="utf-8") as log:
            log.write("%s %d\n" % (self.path, code))

    def answer(self, code, body, kind="application/json", length=None, **headers):
        self.note(code)
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        fault = read(self.options.fault).decode().strip()
        if self.headers.get("Authorization") != "Bearer " + self.options.token:
            self.answer(401, b'{"error":"unauthorized"}', WWW_Authenticate="Bearer")
        elif self.path.partition("?")[0] != "/platform/orgs":
            self.answer(404, b'{"error":"not found"}')
        elif fault:
            self.fail(fault, read(self.options.document))
        else:
            self.answer(200, read(self.options.document))

    def fail(self, fault, document):
        if fault in ("401", "403", "500"):
            self.answer(int(fault), json.dumps({"error": "this is a " + fault}).encode())
        elif fault == "html":
            self.answer(200, b"<html><body>Sign in to continue</body></html>", "text/html")
        elif fault == "empty":
            self.answer(200, json.dumps(emptied(json.loads(document))).encode())
        elif fault == "half":
            self.answer(200, document[:len(document) // 2], length=len(document))
            self.close_connection = True
        elif fault == "hang":
            self.note(0)
            self.rfile.read(1)
            self.close_connection = True
        elif fault == "huge":
            self.answer(200, b'{"orgs":["' + b"x" * 20_000_000 + b'"]}')
        elif fault == "moved":
            self.answer(302, b"", Location="/login")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--port", type=int, default=0, help="0: a free one")
    p.add_argument("--token", required=True)
    p.add_argument("--document", required=True)
    p.add_argument("--fault", required=True)
    p.add_argument("--log", required=True)
    Handler.options = p.parse_args()
    server = Server(("127.0.0.1", Handler.options.port), Handler)
    print("listening on %d" % server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
