"""The flows as functions of a process that stays: each request calls one of them."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import flows


class Front(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(200)

    def do_POST(self):
        """`/chain/key`: the run begins when this is read, and the answer is given when it has ended."""
        _, name, key = self.path.split("/")
        getattr(flows, name)(key)
        self.answer(200)

    def answer(self, status: int):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()


HTTPServer(("127.0.0.1", int(os.environ["BENCH_PORT"])), Front).serve_forever()
