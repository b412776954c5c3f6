import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** A way to another task of the run. One with many items is looked at in the graph. */
export function TaskLink({
  run,
  task,
  className = "text-accent hover:underline",
  children,
}: {
  readonly run: string;
  readonly task: string;
  readonly className?: string;
  readonly children?: ReactNode;
}) {
  if (task.includes("[]")) {
    return (
      <Link to="/runs/$run" params={{ run }} search={{ task }} className={className}>
        {children ?? task}
      </Link>
    );
  }
  return (
    <Link to="/runs/$run/tasks/$task" params={{ run, task }} className={className}>
      {children ?? task}
    </Link>
  );
}
