import work
from prefect import flow, task
from prefect.futures import wait


@task
def small(key: str, n: int) -> int:
    return work.small(key, n)


@task
def heavy(key: str, n: int) -> int:
    return work.heavy(key, n)


@task
def numbers(key: str) -> list[int]:
    return work.numbers(key)


@flow
def chain(key: str):
    last = 0
    for _ in range(40):
        last = small(key, last)


@flow
def fib(key: str):
    last = 0
    for _ in range(10):
        last = heavy(key, last)


@flow
def fan(key: str):
    wait(small.map(key, numbers(key)))
