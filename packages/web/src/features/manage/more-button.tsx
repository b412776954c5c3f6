import { Button } from "../../ui/button.tsx";

/** Reads the next page of a list, where there is one. */
export function MoreButton({
  of: { hasNextPage, isFetchingNextPage, fetchNextPage },
}: {
  readonly of: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
}) {
  if (!hasNextPage) return null;
  return (
    <div className="flex justify-center border-t border-line p-2">
      <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {isFetchingNextPage ? "Reading…" : "Show older"}
      </Button>
    </div>
  );
}
