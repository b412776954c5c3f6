"""The flows as deployments: each run in a process of its own, as `serve` does it."""

import flows
from prefect import serve

if __name__ == "__main__":
    serve(*(each.to_deployment(name="bench") for each in (flows.chain, flows.fib, flows.fan)))
