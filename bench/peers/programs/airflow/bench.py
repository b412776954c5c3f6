import work
from airflow.sdk import dag, get_current_context, task


def key() -> str:
    return get_current_context()["dag_run"].conf["key"]


@task
def small(n: int) -> int:
    return work.small(key(), n)


@task
def heavy(n: int) -> int:
    return work.heavy(key(), n)


@task
def numbers() -> list[int]:
    return work.numbers(key())


@dag(schedule=None)
def chain():
    last = 0
    for _ in range(40):
        last = small(last)


@dag(schedule=None)
def fib():
    last = 0
    for _ in range(10):
        last = heavy(last)


@dag(schedule=None)
def fan():
    small.expand(n=numbers())


chain()
fib()
fan()
