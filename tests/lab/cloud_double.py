#!/usr/bin/env python3
"""The product's cloud behind its nginx: a port of 127.0.0.1.

  GET /, /login               pages, each with a title
  GET /api/v1/health          the document "health"
  GET /api/v1/me              200 for those who send "Authorization: Bearer TOKEN"
  POST /api/v1/auth/login     200 with a session
  GET /api/v1/ingest/newest   the document "ingest", with the token
  GET /api/v1/audit/rows      the document "audit", with the token

--directory DIR has the documents, NAME.json, read for each request, and "faults", a line each: NAME HOW. NAME is root, login, health, me,
auth, ingest or audit. HOW is a status (503; with a JSON error), html (a page, 200), blank (a page without a title), slow (SECONDS follow),
half (the body ends in the middle), empty (200 without a body), huge (a body of 3 MB).
--log FILE gets a line for each request: its path and the status it got. Prints "listening on PORT" when it does."""
import argparse
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PATHS = {"/": "root", "/login": "login", "/api/v1/health": "health", "/api/v1/me": "me", "/api/v1/auth/login": "auth",
         "/api/v1/ingest/newest": "ingest", "/api/v1/audit/rows": "audit"}
WITH_TOKEN = ("me", "ingest", "audit")


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def page(title):
    return ("<!doctype html><html><head>%s</head><body><div id=app></div></body></html>" % title).encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *arguments):
        pass

    def answer(self, code, body, kind="application/json", length=None):
        with open(self.options.log, "a", encoding="utf-8") as log:
            log.write("%s %d\n" % (self.path, code))
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length if length is not None else len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def fault_of(self, name):
        for line in read(os.path.join(self.options.directory, "faults")).decode().splitlines():
            words = line.split()
            if words and words[0] == name:
                return words[1:]
        return []

    def normal(self, name):
        if name in ("root", "login"):
            return page("<title>Sign in</title>" if name == "login" else "<title>App</title>"), "text/html"
        if name == "me":
            return b'{"user":"probe"}', "application/json"
        if name == "auth":
            return b'{"session":"s3ss10n"}', "application/json"
        return read(os.path.join(self.options.directory, name + ".json")), "application/json"

    def serve(self, name, method):
        how = self.fault_of(name)
        if how and how[0] == "slow":
            time.sleep(float(how[1]))
            how = []
        if how and how[0].isdigit():
            return self.answer(int(how[0]), b'{"error":"this is a %s"}' % how[0].encode())
        if name in WITH_TOKEN and self.headers.get("Authorization") != "Bearer " + self.options.token:
            return self.answer(401, b'{"error":"unauthorized"}')
        if (name == "auth") != (method == "POST"):
            return self.answer(405, b'{"error":"method not allowed"}')
        body, kind = self.normal(name)
        if not how:
            return self.answer(200, body, kind)
        return self.fail(how[0], body, kind)

    def fail(self, how, body, kind):
        if how == "html":
            self.answer(200, page("<title>Maintenance</title>"), "text/html")
        elif how == "blank":
            self.answer(200, page(""), "text/html")
        elif how == "half":
            self.answer(200, body[:len(body) // 2], kind, length=len(body))
            self.close_connection = True
        elif how == "empty":
            self.answer(200, b"", kind)
        elif how == "huge":
            self.answer(200, b'{"status":"' + b"x" * 3_000_000 + b'"}', kind)
        else:
            self.answer(500, b'{"error":"no such fault"}')

    def route(self, method):
        length = int(self.headers.get("Content-Length") or 0)
        if length:
            self.rfile.read(length)
        name = PATHS.get(self.path.partition("?")[0])
        if name:
            self.serve(name, method)
        else:
            self.answer(404, b'{"error":"not found"}')

    def do_GET(self):
        self.route("GET")

    do_HEAD = do_GET

    def do_POST(self):
        self.route("POST")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--port", type=int, default=0, help="0: a free one")
    p.add_argument("--directory", required=True)
    p.add_argument("--token", required=True)
    p.add_argument("--log", required=True)
    Handler.options = p.parse_args()
    server = Server(("127.0.0.1", Handler.options.port), Handler)
    print("listening on %d" % server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
