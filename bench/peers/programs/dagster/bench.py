import work
from dagster import (
    Definitions,
    DynamicOut,
    DynamicOutput,
    OpExecutionContext,
    in_process_executor,
    job,
    multiprocess_executor,
    op,
)


def key(context: OpExecutionContext) -> str:
    return context.run.tags["bench"]


@op
def small(context: OpExecutionContext, n: int) -> int:
    return work.small(key(context), n)


@op
def heavy(context: OpExecutionContext, n: int) -> int:
    return work.heavy(key(context), n)


@op
def zero() -> int:
    return 0


@op(out=DynamicOut(int))
def numbers(context: OpExecutionContext):
    for n in work.numbers(key(context)):
        yield DynamicOutput(n, mapping_key=str(n))


def jobs(kind: str, executor):
    @job(name=f"chain_{kind}", executor_def=executor)
    def chain():
        last = zero()
        for _ in range(40):
            last = small(last)

    @job(name=f"fib_{kind}", executor_def=executor)
    def fib():
        last = zero()
        for _ in range(10):
            last = heavy(last)

    @job(name=f"fan_{kind}", executor_def=executor)
    def fan():
        numbers().map(small)

    return [chain, fib, fan]


# Children of a server that has imported Dagster already: the fastest way that its documentation gives.
forked = multiprocess_executor.configured({"start_method": {"forkserver": {"preload_modules": ["bench"]}}})

defs = Definitions(jobs=[*jobs("in_process", in_process_executor), *jobs("multiprocess", forked)])
