/**
 * What a warm interpreter runs, `python -c`. It waits for orders, one line of JSON each on descriptor 0, and forks for
 * every one of them. The child becomes what `python script.py` would be: its own session, arguments, further variables
 * and `__main__`; nothing of it is shared with the next. The parent tells on descriptor 3, in lines of JSON, what it is and
 * how each child ended, after it has marked the end of the child's output in both streams.
 *
 * SIGTERM is for the children: the parent goes when its orders end.
 */
export const INTERPRETER_PROGRAM = `
import gc, importlib.machinery, io, json, os, signal, sys

def serve():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.freeze()
    say({"pid": os.getpid()})
    pending = b""
    while True:
        while b"\\n" not in pending:
            piece = os.read(0, 65536)
            if not piece:
                os._exit(0)
            pending += piece
        line, _, pending = pending.partition(b"\\n")
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            return order
        say({"started": pid})
        _, status = os.waitpid(pid, 0)
        for stream in (1, 2):
            try:
                write(stream, order["end"].encode())
            except OSError:
                pass
        code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        died = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        say({"code": code, "signal": died})

def say(message):
    write(3, json.dumps(message).encode() + b"\\n")

def write(stream, data):
    while data:
        data = data[os.write(stream, data):]

def become(order):
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.close(3)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.update(order["env"])
    script = order["argv"][0]
    sys.argv = order["argv"]
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.path.dirname(os.path.realpath(script))
    return script

def run(script):
    system, open_code, loader = sys, io.open_code, importlib.machinery.SourceFileLoader("__main__", script)
    main = sys.modules["__main__"].__dict__
    kept = ("__name__", "__doc__", "__package__", "__builtins__", "__annotations__")
    for name in [name for name in main if name not in kept]:
        del main[name]
    main.update(__file__=script, __cached__=None, __spec__=None, __loader__=loader)
    try:
        with open_code(script) as file:
            source = file.read()
        exec(compile(source, script, "exec"), main)
        return
    except SystemExit:
        raise
    except BaseException as error:
        trace = error.__traceback__.tb_next
        while trace is not None and trace.tb_frame.f_globals is not main:
            trace = trace.tb_next
        system.excepthook(type(error), error.with_traceback(trace), trace)
        code = 130 if isinstance(error, KeyboardInterrupt) else 1
    system.exit(code)

run(become(serve()))
`;
