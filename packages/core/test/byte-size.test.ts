import { formatByteSize, parseByteSize } from "@millrace/core";
import { describe, expect, it } from "vitest";

describe("parseByteSize", () => {
  it.each([
    ["0B", 0],
    ["512MB", 512_000_000],
    ["2GiB", 2_147_483_648],
    ["64 kib", 65_536],
    ["1.5kB", 1_500],
    [" 3TB ", 3e12],
    ["1TiB", 1_099_511_627_776],
    [1_024, 1_024],
    [0, 0],
  ])("reads %j as %d bytes", (text, bytes) => {
    expect(parseByteSize(text)).toBe(bytes);
  });

  it.each(["", "512", "512 M", "MB", "-1MB", "1ib", "1MB2KB", -1, Number.NaN, Number.POSITIVE_INFINITY, "1e9GB"])(
    "refuses %j",
    (size) => {
      expect(() => parseByteSize(size, 'memory of task "load"')).toThrow(
        expect.objectContaining({
          code: "INVALID_OPTION",
          message: expect.stringMatching(/^The memory of task "load" is not a size/),
        }),
      );
    },
  );

  it("names a size of its own accord", () => {
    expect(() => parseByteSize("much")).toThrow('The size is not a size: "much".');
  });
});

describe("formatByteSize", () => {
  it.each([
    [0, "0 B"],
    [812, "812 B"],
    [1_023, "1023 B"],
    [1_024, "1.0 KiB"],
    [65_536, "64.0 KiB"],
    [1_048_575, "1.0 MiB"],
    [5 * 1024 ** 3, "5.0 GiB"],
    [3 * 1024 ** 4, "3.0 TiB"],
    [3_000 * 1024 ** 4, "3000.0 TiB"],
  ])("writes %d bytes as %s", (bytes, text) => {
    expect(formatByteSize(bytes)).toBe(text);
  });
});
