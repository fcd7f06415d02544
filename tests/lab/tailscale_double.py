#!/usr/bin/env python3
"""A tailscaled that only tells its status: GET /localapi/v0/status over a Unix socket, with the rules and the shapes of ipn/localapi and
ipn/ipnstate of github.com/tailscale/tailscale.

Like the daemon: a Host header other than local-tailscaled.sock (or an empty one), a Referer or an Origin gets 403; ?peers=false leaves
Peer and User null; members that Go leaves out when they are empty are left out; the keys of Peer are node keys.

--state FILE is read for each request, none is a tailnet without peers. It is a JSON object whose members go before the defaults; its
Peer is a list of peers, each with the members that matter, at least HostName ("Peer": null stays null). Other members:
  "answer": "error" (500), "denied" (403), "html", "half" (the answer ends in the middle), "huge" (20 MB), "hang"
--log FILE gets a line for each request: path and status. Prints "listening on PATH" when it does."""
import argparse
import hashlib
import json
import os
import socketserver
import sys
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler

ZERO_TIME = "0001-01-01T00:00:00Z"
NAME = "local-tailscaled.sock"
SUFFIX = "tailnet-1a2b.ts.net"
OMIT_EMPTY = ("Tags", "PrimaryRoutes", "sshHostKeys", "Expired", "KeyExpiry")


def node_key(name):
    return "nodekey:" + hashlib.sha256(name.encode()).hexdigest()


def stamp(seconds_ago):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - seconds_ago))


def address_of(name):
    digest = hashlib.sha256(name.encode()).digest()
    return "100.%d.%d.%d" % (64 + digest[0] % 64, digest[1], digest[2])


def peer(given):
    """All members of a peer, in the order of ipnstate.PeerStatus."""
    name = given["HostName"]
    online = given.get("Online", True)
    addresses = given.get("TailscaleIPs", [address_of(name)])
    row = {"ID": "n%sCNTRL" % node_key(name)[8:20], "PublicKey": node_key(name), "HostName": name,
           "DNSName": "%s.%s." % (name.lower(), SUFFIX), "OS": "linux", "UserID": 4711, "TailscaleIPs": addresses,
           "AllowedIPs": [a + ("/128" if ":" in a else "/32") for a in addresses], "Tags": None, "PrimaryRoutes": None, "Addrs": None,
           "CurAddr": "", "Relay": "fra", "PeerRelay": "", "RxBytes": 0, "TxBytes": 0, "Created": stamp(90 * 86400),
           "LastWrite": ZERO_TIME, "LastSeen": ZERO_TIME if online else stamp(7200), "LastHandshake": ZERO_TIME, "Online": online,
           "ExitNode": False, "ExitNodeOption": False, "Active": False, "PeerAPIURL": None, "TaildropTarget": 0,
           "NoFileSharingReason": "", "sshHostKeys": None, "InNetworkMap": True, "InMagicSock": True, "InEngine": False, "Expired": False,
           "KeyExpiry": None}
    row.update(given)
    return {name: value for name, value in row.items() if value or name not in OMIT_EMPTY}


def status(state, with_peers):
    own = peer({"HostName": "console", "InMagicSock": False})
    answer = {"Version": "1.76.1-t1a2b3c4d5-g6e7f8a9b0", "TUN": True, "BackendState": "Running", "HaveNodeKey": True, "AuthURL": "",
              "TailscaleIPs": own["TailscaleIPs"], "Self": own, "Health": [], "MagicDNSSuffix": SUFFIX,
              "CurrentTailnet": {"Name": "ops@example.com", "MagicDNSSuffix": SUFFIX, "MagicDNSEnabled": True}, "CertDomains": None,
              "Peer": [], "User": {"4711": {"ID": 4711, "LoginName": "ops@example.com", "DisplayName": "Operations", "ProfilePicURL": ""}},
              "ClientVersion": None}
    answer.update({name: value for name, value in state.items() if name != "answer"})
    if isinstance(answer["Peer"], list):
        answer["Peer"] = {row["PublicKey"]: row for row in map(peer, answer["Peer"])}
    if not with_peers:
        answer["Peer"] = answer["User"] = None
    return answer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format, *arguments):
        pass

    def address_string(self):
        return "@"

    def answer(self, code, body, kind="text/plain; charset=utf-8", length=None):
        if self.options.log:
            with open(self.options.log, "a", encoding="utf-8") as log:
                log.write("%s %d\n" % (self.path, code))
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length or len(body)))
        self.send_header("Tailscale-Version", "1.76.1-t1a2b3c4d5-g6e7f8a9b0")
        self.send_header("Tailscale-Cap", "106")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if self.headers.get("Referer") or self.headers.get("Origin") or self.headers.get("Host", "").strip() not in ("", NAME):
            self.answer(403, b"invalid localapi request\n")
        elif self.headers.get("Host") is None:
            self.answer(400, b"400 Bad Request: missing required Host header")
            self.close_connection = True
        elif url.path != "/localapi/v0/status":
            self.answer(404, b"404 page not found\n")
        else:
            self.status(urllib.parse.parse_qs(url.query).get("peers", [""])[0])

    do_HEAD = do_POST = do_GET

    def status(self, peers):
        try:
            with open(self.options.state, encoding="utf-8") as file:
                state = json.load(file)
        except FileNotFoundError:
            state = {}
        answer = state.get("answer")
        body = (json.dumps(status(state, peers not in ("0", "f", "F", "false", "FALSE", "False")), indent="\t", ensure_ascii=False) + "\n").encode()
        if answer == "error":
            self.answer(500, b"no backend\n")
        elif answer == "denied":
            self.answer(403, b"status access denied\n")
        elif answer == "html":
            self.answer(200, b"<html><body>Welcome to nginx!</body></html>", "text/html")
        elif answer == "half":
            self.answer(200, body[:len(body) // 2], "application/json", len(body))
            self.close_connection = True
        elif answer == "huge":
            self.answer(200, b'{"Version":"' + b"x" * 20_000_000 + b'"}', "application/json")
        elif answer == "hang":
            self.connection.settimeout(None)
            self.rfile.read(1)
            self.close_connection = True
        else:
            self.answer(200, body, "application/json")


class Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--socket", required=True)
    p.add_argument("--state", required=True)
    p.add_argument("--log", help="a line for each request")
    Handler.options = p.parse_args()
    if os.path.exists(Handler.options.socket):
        os.unlink(Handler.options.socket)
    server = Server(Handler.options.socket, Handler)
    os.chmod(Handler.options.socket, 0o666)
    print("listening on " + Handler.options.socket, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
