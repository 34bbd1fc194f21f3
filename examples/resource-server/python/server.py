"""A resource server that never asks Tokengrid about a token: python server.py ISSUER AUDIENCE [PORT]"""

import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from verifier import Refused, Verifier

verifier = Verifier(sys.argv[1], sys.argv[2])


def follow() -> None:
    while True:
        try:
            verifier.follow()
        except Exception as cause:  # whatever it is, the next try may do better
            print(f"the issuer could not be followed: {cause}", file=sys.stderr)
        time.sleep(15)


class Handler(BaseHTTPRequestHandler):
    """`GET /`: the claims of whoever calls, or 401."""

    def do_GET(self) -> None:
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        try:
            if scheme != "Bearer":
                raise Refused("no token")
            claims = verifier.verify(token)
        except Refused:
            self.send_response(401)
            self.send_header("www-authenticate", 'Bearer error="invalid_token"')
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(claims).encode())


threading.Thread(target=follow, daemon=True).start()
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3]) if len(sys.argv) > 3 else 9092), Handler).serve_forever()
